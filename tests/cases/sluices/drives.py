"""Listeners that are given their sockets."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}", "{port2}", "{port3}"), plain=True)


@drive
def all_three(stage: Stage) -> None:
    ann = stage.connect("ann")
    ann.send("ann!bea!")
    ann.expect("ann passes the upper sluice\nbea passes the upper sluice\n")
    sid = stage.connect("sid", port=stage.ports["port3"])
    sid.send("sid!")
    sid.expect("sid passes the side sluice\n")
    ann.half_close()
    assert ann.rest() == b""


@drive
def closes(stage: Stage) -> None:
    """Naive: the listening socket is not the listener's to close."""
    for name in ("one", "two"):
        boat = stage.connect(name, port=stage.ports["port2"])
        boat.send(name + "!")
        boat.expect(name + " passes the lower sluice\n")
    stage.connect("ann").send("x!")
