"""Sessions that open a listener for one connection, as passive FTP does, or connect to the peer, as active FTP does."""

from __future__ import annotations

import re
from dataclasses import replace

from oracle import Program, Stage, Stream, Transcript, drive

PROGRAM = Program(("{port}",), plain=True)


def without_ports(transcript: Transcript) -> Transcript:
    """Which ports the hatches get is free."""
    connections = {
        name: replace(one, received=re.sub(rb"hatch \d+", b"hatch", one.received))
        for name, one in transcript.connections.items()
    }
    return replace(transcript, connections=connections)


def hatch(counter: Stream) -> int:
    """Return the port of the hatch that was opened."""
    return int(counter.line().split()[-1])


@drive(normalise=without_ports)
def handed_out(stage: Stage) -> None:
    counter = stage.connect("counter")
    for number, size in enumerate((3, 200000)):
        counter.send(f"order {size}\n")
        customer = stage.connect(f"customer {number}", port=hatch(counter))
        assert customer.rest() == b"parcel " * size
        counter.expect("handed out\n")
    counter.send("bye\n")
    assert counter.rest() == b"good bye\n"


@drive(normalise=without_ports)
def ordered_anew(stage: Stage) -> None:
    """A hatch that is closed before anybody came lets nobody in."""
    counter = stage.connect("counter")
    counter.send("order 1\norder 2\n")
    hatch(counter)
    counter.expect("the other hatch is closed\n")
    customer = stage.connect("customer", port=hatch(counter))
    assert customer.rest() == b"parcel " * 2
    counter.expect("handed out\n")
    counter.send("order 5\n")
    hatch(counter)
    counter.close()


@drive(normalise=without_ports)
def brought(stage: Stage) -> None:
    counter = stage.connect("counter")
    house = stage.listen("house")
    counter.send(f"bring {house.port} 1000\n")
    door = house.accept("door")
    assert door.rest() == b"parcel " * 1000
    counter.expect("brought\n")
    house.close()
    counter.send(f"bring {house.port} 1\n")
    counter.expect("nobody there\n")
