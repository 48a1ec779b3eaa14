"""Commands chosen by their name that send from producers, several in a row, in order with what is pushed."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}", "{port2}"), plain=True)
BOOK = b"It was a dark and stormy night. " * 100_000


@drive
def orders(stage: Stage) -> None:
    ann = stage.connect("ann")
    ann.send("n\r\ng note\r\nget note 3\r\nget\r\nget nothing\r\n\r\nfetch\r\nserved\r\n")
    ann.expect("+ archive\r\nbook\r\nnote\r\n+ 11\r\nmilk, bread\r\n--\r\n+ 11\r\nmilk, bread\r\n--\r\n")
    ann.expect("- how?\r\n- no such text\r\n- what?\r\n2\r\n")
    ann.send("quit\r\nnames\r\n")
    ann.expect("+ bye\r\n")
    assert ann.rest() == b""


@drive
def slow(stage: Stage) -> None:
    """Naive: the producers of one reader are in the way of others, or what is pushed behind them overtakes them."""
    ann, bob = stage.connect("ann", reading=False, small_buffers=True), stage.connect("bob")
    ann.send("get book\r\nget note\r\nbye\r\n")
    bob.expect("+ archive\r\n")
    bob.send("get note\r\n")
    bob.expect("+ 11\r\nmilk, bread\r\n--\r\n")
    ann.resume()
    ann.expect(b"+ archive\r\n+ %d\r\n" % len(BOOK) + BOOK + b"\r\n--\r\n+ 11\r\nmilk, bread\r\n--\r\n+ bye\r\n")
    assert ann.rest() == b""


@drive
def gone(stage: Stage) -> None:
    """Readers that leave in the middle of a text."""
    ann, bob, cid = (stage.connect(name, reading=False, small_buffers=True) for name in ("ann", "bob", "cid"))
    ann.send("get book\r\n")
    ann.reset()
    bob.send("get book 100000\r\n")
    bob.close()
    cid.send("get note\r\nbye\r\n")
    cid.resume()
    cid.expect("+ archive\r\n+ 11\r\nmilk, bread\r\n--\r\n+ bye\r\n")
    assert cid.rest() == b""


@drive
def half_closed(stage: Stage) -> None:
    ann = stage.connect("ann")
    ann.send("get note\r\n")
    ann.expect("+ archive\r\n+ 11\r\nmilk, bread\r\n--\r\n")
    ann.half_close()
    assert ann.rest() == b""


@drive
def let_go(stage: Stage) -> None:
    """Naive: what is looked up in a dictionary is the author's own."""
    ann, bob, cid = (stage.connect(name, port=stage.ports["port2"]) for name in ("ann", "bob", "cid"))
    ann.send("hours\nbusy\nbye\nhours\n")
    assert ann.rest() == b"+\n9 to 5\n+\n0\n+\n"
    stage.output("let go")
    bob.send("what\nhours\n")
    assert bob.rest() == b"+\n"
    stage.output("let go", count=2)
    cid.send("hours\n")
    cid.expect("+\n9 to 5\n")
    cid.send("out\nhours\n")
    assert cid.rest() == b"+\n"
