"""Threads that push: the event loop's own thread does it for them."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}",), plain=True)


@drive
def a_meal(stage: Stage) -> None:
    """Naive: a transport that is written to by another thread sends when the loop wakes up for something else."""
    ann = stage.connect("ann")
    ann.send("soup\n")
    ann.expect("here is your soup\n")
    ann.send("toast\n")
    ann.expect("the toaster clicks\n")
    bob = stage.connect("bob")
    bob.send("advice\n")
    bob.expect("at table 2, soup\n")
    ann.send("cake\n")
    ann.expect("here is your cake\n")
    stage.settle()
    ann.send("bill\n")
    ann.expect("soup cake\n")
    assert ann.rest() == b""
    bob.close()
