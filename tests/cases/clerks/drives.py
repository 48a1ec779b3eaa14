"""Mixins beside the removed base class, one of them changed with the class, one with what a frame is and how it ends, one with a constructor that hands on; listeners in a list."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}", "{port2}"), plain=True)


@drive
def errands(stage: Stage) -> None:
    one = stage.connect("one")
    one.send("add 3\nadd 4\nsing\n")
    one.expect("3\n7\npardon?\n")
    stage.output("clerk noted sing")
    two = stage.connect("two", port=stage.ports["port2"])
    stage.output("porter noted visitor to room 2")
    two.send("who\nleave now\n")
    two.expect("c2\ngood bye\n")
    assert two.rest() == b""
    one.send("add x\n")
    assert one.rest() == b""
    three = stage.connect("three")
    three.send("add 1\nadd")
    three.expect("1\n")
    three.half_close()
    assert three.rest() == b""
    stage.output("clerk was left")
