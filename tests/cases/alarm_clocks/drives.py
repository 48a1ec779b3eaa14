"""Timers by hand, which say how long a pass may wait, and a loop that ends when a list is empty."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}",), plain=True)


@drive
def a_night(stage: Stage) -> None:
    """Naive: the loop sleeps for half a minute, whatever guests ask for meanwhile."""
    stage.output("lights on 1")
    ann = stage.connect("ann")
    stage.output("guest 1")
    ann.send("wake me\n")
    ann.expect("good morning, 2\n")
    bob = stage.connect("bob")
    bob.send("hm\n")
    bob.expect("who sleeps: 0\n")
    bob.send("wake me\n")
    stage.settle()
    ann.send("who\n")
    ann.expect("who sleeps: 1\n")
    ann.send("check out\n")
    bob.expect("good morning, 3\n")
    assert ann.rest() == bob.rest() == b""
    stage.output("morning")
    assert stage.exits() == 0
