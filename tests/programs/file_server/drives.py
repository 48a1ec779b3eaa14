"""Producers: data is made when there is room, in order with what is pushed; calls happen when all before is out."""

from __future__ import annotations

from dataclasses import replace

from oracle import FLUSH_ON_EOF, Program, Stage, Transcript, drive

PROGRAM = Program(("{port}",))


def section(size: int, block: int) -> bytes:
    blocks, rest = divmod(size, block)
    text = b"".join(b"%c" % (64 + n % 26) * block for n in range(1, blocks + 1))
    return b"%d bytes follow:" % size + text + b"%c" % (64 + (blocks + 1) % 26) * rest


@drive
def all_kinds(stage: Stage) -> None:
    """Producers and pushes one behind the other.

    Naive: pushes overtake producers; the iterator's empty line ends it.
    """
    ann = stage.connect("ann")
    ann.send("section 25 10\nlines 2\nsimple 3\nchunked 25\nsection 0 5\nquit\n")
    ann.expect(section(25, 10) + b"\n")
    ann.expect(b"one,two,threeone,two,three.\n" + b"0123456789" * 3 + b"\n")
    ann.expect(b"10;" + b"A" * 10 + b"10;" + b"B" * 10 + b"5;" + b"C" * 5 + b"0;\n")
    ann.until("0 bytes follow:")
    ann.until("bye\n")
    stage.output("file 2 of 0 bytes is out")
    assert ann.rest() == b""


def without_the_number(transcript: Transcript) -> Transcript:
    """How much a stalled reader had been given is chance; the note says what matters."""
    other = replace(transcript.connections["other"], received=b"")
    return replace(transcript, connections={**transcript.connections, "other": other})


@drive(normalise=without_the_number)
def lazily(stage: Stage) -> None:
    """While a reader stalls, nearly nothing is produced.

    Naive: ``while data := producer.more(): write(data)``.
    """
    slow, other = stage.connect("slow", reading=False, small_buffers=True), stage.connect("other")
    slow.send("section 20000000 5000\nquit\n")
    stage.settle()
    other.send("produced\n")
    produced = int(other.line())
    stage.note("produced early:", "little" if produced < 10_000_000 else "everything")
    slow.resume()
    slow.expect(section(20_000_000, 5000))
    stage.output("file 1 of 20000000 bytes is out")
    slow.until("bye\n")
    assert slow.rest() == b""


@drive
def broken_producer(stage: Stage) -> None:
    """A producer that raises ends its connection, with a report.

    Naive: the exception is lost in a task, the client waits.
    """
    ann, bob = stage.connect("ann"), stage.connect("bob")
    ann.send("broken\n")
    ann.expect("so far so good\n")
    assert ann.rest() == b""
    bob.send("lines 1\n")
    bob.expect("one,two,three.\n")


@drive
def reader_gives_up(stage: Stage) -> None:
    """A reset in the middle of a file: the rest is never produced, and nothing is said to be out."""
    slow, other = stage.connect("slow", reading=False, small_buffers=True), stage.connect("other")
    slow.send("section 20000000 5000\n")
    stage.settle()
    slow.reset()
    stage.settle()
    other.send("section 3 2\n")
    other.expect(section(3, 2))
    stage.output("file 1 of 3 bytes is out")


@drive(tolerates=(FLUSH_ON_EOF,))
def half_close(stage: Stage) -> None:
    """End of file from the reader ends the transfer, and the call that waits behind it never happens."""
    slow = stage.connect("slow", reading=False, small_buffers=True)
    slow.wants_all_of(section(20_000_000, 5000) + b"\n")
    slow.send("section 20000000 5000\n")
    stage.settle()
    slow.half_close()
    stage.settle()
    slow.resume()
    slow.rest()
