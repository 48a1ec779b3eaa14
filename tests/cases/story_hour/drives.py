"""handle_write() draws on a generator that may be long, and what comes meanwhile is handled meanwhile."""

from __future__ import annotations

from dataclasses import replace

from oracle import Program, Stage, Transcript, drive

PROGRAM = Program(("{port}",), plain=True)


def last_words(transcript: Transcript) -> Transcript:
    """How much of the long story is told is a matter of luck."""
    child = transcript.connections["child"]
    return replace(transcript, connections={"child": replace(child, received=child.received[-20:])})


@drive
def two_stories(stage: Stage) -> None:
    child = stage.connect("child")
    child.send("2\n")
    child.until("the end\n")
    child.send("another one\n")
    child.until("the end\n")
    child.close()
    stage.output("asleep")


@drive(normalise=last_words)
def a_change_of_mind(stage: Stage) -> None:
    """Naive: nobody listens before the long story is told to its end."""
    child = stage.connect("child")
    child.send("999999999\n")
    child.until("7 and then\n")
    child.send("another one\n")
    child.until("the end\n")
