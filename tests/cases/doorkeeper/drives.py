"""A socket that goes through a method that only says yes or no; the log says something before recv() and behind it."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}",), plain=True)


@drive
def visits(stage: Stage) -> None:
    """The second one is not let in."""
    one = stage.connect("one")
    one.send("hello\n")
    one.expect("hello\n")
    two = stage.connect("two")
    assert two.rest() == b""
    three = stage.connect("three")
    three.send("hi\n")
    three.expect("hi\n")
    one.half_close()
    assert one.rest() == b""
    stage.output("visitors of the house leave")
    three.close()
    stage.output("visitors of the house leave")
