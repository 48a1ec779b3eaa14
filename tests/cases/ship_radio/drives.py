"""A client whose run() leads to the method that connects, that is asked whether it is connected, greets twice, and is
closed by functions of another file; another one is told to close before it is connected."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{peer}", "{peer2}"), plain=True)


def hear_distress(stage: Stage) -> None:
    """What is said behind the end is never sent. Naive: the greeting is, or the end comes before what was said."""
    guard = stage.servers["peer2"].accept("guard")
    guard.expect("MAYDAY\n")
    assert guard.rest() == b""
    assert stage.exits() == 0


@drive
def orders(stage: Stage) -> None:
    """Connected when handle_connect() has returned. Naive: before, or as soon as somebody connects."""
    station = stage.servers["peer"].accept("station")
    station.expect("THIS IS albatross\n")
    station.send("REPEAT\nREPORT all well\nCOPY\n\nunknown words\n")
    station.expect("THIS IS albatross*\nWE ARE on air, all well\nCOPIED\n")
    station.send("OUT\nCOPY\n")
    station.expect("OUT\n")
    station.rest()
    hear_distress(stage)


@drive
def hung_up(stage: Stage) -> None:
    station = stage.servers["peer"].accept("station")
    station.expect("THIS IS albatross\n")
    station.send("REPORT x\nREP")
    station.expect("WE ARE on air, x\n")
    station.close()
    hear_distress(stage)


@drive
def refused(stage: Stage) -> None:
    """Whoever is not reached was never connected."""
    stage.servers["peer2"].close()
    station = stage.servers["peer"].accept("station")
    station.expect("THIS IS albatross\n")
    station.close()
    assert stage.exits() == 0
