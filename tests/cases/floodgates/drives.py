"""Relays with water marks, and sessions that read no more while they have much to send."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{peer}", "{port}", "{port2}", "{port3}", "{port4}"), plain=True)


def flood(stage: Stage, port: str) -> None:
    upper = stage.connect("upper", port=stage.ports[port])
    upper.send("drip")
    lower = stage.server.accept("lower")
    lower.expect("drip")
    lower.send("drop" * 50_000)
    upper.expect("drop" * 50_000)
    upper.send("tide" * 50_000)
    lower.expect("tide" * 50_000)
    lower.close()
    assert upper.rest() == b""


@drive
def gates(stage: Stage) -> None:
    flood(stage, "port")


@drive
def banks(stage: Stage) -> None:
    flood(stage, "port2")


@drive
def answers(stage: Stage) -> None:
    sluice, drain = stage.connect("sluice", port=stage.ports["port3"]), stage.connect("drain", port=stage.ports["port4"])
    drain.expect("drop by drop\n")
    sluice.send("open\n" * 50)
    sluice.expect("OPEN\n" * 50)
    drain.send("OUT")
    drain.expect("out")
    drain.close()
    sluice.send("shut\n")
    sluice.expect("SHUT\n")
