"""Listeners without a word about sockets: those who make them create, bind and listen."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}", "{port2}", "{port3}"), plain=True)


@drive
def visitors(stage: Stage) -> None:
    """One door is shut after two visitors, the other goes on; the hatch lets nobody in."""
    stage.output("opening in AF_INET")
    one = stage.connect("one")
    stage.output("front of 127.0.0.1 lets in visitor 1")
    back = stage.connect("back", port=stage.ports["port2"])
    stage.output("back of 127.0.0.1 lets in visitor 1")
    two = stage.connect("two")
    stage.output("front is shut")
    one.send("hello\n")
    one.expect("HELLO\n")
    two.send("hi\n")
    two.expect("HI\n")
    back.send("hey\n")
    back.expect("HEY\n")
    turned_away = stage.connect("turned away", port=stage.ports["port3"])
    stage.output("is at the hatch")
    assert turned_away.rest() == b""
