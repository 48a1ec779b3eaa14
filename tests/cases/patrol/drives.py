"""A function that polls until its clients are done, and is called again."""

from __future__ import annotations

from oracle import WHOLE, Program, Stage, drive

PROGRAM = Program(("{peer}", "{peer2}"), plain=True)


@drive(chunkings=(WHOLE,))
def rounds(stage: Stage) -> None:
    """Naive: the second round is walked with the gates of the first, or not at all."""
    north, south = stage.server.accept("north"), stage.servers["peer2"].accept("south")
    for gate in (north, south):
        gate.expect("all well?\n")
        gate.send("quiet\n")
    stage.output("round 1: quiet, quiet")
    north, south = stage.server.accept("north again"), stage.servers["peer2"].accept("south again")
    north.expect("all well?\n")
    north.send("a fox\n")
    stage.output("round 2: a fox, silent")
    assert stage.exits() == 0
