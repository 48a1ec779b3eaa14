"""A client whose loop has a thread of its own, and of which the main thread asks something."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{peer}",), plain=True)


@drive
def both_ways(stage: Stage) -> None:
    """Naive: what is said before there is a loop, or a connection, is lost."""
    stage.stdin(b"one\ntwo\n")
    far = stage.server.accept("far")
    far.expect("one\r\ntwo\r\n")
    far.send("hello\r\nare you")
    stage.output("heard hello")
    far.send(" there?\r\n")
    stage.output("heard are you there")
    stage.stdin(b"three\n")
    far.expect("three\r\n")


@drive
def hung_up(stage: Stage) -> None:
    """What is said when it is over is said to nobody."""
    stage.stdin(b"one\n")
    far = stage.server.accept("far")
    far.expect("one\r\n")
    far.close()
    stage.output("silence")
    stage.stdin(b"two\n")
    stage.close_stdin()
    assert stage.exits() == 0
