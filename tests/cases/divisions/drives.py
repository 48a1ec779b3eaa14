"""handle_error() reports and goes on: the connection, and what is in its buffer, outlive the error."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}", "{port2}", "{port3}"), plain=True)


@drive
def goes_on(stage: Stage) -> None:
    ann = stage.connect("ann")
    ann.send("5\n")
    ann.expect("20\n")
    ann.send("0\n")
    ann.expect("sorry: integer division or modulo by zero\n")
    ann.send("7\n")
    ann.expect("14\n")
    ann.send("x\n")
    ann.until("'x'\n")
    ann.send("8\n")
    ann.expect("12\n")
    ann.close()
    stage.output("customer left after 2")


@drive
def gives_up(stage: Stage) -> None:
    """The third error closes, and no handle_close() follows a close()."""
    ben = stage.connect("ben")
    for _ in range(2):
        ben.send("0\n")
        ben.expect("sorry: integer division or modulo by zero\n")
    ben.send("0\n")
    assert ben.rest() == b""
    cleo = stage.connect("cleo")
    cleo.send("50\n")
    cleo.expect("2\n")


@drive
def what_is_left(stage: Stage) -> None:
    """A line that fails before the buffer is emptied is still there when the next one comes."""
    dan = stage.connect("dan", port=stage.ports["port2"])
    dan.send("12\n")
    dan.expect("12\n")
    dan.send("x\n")
    stage.output("what[?]")
    dan.send("3\n")
    stage.output("what[?]", 2)


@drive
def begins_afresh(stage: Stage) -> None:
    """A line that fails is gone, since handle_error() empties the buffer."""
    eve = stage.connect("eve", port=stage.ports["port3"])
    eve.send("e\n")
    eve.expect("e is number 101\n")
    eve.send("\n")
    stage.output("spell it, IndexError")
    eve.send(b"\xff\n")
    eve.expect("\ufffd is number 65533\n")
    eve.send("abc")
    eve.close()
