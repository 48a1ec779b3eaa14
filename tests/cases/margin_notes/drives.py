"""Comments and types wherever code goes: the transcript is of little interest, the text is."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}",), plain=True)


@drive
def two_authors(stage: Stage) -> None:
    ann, bob = stage.connect("ann"), stage.connect("bob")
    ann.send("teh end\nof")
    ann.expect("1 the end\n")
    bob.send(" teh\n")
    bob.expect("1  the\n")
    ann.send(" it\n")
    ann.expect("2 of it\n")
    bob.close()
    stage.settle()
