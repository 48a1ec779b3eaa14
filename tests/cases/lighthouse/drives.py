"""A loop that is run for a pass at a time: the coroutine sleeps meanwhile, and wakes up when it is to end."""

from __future__ import annotations

import signal

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}", "0.4"), plain=True)


@drive
def mutiny(stage: Stage) -> None:
    """The loop ends with the pass that put the lamp out. Naive: what comes while it still sleeps is answered."""
    ann, bob = stage.connect("ann"), stage.connect("bob")
    ann.send("ahoy\n")
    ann.expect("seen: ahoy\n")
    bob.send("mutiny\n")
    bob.expect("seen: mutiny\n")
    assert ann.rest() == bob.rest() == b""
    stage.output("dark 2")
    stage.output("morning")
    assert stage.exits() == 0


@drive
def silence(stage: Stage) -> None:
    """Who says nothing is let go by the clock. Naive: only when something else happens."""
    ann = stage.connect("ann")
    ann.send("ahoy\n")
    ann.expect("seen: ahoy\nfarewell\n")
    assert ann.rest() == b""
    bob = stage.connect("bob")
    bob.send("mutiny\n")
    bob.expect("seen: mutiny\n")
    assert bob.rest() == b""
    stage.output("dark 1")
    assert stage.exits() == 0


@drive
def passing(stage: Stage) -> None:
    """A ship that leaves is gone from the list."""
    ann, bob = stage.connect("ann"), stage.connect("bob")
    ann.send("ahoy\n")
    ann.expect("seen: ahoy\n")
    ann.close()
    stage.output("a ship has passed")
    bob.send("mutiny\n")
    bob.expect("seen: mutiny\n")
    assert bob.rest() == b""
    stage.output("dark 1")
    assert stage.exits() == 0


@drive
def storm(stage: Stage) -> None:
    """A signal puts the lamp out, which is seen when the pass is over. Naive: there is no event to tell yet."""
    ann = stage.connect("ann")
    ann.send("ahoy\n")
    ann.expect("seen: ahoy\n")
    stage.interrupt(signal.SIGTERM)
    assert ann.rest() in (b"", b"farewell\n")
    stage.output("dark [01]")
    stage.output("morning")
    assert stage.exits() == 0


@drive
def logged(stage: Stage) -> None:
    """Signals have the log read out, and a new page begun, at once. Naive: handlers keep it all on the bridge."""
    ann = stage.connect("ann")
    ann.send("ahoy\nland\n")
    ann.expect("seen: ahoy\nseen: land\n")
    stage.interrupt(signal.SIGUSR1)
    stage.output("log: land")
    stage.interrupt(signal.SIGHUP)
    stage.output("a new page")
    ann.send("mutiny\n")
    ann.expect("seen: mutiny\n")
    stage.output("dark 1")
    assert stage.exits() == 0
