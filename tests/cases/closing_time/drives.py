"""ExitNow, which ends the loop but runs nobody's hooks, and constants that asyncore had from elsewhere."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}", "{port2}"), plain=True)


@drive
def closed_by_a_guest(stage: Stage) -> None:
    one, two, quiet = stage.connect("1"), stage.connect("2"), stage.connect("3", port=stage.ports["port2"])
    quiet.send("hello\n")
    one.send("ale\nstout\n")
    one.expect("one ale\nthe tap is off\n")
    one.half_close()
    assert one.rest() == b""
    stage.output("a guest has left")
    two.send("ale\ntime\nstout\n")
    two.expect("one ale\ndrink up\n")
    assert two.rest() == b""
    assert stage.exits() == 3
