"""file_dispatcher on standard input and on a pipe, beside a listener."""

from __future__ import annotations

from oracle import WHOLE, Program, Stage, drive

PROGRAM = Program(("{port}",), plain=True)


@drive(chunkings=(WHOLE,))
def a_day(stage: Stage) -> None:
    """What is typed, what rings, an error in between, and the end. Naive: the end of input ends nothing."""
    stage.output("rings abc")
    stage.output("rings de")
    ann, bob = stage.connect("ann"), stage.connect("bob")
    ann.expect("connected\n")
    bob.expect("connected\n")
    stage.stdin(b"good morning\n")
    ann.expect("good morning\n")
    bob.expect("good morning\n")
    bob.send("!")
    ann.expect("ring\n")
    bob.expect("ring\n")
    stage.stdin(b"bad\nin two ")
    stage.output("cannot say")
    stage.stdin(b"pieces\n")
    ann.expect("in two pieces\n")
    bob.expect("in two pieces\n")
    stage.close_stdin()
    stage.output("no more is typed")
    assert ann.rest() == b""
    assert bob.rest() == b""
    stage.exits()


@drive(chunkings=(WHOLE,))
def just_called(stage: Stage) -> None:
    """Naive: a line that has just called does not hear what is typed in that moment."""
    stage.output("rings de")
    for number in range(8):
        late = stage.connect(f"late {number}")
        stage.stdin(b"hello\n")
        late.expect("connected\nhello\n")
