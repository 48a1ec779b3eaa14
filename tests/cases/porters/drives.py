"""Pairs of two classes whose buffers are called the same; one stays when the other has gone."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}", "{peer}"), plain=True)


@drive
def down_and_up(stage: Stage) -> None:
    up = stage.connect("up")
    down = stage.server.accept("down")
    up.expect("[here]")
    load = bytes(range(256)) * 2000
    up.send(load)
    down.expect(load)
    down.send(load)
    up.expect(load)
    down.close()
    up.expect("[gone]")
    up.close()
    stage.output("upstairs is done")


@drive
def up_leaves(stage: Stage) -> None:
    up = stage.connect("up")
    down = stage.server.accept("down")
    up.expect("[here]")
    up.send("x")
    down.expect("x")
    up.close()
    assert down.rest() == b""


@drive
def nobody_downstairs(stage: Stage) -> None:
    stage.server.close()
    up = stage.connect("up")
    up.expect("[gone]")
    up.close()
    stage.output("upstairs is done")
