"""handle_error() with compact_traceback(), with a raise that never comes, with close_when_done(), and called by hand."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}",), plain=True)


@drive
def everybody_fails(stage: Stage) -> None:
    for name in ("clerk", "porter", "host", "doorman"):
        peer = stage.connect(name)
        peer.send("1\n")
        peer.expect("1\n")
        peer.send("x\n")
        assert peer.rest() == (b"we are sorry\n" if name == "host" else b"")


@drive
def everybody_leaves(stage: Stage) -> None:
    for name in ("clerk", "porter", "host", "doorman"):
        peer = stage.connect(name)
        peer.send("1\n2")
        peer.expect("1\n")
        peer.close()
        stage.settle()
