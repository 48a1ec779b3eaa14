"""A client that pushes before it is connected, answers lines, and reconnects when the loop has nothing left."""

from __future__ import annotations

from oracle import Program, Stage, Stream, drive

PROGRAM = Program(("127.0.0.1", "{peer}", "robbie"))


def let_in(stage: Stage, name: str) -> Stream:
    peer = stage.server.accept(name)
    peer.expect("HELLO robbie\r\nHERE I AM\r\n")
    return peer


@drive
def conversation(stage: Stage) -> None:
    """Greetings in the order in which they were pushed, then answers.

    Naive: a push before the connection is lost.
    """
    peer = let_in(stage, "peer")
    peer.send("TAKEN robbie\r\nPING 1 2 3\r\nWELCOME\r\n\r\nwhatever: x\r\n")
    peer.expect("HELLO robbie_\r\nPONG 1 2 3\r\n")
    peer.send("SAY ann: hi robbie_ !\r\nSAY ann: robbie_x\r\nSAY bob: !heard\r\nSAY ann: !quit\r\n")
    peer.expect("TELL ann hi ann !\r\nTELL bob 8\r\nTELL ann farewell\r\n")
    peer.rest()
    assert stage.exits() == 0


@drive
def thrown_out(stage: Stage) -> None:
    """It comes back, and half a line of the old connection is forgotten.

    Naive: it is glued to the first of the new one.
    """
    peer = let_in(stage, "first")
    peer.send("WELCOME\r\nPING half a li")
    stage.settle()
    peer.close()
    stage.output("connection lost")
    peer = let_in(stage, "second")
    peer.send("WELCOME\r\nPING whole\r\n")
    peer.expect("PONG whole\r\n")
    stage.settle()
    peer.reset()
    stage.output("connection lost", 2)
    peer = let_in(stage, "third")
    peer.send("WELCOME\r\nSAY ann: !quit\r\n")
    peer.expect("TELL ann farewell\r\n")
    assert peer.rest() == b""
    assert stage.exits() == 0


@drive
def nobody_there(stage: Stage) -> None:
    """Refused connections are tried again until somebody answers.

    Naive: the exception of connect() ends the program.
    """
    peer = let_in(stage, "first")
    stage.server.close()
    peer.close()
    stage.output("nobody there")
    stage.server.open()
    peer = let_in(stage, "second")
    peer.send("SAY ann: !quit\r\n")
    peer.expect("TELL ann farewell\r\n")
    assert stage.exits() == 0
