"""Methods that call their object as they like, predicates that are spelt out, an error handler that nobody needs,
names given in tests, locks, a check for what was sent, and what was for Python 2."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}", "{port2}", "{port3}", "{port4}"), plain=True)


@drive
def all_hands(stage: Stage) -> None:
    """Naive: new lines speak of `self` where the method does not, or wait for a server that nobody has kept; a buffer is no bytearray."""
    copyist = stage.connect("copyist")
    copyist.send("one two\n")
    copyist.expect("one two\n")
    notary = stage.connect("notary", port=stage.ports["port2"])
    notary.expect("sealed here\n")
    clerk = stage.connect("clerk", port=stage.ports["port3"])
    clerk.send("first\nsecond\n")
    clerk.expect("1: first\n2: second\n")
    notary.send("this\n")
    notary.expect("this (sealed)\n")
    copyist.send("!")
    copyist.expect("1\n")
    assert copyist.rest() == b""
    typist = stage.connect("typist", port=stage.ports["port4"])
    typist.send("all caps\n")
    typist.expect("ALL CAPS\n")
    clerk.send("that is all\n")
    clerk.expect("3: that is all\n")
    assert clerk.rest() == b""
    notary.send("it.")
    notary.expect("it.")
    assert notary.rest() == b""
