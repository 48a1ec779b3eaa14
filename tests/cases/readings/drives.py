"""Counted frames only, an overridden handle_error(), a listener that runs the loop itself."""

from __future__ import annotations

import struct

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}",), plain=True)


def reading(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("!BH", kind, len(data)) + data


@drive
def readings(stage: Stage) -> None:
    one, two = stage.connect("one"), stage.connect("two")
    one.send(reading(1, b"abc") + reading(1) + reading(2, b"\n" * 60000))
    one.expect(reading(1)[:1] + b"\0\1" + b"\1\0\2" + b"\2\0\1")
    two.send(reading(1, b"x")[:3])
    stage.settle()
    two.send(reading(1, b"x")[3:])
    two.expect(b"\1\0\3")
    one.send(reading(10, b"no"))
    assert one.rest() == b""
    stage.output("bad reading 10")
    two.send(b"\1")
    stage.settle()
    two.half_close()
    assert two.rest() == b""
    stage.output("instrument off")
