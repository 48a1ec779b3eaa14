"""handle_error() that raises ends the program, with its exit status, while others are connected."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}",), plain=True)


@drive
def ends(stage: Stage) -> None:
    ann = stage.connect("ann")
    ann.send("3\n4\n")
    ann.expect("3\n7\n")
    ben = stage.connect("ben")
    ben.send("1\n")
    ben.expect("1\n")
    ben.send("x\n")
    stage.output("this must not happen")
    stage.exits()
