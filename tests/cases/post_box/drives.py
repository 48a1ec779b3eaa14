"""Datagram sockets: truncation, empty datagrams, errors that end a dispatcher, recv(), a loop that ends with the last one."""

from __future__ import annotations

from oracle import WHOLE, Program, Stage, drive

PROGRAM = Program(("{port}", "{port2}", "{port3}", "{port4}", "{port5}", "{port6}"), plain=True)


@drive(chunkings=(WHOLE,))
def letters(stage: Stage) -> None:
    stage.output("ready")
    stage.output("neighbour gives up: ConnectionRefusedError")
    stage.output("the boy hears ding 0")
    stage.output("guest hears b''")
    ann, bob = stage.udp("ann"), stage.udp("bob")
    bob.send("?", stage.ports["port2"])
    assert bob.take() == [b"ding 0"]
    ann.send("hello!")
    assert ann.take(2) == [b"hello!", b"once more: hello!"]
    ann.send("")
    assert ann.take() == [b""]
    ann.send("x" * 150)
    assert ann.take() == [b"x" * 100]
    bob.send("", stage.ports["port2"])
    assert bob.take() == [b"ding 3"]
    ann.send("bad")
    stage.settle()
    bob.send("?", stage.ports["port2"])
    assert bob.take() == [b"ding 4"]
    for number in ("12", "34567", "many", ""):
        ann.send(number, stage.ports["port3"])
        stage.settle()
    ann.send("not for you", stage.ports["port4"])
    for word in ("psst", "over"):
        bob.send(word, stage.ports["port2"])
        stage.settle()
    bob.send("?", stage.ports["port5"])
    assert bob.take() == [b"knock from 127.0.0.1"]
    bob.send(b"\xff", stage.ports["port5"])
    assert bob.take() == [b"pardon?"]
    bob.send("end", stage.ports["port5"])
    assert bob.take() == [b"knock from 127.0.0.1"]
    bob.send("end", stage.ports["port2"])
    assert stage.exits() == 0
