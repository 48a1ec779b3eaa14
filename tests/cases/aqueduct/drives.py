"""A relay whose ends keep lists, and do not read while they have no partner, or one with too much."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}", "{peer}"), plain=True)


@drive
def both_ways(stage: Stage) -> None:
    spring = stage.connect("spring")
    fountain = stage.server.accept("fountain")
    spring.send("drip")
    fountain.expect("drip")
    fountain.send("drop" * 50000)
    spring.expect("drop" * 50000)
    fountain.close()
    assert spring.rest() == b""


@drive
def nobody_there(stage: Stage) -> None:
    stage.server.close()
    assert stage.connect("spring").rest() == b""
