"""Frames that end in ###, with # in the data."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}",))


@drive
def weighing(stage: Stage) -> None:
    """Two scales. Naive: one read is one message."""
    one, two = stage.connect("one"), stage.connect("two")
    one.send("weight 10###weight 2")
    one.expect("ok###")
    two.send("weight 30###total###")
    two.expect("ok###40 in 2###")
    one.send("5###")
    one.expect("ok###")
    two.send("total###")
    two.expect("65 in 3###")


@drive
def hashes_in_the_data(stage: Stage) -> None:
    """The beginning of the terminator in the data, and four or five of its characters in a row.

    Naive: ``split(b"###")`` from the right, a terminator that is searched only in what has just come, or
    ``rstrip(b"#")``.
    """
    one = stage.connect("one")
    one.send("a#b##c###")
    one.expect("? a#b##c###")
    one.send("x####y###")
    one.expect("? x###? #y###")
    one.send("#####")  # an empty message, and two that wait for a third
    one.expect("? ###")
    one.send("#")
    one.expect("? ###")
    one.send("######")
    one.expect("? ###? ###")


@drive
def terminator_in_pieces(stage: Stage) -> None:
    """The terminator comes one character at a time, with pauses, and then turns out not to be one."""
    one = stage.connect("one")
    for piece in ("to", "t", "al#", "#", "#"):
        one.send(piece)
        stage.settle()
    one.expect("0 in 0###")
    for piece in ("abc##", "d#", "##"):
        one.send(piece)
        stage.settle()
    one.expect("? abc##d###")


@drive
def crash(stage: Stage) -> None:
    """A message that the handler chokes on ends that connection, with asyncore's report.

    Naive: it ends the server.
    """
    one, two = stage.connect("one"), stage.connect("two")
    one.send("weight heavy###weight 3###")
    one.rest()
    two.send("total###")
    two.until("###")


@drive
def blob(stage: Stage) -> None:
    """A message of 300 KB full of almost-terminators. Naive: the 64 KiB limit, or quadratic searching."""
    one = stage.connect("one")
    message = "##-" * 100_000
    one.send(message + "###")
    one.expect("? " + message + "###")
