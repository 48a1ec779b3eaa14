"""A chat that sends with send(), and a client with an attribute called encoding."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}", "{peer}"), plain=True)


@drive
def messages(stage: Stage) -> None:
    """Naive: the answer overtakes what the others are told, or comes behind the end."""
    relay = stage.server.accept("relay")
    relay.expect(b"relay, \0h\0a\0l\0l\0o\n")
    ann = stage.connect("ann")
    ann.expect("station open\n")
    ben = stage.connect("ben")
    ben.expect("station open\n")
    ann.send("one\ntwo\n")
    ann.expect("roger one\nroger two\n")
    ben.expect("> one\n> two\n")
    relay.send("three\n")
    ann.expect(b"> \0t\0h\0r\0e\0e\n")
    ben.expect(b"> \0t\0h\0r\0e\0e\n")
    ben.send("out\n")
    assert ben.rest() == b"over and out\n"
    ann.send("four\n")
    ann.expect("roger four\n")
    relay.close()
    ann.send("five\n")
    ann.expect("roger five\n")


@drive
def gone(stage: Stage) -> None:
    """One that has gone is told nothing, and nobody else misses anything."""
    relay = stage.server.accept("relay")
    relay.expect(b"relay, \0h\0a\0l\0l\0o\n")
    ann = stage.connect("ann")
    ann.expect("station open\n")
    ben = stage.connect("ben")
    ben.expect("station open\n")
    ben.reset()
    stage.settle()
    ann.send("one\n")
    ann.expect("roger one\n")
    ann.half_close()
    assert ann.rest() == b""
