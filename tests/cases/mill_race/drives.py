"""A relay whose ends have each other close once everything is sent, by a flag."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}", "{peer}"), plain=True)


@drive
def downstream(stage: Stage) -> None:
    """Naive: what has not gone out when the other end closes is lost."""
    upper = stage.connect("upper")
    lower = stage.server.accept("lower")
    upper.send("splash")
    lower.expect("splash")
    lower.send("spray" * 50000)
    lower.close()
    assert upper.rest() == b"spray" * 50000


@drive
def at_once(stage: Stage) -> None:
    """Naive: what comes before there is a connection is lost if the sender has gone by then."""
    upper = stage.connect("upper")
    upper.send("a drop")
    upper.close()
    assert stage.server.accept("lower").rest() == b"a drop"


@drive
def nobody_there(stage: Stage) -> None:
    stage.server.close()
    assert stage.connect("upper").rest() == b""
