"""Sessions in a file of their own that make clients: what starts these is kept there, and imported by the loop's."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}", "{peer}"), plain=True)


@drive
def both_ways(stage: Stage) -> None:
    near = stage.connect("near")
    far = stage.server.accept("far")
    near.send("onward")
    far.expect("onward")
    far.send("and back")
    near.expect("and back")
    near.close()
    assert far.rest() == b""
    near = stage.connect("another near")
    far = stage.server.accept("another far")
    near.send("x")
    far.expect("x")
    far.reset()
    assert near.rest() == b""


@drive
def nobody_there(stage: Stage) -> None:
    stage.server.close()
    assert stage.connect("near").rest() == b""
