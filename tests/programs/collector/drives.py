"""Uploads: a line, then terminator None, "collect everything", up to the end of file; it ends by itself."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}", "2"))


@drive
def two_uploads(stage: Stage) -> None:
    """The listener closes after the second connection; the loop ends with the last channel.

    Naive: it never ends.
    """
    ann = stage.connect("ann")
    ann.send("first\r\n\r\nbody \r\n\r\n with empty lines\r\n\r\n")
    ann.expect("go on\n")
    bob = stage.connect("bob")
    bob.send("second\r\n\r\n")
    bob.expect("go on\n")
    bob.send(b"\0" * 300_000)
    bob.half_close()
    assert bob.rest() == b""
    stage.output("second: 300000 bytes")
    ann.close()
    stage.output("first: 30 bytes")
    assert stage.exits() == 0


@drive
def nameless(stage: Stage) -> None:
    r"""What came without its terminator was collected, but for the part that may begin a terminator.

    Naive: IncompleteReadError.partial has the \r\n\r as well; or nothing is left of it.
    """
    ann = stage.connect("ann")
    ann.send("no end\r\n\r")
    ann.half_close()
    ann.rest()
    stage.output("nameless, 6 bytes: b'no end'")
    bob = stage.connect("bob")
    bob.half_close()
    bob.rest()
    assert stage.exits() == 0


@drive
def reset(stage: Stage) -> None:
    """A reset ends an upload as an end of file does."""
    ann, bob = stage.connect("ann"), stage.connect("bob")
    ann.send("cut\r\n\r\n12345")
    ann.expect("go on\n")
    stage.settle()
    ann.reset()
    stage.output("cut: 5 bytes")
    bob.send("\r\n\r\nno name")
    bob.expect("go on\n")
    bob.close()
    stage.output(": 7 bytes")
    assert stage.exits() == 0
