"""A guest book: lines gathered in a list, a greeting pushed by the constructor, replies, QUIT: most servers."""

from oracle import BACKPRESSURE, Program, Stage, drive

PROGRAM = Program(("{port}",), plain=True)


@drive
def greeting_first(stage: Stage) -> None:
    """The greeting does not wait for the client. Naive: it is written when the first line has come."""
    ann = stage.connect("ann")
    ann.expect("220 guest book with 0 entries\r\n")
    ann.close()
    stage.settle()


@drive
def sign_and_read(stage: Stage) -> None:
    """Two visitors share a book.

    Naive: a book per connection; ``strip()`` of the line instead of the text.
    """
    ann = stage.connect("ann")
    ann.line()
    ann.send("SIGN ann: hello there  \r\ncount\r\n")
    ann.expect("250 signed\r\n252 1\r\n")
    bob = stage.connect("bob")
    bob.expect("220 guest book with 1 entries\r\n")
    bob.send("SIGN  bob : söme näme\r\nread\r\nQUIT\r\n")
    bob.expect("250 signed\r\n251 2 entries follow\r\n")
    bob.expect("1. ann wrote: hello there\r\n2.  bob  wrote: söme näme\r\n.\r\n221 you signed 1 times\r\n")
    assert bob.rest() == b""
    ann.send("COUNT \r\nQUIT \r\n")
    ann.expect("252 2\r\n221 you signed 1 times\r\n")
    ann.rest()


@drive
def refusals(stage: Stage) -> None:
    r"""Odd lines. Naive: a line that ends in \n alone is taken for a line, or an empty one for the end."""
    ann = stage.connect("ann")
    ann.line()
    ann.send("\r\n\r\nSIGN\r\nSIGN a:\r\nSIGN a:" + "x" * 20_003 + "\r\nCOUNT\nCOUNT\r\n what\r\n")
    ann.expect(
        "501 SIGN name: text\r\n501 SIGN name: text\r\n552 too long by 3\r\n500 what is 'COUNT\\nCOUNT'?\r\n"
    )
    ann.expect("500 what is ''?\r\n")


@drive
def split_characters(stage: Stage) -> None:
    """A character of several bytes may be cut. Naive: every chunk is decoded by itself."""
    ann = stage.connect("ann")
    ann.line()
    for piece in (b"SIGN \xc3", b"\xa4nn: \xf0\x9f", b"\x98\x80 \xff!\r", b"\nREAD\r\n"):
        ann.send(piece)
    ann.expect("250 signed\r\n251 1 entries follow\r\n1. änn wrote: 😀 \ufffd!\r\n.\r\n")


@drive
def long_reply(stage: Stage) -> None:
    """A book of six megabytes for a slow reader, who then quits.

    Naive: closing drops what has not gone out.
    """
    ann = stage.connect("ann")
    ann.line()
    ann.send(f"SIGN ann: {'word ' * 3999}end\r\n" * 300, whole=True)
    ann.until("250 signed\r\n", 300)
    slow = stage.connect("slow", reading=False, small_buffers=True)
    slow.send("READ\r\nQUIT\r\n")
    stage.settle()
    ann.send("COUNT\r\n")
    ann.expect("252 300\r\n")
    slow.resume()
    slow.until(".\r\n221 you signed 0 times\r\n")
    assert slow.rest() == b""


@drive(tolerates=(BACKPRESSURE,))
def flood(stage: Stage) -> None:
    """Everything is written before anything is read. Naive: both sides wait for each other."""
    ann = stage.connect("ann", small_buffers=True)
    ann.line()
    ann.send_before_reading("SIGN a: b\r\n" * 50 + ("x" * 30_000 + "\r\n") * 300 + "QUIT\r\n")
    ann.until("221 you signed 50 times\r\n")
    ann.rest()


@drive
def deserter(stage: Stage) -> None:
    """Visitors that leave in the middle of a line signed nothing. Naive: the tail is taken for a line."""
    ann, bob, eve = (stage.connect(name) for name in ("ann", "bob", "eve"))
    for visitor in (ann, bob, eve):
        visitor.line()
    ann.send("SIGN ann: never finished\r")
    ann.half_close()
    assert ann.rest() == b""
    bob.send("SIGN bob: neith")
    stage.settle()
    bob.reset()
    stage.settle()
    eve.send("COUNT\r\n")
    eve.expect("252 0\r\n")
