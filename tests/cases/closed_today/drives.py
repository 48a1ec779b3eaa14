"""A listener that speaks to the new connection's socket and closes it."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}",), plain=True)


@drive
def closed(stage: Stage) -> None:
    """Two visitors, one of whom knocks. Naive: the answer is dropped with the connection."""
    for name in ("ann", "bob"):
        visitor = stage.connect(name)
        assert visitor.rest() == b"closed today\n"
        visitor.close()
        stage.output("from 127.0.0.1")
