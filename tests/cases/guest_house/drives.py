"""Limits, a listener that closes itself, overrides that change nothing, and errors told by the author's log_info()."""

from __future__ import annotations

from oracle import WHOLE, Program, Stage, drive

PROGRAM = Program(("{port}", "{port2}"), plain=True)


@drive
def full(stage: Stage) -> None:
    one = stage.connect("one")
    one.expect("welcome 1, 0\n")
    two = stage.connect("two")
    two.expect("welcome 2, 0\n")
    three = stage.connect("three")
    assert three.rest() == b"full\n"
    two.send("a\nleave\n")
    two.expect("heard a\nbye\n")
    assert two.rest() == b""
    four = stage.connect("four")
    four.expect("welcome 2, 0\n")
    one.send("fall\n")
    assert one.rest() == b""
    stage.output("gone", count=2)
    four.send("leave\n")
    four.expect("bye\n")
    assert four.rest() == b""
    five = stage.connect("five")
    five.expect("welcome 2, 1\n")


@drive(chunkings=(WHOLE,))
def side_door(stage: Stage) -> None:
    """Whoever knocks while the door is being shut is turned away."""
    stage.connect("guest").expect("welcome 1, 0\n")
    with stage.frozen():
        one = stage.connect("one", port=stage.ports["port2"])
        two = stage.connect("two", port=stage.ports["port2"])
    stage.output("the side door is shut")
    one.send("a\n")
    one.expect("heard a\n")
    assert two.rest() == b""
    one.half_close()
    assert one.rest() == b""
    stage.output("gone")
