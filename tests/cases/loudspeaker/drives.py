"""A datagram socket that others give something to send: before the loop, and from a session."""

from __future__ import annotations

from oracle import WHOLE, Program, Stage, drive

PROGRAM = Program(("{port}", "{port2}"), plain=True)


@drive(chunkings=(WHOLE,))
def words(stage: Stage) -> None:
    stage.output("on")
    ann, bob, desk = stage.udp("ann"), stage.udp("bob"), stage.connect("desk")
    ann.send("here", stage.ports["port2"])
    assert ann.take() == [b"\0\x08" + b"1 listen"]
    bob.send("here", stage.ports["port2"])
    assert ann.take() == [b"\0\x08" + b"2 listen"]
    assert bob.take() == [b"\0\x08" + b"2 listen"]
    desk.send("the train is late\n")
    desk.expect("said\n")
    assert ann.take() == [b"\0\x11" + b"the train is late"]
    assert bob.take() == [b"\0\x11" + b"the train is late"]
    ann.send("fail", stage.ports["port2"])
    stage.output("out of order: TypeError")
    desk.send("nobody hears this\n")
    desk.expect("said\n")
    desk.send("good night\n")
    assert desk.rest() == b""
    assert stage.exits() == 0
