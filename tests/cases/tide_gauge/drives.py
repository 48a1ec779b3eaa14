"""A gauge that is there three times, and one that goes away at once the second time."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{peer}",), plain=True)


@drive
def three_times(stage: Stage) -> None:
    """Each connection is asked once, and again for each value."""
    for number in range(3):
        gauge = stage.server.accept(f"gauge {number}")
        stage.output("connected", number + 1)
        gauge.expect("READ\n")
        gauge.send(bytes([number, 7, 200]))
        gauge.expect(f"{number}\n7\n200\n")
        gauge.close()
        stage.output(f"{3 * number + 3} values")
    stage.output("done")
    stage.exits()


@drive
def silent(stage: Stage) -> None:
    """Hangs up without a value, twice."""
    for number in range(3):
        gauge = stage.server.accept(f"gauge {number}")
        gauge.expect("READ\n")
        if number == 1:
            gauge.send(b"x")
            gauge.expect("120\n")
        gauge.close()
    stage.output("done")
    stage.exits()
