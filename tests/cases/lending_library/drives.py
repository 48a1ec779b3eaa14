"""Producers: in order with pushes, asked only as the reader reads, and failing half-way."""

from __future__ import annotations

from oracle import WHOLE, Program, Stage, drive

PROGRAM = Program(("{port}",), plain=True)


def volume(lines: int) -> bytes:
    text = b"".join(b"%06d %s\n" % (left, b"." * 200) for left in reversed(range(lines)))
    return b"Volume of %d\n" % lines + text


@drive
def requests(stage: Stage) -> None:
    one = stage.connect("one")
    one.expect("welcome\n")
    one.send("haiku\nvolume 4\nno\nvolume\n")
    one.expect("old pond\nfrog leaps in\nwater's sound\n")
    one.expect(volume(4) + b"that was 4\nno such title\n" + volume(3) + b"that was 3\n")
    one.send("last\n")
    assert one.rest() == volume(2)
    two = stage.connect("two")
    two.expect("welcome\n")
    two.send("torn\nhaiku\n")
    assert two.rest() == b"here it is\n"
    stage.output("read to the end", 3)


@drive(chunkings=(WHOLE,))  # what comes when all is said may turn the end into a reset
def after_the_last(stage: Stage) -> None:
    one = stage.connect("one")
    one.expect("welcome\n")
    one.send("last\nhaiku\n")
    assert one.rest() == volume(2)


@drive(chunkings=(WHOLE,))
def as_it_is_read(stage: Stage) -> None:
    """A reader that does not read is not sent megabytes. Naive: the whole volume is asked for at once."""
    slow = stage.connect("slow", reading=False, small_buffers=True)
    slow.send("volume 100000\n")
    other = stage.connect("other")
    other.expect("welcome\n")
    stage.settle()
    other.send("left\n")
    other.expect("1\n")
    slow.reset()
    stage.settle()
    other.send("haiku\n")
    other.expect("old pond\nfrog leaps in\nwater's sound\n")
