"""Sessions that others close while they have something to say, and those that close themselves."""

from __future__ import annotations

from oracle import WHOLE, Program, Stage, drive

PROGRAM = Program(("{port}",), plain=True)


@drive(chunkings=(WHOLE,))
def thrown_out(stage: Stage) -> None:
    """Naive: what has been received for a session that is closed by now is handled, and everybody hears it."""
    ann, bob = stage.connect("ann"), stage.connect("bob")
    stage.settle()
    ann.send("hello\n")
    ann.expect("hello\n")
    bob.expect("hello\n")
    with stage.frozen():
        ann.send("out with you\n")
        bob.send("one more\n")
    ann.expect("all mine\n")
    ann.send("quiet\n")
    ann.expect("quiet\n")
    assert bob.rest() == b""


@drive(chunkings=(WHOLE,))
def leaves(stage: Stage) -> None:
    """Naive: a session that has closed itself does not hear itself out."""
    ann, bob = stage.connect("ann"), stage.connect("bob")
    stage.settle()
    bob.send("bye\nand thanks\n")
    ann.expect("and thanks\n")
    assert bob.rest() == b""
