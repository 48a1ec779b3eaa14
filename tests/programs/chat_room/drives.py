"""A chat room: what one connection says comes out of the others, and what happens to one is told to the others."""

from __future__ import annotations

from oracle import WHOLE, Program, Stage, Stream, drive

PROGRAM = Program(("{port}",))


def enter(stage: Stage, name: str, others: tuple[Stream, ...] = (), **options: bool) -> Stream:
    """Connect and log in; the others see it."""
    peer = stage.connect(name)
    peer.expect("what is your name?\n")
    peer.send(name + "\n")
    peer.expect(f"hello {name}, we are {len(others) + 1}\n")
    for other in others:
        other.expect(f"* {name} has come\n")
    return peer


@drive
def conversation(stage: Stage) -> None:
    """Three people talk. Naive: who is being asked for a name hears the room; the speaker hears an echo."""
    ann = enter(stage, "ann")
    bob = enter(stage, "bob", (ann,))
    lurker = stage.connect("lurker")
    lurker.expect("what is your name?\n")
    ann.send("hello\n\n   \nhow are you?\n")
    bob.expect("ann: hello\nann: how are you?\n")
    lurker.send("a b\n\nbob\n cid \r\n")
    lurker.expect("that is no name\nthat is no name\nbob is here already\nhello cid, we are 3\n")
    for other in (ann, bob):
        other.expect("* cid has come\n")
    lurker.send("  indented  \r\n/who\r\n")
    lurker.expect("ann, bob, cid\n")
    for other in (ann, bob):
        other.expect("cid:   indented  \n")
    bob.send("/msg cid psst, über hier\n/msg nobody x\n/msg\n/dance\n")
    lurker.expect("bob whispers: psst, über hier\n")
    bob.expect("no nobody here\nwhat?\nwhat?\n")
    ann.send("/nick bob\n/nick zoe\n")
    ann.expect("bob is here already\n")
    for other in (bob, lurker, ann):
        other.expect("* ann is now zoe\n")
    bob.send("/quit\n")
    bob.expect("good bye\n")
    assert bob.rest() == b""
    ann.expect("* bob has left\n")


@drive
def interleaved_typing(stage: Stage) -> None:
    """Two people type at the same time. Naive: one buffer for the class, which mixes their words."""
    ann = enter(stage, "ann")
    bob = enter(stage, "bob", (ann,))
    for mine, yours in zip(("one ", "two ", "three\n"), ("eins ", "zwei ", "drei\n")):
        ann.send(mine)
        bob.send(yours)
    bob.expect("ann: one two three\n")
    ann.expect("bob: eins zwei drei\n")


@drive
def leaving_in_all_ways(stage: Stage) -> None:
    """End of file in the middle of a line, a reset, a half-close.

    Naive: a ghost stays, and the name is taken for ever.
    """
    ann = enter(stage, "ann")
    bob = enter(stage, "bob", (ann,))
    bob.send("not fin")
    stage.settle()
    bob.close()
    ann.expect("* bob has left\n")
    cid = enter(stage, "cid", (ann,))
    stage.settle()
    cid.reset()
    ann.expect("* cid has left\n")
    dan = enter(stage, "dan", (ann,))
    dan.half_close()
    assert dan.rest() == b""
    ann.expect("* dan has left\n")
    stage.connect("silent").close()
    ann.send("/who\n")
    ann.expect("ann\n")


@drive(chunkings=(WHOLE,))
def sending_to_a_dead_member(stage: Stage) -> None:
    """Bob dies as Ann speaks: her push() to him fails at once, so Cid hears "bob has left" first.

    Naive: output is written later, or by another task, and the message comes first.
    """
    ann = enter(stage, "ann")
    bob = enter(stage, "bob", (ann,))
    cid = enter(stage, "cid", (ann, bob))
    with stage.frozen():
        bob.reset()
        ann.send("is anybody there?\nbob?\n", whole=True)
    cid.expect("* bob has left\nann: is anybody there?\nann: bob?\n")
    ann.expect("* bob has left\n")


@drive
def slow_member(stage: Stage) -> None:
    """One who does not read holds nobody up. Naive: ``await drain()`` for each member in turn."""
    ann = enter(stage, "ann")
    slow = stage.connect("slow", small_buffers=True)
    slow.expect("what is your name?\n")
    slow.send("slow\n")
    slow.expect("hello slow, we are 2\n")
    ann.expect("* slow has come\n")
    bob = enter(stage, "bob", (ann, slow))
    slow.pause()
    text = "blah " * 20_000
    for _ in range(80):
        ann.send(text + "\n", whole=True)
    ann.send("over\n")
    bob.until("ann: over\n")
    slow.resume()
    slow.until("ann: over\n")
    assert slow.received.count(b"ann: blah") == bob.received.count(b"ann: blah") == 80


@drive
def interrupted(stage: Stage) -> None:
    """Ctrl-C ends the room in an orderly way. Naive: the interrupt is lost, or becomes a traceback."""
    ann = enter(stage, "ann")
    stage.settle()
    stage.interrupt()
    stage.exits()
    assert ann.rest() == b""
