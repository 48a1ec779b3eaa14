"""Ctrl-C is caught by the caller of the method that runs the loop, and the connections are told there."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}",), plain=True)


@drive
def bell(stage: Stage) -> None:
    """Everybody is told, from outside the method. Naive: when the coroutine has ended, so have the connections."""
    ann, bob = stage.connect("ann"), stage.connect("bob")
    stage.output("the play begins")
    stage.settle()  # both are in
    ann.send("bravo\n")
    ann.expect("somebody calls: bravo\n")
    bob.send("boo\n")
    bob.until("somebody calls: boo\n")
    ann.expect("somebody calls: boo\n")
    stage.settle()
    stage.interrupt()
    ann.expect("good night\n")
    bob.expect("good night\n")
    assert ann.rest() == bob.rest() == b""
    stage.output("the bell")
    stage.output("the curtain falls")
    assert stage.exits() == 0
