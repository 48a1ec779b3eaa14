"""Abstract base classes, mixins with constructors, decorated classes and kept sockets, in two files."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}", "{port2}", "{port3}"), plain=True)


@drive
def lessons(stage: Stage) -> None:
    sums = stage.connect("sums")
    stage.output("pupil 101 School of Sums")
    spelling = stage.connect("spelling", port=stage.ports["port2"])
    stage.output("pupil 101 School of Spelling")
    sums.send("1 2\n3 4\n")
    sums.expect("3\n7\n")
    spelling.send("cat\n\n")
    spelling.expect("127.0.0.1: c-a-t\n127.0.0.1: \n")
    dictation = stage.connect("dictation", port=stage.ports["port3"])
    dictation.send("ox\n")
    dictation.expect("127.0.0.1: O-X\nnext\n")
    sums.send("5 6\n")
    sums.expect("enough for today\n")
    assert sums.rest() == b""
    stage.output("sums over after 3")
    spelling.half_close()
    assert spelling.rest() == b""


@drive
def early_end(stage: Stage) -> None:
    sums = stage.connect("sums")
    sums.send("1 2\n3")
    sums.expect("3\n")
    sums.half_close()
    assert sums.rest() == b""
    stage.output("sums over after 1")
