# -*- coding: utf-8 -*-
"""Text in pieces, which end within its characters; bytes that are no text come back as they went."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}", "{port2}", "{port3}"))


@drive
def letters(stage: Stage) -> None:
    """Naive: a character that is cut in two is none, and a count of bytes counts characters."""
    ann = stage.connect("ann")
    ann.send("lettre 13\nmère, été.")
    ann.expect("lettre: mère, été., 3 accents\n")
    ann.send(b"latin 4\nm\xe8re")
    ann.expect(b"latin: m\xe8re, 0 accents\n")
    ann.send(b"half 1\n\xc3\xa9 1\nx")
    ann.expect(b"half: \xc3, 0 accents\n\xa9: x, 0 accents\n")


@drive
def own_encoding(stage: Stage) -> None:
    """Classes that encode what they say by themselves."""
    postman = stage.connect("postman", port=stage.ports["port2"])
    postman.expect("Letters, please\r\n")
    postman.send("dear ann\r\n\r\n")
    postman.expect("Kept: dear ann\r\nKept: \r\n")
    ben = stage.connect("ben", port=stage.ports["port3"])
    ben.send("hello\r\nyou\r\n")
    ben.expect("Again: hello\r\nAgain: you\r\n")
    ben.send("bye")
    ben.close()
