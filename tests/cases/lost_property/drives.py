"""A flag besides the buffer, a method called before each piece goes, and a request that a constructor makes in steps."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}", "{port2}", "{peer}"), plain=True)


@drive
def shelf(stage: Stage) -> None:
    """Naive: a flag that stays up, and a loop that never ends."""
    ann = stage.connect("ann")
    ann.send("hat")
    ann.expect("HAT")
    bob = stage.connect("bob")
    bob.send("coat")
    bob.expect("COAT")
    ann.send("umbrella")
    ann.expect("UMBRELLA")
    ann.close()
    stage.output("handed out 11")


@drive
def clerk(stage: Stage) -> None:
    ann = stage.connect("ann", port=stage.ports["port2"])
    ann.send("hat\n")
    ann.expect("1: hat\n")
    ann.send("scarf\n")
    ann.expect("2: scarf\n")
    stage.output("note 2")


@drive
def inquirer(stage: Stage) -> None:
    """Naive: text goes out, or only the first half."""
    office = stage.server.accept("office")
    office.expect("have you seen my gloves, both of them?\n")
    office.send("n")
    stage.output("answer: n")
