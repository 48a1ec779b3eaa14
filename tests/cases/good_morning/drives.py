"""Tabs, a session whose constructor says all there is to say, a socket set up step by step, odd listeners."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}", "{port2}", "{port3}"), plain=True)


@drive
def mornings(stage: Stage) -> None:
    for number in range(1, 4):
        guest = stage.connect(f"guest{number}")
        guest.send("hello?\r\n")
        guest.expect(f"good morning, number {number}\r\n")
        guest.rest()
        stage.output(f"served {number} 127.0.0.1")
    visitor = stage.connect("visitor", port=stage.ports["port2"])
    visitor.expect("ding\r\n")
    visitor.rest()
    for name in ("second", "third"):
        assert stage.connect(name, port=stage.ports["port2"]).rest() == b""
    someone = stage.connect("someone", port=stage.ports["port3"])
    assert someone.rest() == b"nobody\r\nis here\r\n"
