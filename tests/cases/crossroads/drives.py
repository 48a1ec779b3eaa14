"""One class for both ends of a connection, which connects where it is given no socket; all know each other."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}", "{peer}"), plain=True)


@drive
def heard_by_all(stage: Stage) -> None:
    there = stage.server.accept("there")
    there.expect("we come\n")
    here = stage.connect("here")
    here.expect("good day\n")
    here.send("hay\n")
    there.expect("hay\n")
    there.send("corn\nfarewell\n")
    here.expect("corn\n")
    assert there.rest() == b""
    here.send("anybody?\nfarewell\n")
    assert here.rest() == b""


@drive
def nobody_there(stage: Stage) -> None:
    stage.server.close()
    here = stage.connect("here")
    here.expect("good day\n")
    here.send("hay\nfarewell\n")
    assert here.rest() == b""
