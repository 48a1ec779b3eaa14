"""A package with a command: main() is called by each of the files that a process may be started with."""

from __future__ import annotations

from oracle import WHOLE, Program, Stage, drive

PROGRAM = Program(("{port}",), plain=True)


@drive(chunkings=(WHOLE,))
def a_bag(stage: Stage) -> None:
    ann = stage.connect("ann")
    ann.send("LEAVE 7\r\nFETCH 7\r\nFETCH 7\r\n")
    ann.expect("thank you\r\nhere it is\r\nno such number\r\n")
    stage.interrupt()
    stage.output("closed")
    assert stage.exits() == 0
