"""A pair of connections that close when all has gone through, and a client that others give something to send, early."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}", "{peer}", "{peer2}"), plain=True)


@drive
def ships(stage: Stage) -> None:
    """Naive: water that is let in before the upper gate is connected never flows; a gate closes on what is left."""
    office = stage.servers["peer2"].accept("office")
    office.expect("open\n")
    one = stage.connect("one")
    one.send(b"up\0stream")
    above = stage.server.accept("above one")
    above.expect("upstream")
    office.expect("ship 1\n")
    above.send("down" * 2000)
    above.close()
    one.expect(b"down" * 2000)
    assert one.rest() == b""
    two = stage.connect("two")
    two.send("a few words" * 500)
    two.close()
    above = stage.server.accept("above two")
    assert above.rest() == b"a few words" * 500
    office.expect("ship 2\n")
    three = stage.connect("three")
    above = stage.server.accept("above three")
    above.half_close()
    assert three.rest() == b""
    assert above.rest() == b""
    assert office.rest() == b"ship 3\n"
    assert stage.exits() == 0
