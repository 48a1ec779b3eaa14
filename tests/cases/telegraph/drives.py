"""use_encoding: text as a terminator is bytes by the time that asynchat looks for it."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}",), plain=True)


@drive
def words(stage: Stage) -> None:
    ann = stage.connect("ann")
    ann.send("hello\r\ntelegram\r\nthe cat\r\nis dead STOP over STOP bye\r\n")
    ann.expect("<hello><telegram><the cat\r\nis dead><over><bye>")
