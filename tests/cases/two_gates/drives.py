"""Listeners with a socket map, a thread and a loop each."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}", "{port2}"), plain=True)


@drive
def by_day(stage: Stage) -> None:
    stage.output("open")
    one, other = stage.connect("1"), stage.connect("2", port=stage.ports["port2"])
    one.send("Ann\nBob\npass\n")
    other.send("halt\n")
    one.expect("who is Ann?\nwho is Bob?\n")
    other.expect("HALT!\n")
    assert one.rest() == b""
    stage.stdin(b"night\n")
    assert other.rest() == b""
    stage.output("shut")
    assert stage.exits() == 0
