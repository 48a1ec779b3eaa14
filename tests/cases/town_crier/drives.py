"""What walks over the socket map come to: sessions are told something, counted and closed, whoever looks for them."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}", "{port2}"), plain=True)


@drive
def news(stage: Stage) -> None:
    """Naive: one who has left is still counted, or hears of himself."""
    ann = stage.connect("ann")
    ann.send("who\n")
    ann.expect("1\n")
    ben = stage.connect("ben")
    ann.expect("2 comes\n")
    mayor = stage.connect("mayor", port=stage.ports["port2"])
    mayor.send("how many?\n")
    mayor.expect("1 besides the first\n")
    cay = stage.connect("cay")
    ann.expect("3 comes\n")
    ben.expect("3 comes\n")
    cay.send("fire\nwho\n")
    cay.expect("1, 2, 3\n")
    ann.expect("fire!\n")
    ben.expect("fire!\n")
    ben.send("leave\n")
    ben.expect("farewell\n")
    assert ben.rest() == b""
    cay.send("who\n")
    cay.expect("1, 3\n")
    ann.reset()
    stage.settle()
    mayor.send("how many?\n")
    mayor.expect("1 besides the first\n")
    cay.send("who\n")
    cay.expect("3\n")


@drive
def home(stage: Stage) -> None:
    """Everything is closed, and nothing is said; the loop ends. Naive: hooks run, or a listener is left."""
    ann, ben = stage.connect("ann"), stage.connect("ben")
    ann.expect("2 comes\n")
    mayor = stage.connect("mayor", port=stage.ports["port2"])
    mayor.send("go home\n")
    assert mayor.rest() == ann.rest() == ben.rest() == b""
    stage.output("all go home")
    stage.output("it is quiet after 2")
    assert stage.exits() == 0


@drive
def gates(stage: Stage) -> None:
    """Listeners alone are closed: whoever is in town stays."""
    ann = stage.connect("ann")
    mayor = stage.connect("mayor", port=stage.ports["port2"])
    mayor.send("shut the gates\n")
    mayor.expect("shut\n")
    ann.send("who\n")
    ann.expect("1\n")
    mayor.close()
    stage.output("the mayor leaves")
    ann.close()
    stage.output("it is quiet after 1")
    assert stage.exits() == 0
