"""A loop in a thread that nobody else reaches into: the thread runs asyncio's."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}",), plain=True)


@drive
def night(stage: Stage) -> None:
    """Calls are answered while the main thread waits for its input. Naive: the loop keeps the main thread."""
    ann, bob = stage.connect("ann"), stage.connect("bob")
    ann.send("12\r\n")
    ann.expect("room 12: sleeping\r\n")
    bob.send("7\r\n8\r\n")
    bob.expect("room 7: sleeping\r\nroom 8: sleeping\r\n")
    stage.stdin(b"?\n")
    stage.output("calls so far: 3")
    stage.stdin(b"home\n")
    stage.output("good night")
    assert ann.rest() == bob.rest() == b""
    assert stage.exits() == 0


@drive
def last_calls(stage: Stage) -> None:
    """The main thread has the desk closed, and waits for those who are on the line."""
    ann = stage.connect("ann")
    ann.send("12\r\n")
    ann.expect("room 12: sleeping\r\n")
    stage.stdin(b"last calls\n")
    ann.send("13\r\n")
    ann.expect("room 13: sleeping\r\n")
    ann.close()
    stage.output("good night")
    assert stage.exits() == 0
