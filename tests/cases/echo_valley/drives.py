"""Sessions that close when they have nothing to send: what has come by then is answered first, in pieces."""

from __future__ import annotations

from oracle import WHOLE, Program, Stage, drive

PROGRAM = Program(("{port}",), plain=True)


@drive(chunkings=(WHOLE,))
def calls(stage: Stage) -> None:
    """A call of three pieces is given back whole, and a short one; whoever says nothing is not closed."""
    patient = stage.connect("patient")
    long = stage.connect("long")
    long.send("halloo, halloo, hello\n")
    long.expect("halloo, halloo, hello\n")
    assert long.rest() == b""
    stage.output("silence after 22")
    short = stage.connect("short")
    short.send("ho\n")
    short.expect("ho\n")
    assert short.rest() == b""
    stage.output("silence after 3")
    patient.send("hey\n")
    patient.expect("hey\n")
    assert patient.rest() == b""


@drive(chunkings=(WHOLE,))
def loud(stage: Stage) -> None:
    """Much more than one packet comes back as well."""
    caller = stage.connect("caller")
    caller.send("a" * 5000 + "\n")
    caller.expect("a" * 5000 + "\n")
    assert caller.rest() == b""


@drive
def leaves(stage: Stage) -> None:
    """Whoever goes without a word is not answered."""
    silent = stage.connect("silent")
    silent.half_close()
    assert silent.rest() == b""


@drive(chunkings=(WHOLE,))
def stones(stage: Stage) -> None:
    """A stone ends it at once, with what is still to be given back."""
    thrower = stage.connect("thrower")
    thrower.send("halloo, stone!!!")
    assert thrower.rest() == b""
    stage.output("a stone")
