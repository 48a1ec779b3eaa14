"""recv() and send() that count around asyncore's own, and a send() that only fills the buffer of handle_write()."""

from __future__ import annotations

from oracle import WHOLE, Program, Stage, drive

PROGRAM = Program(("{port}", "{port2}"), plain=True)


@drive
def weighs(stage: Stage) -> None:
    """Naive: what is weighed a frame at a time is too light at the end."""
    first = stage.connect("first")
    first.send("silk\n")
    first.expect("stamped: silk\n")
    first.send("weigh\n")
    first.expect("11 in, 14 out, 11 in all\n")
    first.send("half")
    stage.until_read(first)
    first.close()
    stage.output("in: 15 out: 39 ever: True")
    second = stage.connect("second")
    second.send("weigh\n")
    second.expect("6 in, 0 out, 21 in all\n")


@drive(chunkings=(WHOLE,))
def waits(stage: Stage) -> None:
    trader = stage.connect("trader", port=stage.ports["port2"])
    trader.send("tea\n")
    trader.expect("[tea]\n")
    trader.send("x" * 3000)
    trader.expect("[" + "x" * 3000 + "]\n")
