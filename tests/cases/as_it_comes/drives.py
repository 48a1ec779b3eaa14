"""Input that is handled piece by piece, limits that do not wait for the line's end, and half a frame at the end."""

from __future__ import annotations

import zlib

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}", "{port2}", "{port3}"), plain=True)


@drive
def sums(stage: Stage) -> None:
    body = b"\x07" * 300_000
    ann, bob = stage.connect("ann"), stage.connect("bob")
    ann.send(b"put a 5\r\nhelloput b 300000\r\n" + body + b"sum a\r\n")
    a, b = zlib.adler32(b"hello"), zlib.adler32(body)
    ann.expect(b"ready\r\nkept %08x\r\nready\r\nkept %08x\r\n%08x\r\n" % (a, b, a))
    bob.send("put c 0\r\nsum c\r\nsum d\r\nquit\r\n")
    bob.expect("ready\r\nkept 00000001\r\n00000001\r\n00000000\r\nbye\r\n")
    assert bob.rest() == b""


@drive
def too_long(stage: Stage) -> None:
    """Naive: a line is read to its end before it is found too long, and this one has none."""
    ann, bob = stage.connect("ann"), stage.connect("bob")
    ann.send("x" * 65)
    ann.expect("too long\r\n")
    assert ann.rest() == b""
    bob.send("x" * 64)
    assert bob.quiet() == b""
    bob.close()
    stage.output("in the middle of")


@drive
def less_than_nothing(stage: Stage) -> None:
    ann = stage.connect("ann")
    ann.send("put a -1\r\nxyz")
    ann.expect("ready\r\n")
    assert ann.rest() == b""


@drive
def in_the_middle(stage: Stage) -> None:
    """Naive: what readexactly() got of the body, and readuntil() of the line, is lost with a reset."""
    ann, bob, cid, dan = (stage.connect(name) for name in ("ann", "bob", "cid", "dan"))
    ann.send("put a 10\r\nhalf")
    ann.expect("ready\r\n")
    ann.reset()
    stage.output("missing 6 bytes of a")
    bob.send("put b 10\r\n")
    bob.expect("ready\r\n")
    bob.half_close()
    assert bob.rest() == b""
    stage.output("missing 10 bytes of b")
    cid.send("sum a\r")  # what may be the beginning of the end is not collected
    cid.close()
    stage.output("in the middle of b'sum a'")
    dan.send("sum")
    dan.reset()
    stage.output("in the middle of b'sum'")


@drive
def guests(stage: Stage) -> None:
    ann = stage.connect("ann", port=stage.ports["port2"])
    bob = stage.connect("bob", port=stage.ports["port2"])
    ann.send("Ann-a--Andy--Ada-")
    ann.half_close()
    assert ann.rest() == b""
    stage.output("guest leaves")
    bob.send("Bob")
    bob.reset()
    stage.output("guest leaves", 2)


@drive
def until_the_end(stage: Stage) -> None:
    ann = stage.connect("ann", port=stage.ports["port3"])
    bob = stage.connect("bob", port=stage.ports["port3"])
    ann.send("Letters\n\n" + "x" * 100_000 + "\n\n.")
    ann.expect("go on\n")
    ann.close()
    stage.output("Letters 100003")
    bob.send("Nothing\n")
    bob.reset()
    stage.output("None 7")


@drive
def slow(stage: Stage) -> None:
    """Replies wait for a peer that does not read, which then hangs up with a body half sent."""
    ann = stage.connect("ann", small_buffers=True, reading=False)
    ann.send("sum a\r\n" * 2000 + "put a 3\r\nx")
    ann.resume()
    ann.expect("00000000\r\n" * 2000 + "ready\r\n")
    ann.close()
    stage.output("missing 2 bytes of a")
