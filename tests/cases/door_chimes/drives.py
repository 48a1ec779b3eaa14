"""file_dispatchers that read in ways of their own: a device's, readline(), and os.read(); one may be cut as it is made."""

from __future__ import annotations

from oracle import WHOLE, Program, Stage, drive

PROGRAM = Program(("{port}",), plain=True)


@drive(chunkings=(WHOLE,))
def an_evening(stage: Stage) -> None:
    """Naive: a wire that has been cut rings, and the program does not end when all is closed."""
    ann, bob = stage.connect("ann"), stage.connect("bob")
    ann.send("front ")
    ann.expect("dong front\n")
    bob.expect("dong front\n")
    stage.stdin(b"dinner\n")
    ann.expect("dinner\n")
    bob.expect("dinner\n")
    stage.stdin(b"bad\n")
    stage.output("cannot say bad")
    stage.stdin(b"press\n")
    ann.expect("dong typed\n")
    bob.expect("dong typed\n")
    ann.send("wire")
    ann.expect("once rung\n")
    bob.send("wire cut")
    bob.expect("cut\n")
    ann.send("back burnt side")
    ann.expect("dong back\n")
    bob.expect("dong back\n")
    stage.output("the chime is silent")
    ann.send("front ")
    stage.settle()
    stage.stdin(b"nobody rings\n")
    ann.expect("nobody rings\n")
    bob.expect("nobody rings\n")
    ann.half_close()
    assert ann.rest() == b""
    stage.stdin(b"good night\n")
    bob.half_close()
    assert bob.rest() == b""
    assert stage.exits() == 0


@drive(chunkings=(WHOLE,))
def just_called(stage: Stage) -> None:
    """Naive: a room that has just called does not hear what is typed in that moment."""
    for number in range(8):
        late = stage.connect(f"late {number}")
        stage.stdin(b"hello\n")
        late.expect("hello\n")
