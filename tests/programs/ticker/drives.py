"""Timers by hand: loop(timeout, count=1) returns to its caller, who looks at the clock and walks the socket map."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}",))


@drive
def reminders(stage: Stage) -> None:
    """Due one after the other. Naive: nothing happens until the next byte arrives."""
    ann = stage.connect("ann")
    ann.send("in 400 tea time\nwhen\n")
    ann.expect("noted\n1\nremember: tea time\n")
    ann.send("in 10 one\n")
    ann.expect("noted\nremember: one\n")
    ann.send("when\n")
    ann.expect("0\n")


@drive
def order(stage: Stage) -> None:
    """The later one is set first. Naive: a queue instead of a clock."""
    ann, bob = stage.connect("ann"), stage.connect("bob")
    ann.send("in 300 later\n")
    ann.expect("noted\n")
    bob.send("in 1 sooner\n")
    bob.expect("noted\nremember: sooner\n")
    assert not ann.quiet()
    ann.expect("remember: later\n")


@drive
def idlers(stage: Stage) -> None:
    """Silence is punished, and only for who asked for it.

    Naive: the time-out closes without the last word.
    """
    ann, bob = stage.connect("ann"), stage.connect("bob")
    bob.send("when\n")
    bob.expect("0\n")
    ann.send("idle 60\n")
    ann.expect("are you asleep?\n")
    assert ann.rest() == b""
    bob.send("when\n")
    bob.expect("0\n")


@drive
def too_late(stage: Stage) -> None:
    """Who has left is not reminded.

    Naive: a write to a closed connection raises, or the timer keeps it alive.
    """
    ann = stage.connect("ann")
    ann.send("in 400 something\n")
    ann.expect("noted\n")
    ann.close()
    stage.output("too late: something")


@drive
def stop(stage: Stage) -> None:
    """The program ends between two passes, with reminders and clients left: exit status 1.

    Naive: it waits for them.
    """
    ann, bob = stage.connect("ann"), stage.connect("bob")
    ann.send("in 60000 never\n")
    ann.expect("noted\n")
    bob.send("stop\n")
    assert stage.exits() == 1
    assert ann.rest() == bob.rest() == b""
