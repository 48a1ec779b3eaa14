"""handle_error() with compact_traceback(), a raise that never comes, close_when_done(), called by hand, for handle_close()."""

from __future__ import annotations

from oracle import Program, Stage, drive

CALLERS = ("clerk", "porter", "host", "lodger", "doorman")
PROGRAM = Program(("{port}",), plain=True)


@drive
def everybody_fails(stage: Stage) -> None:
    for name in CALLERS:
        peer = stage.connect(name)
        peer.send("1\n")
        peer.expect("1\n")
        peer.send("x\n")
        assert peer.rest() == (b"we are sorry\n" if name == "host" else b"")


@drive
def everybody_leaves(stage: Stage) -> None:
    for name in CALLERS:
        peer = stage.connect(name)
        peer.send("1\n2")
        peer.expect("1\n")
        peer.close()
        stage.settle()


@drive
def nobody_speaks(stage: Stage) -> None:
    """The lodger's handle_close() fails, which is for its handle_error()."""
    for name in CALLERS:
        stage.connect(name).close()
        stage.settle()
