"""A socket map of the program's own that everything lives in: it goes, with all that hands it on."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}",), plain=True)


@drive
def valves(stage: Stage) -> None:
    """All keepers turn the same valves. The loop ends with the last connection. Naive: with the listener."""
    ann, bob = stage.connect("ann"), stage.connect("bob")
    stage.settle()  # both are in
    ann.send("north\n")
    ann.expect("open: north\n")
    bob.send("east\nnorth\n")
    bob.expect("open: east north\nopen: east\n")
    bob.send("shut\n")
    bob.expect("the main is shut\n")
    assert bob.rest() == b""
    ann.send("west\n")
    ann.expect("open: east west\n")
    ann.close()
    stage.output("dry 2")
    assert stage.exits() == 0
