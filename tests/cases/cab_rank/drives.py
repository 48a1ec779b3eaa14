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


@drive
def just_arrived(stage: Stage) -> None:
    """Naive: whoever has just connected is not there yet when somebody hurries the others."""
    hal = stage.connect("hal")
    hal.send("hurry\n")
    hal.expect("[hurry]\n")
    for number in range(12):
        late = stage.connect(f"late {number}")
        hal.send("hurry\n")
        hal.expect("[hurry]\n")
        late.expect("[]\n")
        late.close()
        stage.settle()
