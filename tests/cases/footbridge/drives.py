"""A relay whose ends are of one class, which connects if it is given an address."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}", "{peer}", "{port2}"), plain=True)


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


@drive
def by_ferry(stage: Stage) -> None:
    here = stage.connect("here", port=stage.ports["port2"])
    there = stage.server.accept("there")
    here.send("over" * 3000)
    there.expect("over" * 3000)
    there.send("and back")
    here.expect("and back")
    here.close()
    assert there.rest() == b""


@drive
def no_landing(stage: Stage) -> None:
    stage.server.close()
    assert stage.connect("here", port=stage.ports["port2"]).rest() == b""
