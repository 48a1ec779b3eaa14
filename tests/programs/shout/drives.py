"""dispatcher_with_send: what handle_read() gets goes back at once, and is buffered where the peer is slow."""

from __future__ import annotations

from oracle import BACKPRESSURE, FLUSH_ON_EOF, Program, Stage, drive

PROGRAM = Program(("{port}",))


@drive
def conversation(stage: Stage) -> None:
    """Bytes, not lines. Naive: ``readline()``, which waits for a line that never ends."""
    ann, bob = stage.connect("ann"), stage.connect("bob")
    ann.send("no newline")
    ann.expect("NO NEWLINE")
    bob.send(b"\x00\xe4bc\xff\n\n")
    bob.expect(b"\x00\xe4BC\xff\n\n")
    ann.close()
    stage.output("17 bytes so far")
    bob.half_close()
    assert bob.rest() == b""


@drive
def large(stage: Stage) -> None:
    """Half a megabyte, read while it is sent."""
    ann = stage.connect("ann")
    ann.send("abcdefgh" * 60_000)
    ann.expect("ABCDEFGH" * 60_000)


@drive
def reset(stage: Stage) -> None:
    """A client that vanishes costs only itself."""
    ann, bob = stage.connect("ann"), stage.connect("bob")
    ann.send("x")
    ann.expect("X")
    stage.settle()
    ann.reset()
    stage.output("bytes so far")
    bob.send("y")
    bob.expect("Y")


@drive(tolerates=(BACKPRESSURE,))
def all_before_reading(stage: Stage) -> None:
    """Eight megabytes before the first is read.

    Naive: ``sendall()`` blocks the server, and with it everybody else.
    """
    ann, bob = stage.connect("ann", small_buffers=True), stage.connect("bob")
    text = b"some words " * 750_000
    ann.send_before_reading(text)
    ann.expect(text.upper())
    bob.send("me too")
    bob.expect("ME TOO")


@drive(tolerates=(BACKPRESSURE, FLUSH_ON_EOF))
def half_close_with_output_pending(stage: Stage) -> None:
    """End of file closes, whatever is still in the buffer."""
    ann = stage.connect("ann", small_buffers=True)
    text = b"some words " * 750_000
    ann.wants_all_of(text.upper())
    ann.pause()
    ann.send_before_reading(text)
    ann.pause()
    ann.half_close()
    stage.settle()
    ann.resume()
    ann.rest()
