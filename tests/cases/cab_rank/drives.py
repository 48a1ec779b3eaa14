"""Frames that others end, or put something into, before they are complete."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}",), plain=True)


@drive
def hurried(stage: Stage) -> None:
    """Naive: a frame that ends only where its terminator comes."""
    gil, hal = (stage.connect(name) for name in ("gil", "hal"))
    stage.settle()
    gil.send("a cab")
    stage.settle()
    hal.send("add\nhurry\n")
    hal.expect("[add]\n[hurry]\n")
    gil.expect("[a cab, please]\n")
    gil.send("\n")
    gil.expect("[]\n")
