"""Hooks that are other names of methods."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}",), plain=True)


@drive
def a_play(stage: Stage) -> None:
    actor = stage.connect("actor")
    actor.send("bow\n")
    actor.expect("bows\n")
    actor.send("curtsey\n")
    actor.expect("bows\n")
    actor.send("sing\n")
    actor.expect("looks around\n")
    actor.send("exit\n")
    assert actor.rest() == b""
    stage.output("exit, pursued by a bear")
    stage.connect("another").close()
    stage.output("exit, pursued by a bear")
