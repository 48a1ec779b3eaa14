"""An error that a signal raises leaves the loop; no session is told."""

from __future__ import annotations

import signal

from oracle import Program, Stage, drive
from oracle.modes import Mode


def _awaits(mode: Mode) -> str:
    return "uvloop takes what a signal raises for an error of a callback" if getattr(mode, "uvloop", False) else ""


PROGRAM = Program(("{port}",), plain=True, awaits=_awaits)


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
