"""A thread is handed sessions through a queue, and touches none; close_all() is called where the loop is not."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}",), plain=True)


@drive
def two_customers(stage: Stage) -> None:
    """A handler ends the loop. Naive: close_all() needs the event loop, which has ended."""
    ann, bob = stage.connect("ann"), stage.connect("bob")
    ann.send("1 2 3\r\n\r\n")
    ann.expect("1: 6\r\n2: 0\r\n")
    bob.send("40 2\r\n")
    bob.expect("1: 42\r\n")
    bob.send("thanks\r\n")
    assert bob.rest() == b""
    ann.send("7\r\n")
    ann.expect("3: 7\r\n")
    ann.send("close the house\r\n")
    assert ann.rest() == b""
    stage.output("closed")
    assert stage.exits() == 0
