"""A client that sends from a producer when it is connected, in order with pushes, and as the peer takes it."""

from __future__ import annotations

from oracle import WHOLE, Program, Stage, drive

PROGRAM = Program(("{peer}", "3"), plain=True)


PARCEL = b"PARCEL " * 500 + b"\n"


def letters(count: int) -> bytes:
    return b"".join(b"letter %d %s\n" % (left, b"." * 1900) for left in reversed(range(count)))


@drive
def handed_over(stage: Stage) -> None:
    house = stage.server.accept("house")
    house.expect(b"3 letters\n" + letters(3))
    house.send("thanks\nagain\n")
    house.expect(letters(2) + b"that is all\n")
    house.send("parcel\nbye\n")
    house.expect(PARCEL + b"bye\n")
    assert house.rest() == b""
    assert stage.exits() == 0


@drive
def answered_before(stage: Stage) -> None:
    """Answers that come before a letter has been taken. Naive: what is pushed overtakes the letters."""
    house = stage.server.accept("house")
    house.send("again\nbye\n")
    house.expect(b"3 letters\n" + letters(3) + letters(2) + b"that is all\nbye\n")
    assert house.rest() == b""
    assert stage.exits() == 0


@drive(chunkings=(WHOLE,))
def nobody_at_home(stage: Stage) -> None:
    house = stage.server.accept("house")
    house.expect("3 letters\n")
    house.close()
    assert stage.exits() == 0
