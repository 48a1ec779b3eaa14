"""What is said, cut off by either side, and all of it at once."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}", "{port2}"), plain=True)


@drive
def cut(stage: Stage) -> None:
    """One is cut off by the program, one goes by itself, one resets."""
    one, two, three = (stage.connect(name) for name in ("one", "two", "three"))
    trunk = stage.connect("trunk", port=stage.ports["port2"])
    trunk.expect("trunk\n")
    for caller in (one, two, three, trunk):
        caller.send("hello\n")
        caller.expect("hello?\n")
    one.send("cut\n")
    one.expect("cut off\n")
    one.rest()
    two.close()
    stage.output("hung up")
    three.reset()
    stage.output("hung up")
    trunk.send("all\n")
    trunk.rest()
    last = stage.connect("last")
    last.send("all\n")
    last.rest()
    stage.output("exchange closed")
    stage.exits()
