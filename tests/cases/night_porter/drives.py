"""What is closed before its loop has run, and a loop that is ended by what a handler has counted."""

from __future__ import annotations

from oracle import WHOLE, Program, Stage, drive

PROGRAM = Program(("{port}", "{port2}"), plain=True)


@drive
def a_night(stage: Stage) -> None:
    """Three rings are the end, and nothing is answered behind them. Naive: it goes on for half a second."""
    stage.stdin(b"brass\n")
    stage.output("open")
    ann, bob = stage.connect("ann"), stage.udp("bob")
    ann.send("ann\nbob\n")
    ann.expect("good night, ann\ngood night, bob\n")
    for number in (1, 2, 3):
        bob.send("!", stage.ports["port2"])
        assert bob.take() == [b"ring %d" % number]
    assert stage.exits() == 0
    assert ann.rest() == b""


@drive(chunkings=(WHOLE,))
def nobody_at_home(stage: Stage) -> None:
    """There is no server yet, and no transport. Naive: close() fails."""
    stage.stdin(b"\n")
    stage.output("closed: no key")
    assert stage.exits() == 3
