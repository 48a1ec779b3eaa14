"""Dispatchers that say one thing and close: by handle_write(), and from a buffer, however long."""

from __future__ import annotations

from oracle import WHOLE, Program, Stage, drive

PROGRAM = Program(("{port}", "{port2}"), plain=True)


@drive(chunkings=(WHOLE,))
def asked(stage: Stage) -> None:
    one = stage.connect("one")
    assert one.rest() == b"1\r\n"
    two = stage.connect("two")
    assert two.rest() == b"2\r\n"
    plate = stage.connect("plate", port=stage.ports["port2"])
    assert plate.rest() == b"closed on Mondays\n" * 60_000


@drive(chunkings=(WHOLE,))
def gone(stage: Stage) -> None:
    """A reader that goes away in the middle of a long text, and one that reads late."""
    slow = stage.connect("slow", port=stage.ports["port2"], reading=False, small_buffers=True)
    away = stage.connect("away", port=stage.ports["port2"], reading=False, small_buffers=True)
    stage.settle()
    away.reset()
    slow.resume()
    assert slow.rest() == b"closed on Mondays\n" * 60_000
    one = stage.connect("one")
    assert one.rest() == b"1\r\n"
