"""Listeners and sessions whose base classes leave to subclasses, in another file, what they make and do."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}", "{port2}", "{port3}"), plain=True)


@drive
def visits(stage: Stage) -> None:
    one = stage.connect("town hall")
    two, three = (stage.connect(name, port=stage.ports["port2"]) for name in ("first", "second"))
    four = stage.connect("impatience", port=stage.ports["port3"])
    one.send("form 1\nform 2\n")
    one.expect("stamped: form 1\nstamped: form 2\n")
    stage.output("somebody from")
    two.send("?\n")
    two.expect("2 clerks\n")
    four.send("please\nplease\n")
    four.expect("no\n")
    assert four.rest() == b""
    three.half_close()
    assert three.rest() == b""
