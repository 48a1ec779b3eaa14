"""Sessions that read no more while another one has much to send, and a client that closes once it has sent all."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}", "{peer}"), plain=True)


def rung(stage: Stage) -> None:
    """Naive: with nothing to say, the second bell would never find out that it is to close."""
    signs = [stage.server.accept(name) for name in ("first", "second", "third")]
    assert sorted(sign.rest() for sign in signs) == [b"", b"the gates are open", b"up!"]
    stage.output("the bell has been rung", 2)
    stage.output("the flag is up")


@drive
def flows(stage: Stage) -> None:
    rung(stage)
    ann = stage.connect("ann")
    ann.send("water")
    mill = stage.server.accept("mill")
    mill.expect("water")
    mill.send("wheel" * 30_000)
    ann.expect("wheel" * 30_000)
    ann.send("flood" * 30_000)
    mill.expect("flood" * 30_000)
    mill.close()
    assert ann.rest() == b""


@drive
def runs_dry(stage: Stage) -> None:
    rung(stage)
    ben = stage.connect("ben")
    ben.send("drop")
    mill = stage.server.accept("mill")
    mill.expect("drop")
    ben.close()
    assert mill.rest() == b""
