"""A proxy whose handle_close() takes away what handle_read() goes on with: an error, and handle_close() once more."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}", "{peer}"), plain=True)


@drive
def hangs_up(stage: Stage) -> None:
    """Naive: one line where there were two."""
    ann = stage.connect("ann")
    ann.send("two pints")
    dairy = stage.server.accept("dairy")
    dairy.expect("two pints")
    dairy.send("here")
    ann.expect("here")
    ann.close()
    assert dairy.rest() == b""
    stage.output("no more orders after 9", 2)


@drive
def runs_dry(stage: Stage) -> None:
    ben = stage.connect("ben")
    ben.send("cream")
    dairy = stage.server.accept("dairy")
    dairy.expect("cream")
    dairy.close()
    assert ben.rest() == b""
    stage.output("no more milk")
