"""Mail sessions with a state and a constructor of their own."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}",), plain=True, mails=True)


@drive
def logins(stage: Stage) -> None:
    ann, eve = stage.connect("ann"), stage.connect("eve")
    ann.send("HELO ann\r\nMAIL FROM:<ann@x>\r\nLOGIN\r\nLOGIN ann\r\nMAIL FROM:<ann@x>\r\nRCPT TO:<bob@x>\r\nDATA\r\n")
    ann.until("354 End data with <CR><LF>.<CR><LF>\r\n")
    eve.send("HELO eve\r\nLOGIN eve\r\nMAIL FROM:<ann@x>\r\n")
    eve.until("530 who are you?\r\n")
    ann.send("hello\r\n.\r\nQUIT\r\n")
    ann.until("250 OK\r\n221 Bye\r\n")
    assert ann.rest() == b""
    eve.close()
    stage.output("ann@x: 5 bytes")
    stage.interrupt()
    assert stage.exits() == 0
