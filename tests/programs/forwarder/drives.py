"""A port forwarder: two dispatchers that share buffers, with readable() as back-pressure across the pair."""

from __future__ import annotations

from oracle import WHOLE, Program, Stage, Stream, drive

PROGRAM = Program(("{port}", "127.0.0.1", "{peer}"))


def pair(stage: Stage, name: str, **options: object) -> tuple[Stream, Stream]:
    """Return the two ends of a forwarded connection: NAME and NAME-far."""
    near = stage.connect(name, **options)  # type: ignore[arg-type]
    return near, stage.server.accept(name + "-far")


@drive
def both_ways(stage: Stage) -> None:
    """Two connections, each with its own far end. Naive: the ends of different pairs are mixed up."""
    ann, ann_far = pair(stage, "ann")
    bob, bob_far = pair(stage, "bob")
    ann.send("from ann")
    bob_far.send("to bob")
    ann_far.expect("from ann")
    bob.expect("to bob")
    big = bytes(range(256)) * 3000
    ann.send(big)
    ann_far.expect(big)
    bob_far.send(big)
    bob.expect(big)
    ann_far.send("bye")
    ann.expect("bye")


@drive
def near_end_leaves(stage: Stage) -> None:
    """What the near end sent before it left still arrives.

    Naive: closing one end closes the other at once.
    """
    ann, far = pair(stage, "ann")
    ann.send("last words")
    ann.close()
    far.expect("last words")
    assert far.rest() == b""
    stage.output("near end closed")


@drive
def far_end_leaves(stage: Stage) -> None:
    """The far end closes; the near end sees it."""
    ann, far = pair(stage, "ann")
    far.send("welcome")
    ann.expect("welcome")
    far.close()
    assert ann.rest() == b""
    stage.output("far end closed")


@drive
def slow_near_end(stage: Stage) -> None:
    """A near end that does not read holds up nobody else. Naive: one end is served after the other."""
    slow, far = pair(stage, "slow", reading=False, small_buffers=True)
    ann, ann_far = pair(stage, "ann")
    big = bytes(range(256)) * 4000
    far.send(big, whole=True)
    ann.send("not held up")
    ann_far.expect("not held up")
    slow.resume()
    slow.expect(big)
    far.close()
    assert slow.rest() == b""


@drive(chunkings=(WHOLE,))
def flow_control(stage: Stage) -> None:
    """readable() says no while the buffer is full: the far end must wait. Naive: all of it is held in memory."""
    slow, far = pair(stage, "slow", reading=False, small_buffers=True)
    flood = b"0123456789abcdef" * 650_000
    left = far.offer(flood)
    assert left
    slow.resume()
    far.send(left)
    slow.expect(flood)


@drive
def nobody_there(stage: Stage) -> None:
    """The far end refuses: that is an error of the sender, whose handler closes both.

    Naive: the near end waits for ever.
    """
    stage.server.close()
    ann = stage.connect("ann")
    assert ann.rest() == b""
    stage.output("far end: ConnectionRefusedError")
    stage.output("far end closed")


@drive
def reset(stage: Stage) -> None:
    """A reset on one side ends the pair."""
    ann, far = pair(stage, "ann")
    ann.send("x")
    far.expect("x")
    stage.settle()
    far.reset()
    ann.rest()
    stage.output("far end closed")
    bob, bob_far = pair(stage, "bob")
    bob.send("still working")
    bob_far.expect("still working")
