"""Hooks and handlers whose traces others see: order, count and cause of each ending matter."""

from __future__ import annotations

from oracle import WHOLE, Program, Stage, drive

PROGRAM = Program(("{port}",), plain=True)


@drive
def endings(stage: Stage) -> None:
    """close() runs no hook, close_when_done() and an error run it once."""
    one, two, three, four = (stage.connect(str(n)) for n in range(1, 5))
    one.send("hello\nleave\n")
    one.expect("noted\n")
    assert one.rest() == b""
    two.send("bye\n")
    two.expect("so long\n")
    assert two.rest() == b""
    stage.output("visitor 2 left after 1")
    three.send("x\nfail\n")
    three.expect("noted\n")
    assert three.rest() == b""
    stage.output("visitor 3 left after 2")
    four.send("all\n")
    four.expect("1: leave\n2: bye\n3: fail\n4: all\n")
    four.half_close()
    assert four.rest() == b""
    stage.output("visitor 4 left after 1")


@drive(chunkings=(WHOLE,))
def words_after_closing(stage: Stage) -> None:
    """What shares a packet with the farewell is still heard, and its answers vanish."""
    one, two = stage.connect("1"), stage.connect("2")
    one.send("bye\nfirst\nsecond\n", whole=True)
    one.expect("so long\n")
    assert one.rest() == b""
    stage.output("visitor 1 left")
    two.send("all\nleave\nthird\n", whole=True)
    two.expect("1: second\n2: all\n")
    assert two.rest() == b""
    three = stage.connect("3")
    three.send("all\n")
    three.expect("1: second\n2: third\n3: all\n")


@drive(chunkings=(WHOLE,))
def dead_before_the_answer(stage: Stage) -> None:
    """The peer resets behind its words: all of them are heard, the hook runs as the first answer fails."""
    one, two = stage.connect("1"), stage.connect("2")
    two.send("x\n")
    two.expect("noted\n")
    one.send("x\n")
    one.expect("noted\n")
    with stage.frozen():
        one.send("a\nb\nc\n", whole=True)
        one.reset()
    stage.output("visitor 1 left")
    two.send("all\n")
    two.expect("1: c\n2: all\n")


@drive
def interrupted(stage: Stage) -> None:
    """Ctrl-C runs no hooks. Naive: every open session says that it left."""
    one = stage.connect("1")
    one.send("x\n")
    one.expect("noted\n")
    stage.settle()
    stage.interrupt()
    assert stage.exits() == 0
    assert one.rest() == b""


@drive
def interrupted_by_who_has_left(stage: Stage) -> None:
    """The hook has run when the peer sees the end. Naive: the interrupt is faster, now and then."""
    for number in range(1, 4):
        one = stage.connect(str(number))
        one.send("bye\n")
        one.expect("so long\n")
        assert one.rest() == b""
    stage.interrupt()
    assert stage.exits() == 0
