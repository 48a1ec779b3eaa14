"""UDP: recvfrom() in handle_read(), a queue of answers and sendto() in handle_write()."""

from __future__ import annotations

from oracle import WHOLE, Program, Stage, drive

PROGRAM = Program(("{port}",))


@drive(chunkings=(WHOLE,))
def datagrams(stage: Stage) -> None:
    """Small ones, an empty one, one that is longer than the buffer.

    Naive: a protocol gets it whole, recvfrom() cuts it.
    """
    stage.output("ready")
    ann, bob = stage.udp("ann"), stage.udp("bob")
    ann.send("hello")
    assert ann.take() == [b"5:hello"]
    bob.send("")
    assert bob.take() == [b"0:"]
    bob.send("x" * 512)
    assert bob.take() == [b"512:" + b"x" * 512]
    bob.send("y" * 513)
    assert bob.take() == [b"512:" + b"y" * 512]
    ann.send("count")
    assert ann.take() == [b"2 from you, 5 in all"]


@drive(chunkings=(WHOLE,))
def order(stage: Stage) -> None:
    """A burst is answered in order, one answer a pass; another peer's datagram gets its turn.

    Naive: newest first.
    """
    stage.output("ready")
    ann, bob = stage.udp("ann"), stage.udp("bob")
    for peer in (ann, bob):
        peer.send("hi")
        peer.take()
    with stage.frozen():
        for number in range(20):
            ann.send(f"a{number}")
        bob.send("everybody listen")
        ann.send("last")
    assert ann.take(22)[-2:] == [b"listen", b"4:last"]
    assert bob.take() == [b"listen"]


@drive(chunkings=(WHOLE,))
def stopping(stage: Stage) -> None:
    """Closing the only dispatcher empties the map and ends the loop.

    Naive: the program goes on, or loses the last answer.
    """
    stage.output("ready")
    ann = stage.udp("ann")
    ann.send("one")
    ann.take()
    ann.send("stop")
    assert ann.take() == [b"stopping"]
    assert stage.exits() == 0
    stage.output("saw 2 datagrams from 1 peers")


@drive(chunkings=(WHOLE,))
def deaf_peer(stage: Stage) -> None:
    """An answer to a socket that has closed meanwhile bounces, which is no reason to stop.

    Naive: error_received ends it.
    """
    stage.output("ready")
    ann, bob = stage.udp("ann"), stage.udp("bob")
    ann.send("hi")
    ann.take()
    ann.close()
    bob.send("everybody there?")
    assert bob.take() == [b"there?"]
    bob.send("count")
    assert bob.take() == [b"2 from you, 3 in all"]
