"""Listeners made by an application's constructor, in a loop, and by what a session's handler calls."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}", "{port2}", "{port3}"), plain=True)


@drive
def opened(stage: Stage) -> None:
    office = stage.connect("office")
    office.send("how many\n")
    office.expect("1\n")
    first = stage.connect("first", port=stage.ports["port2"])
    first.send("bread\nbutter\n")
    first.expect("0: bread\n0: butter\n")
    office.send(f"open {stage.ports['port3']}\n")
    office.expect("2\n")
    second = stage.connect("second", port=stage.ports["port3"])
    second.send("salt\n")
    second.expect("1: salt\n")
    first.send("sugar\n")
    first.expect("0: sugar\n")
    stage.interrupt()
    stage.output("stopped")
    assert stage.exits() == 0


@drive
def shut(stage: Stage) -> None:
    """Naive: a listener's close() is not called where only a subclass has one."""
    office = stage.connect("office")
    office.send(f"open {stage.ports['port3']}\n")
    office.expect("2\n")
    second = stage.connect("second", port=stage.ports["port3"])
    second.send("salt\n")
    second.expect("1: salt\n")
    office.send("close\n")
    office.expect("1\n")
    stage.output("kiosk 1 too")
    office.send("shut\n")
    office.expect("1\n")
    stage.output("the office is shut")
    second.send("pepper\n")
    second.expect("1: pepper\n")
