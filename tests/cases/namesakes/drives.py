"""A program whose names are those of modules."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}",), plain=True)


@drive
def coins(stage: Stage) -> None:
    child = stage.connect("child")
    child.send("5\n")
    child.expect("5 in the till\n")
    child.send("2\n")
    child.expect("7 in the till\n")
    child.close()


@drive
def a_button(stage: Stage) -> None:
    child = stage.connect("child")
    child.send("button\n")
    assert stage.exits() == 1
