"""handle_write() with two buffers, with one piece in hand, and with loops that send a list and throw it away."""

from __future__ import annotations

from oracle import WHOLE, Program, Stage, drive

PROGRAM = Program(("{port}", *(f"{{port{number}}}" for number in range(2, 12))), plain=True)


@drive
def envelope(stage: Stage) -> None:
    """Two buffers, one after the other. Naive: closes when the first is empty."""
    ann = stage.connect("ann")
    ann.send("dear all" * 1000 + "\n")
    assert ann.rest() == b"to: the office\n" + b"dear all" * 1000 + b"\n"
    bob = stage.connect("bob")
    bob.send("dear")
    bob.close()


@drive
def belt(stage: Stage) -> None:
    """A piece in hand. Naive: it stays in hand, since nothing is ever left of it."""
    ann = stage.connect("ann", port=stage.ports["port2"])
    ann.send("cup;saucer;sp")
    ann.expect("[cup][saucer]")
    ann.send("oon;")
    ann.expect("[spoon]")
    ann.close()
    stage.output("carried 20")


@drive
def sack(stage: Stage) -> None:
    """A list that is sent and replaced. Naive: what the constructor put there is lost."""
    ann = stage.connect("ann", port=stage.ports["port3"])
    ann.expect("empty\n")
    for word in ("corn", "coal"):
        ann.send(word)
        ann.expect(word.upper())


@drive
def bundle(stage: Stage) -> None:
    """A list that is joined."""
    ann = stage.connect("ann", port=stage.ports["port4"])
    for word in "abc":
        ann.send(word)
        ann.expect(word + "\n")
    ann.send(" d ")
    ann.expect("d\n")


@drive(chunkings=(WHOLE,))
def chute(stage: Stage) -> None:
    """A buffer that is emptied whatever was sent of it."""
    ann = stage.connect("ann", port=stage.ports["port5"])
    ann.send("abc")
    ann.expect("cba")
    ann.send("xyz")
    ann.expect("zyx")


@drive(chunkings=(WHOLE,))
def cart(stage: Stage) -> None:
    """A flag that says when to send, and lines about it."""
    ann = stage.connect("ann", port=stage.ports["port6"])
    ann.send("coal.")
    ann.expect("coal.")
    ann.send("corn.")
    ann.expect("corn.")
    stage.output("unloads True")


@drive
def clerk(stage: Stage) -> None:
    """recv() in a `try`. Naive: a mistake ends the connection."""
    ann = stage.connect("ann", port=stage.ports["port7"])
    ann.send("12\n7\n")
    ann.expect("12 grams\n7 grams\n")
    ann.send("light\n")
    stage.output("no weight ValueError")
    ann.send("3\n")
    ann.expect("3 grams\n")
    ann.close()
    stage.output("clerk is free")


@drive(chunkings=(WHOLE,))
def doorman(stage: Stage) -> None:
    """A line in front of recv(), which comes before what handle_close() says. Naive: not at the end, or after that."""
    ann = stage.connect("ann", port=stage.ports["port8"])
    ann.send("ann")
    ann.expect("come in, ann")
    ann.half_close()
    assert ann.rest() == b""
    bob = stage.connect("bob", port=stage.ports["port8"])
    bob.close()
    stage.output("there was nobody")


@drive
def guard(stage: Stage) -> None:
    """What is received is dropped, in a `try`. Naive: nobody has come, so nothing is noted."""
    ann = stage.connect("ann", port=stage.ports["port9"])
    ann.close()
    stage.output("heard something: True")


@drive(chunkings=(WHOLE,))
def scales(stage: Stage) -> None:
    """How much send() took is asked outside handle_write(), too. Naive: write() has no answer."""
    ann = stage.connect("ann", port=stage.ports["port10"])
    ann.send("tea")
    ann.expect("[teatea]\naet\n")
    stage.output("sent 4")
    ann.close()
    stage.output("weighed 1")


@drive
def file(stage: Stage) -> None:
    """A place in the buffer. Naive: it stays where it is."""
    ann = stage.connect("ann", port=stage.ports["port11"])
    ann.send("p")
    ann.expect(b"page " * 1000)
    ann.send("pp")
    ann.expect(b"page " * 2000)
