"""found_terminator is assigned at run time: a state machine of methods."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}",), plain=True)


@drive
def passes(stage: Stage) -> None:
    ann = stage.connect("ann")
    ann.expect("name?\n")
    ann.send("ann\ntea\nluggage\na\nbccake\nnext\nben\nluggage\n1234rum\n")
    ann.expect("ann wants tea\n[a\nbc]\nann wants cake\nname?\n[1234]\nben wants rum\n")
