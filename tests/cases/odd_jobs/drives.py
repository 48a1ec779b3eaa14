"""Clients that are made between the passes of a polled loop, and by each other; one ends the program by raising."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{peer}", "sweep", "paint", "cook"), plain=True)


@drive
def two_at_a_time(stage: Stage) -> None:
    sweep = stage.server.accept("sweep")
    sweep.expect("job sweep\n")
    paint = stage.server.accept("paint")
    paint.expect("job paint\n")
    sweep.send("done, done")
    sweep.close()
    cook = stage.server.accept("cook")
    cook.expect("job cook\n")
    paint.send("also wash")
    paint.half_close()
    assert paint.rest() == b""
    wash = stage.server.accept("wash")
    wash.expect("job wash\n")
    cook.half_close()
    assert cook.rest() == b""
    wash.send("done")
    wash.close()
    assert stage.exits() == 0


@drive
def one_breaks(stage: Stage) -> None:
    """Naive: whoever waits for a task does not hear of its error, and the program goes on."""
    sweep = stage.server.accept("sweep")
    sweep.expect("job sweep\n")
    stage.server.accept("paint").expect("job paint\n")
    sweep.send("break!")
    assert stage.exits() == 1
