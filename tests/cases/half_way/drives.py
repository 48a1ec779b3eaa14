"""One family is rewritten, another stays on the bridge: one loop serves both, until both have ended."""

from __future__ import annotations

from oracle import WHOLE, Program, Stage, drive

PROGRAM = Program(("{port}", "{port2}"))

@drive
def across(stage: Stage) -> None:
    """Each side pushes to the other's channels. Naive: what is pushed from outside waits for the next event."""
    ann, console = stage.connect("ann"), stage.connect("console", port=stage.ports["port2"])
    ann.send("hello\n")
    ann.expect("you said hello\n")
    console.expect("heard: hello\n")
    console.send("fish on friday\n")
    ann.expect("* fish on friday\n")
    console.expect("pinned up for 1\n")
    ann.send("leave\n")
    ann.expect("see you\n")
    assert ann.rest() == b""
    stage.settle()
    console.send("nobody\n")
    console.expect("pinned up for 0\n")


@drive
def ends_when_both_have_ended(stage: Stage) -> None:
    """The loop ends with the last connection of either kind. Naive: with the first kind that is gone."""
    ann, console = stage.connect("ann"), stage.connect("console", port=stage.ports["port2"])
    ann.send("a\n")
    ann.expect("you said a\n")
    console.expect("heard: a\n")
    console.send("shut\n")
    console.expect("shut\n")
    console.half_close()
    assert console.rest() == b""
    ann.send("still here\n")
    ann.expect("you said still here\n")
    ann.send("leave\n")
    ann.expect("see you\n")
    assert ann.rest() == b""
    stage.output("the board is empty")
    assert stage.exits() == 0


@drive
def the_bridge_last(stage: Stage) -> None:
    """The same, the other way round."""
    ann, console = stage.connect("ann"), stage.connect("console", port=stage.ports["port2"])
    ann.send("leave\n")
    ann.expect("see you\n")
    assert ann.rest() == b""
    stage.settle()
    console.send("shut\n")
    console.expect("shut\n")
    console.send("who\n")
    console.expect("pinned up for 0\n")
    console.half_close()
    assert console.rest() == b""
    stage.output("the board is empty")
    assert stage.exits() == 0


@drive
def not_listening(stage: Stage) -> None:
    """readable() says no: only the console stops."""
    ann, console = stage.connect("ann"), stage.connect("console", port=stage.ports["port2"])
    console.send("sulk\n")
    console.expect("enough\n")
    console.send("x\n")
    assert console.quiet() == b""
    ann.send("y\n")
    ann.expect("you said y\n")
    console.expect("heard: y\n")


@drive(chunkings=(WHOLE,))
def leaves_with_much_to_read(stage: Stage) -> None:
    """Output is queued before the end. Naive: close() fails when the connection has gone by itself."""
    much = b"x" * 6_000_000
    ann = stage.connect("ann", small_buffers=True, reading=False)
    console = stage.connect("console", port=stage.ports["port2"])
    console.send(much + b"\n")
    console.expect("pinned up for 1\n")
    ann.send("leave\n")
    stage.settle()
    ann.resume()
    ann.expect(b"* " + much + b"\nsee you\n")
    assert ann.rest() == b""
    stage.settle()
    console.send("anybody\n")
    console.expect("pinned up for 0\n")


@drive
def resets(stage: Stage) -> None:
    """Both kinds of peers vanish; others are served as before."""
    ann, bob = stage.connect("ann"), stage.connect("bob")
    console = stage.connect("console", port=stage.ports["port2"])
    ann.send("a\n")
    ann.expect("you said a\n")
    console.expect("heard: a\n")
    ann.reset()
    stage.settle()
    console.send("b\n")
    bob.expect("* b\n")
    console.expect("pinned up for 1\n")
    console.reset()
    stage.settle()
    bob.send("c\n")
    bob.expect("you said c\n")


@drive
def interrupted(stage: Stage) -> None:
    """Ctrl-C ends it, with both kinds of connections open."""
    ann, console = stage.connect("ann"), stage.connect("console", port=stage.ports["port2"])
    ann.send("a\n")
    ann.expect("you said a\n")
    console.expect("heard: a\n")
    stage.interrupt()
    stage.output("the caretaker locks up")
    ann.rest()
    console.rest()
    assert stage.exits() == 0
