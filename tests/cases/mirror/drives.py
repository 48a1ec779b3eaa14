"""The buffer is filled in the very statement that reads: both of them change."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}",), plain=True)


@drive
def reflections(stage: Stage) -> None:
    """Naive: a call of recv() is left over in what is written."""
    ann, bob = stage.connect("ann"), stage.connect("bob")
    ann.send("hello")
    ann.expect("hello")
    bob.send("x" * 50_000)
    bob.expect("x" * 50_000)
    ann.send("bye")
    ann.expect("bye")
    ann.reset()
    stage.output("nobody there")


@drive
def half_closed(stage: Stage) -> None:
    ann = stage.connect("ann")
    ann.send("hello")
    ann.expect("hello")
    ann.half_close()
    assert ann.rest() == b""
    stage.output("nobody there")
