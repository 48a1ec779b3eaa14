"""A method runs one pass of the loop, behind its other work, and a `while` calls it once in a frame."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}",), plain=True)


@drive
def fair(stage: Stage) -> None:
    """What is said is passed on in the next frame. Naive: frames come with the next message only."""
    ann = stage.connect("ann")
    ann.expect('{"action": "welcome"}\n')
    ann.send('{"action": "dance"}\n')
    ann.expect('{"action": "sorry", "what": "dance"}\n')
    bob = stage.connect("bob")
    bob.expect('{"action": "welcome"}\n')
    bob.send('{"action": "say", "text": "ho"}\n')
    ann.expect('{"action": "say", "text": "ho"}\n')
    bob.expect('{"action": "say", "text": "ho"}\n')
    ann.close()
    stage.output("somebody has gone")
    bob.send('{"action": "close"}\n')
    assert bob.rest() == b""
    stage.output("closed for today")
    assert stage.exits() == 0
