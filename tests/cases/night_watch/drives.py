"""Clients that connect again: after an end of file, a reset, a refusal, and in the middle of a handler."""

from __future__ import annotations

from dataclasses import replace

from oracle import Program, Stage, Transcript, drive

PROGRAM = Program(("{peer}", "{peer2}", "{peer3}"), plain=True)


def by_line(transcript: Transcript) -> Transcript:
    """Which of the three is first is free."""
    return replace(transcript, stdout=tuple(sorted(transcript.stdout)))


def alone(stage: Stage) -> None:
    """Let nobody be there for the others."""
    stage.servers["peer2"].close()
    stage.servers["peer3"].close()
    stage.stdin(b"\n")


@drive(normalise=by_line)
def at_the_gate(stage: Stage) -> None:
    stage.server.close()
    stage.servers["peer2"].close()
    stage.stdin(b"\n")
    one = stage.servers["peer3"].accept("one")
    one.expect("who goes there?\n")
    one.send("friend\nfr")
    one.expect("pass, friend\n")
    one.close()
    two = stage.servers["peer3"].accept("two")
    two.expect("who goes there?\n")
    two.send("iend\n")
    two.expect("pass, iend\n")
    two.close()
    assert stage.exits() == 0


@drive(normalise=by_line)
def sent_away(stage: Stage) -> None:
    """Naive: the half of an order, or of a report, goes over to the next connection."""
    alone(stage)
    one = stage.server.accept("one")
    one.expect("on duty, 2 nights left\r\n")
    one.send("round\r\nround\r\nro")
    one.expect("round 1\r\nround 2\r\n")
    one.close()
    two = stage.server.accept("two")
    two.expect("on duty, 1 nights left\r\n")
    two.send("round\r\n")
    two.expect("round 3\r\n")
    two.reset()
    three = stage.server.accept("three")
    three.expect("on duty, 0 nights left\r\n")
    three.close()
    assert stage.exits() == 0


@drive(normalise=by_line)
def sent_home(stage: Stage) -> None:
    alone(stage)
    one = stage.server.accept("one")
    one.expect("on duty, 2 nights left\r\n")
    one.send("round\r\n")
    one.expect("round 1\r\n")
    one.send("change\r\n")
    two = stage.server.accept("two")
    assert one.rest() == b""
    two.expect("on duty, 1 nights left\r\n")
    two.send("home\r\n")
    assert two.rest() == b"good night\r\n"
    assert stage.exits() == 0


@drive(normalise=by_line)
def the_apprentice(stage: Stage) -> None:
    """What a dispatcher has kept of one connection, it has on the next; then nobody is there."""
    stage.servers["peer3"].close()
    stage.stdin(b"\n")
    one = stage.server.accept("one")
    first = stage.servers["peer2"].accept("first")
    first.expect("reporting\n")
    first.send("half of")
    stage.settle()
    first.close()
    second = stage.servers["peer2"].accept("second")
    second.expect("reporting\n")
    second.send(" a story")
    stage.settle()
    stage.servers["peer2"].close()
    second.reset()
    stage.output("apprentice heard")
    one.send("home\r\n")
    one.expect("on duty, 2 nights left\r\ngood night\r\n")
    assert stage.exits() == 0
