"""Output that others add to, a state that they change: the session is told to look. All classes share a base."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}", "{peer}"), plain=True)


@drive
def through_the_door(stage: Stage) -> None:
    """What the room says comes through, and so does its end. Naive: nobody wakes a porter who waits for input."""
    ann = stage.connect("ann")
    stage.output("bell 1 at the door")
    ann.send("friend\nhello")
    ann.expect("come in\n")
    room = stage.server.accept("room")
    room.expect("hello")
    stage.output("info a door opens")
    room.send("welcome")
    ann.expect("welcome")
    ann.send("and now?")
    room.expect("and now?")
    room.send("x" * 40_000)
    ann.take(40_000)
    room.close()
    ann.expect("the door is shut\n")
    assert ann.rest() == b""


@drive
def turned_away(stage: Stage) -> None:
    """One who ends by himself says everything first, and one whose caller leaves takes the room with him."""
    ben = stage.connect("ben")
    ben.send("foe\n")
    ben.expect("no\n")
    assert ben.rest() == b""
    cay = stage.connect("cay")
    stage.output("bell 1 at the door", 2)
    cay.send("friend\n")
    cay.expect("come in\n")
    room = stage.server.accept("room")
    stage.output("info a door opens")
    cay.close()
    assert room.rest() == b""
