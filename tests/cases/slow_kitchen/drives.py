"""Threads that push: the event loop's own thread does it for them.

asyncore trips over a push() while its loop sends, too. So the threads take their time first, until the loop waits; and
nobody answers before the thread is done with its push().
"""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}",), plain=True)


@drive
def a_meal(stage: Stage) -> None:
    """Naive: a transport that is written to by another thread sends when the loop wakes up for something else."""
    ann = stage.connect("ann")
    ann.send("soup\n")
    ann.expect("here is your soup\n")
    stage.settle()
    ann.send("toast\n")
    ann.expect("the toaster clicks\n")
    stage.settle()
    bob = stage.connect("bob")
    bob.send("advice\n")
    bob.expect("at table 2, soup\n")
    stage.settle()
    ann.send("cake\n")
    ann.expect("here is your cake\n")
    stage.settle()
    ann.send("bill\n")
    ann.expect("soup cake\n")
    assert ann.rest() == b""
    bob.close()
