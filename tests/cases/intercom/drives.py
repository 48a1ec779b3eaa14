"""A dispatcher with a buffer of its own that another thread adds to, in an object whose run() is no thread's."""

from __future__ import annotations

from oracle import WHOLE, Program, Stage, drive

PROGRAM = Program(("{peer}",), plain=True)


@drive(chunkings=(WHOLE,))
def both_ways(stage: Stage) -> None:
    """Naive: what is said is sent by the thread that says it, or when the other end says something."""
    far = stage.server.accept("far")
    stage.stdin(b"one\n")
    far.expect("one\n")
    far.send("hello\n")
    stage.output("heard hello")
    stage.stdin(b"two\nthree\n")
    far.expect("two\nthree\n")
    far.close()
    stage.output("hung up")
    stage.stdin(b"four\n")
    stage.output("saying four")
    stage.close_stdin()
    assert stage.exits() == 0
