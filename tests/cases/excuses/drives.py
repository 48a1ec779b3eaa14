"""What is said of a port that is taken, and of one where nobody listens: the system's words, and nothing else."""

from __future__ import annotations

from oracle import WHOLE, Program, Stage, drive

PROGRAM = Program(("{peer}", "{port}", "{port2}", "{port3}"), plain=True)


@drive(chunkings=(WHOLE,))
def both(stage: Stage) -> None:
    """Naive: create_server() and open_connection() add the address."""
    stage.output("stays shut: ")
    stage.output("no answer: ")
    stage.output("nobody: ")
    for port in ("port", "port2"):
        one = stage.connect(port, port=stage.ports[port])
        one.send("well\n")
        one.expect("well!\n")
