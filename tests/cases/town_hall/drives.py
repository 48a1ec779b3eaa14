"""Listeners that leave the making of sessions to a method, sockets made under conditions, and datagrams to itself."""

from __future__ import annotations

from oracle import WHOLE, Program, Stage, drive

PROGRAM = Program(("{port}", "{port2}", "{port3}", "{port4}"), plain=True)


@drive
def front_door(stage: Stage) -> None:
    """A factory method, and something to do behind it. Naive: the listener closes when the second has left."""
    ann = stage.connect("ann")
    ann.expect("number 1\n")
    bob = stage.connect("bob")
    bob.expect("number 2\n")
    stage.output("front door closed")
    ann.send("good morning")
    ann.expect("good morning")


@drive
def back_door(stage: Stage) -> None:
    """A method that takes the pair and returns nothing. Naive: nobody runs the session."""
    ann = stage.connect("ann", port=stage.ports["port2"])
    ann.expect("clerk 1\n")
    ann.send("1 2 3\n4")
    ann.expect("6\n")
    ann.send("0 2\n")
    ann.expect("42\n")
    bob = stage.connect("bob", port=stage.ports["port2"])
    bob.expect("clerk 2\n")
    ann.half_close()
    assert ann.rest() == b""


@drive
def side_door(stage: Stage) -> None:
    """A session that refuses to be made."""
    for number in (1, 2):
        visitor = stage.connect(f"visitor{number}", port=stage.ports["port3"])
        visitor.expect(f"number {number}\n")
        stage.output(f"welcome {number}")
    third = stage.connect("third", port=stage.ports["port3"])
    assert third.rest() == b""
    stage.output("refused: no room for 3")


@drive(chunkings=(WHOLE,))
def window(stage: Stage) -> None:
    """What is queued before the first datagram, here one to itself. Naive: it goes out after the first."""
    stage.output("sum 7")
    ann = stage.udp("ann")
    ann.send("five", stage.ports["port4"])
    stage.output("what?")
    ann.send("5", stage.ports["port4"])
    assert ann.take() == [b"12"]
