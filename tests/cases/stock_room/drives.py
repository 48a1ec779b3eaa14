"""Lengths that peers choose, states kept in an attribute, methods that the class body assigns, an own `log`."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}",), plain=True)


@drive
def notes(stage: Stage) -> None:
    ann, bob = stage.connect("ann"), stage.connect("bob")
    ann.send("note 5\r\napplenote 100000\r\n" + "x" * 100_000 + "list\r\n")
    ann.expect("go ahead\r\nnoted 5\r\ngo ahead\r\nnoted 100000\r\napple\r\n" + "x" * 100_000 + "\r\n.\r\n")
    bob.send("huh\r\nbye\r\n")
    bob.expect("what?\r\n")
    assert bob.rest() == b""
    ann.send("note 10\r\nhalf")
    ann.expect("go ahead\r\n")
    ann.reset()
    cid = stage.connect("cid")
    cid.send("note 1\r\n.")
    cid.half_close()
    cid.expect("go ahead\r\nnoted 1\r\n")
    assert cid.rest() == b""


@drive
def less_than_nothing(stage: Stage) -> None:
    """Naive: "go ahead" is pushed before the read finds out that there are no -1 bytes."""
    ann, bob = stage.connect("ann"), stage.connect("bob")
    ann.send("note -1\r\nlist\r\n")
    assert ann.rest() == b""
    bob.send("note many\r\n")
    assert bob.rest() == b""


@drive
def nothing(stage: Stage) -> None:
    """A length of 0 ends nothing: what follows is one endless note."""
    ann = stage.connect("ann")
    ann.send("note 0\r\nlist\r\n")
    ann.expect("go ahead\r\n")
    assert ann.quiet() == b""
    ann.half_close()
    assert ann.rest() == b""
