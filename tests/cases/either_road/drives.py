"""Clients over a Unix socket or TCP, whichever they are told, and one that has its socket before it connects."""

from __future__ import annotations

from dataclasses import replace

from oracle import Program, Stage, Transcript, drive

PROGRAM = Program(("127.0.0.1:{peer}", "{peer2}"), plain=True)


def by_line(transcript: Transcript) -> Transcript:
    """Which of the three is first is free."""
    return replace(transcript, stdout=tuple(sorted(transcript.stdout)))


@drive(normalise=by_line)
def both_roads(stage: Stage) -> None:
    far = stage.server.accept("far")
    far.expect("what is new?\n")
    stage.output("sent back")
    walker = stage.servers["peer2"].accept("walker")
    walker.expect("on foot\n")
    walker.send("welcome", whole=True)
    stage.output("walker hears True")
    walker.close()
    stage.output("walker hears False")
    stage.output("news: nothing")
    far.send("war and peace\nnever heard\n")
    assert far.rest() == b"thanks\n"
    stage.output("news: war and peace")
