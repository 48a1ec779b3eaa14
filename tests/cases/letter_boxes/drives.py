"""Queues with a size, and messages that are dropped when it comes to sending them because they are too long."""

from __future__ import annotations

from oracle import WHOLE, Program, Stage, drive

PROGRAM = Program(("{port}",), plain=True)


@drive(chunkings=(WHOLE,))
def letters(stage: Stage) -> None:
    """Short letters are delivered to all houses, long ones to none."""
    one = stage.connect("one")
    one.expect("moved in\n")
    two = stage.connect("two")
    two.expect("moved in\n")
    one.send("hello\n")
    one.expect("letter: hello\n")
    two.expect("letter: hello\n")
    two.send("a letter that is much too long\n")
    two.send("bye\n")
    two.expect("letter: bye\n")
    one.expect("letter: bye\n")
    two.half_close()
    assert two.rest() == b""
    one.send("gone\n")
    one.expect("letter: gone\n")
