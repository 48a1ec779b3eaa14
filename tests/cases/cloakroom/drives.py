"""Datagram sockets that a handler makes, a recvfrom() of the author's own, and a loop in a function of its own."""

from __future__ import annotations

from oracle import WHOLE, Program, Stage, drive

PROGRAM = Program(("{port}", "{port2}", "{port3}", "{port4}"), plain=True)


@drive(chunkings=(WHOLE,))
def coats(stage: Stage) -> None:
    stage.output("open")
    ann, bob = stage.udp("ann"), stage.udp("bob")
    ann.send("a loden coat, and long")
    assert ann.take() == [b"ticket for a loden coat, an"]
    bob.send("a cape")
    assert bob.take() == [b"ticket for a cape"]
    bob.send("a loden coat, an")
    assert bob.take() == [b"taken"]
    bob.send("mine!", stage.ports["port2"])
    assert bob.take() == [b"not yours"]
    ann.send("please", stage.ports["port2"])
    assert ann.take() == [b"your a loden coat, an"]
    bob.send("never mind", stage.ports["port3"])
    stage.settle()
    ann.send("a hat")
    assert ann.take() == [b"ticket for a hat"]
    ann.send("fire")
    assert stage.exits() == 0
