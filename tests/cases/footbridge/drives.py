"""A relay whose ends are of one class, which connects if it is given an address."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}", "{peer}"), plain=True)


@drive
def both_ways(stage: Stage) -> None:
    here = stage.connect("here")
    there = stage.server.accept("there")
    here.send("over" * 30000)
    there.expect("over" * 30000)
    there.send("and back")
    here.expect("and back")
    here.close()
    assert there.rest() == b""


@drive
def nobody_there(stage: Stage) -> None:
    stage.server.close()
    assert stage.connect("here").rest() == b""
