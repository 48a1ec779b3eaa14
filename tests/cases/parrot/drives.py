"""A client that speaks before it is connected, and is made anew, with a loop of its own, until it may stop."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{peer}",), plain=True)


@drive
def flights(stage: Stage) -> None:
    one = stage.server.accept("one")
    one.expect("I am polly1\nkrah\n")
    one.send("hello\nyou\n")
    one.expect("hello hello\nyou you\n")
    one.send("unfin")
    stage.settle()
    one.close()
    two = stage.server.accept("two")
    two.expect("I am polly2\nkrah\n")
    two.send("off\n")
    assert two.rest() == b""
    three = stage.server.accept("three")
    three.send("shoo\nanybody?\n")
    three.expect("I am polly3\nkrah\nI go\n")
    assert three.rest() == b""
    assert stage.exits() == 0


@drive
def nobody_there(stage: Stage) -> None:
    one = stage.server.accept("one")
    stage.server.close()
    one.expect("I am polly1\nkrah\n")
    one.close()
    assert stage.exits() == 0


@drive
def caught(stage: Stage) -> None:
    one = stage.server.accept("one")
    one.expect("I am polly1\nkrah\n")
    stage.settle()
    stage.interrupt()
    assert stage.exits() == 0
    assert one.rest() == b""
