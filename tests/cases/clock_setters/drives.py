"""Clients that take the end of a connection for data, as recv() returns it: to an end, to an error, to somebody else."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{peer}", "{peer2}", "{peer3}"), plain=True)


@drive
def on_time(stage: Stage) -> None:
    clock = stage.servers["peer"].accept("clock")
    clock.send(b"\0\0\1\0")
    assert clock.rest() == b""
    stage.output("it is 256")
    numbers = stage.servers["peer2"].accept("numbers")
    numbers.expect("time?\nplease\n")
    numbers.send("7", whole=True)
    stage.output("number 7")
    numbers.close()
    stage.output("no more numbers", 2)
    words = stage.servers["peer3"].accept("words")
    words.send("dear diary")
    stage.settle()
    words.close()
    assert stage.exits() == 0


@drive
def too_early(stage: Stage) -> None:
    clock = stage.servers["peer"].accept("clock")
    clock.send(b"\0\0\1")
    stage.settle()
    clock.close()
    stage.output("too early, got 3")
    numbers = stage.servers["peer2"].accept("numbers")
    numbers.expect("time?\nplease\n")
    numbers.reset()
    stage.output("no more numbers", 2)
    words = stage.servers["peer3"].accept("words")
    words.close()
    assert stage.exits() == 0
