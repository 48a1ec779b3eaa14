"""A loop that goes on while there is a connection, or something to be done later."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{peer}",), plain=True)


@drive
def twice(stage: Stage) -> None:
    """Naive: the program ends while nobody is connected, or does not end."""
    first = stage.server.accept("first")
    first.expect("2 coins left\n")
    first.send("rain\n")
    first.expect("what is rain?\n")
    first.close()
    second = stage.server.accept("second")
    second.expect("1 coins left\n")
    second.close()
    assert stage.exits() == 0
