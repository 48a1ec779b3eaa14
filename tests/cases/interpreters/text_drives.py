"""Text that is decoded as it comes, and goes out as it is: it is meant to be UTF-8. See test_text_mode.py."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}",), plain=True)


@drive
def sentences(stage: Stage) -> None:
    one = stage.connect("one")
    one.expect("This is the English booth\n")
    two = stage.connect("two")
    two.expect("This is the English booth\n")
    one.send("gr\u00fc\u00df dich\nhello\n")
    for listener in (one, two):
        listener.expect("GR\u00dcSS DICH\nHELLO\n")
    one.half_close()
    assert one.rest() == b""
    two.send("bye\n")
    two.expect("BYE\n")
