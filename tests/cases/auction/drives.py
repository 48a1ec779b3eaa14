"""A polled loop inside a `try`: a flag ends it, or Ctrl-C, and either way the sessions are told before they go."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}",), plain=True)


@drive
def hammer(stage: Stage) -> None:
    """All are told. Naive: the sessions are cancelled before they can be."""
    ann, bob = stage.connect("ann"), stage.connect("bob")
    stage.settle()  # both are in
    ann.send("ten\r\n")
    ann.expect("bid: ten\r\n")
    bob.send("twenty\r\n")
    ann.expect("bid: twenty\r\n")
    ann.send("hammer\r\n")
    ann.expect("sold\r\n")
    bob.until("sold\r\n")
    assert ann.rest() == bob.rest() == b""
    stage.output("sold after 2")
    assert stage.exits() == 0


@drive
def interrupted(stage: Stage) -> None:
    """Ctrl-C is caught where the loop stood. Naive: asyncio.run() raises it when all is over."""
    ann = stage.connect("ann")
    ann.send("ten\r\n")
    ann.expect("bid: ten\r\n")
    stage.interrupt()
    ann.expect("the auction is off\r\n")
    assert ann.rest() == b""
    stage.output("no sale")
    assert stage.exits() == 1
