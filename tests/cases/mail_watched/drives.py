"""Mail servers in threads that run single passes of the loop, and ask in between whether to stop."""

from __future__ import annotations

from oracle import WHOLE, Program, Stage, drive

PROGRAM = Program((), plain=True, mails=True)


@drive(chunkings=(WHOLE,))
def plays(stage: Stage) -> None:
    stage.output("2 False")
    stage.output("Subject: one")
    assert stage.exits() == 0
