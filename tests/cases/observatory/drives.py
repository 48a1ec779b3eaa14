"""The frames of a game: each takes what has come since the last one, and returns it."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{peer}",), plain=True)


@drive
def night(stage: Stage) -> None:
    """Naive: what comes while the program sleeps is lost, or a frame sees it twice."""
    server = stage.server.accept("server")
    server.expect("what is there\r\n")
    server.send("star one\r\nmoon\r\n")
    server.expect("and behind star one\r\n")
    stage.output("moon")
    server.send("star two\r\nunfini")
    server.expect("and behind star two\r\n")
    server.close()
    stage.output("more than one frame")
    assert stage.exits() == 0
