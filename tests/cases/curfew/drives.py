"""A listener with a close() of its own, which closes its sessions as well; and a loop that is run as long as it
has not been closed."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}",), plain=True)


@drive
def curfew(stage: Stage) -> None:
    one = stage.connect("one")
    one.send("hello\n")
    one.expect("1 here\n")
    two = stage.connect("two")
    two.send("hello\n")
    two.expect("2 here\n")
    one.close()
    stage.output("a guest goes")
    three = stage.connect("three")
    three.send("hello\n")
    three.expect("2 here\n")
    three.send("curfew\nhello\n")
    assert three.rest().startswith(b"good night\n")
    assert two.rest() == b"good night\n"
    assert stage.exits() == 0
