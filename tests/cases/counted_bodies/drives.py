"""Delimiters and counts in turn, among them the count 0, which asynchat takes for "collect everything"."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}",), plain=True)


@drive
def notes(stage: Stage) -> None:
    ann, bob = stage.connect("ann"), stage.connect("bob")
    ann.send("put a 5\n\nhello")
    ann.expect("kept 5\n")
    ann.send("get a\n\nput b 4\n\n\n\n\n\nget b\n\nget c\n\n")
    ann.expect("hello\nkept 4\n\n\n\n\n\nnothing\n")
    bob.send("get a\n\nput big 200000\n\n" + "x" * 200_000)
    bob.expect("hello\nkept 200000\n")


@drive
def nothing_to_come(stage: Stage) -> None:
    """Naive: readexactly(0) returns at once, and the server says "kept 0"."""
    ann = stage.connect("ann")
    ann.send("put a 0\n\nget a\n\n")
    assert ann.quiet() == b""
    ann.half_close()
    assert ann.rest() == b""


@drive
def nonsense(stage: Stage) -> None:
    """A negative count and a head without one raise in the handler, which costs only that connection."""
    ann, bob, cid = stage.connect("ann"), stage.connect("bob"), stage.connect("cid")
    ann.send("put a -1\n\nx")
    assert ann.rest() == b""
    bob.send("put a\n\n")
    assert bob.rest() == b""
    cid.send("get a\n\n")
    cid.expect("nothing\n")
