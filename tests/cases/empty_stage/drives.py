"""Classes whose objects never get a socket, and loops that have nothing to drive."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(plain=True)


@drive
def premiere(stage: Stage) -> None:
    """The program ends at once."""
    stage.output("the curtain rises on nothing")
    stage.output("the end")
    assert stage.exits() == 0
