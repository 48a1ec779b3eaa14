"""A map of the program's own is as good as asyncore's: it is looked through, counted, and asked whether it is empty."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}",), plain=True)


@drive
def traffic(stage: Stage) -> None:
    """Naive: the pier is not counted, or a ship that has left still is."""
    ann = stage.connect("ann")
    ann.send("how many\n")
    ann.expect("2 with the pier\n")
    ben = stage.connect("ben")
    ben.send("ahoy\n")
    ann.expect("ahoy\n")
    ann.send("tide\n")
    for ship in (ann, ben):
        ship.expect("the tide turns\n")
    ben.send("how many\n")
    ben.expect("3 with the pier\n")
    ann.close()
    stage.settle()
    ben.send("how many\n")
    ben.expect("2 with the pier\n")


@drive
def storm(stage: Stage) -> None:
    """Everything is closed, so that the map is empty and the program ends. Naive: the loop goes on."""
    ann, ben = stage.connect("ann"), stage.connect("ben")
    ben.send("how many\n")
    ben.expect("3 with the pier\n")
    ann.send("storm\n")
    assert ann.rest() == ben.rest() == b""
    stage.output("the harbour is empty")
    assert stage.exits() == 0
