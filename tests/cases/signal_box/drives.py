"""What one class does to objects of another that a list holds, and pipes that a handler opens, and may close at once."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}", "{port2}"), plain=True)


@drive
def shut(stage: Stage) -> None:
    """The office closes the levers, which say what they have to. Naive: nobody wakes a lever that waits for input."""
    ann, ben = stage.connect("ann"), stage.connect("ben")
    office = stage.connect("office", port=stage.ports["port2"])
    office.send("log\n")
    office.expect("nothing\n")
    ann.send("up\ndown\n")
    ann.expect("is up\nis down\n")
    ben.send("left\nleave\nup\n")
    ben.expect("is left\nleft\n")
    assert ben.rest() == b""
    stage.output("lever gone")
    office.send("log\nwhere?\nshut\n")
    office.expect("down, left, leave\nwhat?\nshutting\n")
    ann.expect("the box is shut\n")
    assert ann.rest() == b""
    office.close()
    stage.output("all is quiet")
    assert stage.exits() == 0


@drive
def wires(stage: Stage) -> None:
    """Naive: a wire that is cut before it is read keeps the program alive, or is cut again at the end."""
    office = stage.connect("office", port=stage.ports["port2"])
    office.send("watch hello\n")
    office.expect("watched\nwire: hello\nthe wire is cut\n")
    office.send("watch no more\n")
    office.expect("watched\n")
    office.send("watch for ever\n")
    office.expect("watched\nwire: for ever\n")
    other = stage.connect("other", port=stage.ports["port2"])
    other.send("shut\n")
    other.expect("shutting\n")
    other.close()
    office.close()
    stage.output("all is quiet")
    assert stage.exits() == 0
