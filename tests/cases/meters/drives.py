"""A family in two files: endings of their own, a length that one of them computes, a limit in the middle of a frame."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}", "{port2}"), plain=True)


@drive
def values(stage: Stage) -> None:
    ann, bob = stage.connect("ann"), stage.connect("bob")
    ann.send("17\r\nblock 4\r\n1\r\n218;\r\n19")
    ann.expect("noted 17\r\nsend\r\nnoted 1\r\n2\r\nnoted 18;\r\n")
    ann.reset()
    stage.output("cut off: 19")
    bob.send("block -1\r\n17\r\n")  # naive: "send" is said before the length is refused
    assert bob.rest() == b""


@drive
def chatter(stage: Stage) -> None:
    ann = stage.connect("ann", port=stage.ports["port2"])
    bob = stage.connect("bob", port=stage.ports["port2"])
    ann.send("123456789;")
    ann.expect("9;")
    ann.send("12345678901")
    assert ann.quiet() == b""
    ann.send("2")
    ann.expect("enough;")
    assert ann.rest() == b""
    bob.send("0")
    bob.half_close()
    assert bob.rest() == b""
    stage.output("cut off: 0")
