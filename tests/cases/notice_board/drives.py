"""Queues that others fill, text that is encoded when it is sent, `try` around accept() and send(), listeners' errors."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}", "{port2}", "{peer}"), plain=True)


@drive
def notices(stage: Stage) -> None:
    """What one reader pins, the others read. Naive: the queue goes, and with it what others put there."""
    shop = stage.server.accept("shop")
    shop.expect("good day\n")
    ann = stage.connect("ann")
    stage.output("1 reading")
    ben = stage.connect("ben")
    stage.output("2 reading")
    ann.send("for sale\nwanted\n")
    ben.expect("for sale\nwanted\n")
    ben.send("found\n")
    ann.expect("found\n")
    ben.close()
    stage.settle()
    ann.send("lost\n")
    asker = stage.connect("asker", port=stage.ports["port2"])
    stage.settle()
    asker.send("list\nbye\n")
    asker.expect("for sale\nwanted\nfound\nlost\nfarewell\n")
    assert asker.rest() == b""


@drive
def errand(stage: Stage) -> None:
    """Each answer brings the next question, and the last one the end."""
    shop = stage.server.accept("shop")
    shop.expect("good day\n")
    shop.send("good day\n")
    shop.expect("how much\n")
    shop.send("a pound\n")
    shop.expect("what for\n")
    shop.send("for luck\n")
    stage.output("heard for luck")
    assert shop.rest() == b""


@drive
def turned_away(stage: Stage) -> None:
    """What is raised before there is a session is the listener's. Naive: the connection stays open."""
    shop = stage.server.accept("shop")
    shop.expect("good day\n")
    asker = stage.connect("asker", port=stage.ports["port2"])
    ann = stage.connect("ann")
    stage.output("1 reading")
    stage.settle()
    ann.send("shut\n")
    stage.settle()
    asker.send("list\n")
    asker.expect("shut\n")
    late = stage.connect("late", port=stage.ports["port2"])
    stage.output("turned away: the desk is shut")
    assert late.rest() == b""
    asker.send("bye\n")
    asker.expect("farewell\n")
