"""Length-prefixed binary frames: the terminator is a number, of the header's size or the body's in turn."""

from __future__ import annotations

import struct
import zlib

from oracle import BACKPRESSURE, Program, Stage, drive

PROGRAM = Program(("{port}",))


def frame(kind: bytes, number: int, body: bytes = b"") -> bytes:
    return struct.pack(">4sHI", kind, number, len(body)) + body


def done(number: int, body: bytes = b"") -> bytes:
    return frame(b"DONE", number, body)


@drive
def mixed(stage: Stage) -> None:
    """Frames of all kinds, several in a read, empty bodies among them.

    Naive: ``readexactly(0)``, or a body phase for nothing.
    """
    one = stage.connect("one")
    one.send(frame(b"ECHO", 1, b"hello"))
    one.expect(done(1, b"hello"))
    one.send(frame(b"ECHO", 2) + frame(b"DATA", 3, b"abc") + frame(b"ECHO", 4, b"\0") + frame(b"STAT", 5))
    one.expect(done(2) + done(3, struct.pack(">I", zlib.crc32(b"abc"))) + done(4, b"\0") + done(5, b"3 bytes"))
    one.send(frame(b"DATA", 6) + frame(b"STAT", 0xFFFF, b"ignored"))
    one.expect(done(6, bytes(4)) + done(0xFFFF, b"3 bytes"))


@drive
def header_in_the_body(stage: Stage) -> None:
    """A body that looks like frames. Naive: scanning for the kinds."""
    one = stage.connect("one")
    body = frame(b"STAT", 9) + frame(b"ECHO", 8, b"x") + b"\r\n\r\n"
    one.send(frame(b"ECHO", 1, body) * 3)
    one.expect(done(1, body) * 3)


@drive
def seen_while_it_comes(stage: Stage) -> None:
    """A body is handled in the pieces in which it comes: others see it grow.

    Naive: ``readexactly(size)``, megabytes held.
    """
    big, other = stage.connect("big"), stage.connect("other")
    body = bytes(range(256)) * 4000
    whole = frame(b"DATA", 1, body)
    big.send(whole[: 10 + 600_000])
    stage.settle()
    other.send(frame(b"STAT", 2))
    other.expect(done(2, b"600000 bytes"))
    big.send(whole[10 + 600_000 :])
    big.expect(done(1, struct.pack(">I", zlib.crc32(body))))
    other.send(frame(b"STAT", 3))
    other.expect(done(3, b"1024000 bytes"))


@drive
def count_is_for_once(stage: Stage) -> None:
    """After a header that sets no new terminator everything is swallowed: a count is one-shot, then it is 0.

    Naive: the next frame is read as if the header's size were still set.
    """
    one, two = stage.connect("one"), stage.connect("two")
    one.send(frame(b"WHAT", 1, b"12345") + frame(b"ECHO", 2, b"never answered"))
    stage.output("unknown kind b'WHAT', 5 bytes")
    one.send(frame(b"ECHO", 3, b"nor this"))
    assert one.quiet() == b""
    two.send(frame(b"ECHO", 4, b"yes"))
    two.expect(done(4, b"yes"))
    one.half_close()
    one.rest()


@drive
def cut_in_the_header(stage: Stage) -> None:
    """End of file within a header and within a body: nothing is answered.

    Naive: struct.error from a short header.
    """
    one, two = stage.connect("one"), stage.connect("two")
    one.send(frame(b"ECHO", 1, b"x")[:7])
    one.half_close()
    assert one.rest() == b""
    two.send(frame(b"ECHO", 1, b"full") + frame(b"ECHO", 2, b"cut")[:-1])
    two.expect(done(1, b"full"))
    two.half_close()
    assert two.rest() == b""


@drive(tolerates=(BACKPRESSURE,))
def all_before_reading(stage: Stage) -> None:
    """Nine megabytes of echoes are asked for before one is read."""
    one = stage.connect("one", small_buffers=True)
    body = bytes(range(256)) * 400
    one.send_before_reading(b"".join(frame(b"ECHO", n, body) for n in range(90)))
    for number in range(90):
        one.expect(done(number, body))
