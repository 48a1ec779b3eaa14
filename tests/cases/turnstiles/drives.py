"""Listeners that let go of connections: by a return, by an `if` that makes no session, by an error that they catch."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}", "{port2}", "{port3}"), plain=True)


def come_and_go(stage: Stage, port: int, refusal: bytes = b"") -> None:
    """Naive: whoever is not let in waits for ever."""
    one = stage.connect("one", port=port)
    one.send("hello\nclose\n")
    one.expect("1: hello\n1: close\n")
    refused = stage.connect("refused", port=port)
    assert refused.rest() == refusal
    one.send("open\n")
    one.expect("1: open\n")
    two, three = stage.connect("two", port=port), stage.connect("three", port=port)
    two.send("two\n")
    two.expect("2: two\n")
    three.send("three\n")
    three.expect("3: three\n")
    late = stage.connect("late", port=port)
    assert late.rest() == b""
    one.send("still here\n")
    one.expect("1: still here\n")


@drive
def turnstile(stage: Stage) -> None:
    come_and_go(stage, stage.port)


@drive
def gate(stage: Stage) -> None:
    come_and_go(stage, stage.ports["port2"])


@drive
def door(stage: Stage) -> None:
    come_and_go(stage, stage.ports["port3"], b"closed\n")
