"""Loops behind the loop, which Ctrl-C or a signal has left: for farewells to go out, or until nobody is left."""

from __future__ import annotations

import signal

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}",), plain=True)


@drive
def locked_up(stage: Stage) -> None:
    """A handler's own exception is caught around the loop. Naive: asyncio logs it, and goes on."""
    ann, bob = stage.connect("ann"), stage.connect("bob")
    ann.expect("welcome\n")
    bob.expect("welcome\n")
    ann.send("one\n")
    ann.expect("copied one\n")
    stage.interrupt(signal.SIGTERM)
    ann.expect("we are closing\n")
    bob.expect("we are closing\n")
    assert ann.rest() == bob.rest() == b""
    stage.output("the bell rings")
    stage.output("0 readers left")
    assert stage.exits() == 0


@drive
def slow_reader(stage: Stage) -> None:
    """What is queued goes out, however long that takes. Naive: a moment is enough, or closed is sent."""
    ann = stage.connect("ann", small_buffers=True)
    ann.expect("welcome\n")
    ann.pause()
    ann.send("4000000\n")
    stage.interrupt(signal.SIGHUP)
    stage.output("the bell rings")
    stage.settle()
    ann.resume()
    assert ann.rest() == b"x" * 4000000 + b"\nwe are closing\n"
    stage.output("0 readers left")
    assert stage.exits() == 0


@drive
def served_on(stage: Stage) -> None:
    """Behind Ctrl-C, the sessions go on until they end. Naive: asyncio.run() has cancelled them."""
    ann = stage.connect("ann")
    ann.expect("welcome\n")
    stage.interrupt()
    stage.output("after this page")
    ann.send("two\n")
    ann.expect("copied two\n")
    ann.close()
    stage.output("0 readers left")
    assert stage.exits() == 0


@drive
def twice(stage: Stage) -> None:
    """Ctrl-C leaves the second loop as well. Naive: it ends the program with a traceback."""
    ann = stage.connect("ann")
    ann.expect("welcome\n")
    stage.interrupt()
    stage.output("after this page")
    ann.send("two\n")
    ann.expect("copied two\n")
    stage.interrupt()
    stage.output("out with you")
    assert ann.rest() == b""
    stage.output("1 readers left")
    assert stage.exits() == 0
