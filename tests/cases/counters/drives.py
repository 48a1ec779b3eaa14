"""handle_write() in its many shapes: lists of pieces, files, generators, and closing when everything is sent."""

from __future__ import annotations

from oracle import BACKPRESSURE, FLUSH_ON_EOF, WHOLE, Program, Stage, drive

PROGRAM = Program(("{port}", *(f"{{port{number}}}" for number in range(2, 15))), plain=True)


@drive
def window(stage: Stage) -> None:
    """One answer, and the end. Naive: nothing closes, as handle_write() has gone."""
    ann = stage.connect("ann")
    ann.send("is it open?")
    ann.expect("no, not is it open\n")
    assert ann.rest() == b""
    bob = stage.connect("bob")
    bob.send("is it")
    bob.close()


@drive
def scales(stage: Stage) -> None:
    """A list of pieces, and a flag. Naive: what was there before anything came is never sent."""
    ann = stage.connect("ann", port=stage.ports["port2"])
    ann.expect("grams?\n")
    ann.send("12\n30\n")
    ann.expect("12 so far\n42 so far\n")
    ann.send("8\n\n")
    ann.expect("50 so far\n")
    assert ann.rest() == b""
    stage.output("weighed 50")


@drive
def store(stage: Stage) -> None:
    """A file, read as the peer takes it."""
    ann = stage.connect("ann", port=stage.ports["port3"])
    ann.send("forms\n")
    assert ann.rest() == b"form " * 30000
    bob = stage.connect("bob", port=stage.ports["port3"])
    bob.send("patience\n")
    assert bob.rest() == b""


@drive(tolerates=(BACKPRESSURE, FLUSH_ON_EOF))
def half_a_wish(stage: Stage) -> None:
    """Leaves in the middle of a wish, or as soon as it is told."""
    ann = stage.connect("ann", port=stage.ports["port3"])
    ann.send("for")
    ann.half_close()
    assert ann.rest() == b""
    bob = stage.connect("bob", port=stage.ports["port2"])
    bob.expect("grams?\n")
    bob.reset()
    cid = stage.connect("cid", port=stage.ports["port2"])
    cid.expect("grams?\n")


@drive
def notices(stage: Stage) -> None:
    """A generator, and nobody listens."""
    ann = stage.connect("ann", port=stage.ports["port4"])
    assert ann.rest() == b"closed on sundays\nno dogs\n"
    stage.output("read out")


@drive
def telegraph(stage: Stage) -> None:
    """A queue with a limit. Naive: the limit is never met, or stops for good."""
    ann = stage.connect("ann", port=stage.ports["port5"])
    for letter in "abc":
        ann.send(letter)
        ann.expect(letter)
    ann.close()
    stage.output("cut off")


@drive
def typist(stage: Stage) -> None:
    """A bytearray that others may fill."""
    ann = stage.connect("ann", port=stage.ports["port6"])
    ann.expect("go on\n")
    ann.send("dear sir" * 1000)
    ann.expect("DEAR SIR" * 1000)


@drive
def pigeonhole(stage: Stage) -> None:
    """The end is handled like data, if the peer made it. Naive: as well after close()."""
    ann = stage.connect("ann", port=stage.ports["port7"])
    ann.send("a letter")
    ann.until("kept\n")
    ann.close()
    stage.output("kept True a letter")
    bob = stage.connect("bob", port=stage.ports["port7"])
    bob.send(".")
    bob.expect("kept\n")
    assert bob.rest() == b""


@drive
def herald(stage: Stage) -> None:
    """A greeting in the buffer. Naive: it goes with the buffer."""
    ann = stage.connect("ann", port=stage.ports["port8"])
    ann.expect("hear, hear\n")
    ann.send("good morning\nand ")
    ann.expect("Good Morning!\n")
    ann.send("goodbye\n")
    ann.expect("And Goodbye!\n")


@drive
def queue(stage: Stage) -> None:
    """As many as one wants, and the end."""
    ann = stage.connect("ann", port=stage.ports["port9"])
    ann.send("12345\n")
    assert ann.rest() == b"".join(b"%d " % number for number in range(12345))


@drive(chunkings=(WHOLE,))
def teller(stage: Stage) -> None:
    """out_buffer, and a flag."""
    ann = stage.connect("ann", port=stage.ports["port10"])
    ann.expect("account?\n")
    ann.send("mine\n")
    assert ann.rest() == b"mine" * 50000 + b"\n"
    stage.output("told")


@drive
def sorter(stage: Stage) -> None:
    """A list from one end to the other. Naive: the pieces come in another order."""
    ann = stage.connect("ann", port=stage.ports["port11"])
    ann.send("from here to there")
    ann.expect("from here to there")
    ann.send("and back again" * 100)
    ann.expect("and back again" * 100)
    ann.close()
    stage.output("sorted all")


@drive
def caller(stage: Stage) -> None:
    """What one posts, all hear; the last line may be half a line."""
    ann, bob = (stage.connect(name, port=stage.ports["port12"]) for name in ("ann", "bob"))
    bob.send("one\nt")
    for peer in (ann, bob):
        peer.expect("one!")
    bob.send("wo\n")
    for peer in (ann, bob):
        peer.expect("two!")
    ann.send("three\n")
    for peer in (ann, bob):
        peer.expect("three!")


@drive(chunkings=(WHOLE,))
def tank(stage: Stage) -> None:
    """Two marks. Naive: once full, it never reads again."""
    ann = stage.connect("ann", port=stage.ports["port13"])
    for _ in range(3):
        ann.send("water" * 20000)
        ann.expect("water" * 20000)


@drive
def crier(stage: Stage) -> None:
    """A few bytes at a time, with a log of them. Naive: what was sent is no longer there to be logged."""
    ann = stage.connect("ann", port=stage.ports["port14"])
    ann.expect("oyez\n")
    ann.send("the king is well\nand ")
    ann.expect("The King Is Well!\n")
    ann.send("away\n")
    ann.expect("And Away!\n")
