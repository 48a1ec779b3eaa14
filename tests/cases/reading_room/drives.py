"""Producers that others push to a session, in order with what is pushed, and none of them in anybody's way."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}",), plain=True)
BOOK = b"It was a dark and stormy night. " * 40_000
NOTE = b"+ 11\r\nb\r\nmilk, bread\r\n0\r\n\r\n+ taken\r\n"


@drive
def orders(stage: Stage) -> None:
    ann = stage.connect("ann")
    ann.expect("* 1 here\r\n")
    ann.send("take\r\nwords\r\nwhat\r\nshare note\r\ntake note\r\nleave\r\ntake\r\n")
    ann.expect(NOTE + b"0 milk,\r\n1 bread\r\n+ words\r\nbae63262?\r\nmilk, bread\r\n" + NOTE + b"+ bye\r\n")
    assert ann.rest() == b""


@drive
def slow(stage: Stage) -> None:
    """Naive: what is pushed meanwhile overtakes a producer, or a slow reader keeps the others waiting."""
    ann, bob = stage.connect("ann"), stage.connect("bob", reading=False, small_buffers=True)
    ann.expect("* 1 here\r\n* 2 here\r\n")
    bob.send("take book\r\nwords\r\n")
    bob.resume()
    bob.expect("* 2 here\r\n+ 1280000\r\n1000\r\n")
    bob.pause()
    ann.send("share note\r\n")
    ann.expect("milk, bread\r\n")
    bob.send("leave\r\n")
    bob.resume()
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(b), b) for b in (BOOK[n : n + 4096] for n in range(0, len(BOOK), 4096)))
    bob.expect(chunks[6:] + b"0\r\n\r\n+ taken\r\n")
    ann.expect("* 1 left\r\n")
    ann.send("leave\r\n")
    ann.expect("+ bye\r\n")


@drive
def gone(stage: Stage) -> None:
    """One leaves in the middle of a text; to others, that text and the next come whole."""
    ann = stage.connect("ann")
    ann.expect("* 1 here\r\n")
    bob = stage.connect("bob", reading=False, small_buffers=True)
    ann.expect("* 2 here\r\n")
    ann.send("share book\r\n")
    ann.expect(BOOK + b"\r\n")
    bob.reset()
    ann.expect("* 1 left\r\n")
    ann.send("take\r\n")
    ann.expect(NOTE)


@drive
def torn(stage: Stage) -> None:
    """A producer that fails at once keeps its handler from going on; one that fails later ends the session."""
    ann, bob = stage.connect("ann"), stage.connect("bob")
    ann.expect("* 1 here\r\n* 2 here\r\n")
    bob.send("torn 0\r\ntake\r\n")
    bob.expect("* 2 here\r\n")
    assert bob.rest() == b""
    ann.expect("* 1 left\r\n")
    ann.send("torn 2\r\n")
    ann.expect("page\r\npage\r\n")
    ann.rest()
