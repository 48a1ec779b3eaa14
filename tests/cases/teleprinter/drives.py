"""Pipes and datagram sockets that add to the output of a client."""

from __future__ import annotations

from oracle import WHOLE, Program, Stage, drive

PROGRAM = Program(("{peer}", "{port}"), plain=True)


@drive(chunkings=(WHOLE,))
def typed_and_wired(stage: Stage) -> None:
    line = stage.server.accept("line")
    stage.output("connected")
    stage.stdin(b"hello\n")
    line.expect("HELLO\n")
    other = stage.udp("other")
    other.send("good morning")
    assert other.take() == [b"noted"]
    line.expect("from the wire: good morning\n")
    line.send("thank you\n")
    stage.output("printed thank you")
    stage.close_stdin()
    stage.output("nobody types any more")
    other.send("still here")
    line.expect("from the wire: still here\n")
    other.send("stop")
    line.close()
    assert stage.exits() == 0


@drive(chunkings=(WHOLE,))
def line_goes_first(stage: Stage) -> None:
    stage.udp("other").send("stop")
    line = stage.server.accept("line")
    stage.output("connected")
    line.close()
    assert stage.exits() == 0
