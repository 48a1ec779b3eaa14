"""SystemExit, raised by a signal, leaves the loop; no session is told."""

from __future__ import annotations

import signal

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}",), plain=True)


@drive
def fire(stage: Stage) -> None:
    """Naive: sessions run their hooks when they are cancelled, or the error is taken for one of a session."""
    early, one, two = stage.connect("early"), stage.connect("1"), stage.connect("2")
    early.send("hello\n")
    early.expect("hello, guest of 127.0.0.1\n")
    early.close()
    stage.output("a guest has left")
    one.send("tea\nca")
    one.expect("tea, guest of 127.0.0.1\n")
    two.send("milk\n")
    two.expect("milk, guest of 127.0.0.1\n")
    stage.interrupt(signal.SIGTERM)
    stage.output("everybody out")
    stage.output("fire after 3")
    assert one.rest() == two.rest() == b""
    assert stage.exits() == 4
