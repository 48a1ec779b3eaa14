"""The order of handle_* calls and the attributes they see, printed; the peers look on."""

from __future__ import annotations

from oracle import Program, Stage, Stream, drive

PROGRAM = Program(("{port}", "{peer}"))


def dial(stage: Stage) -> tuple[Stream, Stream]:
    ann = stage.connect("ann")
    ann.send("dial\n")
    ann.expect("ok\n")
    far = stage.server.accept("far")
    stage.output("client handle_connect")
    stage.settle()
    return ann, far


@drive
def far_end_closes(stage: Stage) -> None:
    """handle_connect() sees connected False; recv() of the end of file calls handle_close() before it returns b"".

    Naive: connected is True in handle_connect(), or handle_close() comes after handle_read().
    """
    ann, far = dial(stage)
    ann.send("tell one\n")
    ann.expect("ok\n")
    far.expect("one\n")
    far.send("abc", whole=True)
    stage.output("client handle_read b'abc'")
    far.close()
    stage.output("client handle_read b''")


@drive
def far_end_resets(stage: Stage) -> None:
    """A reset is a handle_close() too."""
    _, far = dial(stage)
    far.reset()
    stage.output("client handle_close")


@drive
def near_end_drops(stage: Stage) -> None:
    """close() called by the program: no handle_close()."""
    ann, far = dial(stage)
    ann.send("drop\n")
    ann.expect("ok\n")
    assert far.rest() == b""


@drive
def refused(stage: Stage) -> None:
    """A refused connection goes to handle_error(), not to handle_close(), and handle_connect() is never called."""
    stage.server.close()
    ann = stage.connect("ann")
    ann.send("dial\n")
    ann.expect("ok\n")
    stage.output("client handle_error ConnectionRefusedError")
    stage.output("client close")


@drive
def error_in_a_handler(stage: Stage) -> None:
    """An overridden handle_error() may go on, and the data is still there.

    Naive: the connection ends, or the data is lost.
    """
    ann, far = dial(stage)
    ann.send("fail\n")
    ann.expect("ok\n")
    far.send("abc", whole=True)
    stage.output("client handle_error LookupError")
    stage.output("client handle_read b'abc'")


@drive
def last_words(stage: Stage) -> None:
    """A half-closing client gets what handle_close() pushes; close_when_done() ends in a second handle_close().

    Naive: the hook runs once, or what it pushes is dropped.
    """
    ann = stage.connect("ann")
    ann.send("unfinis")
    ann.half_close()
    ann.expect("farewell\n")
    assert ann.rest() == b""
    stage.output("session handle_close 2")


@drive
def push_then_close(stage: Stage) -> None:
    """push() sends at once, so close() right after loses nothing; what is pushed after vanishes.

    Naive: both, or neither.
    """
    ann = stage.connect("ann")
    ann.send("half\n")
    ann.expect("half a ")
    assert ann.rest() == b""


@drive
def default_error(stage: Stage) -> None:
    """The default handle_error() logs one line and calls handle_close().

    Naive: it closes without the hook.
    """
    ann = stage.connect("ann")
    ann.send("what\n")
    ann.expect("farewell\n")
    ann.rest()
    stage.output("log error: uncaptured python exception")
