"""handle_read() that notes the time and then reads; initiate_send(), and the queue of producers in push()."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}",), plain=True)


@drive
def calls(stage: Stage) -> None:
    ann = stage.connect("ann")
    ann.send("two o'clock\nall is well\n\n")
    ann.expect("two o'clock, in time\nall is well, in time\n, in time\n")
    ann.close()
    stage.output("heard")


@drive
def half_a_call(stage: Stage) -> None:
    ben = stage.connect("ben")
    ben.send("thr")
    stage.settle()
    ben.close()
    stage.output("heard")
