"""A client that polls its loop, and looks at what its connections have found, and at each of them, in between."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{peer}", "ann", "bob"), plain=True)


@drive
def all_answer(stage: Stage) -> None:
    ann, bob = stage.server.accept("ann"), stage.server.accept("bob")
    ann.expect("ann?\n")
    bob.expect("bob?\n")
    bob.send("here\nbye\n")
    assert bob.rest() == b""
    ann.send("present\n")
    ann.send("bye\n")
    assert ann.rest() == b""
    assert stage.exits() == 0


@drive
def one_hangs_up(stage: Stage) -> None:
    ann, bob = stage.server.accept("ann"), stage.server.accept("bob")
    ann.expect("ann?\n")
    ann.close()
    bob.expect("bob?\n")
    bob.send("here\nbye\n")
    assert bob.rest() == b""
    assert stage.exits() == 0
