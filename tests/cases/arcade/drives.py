"""A game's loop runs one pass a frame, in a method that another file calls; its channels could be clients as well."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}",), plain=True)


@drive
def game(stage: Stage) -> None:
    """Moves are told once in a frame, words at once. Naive: frames are told of when the next message comes."""
    ann = stage.connect("ann")
    ann.expect("you are 1\n")
    bob = stage.connect("bob")
    bob.expect("you are 2\n")
    ann.expect("2 is here\n")
    ann.send("go north\n")
    ann.expect("1 is north\n")
    bob.expect("1 is north\n")
    bob.send("shout hi\nfly\n")
    ann.expect("2 shouts hi\n")
    bob.expect("2 shouts hi\nwhat is fly\n")
    bob.close()
    ann.expect("2 has gone\n")
    ann.send("end\n")
    assert ann.rest() == b""
    stage.output("game over")
    assert stage.exits() == 0
