"""Terminators that other objects set: the parser of a frame, and another session in the middle of one."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}", "{port2}"), plain=True)


@drive
def parcels(stage: Stage) -> None:
    ann, bob = stage.connect("ann"), stage.connect("bob")
    ann.send("3\nabc5\nhello")
    ann.expect("send 3\ngot abc\nsend 5\ngot hello\n")
    bob.send("-3\nabc")  # a length that is refused before it is answered
    assert bob.rest() == b""
    stage.output("left  1")
    ann.send("100000\n" + "x" * 50_000)
    ann.expect("send 100000\n")
    stage.settle()  # what has not been read when the connection is reset is lost
    ann.reset()
    stage.output("left x+ 0")


@drive
def in_the_middle(stage: Stage) -> None:
    """Naive: a read that has begun goes on looking for the old end."""
    ann, porter = stage.connect("ann"), stage.connect("porter", port=stage.ports["port2"])
    ann.send("1")
    stage.settle()
    porter.send("comma\n")
    porter.expect("done\n")
    ann.send("0,abcd")
    ann.expect("send 10\n")
    stage.settle()
    porter.send("missing\n")
    porter.expect("6\ndone\n")
    porter.send("stop\n")
    porter.expect("done\n")
    ann.send("efghijkl\n")
    assert ann.quiet() == b""
    ann.half_close()
    assert ann.rest() == b""
    stage.output("left abcdefghijkl")
    porter.close()
