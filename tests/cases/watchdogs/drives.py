"""A thread closes the listener, which may be made in one of two ways."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}",), plain=True)


@drive
def goes_home(stage: Stage) -> None:
    """Naive: the listener is closed in the midst of accepting; who is in is sent away."""
    rex = stage.connect("rex")
    rex.send("one\nsit\n")
    rex.expect("woof one\nsits\n")
    stage.stdin(b"how many?\n")
    stage.output("2 words so far")
    stage.stdin(b"home\n")
    stage.output("shut after 2 words")
    rex.send("three\n")
    rex.expect("woof three\n")
    rex.send("away\n")
    assert rex.rest() == b"woof away\n"
    assert stage.exits() == 0


@drive
def at_once(stage: Stage) -> None:
    stage.stdin(b"home\n")
    assert stage.exits() == 0
