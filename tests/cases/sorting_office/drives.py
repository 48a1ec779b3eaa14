"""handle_write() with two buffers, with one piece in hand, and with loops that send a list and throw it away."""

from __future__ import annotations

import struct

from oracle import WHOLE, Program, Stage, drive

PROGRAM = Program(("{port}", *(f"{{port{number}}}" for number in range(2, 21))), plain=True)


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


@drive
def slot(stage: Stage) -> None:
    """As much as is missing. Naive: the next letter's head is taken for this one; one without words, or with fewer, is waited for."""
    ann = stage.connect("ann", port=stage.ports["port12"])
    ann.send(b"".join(struct.pack(">H", len(letter)) + letter for letter in (b"dear", b"x" * 700)))
    ann.expect("thanks for 4\nthanks for 700\n")
    ann.send(b"\0\5hal")
    ann.half_close()
    assert ann.rest() == b""
    stage.output("slot shut")
    bob = stage.connect("bob", port=stage.ports["port12"])
    bob.send(b"\0\1a\0\0")
    bob.expect("thanks for 1\n")
    bob.send("?")
    assert bob.rest() == b""
    stage.output("letter 2 b''")
    cid = stage.connect("cid", port=stage.ports["port12"])
    cid.send(b"\xff\xff?")
    assert cid.rest() == b""
    stage.output("slot shut", 3)


@drive
def hopper(stage: Stage) -> None:
    """A loop that takes all there is. Naive: run() does not come back to the others, or the end is a grain."""
    ann = stage.connect("ann", port=stage.ports["port13"])
    ann.send("oats and corn, oats and corn\n")
    ann.expect(".ats and c.rn, .ats and c.rn\n")
    ann.send("oats")
    ann.close()
    stage.output("hopper empty")


@drive
def funnel(stage: Stage) -> None:
    """A loop that ends when less has come than it asked for."""
    ann = stage.connect("ann", port=stage.ports["port14"])
    ann.send("one\nand another one\nan")
    ann.expect("ONE\nAND ANOTHER ONE\n")
    ann.send("d more\n")
    ann.expect("AND MORE\n")


@drive
def echo(stage: Stage) -> None:
    """The end is sent back. Naive: handle_close() runs once."""
    ann = stage.connect("ann", port=stage.ports["port15"])
    ann.send("anybody?")
    ann.expect("anybody?")
    ann.close()
    stage.output("the echo is gone")


@drive(chunkings=(WHOLE,))
def initial(stage: Stage) -> None:
    """The end is an error. Naive: it is an error that nobody hears."""
    ann = stage.connect("ann", port=stage.ports["port16"])
    ann.send("anna")
    ann.expect("a")
    ann.half_close()
    assert ann.rest() == b""
    stage.output("no letter")


@drive(chunkings=(WHOLE,))
def stamp(stage: Stage) -> None:
    """handle_write() asks first, and may raise. Naive: run() asks nobody, and never comes back."""
    ann = stage.connect("ann", port=stage.ports["port17"])
    for word in ("a letter", "another"):
        ann.send(word)
        ann.expect(word)
    ann.send("much too long" * 10)
    assert ann.rest() == b""


@drive
def inquiries(stage: Stage) -> None:
    """What is taken from the list is worked on. Naive: the answers are given at once, to half a question."""
    ann = stage.connect("ann", port=stage.ports["port18"])
    ann.send("Where is it? When is it open? Wh")
    ann.expect("there.\nsoon.\n")
    ann.send("ere?")
    ann.expect("there.\n")


@drive(chunkings=(WHOLE,))
def register(stage: Stage) -> None:
    """The state is one of a range. Naive: it is not known how much is read."""
    ann = stage.connect("ann", port=stage.ports["port19"])
    ann.send("ann:42 and more")
    ann.expect("ann:42\n")
    ann.half_close()
    assert ann.rest() == b""


@drive(chunkings=(WHOLE,))
def circular(stage: Stage) -> None:
    """Nothing is ever too long. Naive: whoever hands it on takes offence; a reader who has left is still handed pages."""
    ann, bob, cat = (stage.connect(name, port=stage.ports["port20"]) for name in ("ann", "bob", "cat"))
    cat.send("from cat")
    ann.expect("from cat")
    bob.expect("from cat")
    cat.close()
    for page in (b"x" * 512, *(b"page %d" % number for number in range(8))):
        ann.send(page)
        bob.expect(page)
    bob.send("the end")
    ann.expect("the end")
