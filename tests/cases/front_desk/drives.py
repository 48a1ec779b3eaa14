"""A connection kept in an attribute, and recv() in the branches of an `if`, in a `try`."""

from __future__ import annotations

from oracle import WHOLE, Program, Stage, drive

PROGRAM = Program(("{port}", "{port2}"), plain=True)


@drive(chunkings=(WHOLE,))
def visits(stage: Stage) -> None:
    """What cannot be read is answered; the end of a connection is not."""
    stage.output("open")
    ann = stage.connect("ann")
    ann.expect("welcome\n")
    stage.output("a guest from 127.0.0.1")
    ann.send("ann\n")
    ann.expect("you are ann\n")
    ann.send(b"\xff\n")
    ann.expect("pardon?\n")
    bob = stage.connect("bob", port=stage.ports["port2"])
    stage.output("a caller from 127.0.0.1")
    bob.send("hello")
    bob.expect("2 and 3\n")
    bob.send("again")
    bob.expect("3 and 2\n")
    ann.half_close()
    assert ann.rest() == b""
    stage.output("a guest leaves")
    bob.reset()
    stage.settle()
    stage.interrupt()
    assert stage.exits() == 0
