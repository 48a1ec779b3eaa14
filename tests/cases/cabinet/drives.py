"""Habits that change nothing: tables of commands, clocks, generators, pickles, files and producers around producers."""

from __future__ import annotations

import pickle

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}", "{port2}", "{port3}"), plain=True)


@drive
def commands(stage: Stage) -> None:
    """Naive: a close() of the author's that runs once more when the peer goes, or not at all."""
    ann = stage.connect("ann")
    ann.send("number one\nnumber two\nidle\nwhere \nrun it\n")
    ann.expect("1 one\n2 two\nyes\n127.0.0.1\n42\n")
    bob = stage.connect("bob")
    bob.send("number b\xe4r\nnumber\n".encode("latin-1"))
    bob.expect("1 bär\n2 \n".encode("latin-1"))
    ann.half_close()
    assert ann.rest() == b""
    stage.output("^closed 1$")
    bob.send("fetch\n")  # a KeyError
    assert bob.rest() == b""
    stage.output("^closed 2$")
    cat = stage.connect("cat")
    cat.send("number")
    cat.reset()
    stage.output("^closed 3$")


@drive
def over_a_unix_socket(stage: Stage) -> None:
    stage.connect("somebody").close()
    stage.settle()
    dan = stage.connect("dan", path="drawer")
    dan.send("number three\n\n")
    dan.expect("1 three\n")
    assert dan.rest() == b""


@drive
def pickles(stage: Stage) -> None:
    eve = stage.connect("eve", port=stage.ports["port2"])
    for what in ("abc", [1, 2, 3], ""):
        data = pickle.dumps(what, 0)
        eve.send(b"%02d" % len(data) + data)
        answer = eve.take(int(eve.take(2)))
        stage.note(repr(pickle.loads(answer)))
    eve.send("00")
    eve.send("anything")
    assert eve.quiet() == b""
    eve.half_close()
    assert eve.rest() == b""


@drive
def pages(stage: Stage) -> None:
    """Naive: a producer that is asked before it is its turn, or once more than needed."""
    fay = stage.connect("fay", port=stage.ports["port3"])
    fay.send("hello!")
    fay.expect("0: <hellohel><lohello>\n")
    fay.send("!")
    fay.expect("2: \n")
    fay.send("word!")
    fay.expect("2: <wordword><word>\n")
