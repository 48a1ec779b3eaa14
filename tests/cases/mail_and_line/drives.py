"""A mail server and another one under a loop that runs a pass at a time."""

from __future__ import annotations

from oracle import WHOLE, Program, Stage, drive

PROGRAM = Program(("{port}", "{port2}"), plain=True, mails=True)


@drive(chunkings=(WHOLE,))
def orders(stage: Stage) -> None:
    """Naive: nobody is hung up on, as the loop's first pass never ends."""
    ann = stage.connect("ann")
    ann.send("home\n")
    ann.expect("you are at home\n")
    bob = stage.connect("bob", port=stage.ports["port2"])
    bob.until("version 0.3\r\n")
    bob.send("HELO bob\r\nMAIL FROM:<bob@x>\r\nRCPT TO:<depot@x>\r\nDATA\r\n")
    bob.until("354 End data with <CR><LF>.<CR><LF>\r\n")
    bob.send("two pallets\r\n.\r\nQUIT\r\n")
    bob.expect("250 OK\r\n221 Bye\r\n")
    assert bob.rest() == b""
    ann.expect("order: two pallets\n")
    assert ann.rest() == b""
    stage.output("a driver is silent")
    stage.interrupt()
    stage.output("closed")
    assert stage.exits() == 0
