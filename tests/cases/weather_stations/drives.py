"""Datagram sockets of which each has its own way with errors, or none."""

from __future__ import annotations

from oracle import WHOLE, Program, Stage, drive

PROGRAM = Program(("{port}", "{port2}", "{port3}"), plain=True)


@drive(chunkings=(WHOLE,))
def errors(stage: Stage) -> None:
    stage.output("ready")
    ann = stage.udp("ann")
    for port, answer in (("port", b"14"), ("port2", b"1007"), ("port3", b"7")):
        ann.send("7", stage.ports[port])
        assert ann.take() == [answer]
    ann.send("?", stage.ports["port"])
    stage.output("broken ValueError")
    ann.send("8", stage.ports["port"])
    assert ann.take() == [b"16"]
    ann.send("?", stage.ports["port2"])
    stage.output("closed")
    ann.send("?", stage.ports["port3"])
    stage.settle()
    ann.send("9", stage.ports["port3"])
    ann.send("9", stage.ports["port2"])
    ann.send("9", stage.ports["port"])
    assert ann.take() == [b"18"]
