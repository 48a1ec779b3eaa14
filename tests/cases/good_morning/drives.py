"""Tabs, a session whose constructor says all there is to say, a socket that is set up step by step."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}",), plain=True)


@drive
def mornings(stage: Stage) -> None:
    for number in range(1, 4):
        guest = stage.connect(f"guest{number}")
        guest.send("hello?\r\n")
        guest.expect(f"good morning, number {number}\r\n")
        guest.rest()
        stage.output(f"served {number}")
