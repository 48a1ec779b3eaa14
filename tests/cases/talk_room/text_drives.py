"""Text mode: str on the wire, as on Python 2; decoded and encoded at the boundary by --unsafe. See test_text_mode.py."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}",), plain=True)


@drive
def conversation(stage: Stage) -> None:
    ann = stage.connect("ann")
    ann.expect("Welcome to the house\r\n")
    ann.send("hello\r\n\r\nname ann\r\nwho\r\n")
    ann.expect('Please say "name" and yours\r\nann\r\n')
    ben = stage.connect("ben")
    ben.expect("Welcome to the house\r\n")
    ben.send("name ann\r\nname ben\r\n")
    ben.expect("There is a ann already\r\n")
    ann.expect("ben comes in\r\n")
    ben.send("dance\r\nsay gr\u00fc\u00df dich\r\n")
    ben.expect("What is dance?\r\nben: gr\u00fc\u00df dich\r\n")
    ann.expect("ben: gr\u00fc\u00df dich\r\n")
    ben.send(b"say \xff\xfe\xc3\r\n")
    ann.expect(b"ben: \xff\xfe\xc3\r\n")
    ben.expect(b"ben: \xff\xfe\xc3\r\n")
    ben.send("leave\r\n")
    assert ben.rest() == b""
    ann.expect("ben has left\r\n")


@drive
def gone(stage: Stage) -> None:
    """A guest who just goes is announced as well, and the name is free again."""
    ann = stage.connect("ann")
    ann.expect("Welcome to the house\r\n")
    ann.send("name ann\r\nwho\r\n")
    ann.expect("ann\r\n")
    for name in ("ben", "ben again"):
        ben = stage.connect(name)
        ben.expect("Welcome to the house\r\n")
        ben.send("name ben\r\n")
        ann.expect("ben comes in\r\n")
        ben.close()
        ann.expect("ben has left\r\n")
