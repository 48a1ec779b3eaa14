"""A listener that is a thread of its own, which another thread ends; its port is free then."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}",), plain=True)


@drive
def rehearsed(stage: Stage) -> None:
    stage.output("rehearsing at True")
    one, two = stage.connect("1"), stage.connect("2")
    one.send("LINE not\r\nline nothing\r\nsing\r\n")
    one.expect("ready\r\nto be or not\r\nto be or nothing\r\nwhat is 'sing'?\r\n")
    two.send("exit now\r\n")
    two.expect("ready\r\nexeunt\r\n")
    assert two.rest() == b""
    stage.stdin(b"louder\n")
    stage.output("manager: louder")
    stage.stdin(b"curtain\n")
    assert one.rest() == b""
    stage.output("the box is empty")
    assert stage.exits() == 0
