"""Clients made in a loop, with a request that waits for the connection; refused, reset, and answered in pieces."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{peer}", "{peer2}", "{peer3}"), plain=True)


@drive
def questions(stage: Stage) -> None:
    one = stage.servers["peer"].accept("one")
    one.expect("NAME?\r\n" * 3)
    one.send("I am one")
    one.close()
    two = stage.servers["peer2"].accept("two")
    two.expect("NAME?\r\n" * 3)
    two.send("I am two, " + "really " * 100)
    stage.settle()
    two.half_close()
    three = stage.servers["peer3"].accept("three")
    three.expect("NAME?\r\n" * 3)
    stage.settle()
    three.reset()
    assert stage.exits() == 3
    assert two.rest() == b""
