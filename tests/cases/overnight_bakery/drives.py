"""A thread that outlives the loop, and goes on pushing to sessions that are gone: asyncore took no notice."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}",), plain=True)


@drive
def orders_left_over(stage: Stage) -> None:
    """Naive: call_soon_threadsafe() raises in the thread once asyncio.run() has closed its loop."""
    ann = stage.connect("ann")
    ann.send("rye\n")
    ann.expect("your rye\n")
    stage.settle()
    ann.send("bun\nbagel\nclosing time\n")
    assert ann.rest() == b""
