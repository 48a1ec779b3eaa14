"""A class of mail sessions with commands of its own; mail as text."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}",), plain=True, mails=True)

LETTER = "MAIL FROM:<bob@x>\r\nRCPT TO:<hall@house>\r\nDATA\r\n"


@drive
def commands(stage: Stage) -> None:
    bob = stage.connect("bob")
    bob.send("COUNT\r\nWHO\r\nHELO bob\r\ncount\r\nWHO are you\r\n" + LETTER)
    bob.until("354 End data with <CR><LF>.<CR><LF>\r\n")
    bob.send("Gruss\r\n..\r\n.\r\n")
    bob.expect("250 OK\r\n")
    bob.send("COUNT\r\nCOUNT hall@house\r\nCOUNT x\r\nVRFY hall@house\r\nVRFY a@x\r\n")
    bob.send("MAIL FROM:<a@x>\r\nRCPT TO:<b@x>\r\nWHO\r\n")
    bob.until("a@x to 1\r\n")
    bob.send("RSET\r\nCOUNT\r\nRSET now\r\nENOUGH\r\n")
    bob.until("221 so long\r\n")
    assert bob.rest() == b""
    stage.output("GRUSS")


@drive
def features(stage: Stage) -> None:
    """A server that decodes does not say that it takes eight bits."""
    bob = stage.connect("bob")
    bob.send("EHLO bob\r\nQUIT\r\n")
    bob.until("221 Bye\r\n")
    assert bob.rest() == b""
