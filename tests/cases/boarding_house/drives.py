"""Visitors who are answered by each of the files."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}",), plain=True)


@drive
def visits(stage: Stage) -> None:
    """One leaves, one is thrown out, one waits until the house is closed."""
    one, two, three = (stage.connect(name) for name in ("one", "two", "three"))
    for visitor in (one, two, three):
        visitor.send("\n")
        visitor.expect("Sir?\n")
    one.send("tea\ngoodbye\n")
    one.expect("TEA, very well\nGOODBYE, very well\n")
    one.rest()
    two.send("rudely please\n")
    two.expect("out!\n")
    two.rest()
    stage.interrupt()
    three.rest()
    stage.exits()
