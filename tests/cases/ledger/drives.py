"""Parsers by hand over a buffer, which are called once more with nothing when the connection ends."""

from __future__ import annotations

import struct

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}", "{port2}"), plain=True)


def record(name: str, amount: int) -> bytes:
    return struct.pack("!HI", len(name), amount) + name.encode()


@drive
def records(stage: Stage) -> None:
    one = stage.connect("one")
    one.send(record("a", 1) + record("b", 20) + record("a", 300))
    one.expect(struct.pack("!III", 1, 20, 301))
    text = stage.connect("text", port=stage.ports["port2"])
    text.send("a\nc\nb\nhalf a line")
    text.expect("301\n0\n20\n")
    text.half_close()
    assert text.rest() == b""
    one.send(record("cut", 5)[:-1])
    stage.settle()
    one.half_close()
    assert one.rest() == b""
    stage.output("clerk wrote 3")


@drive
def nothing_at_all(stage: Stage) -> None:
    """The end is the first that is heard; and a handler that fails."""
    one = stage.connect("one")
    one.half_close()
    assert one.rest() == b""
    stage.output("clerk wrote 0")
    two = stage.connect("two")
    two.send(record("a", 7))
    two.expect(struct.pack("!I", 7))
    two.send(record("error", 1))
    assert two.rest() == b""
    stage.output("clerk wrote 1")
    three = stage.connect("three", port=stage.ports["port2"])
    three.reset()
    four = stage.connect("four", port=stage.ports["port2"])
    four.send("a\n")
    four.expect("7\n")
