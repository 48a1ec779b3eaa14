"""How much is read at once makes a difference where pieces are looked at as they come."""

from __future__ import annotations

from oracle import WHOLE, Program, Stage, drive

PROGRAM = Program(("{port}", "{port2}"), plain=True)


@drive
def weighed(stage: Stage) -> None:
    """Naive: what has come is handled in one piece, however much it is."""
    clerk = stage.connect("clerk")
    clerk.send("a card\n")
    clerk.expect("6\n")
    clerk.send("a parcel of " + 60 * "x" + "\nanother card\n")
    clerk.half_close()
    clerk.rest()


@drive(chunkings=(WHOLE,))
def shredded(stage: Stage) -> None:
    """Naive: with no end to look for, all that has come is one piece."""
    shredder = stage.connect("shredder", port=stage.ports["port2"])
    shredder.send("a letter")
    shredder.expect("a le|tter|")
