"""ExitNow in a session whose family has clients, too: the loop ends, and asyncio has nothing to complain of."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("serve", "{port}"), plain=True)


@drive
def closed_by_a_note(stage: Stage) -> None:
    """Naive: SystemExit is an error of the connection; so is the end of the other one, before Python 3.13."""
    ann, bob = stage.connect("ann"), stage.connect("bob")
    ann.send("one\n")
    ann.expect("coo one\n")
    bob.send("two\n")
    bob.expect("coo two\n")
    bob.send("close\n")
    stage.output("exit: the loft is closed")
    assert stage.exits() == 0
