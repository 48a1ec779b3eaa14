"""Dispatchers that read and write by hand, several listeners in one loop, the class of the session a parameter."""

from __future__ import annotations

from oracle import WHOLE, Program, Stage, drive

PROGRAM = Program(("{port}", "{port2}", "{port3}"), plain=True)


@drive(chunkings=(WHOLE,))
def echoes(stage: Stage) -> None:
    plain = stage.connect("plain")
    ready = stage.connect("ready", port=stage.ports["port2"])
    buffered = stage.connect("buffered", port=stage.ports["port3"])
    plain.send("abc")
    plain.expect("abc")
    ready.send("abc")
    ready.expect("cba")
    buffered.send("abc")
    buffered.expect("127.0.0.1:abc")
    plain.half_close()
    assert plain.rest() == b""
    ready.send("quit")
    ready.expect("as you wish, the 1.")
    assert ready.rest() == b""
    buffered.close()
    stage.output("buffered gone")


@drive(chunkings=(WHOLE,))
def much(stage: Stage) -> None:
    plain = stage.connect("plain")
    plain.send("x" * 50_000)
    plain.expect("x" * 50_000)
    plain.reset()
    again = stage.connect("again")
    again.send("y")
    again.expect("y")
