"""A mail server in a thread gets its mail, and ends when it is told to by another thread."""

from __future__ import annotations

from oracle import WHOLE, Program, Stage, drive

PROGRAM = Program(plain=True, mails=True)


@drive(chunkings=(WHOLE,))
def plays(stage: Stage) -> None:
    assert stage.exits() == 0
