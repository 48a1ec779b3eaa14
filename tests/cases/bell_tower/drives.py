"""A loop in a thread that looks, between its passes, whether the main thread wants it to end."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}",), plain=True)


@drive
def evening(stage: Stage) -> None:
    """The thread ends, and every connection with it. Naive: the main thread waits for a loop that goes on."""
    stage.output("open")
    ann, bob = stage.connect("ann"), stage.connect("bob")
    ann.send("ding\n")
    ann.expect("ding 1\n")
    bob.send("dong\ndo")
    bob.expect("dong 2\n")
    stage.stdin(b"hello\n")
    stage.output("sexton: hello")
    bob.send("ng\n")
    bob.expect("dong 3\n")
    stage.stdin(b"close\n")
    assert ann.rest() == bob.rest() == b""
    stage.output("rung 3")
    assert stage.exits() == 0
