"""A port forwarder: one end holds both buffers, readable() waits for the other, the rest is sent before it closes."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}", "127.0.0.1", "{peer}"), plain=True)


@drive
def both_ways(stage: Stage) -> None:
    """Two connections, each with its own other end. Naive: the ends of different pairs are mixed up."""
    ann = stage.connect("ann")
    ann_far = stage.server.accept("ann-far")
    bob = stage.connect("bob")
    bob_far = stage.server.accept("bob-far")
    ann.send("from ann")
    bob_far.send("TO BOB")
    ann_far.expect("from ann")
    bob.expect("TO BOB")
    big = bytes(range(65, 91)) * 20000
    ann.send(big)
    ann_far.expect(big)
    bob_far.send(big)
    bob.expect(big)
    ann_far.send("BYE")
    ann.expect("BYE")


@drive
def near_end_leaves(stage: Stage) -> None:
    ann = stage.connect("ann")
    far = stage.server.accept("far")
    ann.send("X")
    far.expect("X")
    ann.close()
    assert far.rest() == b""


@drive
def far_end_leaves(stage: Stage) -> None:
    """What it said before still arrives, however slow the other reads."""
    ann = stage.connect("ann", reading=False, small_buffers=True)
    far = stage.server.accept("far")
    said = b"LAST WORDS " * 30000
    far.send_before_reading(said)
    far.close()
    ann.resume()
    assert ann.rest() == said


@drive
def a_slow_reader(stage: Stage) -> None:
    """One that does not read holds up its partner, and nobody else."""
    slow = stage.connect("slow", reading=False, small_buffers=True)
    far = stage.server.accept("far")
    far.offer(b"Z" * 3000000)
    ann = stage.connect("ann")
    ann_far = stage.server.accept("ann-far")
    ann.send("X")
    ann_far.expect("X")
    slow.close()
    far.rest()


@drive
def nobody_there(stage: Stage) -> None:
    stage.server.close()
    ann = stage.connect("ann")
    assert ann.rest() == b""
