"""Two loops, one after the other and in two files; under both of them, sessions make clients."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}", "{peer}", "{port2}"), plain=True)


@drive
def travellers(stage: Stage) -> None:
    """One comes to the rehearsal, two come later; then the gate is closed."""
    first = stage.connect("first")
    road = stage.server.accept("first road")
    first.send("to the city")
    road.expect("to the city")
    road.send("welcome")
    first.expect("welcome")
    first.close()
    assert road.rest() == b""
    stage.output("open")
    second = stage.connect("second", port=stage.ports["port2"])
    road = stage.server.accept("second road")
    second.send("me, too")
    road.expect("me, too")
    third = stage.connect("third", port=stage.ports["port2"])
    other = stage.server.accept("third road")
    other.send("wait")
    third.expect("wait")
    road.close()
    assert second.rest() == b""
    third.close()
    assert other.rest() == b""
    stage.output("closed")
    assert stage.exits() == 0
