"""What a session has, seen by others and by itself: terminators that run out, and buffers that all share."""

from __future__ import annotations

from oracle import WHOLE, Program, Stage, drive

PROGRAM = Program(("{port}", "{port2}", "{port3}", "{port4}"), plain=True)


@drive
def counted(stage: Stage) -> None:
    """Naive: a terminator that still says 3 when the three bytes have come."""
    ann = stage.connect("ann")
    ann.send("hello\r\npawn 3\r\ncatpawn 2\r\n\r\npawn 1\r\n7x\r\n")
    ann.expect("what is hello?\r\nhave cat\r\nhave \r\n\r\nhave 7\r\nwhat is x?\r\n")
    ben = stage.connect("ben", port=stage.ports["port2"])
    ben.send("gold lead")
    ben.expect("gold 1\n lea 1\n")


@drive(chunkings=(WHOLE,))
def weighed(stage: Stage) -> None:
    """Naive: a connection that counts as one until the last byte is out, though nothing more is said on it."""
    ira = stage.connect("ira", port=stage.ports["port2"])
    ira.send("gold" "stop" "lead")
    assert ira.rest() == b"gold 1\n"
    stage.output("weighing lead False")


@drive
def shared(stage: Stage) -> None:
    """Naive: a page of their own for everybody."""
    for port in ("port3", "port4"):
        cat, dan = (stage.connect(name + port, port=stage.ports[port]) for name in ("cat", "dan"))
        cat.send("one, ")
        stage.settle()
        dan.send("two.three")
        dan.expect("[one, two]\n")
        stage.settle()
        cat.send(".")
        cat.expect("[three]\n")
