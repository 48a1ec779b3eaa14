"""Mail servers that functions define: they get their mail, and end when they are closed."""

from __future__ import annotations

from oracle import WHOLE, Program, Stage, drive

PROGRAM = Program(plain=True, mails=True)


@drive(chunkings=(WHOLE,))
def plays(stage: Stage) -> None:
    assert stage.exits() == 0
