"""A hierarchy over two files, push() overridden, methods as commands, a server that a session closes."""

from __future__ import annotations

from oracle import WHOLE, Program, Stage, drive

PROGRAM = Program(("{port}",), plain=True)


@drive
def session(stage: Stage) -> None:
    ann, bob = stage.connect("ann"), stage.connect("bob")
    ann.expect("console for 127.0.0.1\r\n")
    bob.expect("console for 127.0.0.1\r\n")
    ann.send("add 1 2 3\r\n\r\nfly\r\nsent\r\n")
    ann.expect("> 6\r\n> unknown\r\n> 62\r\n")
    bob.send("add x\r\n")
    assert bob.rest() == b""
    cid = stage.connect("cid")
    cid.expect("console for 127.0.0.1\r\n")
    dan = stage.connect("dan")
    dan.expect("full\r\n")
    assert dan.rest() == b""
    ann.send("shutdown\r\n")
    ann.expect("going down\r\n")
    assert ann.rest() == b""
    cid.send("add 4\r\nquit\r\n")
    cid.until("> 4\r\n")
    assert cid.rest() == b""
    assert stage.exits() == 0


@drive(chunkings=(WHOLE,))
def after_quit(stage: Stage) -> None:
    """The rest of the packet is executed, and counts as sent though it is not."""
    ann, bob = stage.connect("ann"), stage.connect("bob")
    ann.expect("console for 127.0.0.1\r\n")
    bob.expect("console for 127.0.0.1\r\n")
    ann.send("quit\r\nadd 1 1\r\nadd 2 2\r\n", whole=True)
    assert ann.rest() == b""
    bob.send("sent\r\n")
    bob.until("\r\n")
