"""Clients that take over connections made by hand, before the loop."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{peer}", "{peer2}"), plain=True)


@drive
def race(stage: Stage) -> None:
    """Naive: what is said before the loop is said to nobody."""
    ann = stage.server.accept("ann")
    starter = stage.servers["peer2"].accept("starter")
    ann.expect("hello\n")
    starter.expect("ready?")
    starter.send("steady.")
    ann.expect("steady\n")
    ann.send("one\ntwo\n")
    stage.output("ann hears two")
    starter.send("go.")
    starter.expect("gone.")
    assert starter.rest() == b""
    ann.expect("go\n")
    ann.send("stop\n")
    ann.expect("3 laps\n")
    assert ann.rest() == b""
    assert stage.exits() == 0


@drive
def leaves(stage: Stage) -> None:
    ann = stage.server.accept("ann")
    starter = stage.servers["peer2"].accept("starter")
    ann.expect("hello\n")
    starter.expect("ready?")
    ann.send("half a l")
    ann.close()
    stage.output("ann has finished")
    starter.close()
    assert stage.exits() == 0
