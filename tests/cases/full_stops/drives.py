"""Peers that answer when the end has come, and before.

They hang up when they read the end of what the program says, so that is looked at only when all else has happened.
"""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}", "{peer}"), plain=True)


@drive
def answers(stage: Stage) -> None:
    """Nobody closes before the other has come to its end, which only a full stop can tell."""
    lookup = stage.server.accept("lookup", reading=False)
    upload = stage.server.accept("upload", reading=False)
    lookup.send("?\r\nsomebody\r\nelse\r\nunfinished")
    stage.output("line else")
    lookup.resume()
    lookup.rest()
    stage.output("end b'unfinished'")
    upload.send("thank you")
    upload.resume()
    upload.rest()
    stage.output("receipt b'thank you'")
    reader = stage.connect("reader")
    reader.pause()
    reader.send("this.", whole=True)
    reader.send("more and more")
    reader.resume()
    reader.rest()
    stage.output("heard 18")
    stage.output("done")
    stage.exits()


@drive
def leaves(stage: Stage) -> None:
    """Both are cut off while they wait for an answer."""
    lookup = stage.server.accept("lookup", reading=False)
    upload = stage.server.accept("upload", reading=False)
    lookup.send("?\r\nwell\r\n")
    stage.output("line well")
    lookup.close()
    stage.output("end b''")
    upload.close()
    stage.output("receipt b''")
    stage.connect("reader").close()
    stage.output("done")
    stage.exits()
