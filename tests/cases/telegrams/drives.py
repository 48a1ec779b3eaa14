"""Suites behind their colons and statements behind semicolons, wherever something changes."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}",), plain=True)


@drive
def wires(stage: Stage) -> None:
    """Two at once, and what is counted is counted when they come. Naive: after the session."""
    ann, bob = stage.connect("ann"), stage.connect("bob")
    ann.send("arriving noon stop send ")
    ann.expect("ARRIVING NOON\n")
    bob.send("congratulations stop ")
    bob.expect("CONGRATULATIONS\n")
    ann.send("money stop ")
    ann.expect("SEND MONEY\n")
    ann.close()
    bob.close()
