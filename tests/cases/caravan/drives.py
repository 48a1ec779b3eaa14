"""A queue of clients, of which each makes the next when it is closed; the program ends with the last, or an error."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{peer}", "{peer2}", "{peer3}"), plain=True)


@drive
def all_the_way(stage: Stage) -> None:
    for name in ("peer", "peer2", "peer3"):
        place = stage.servers[name].accept(name)
        place.send(f"{name}:{name[-1]}")
        stage.settle()
        place.close()
    assert stage.exits() == 3


@drive
def nobody_there(stage: Stage) -> None:
    """What handle_close() raises after a refused connection comes out of the loop."""
    first = stage.servers["peer"].accept("first")
    stage.servers["peer2"].close()
    first.send("word:x")
    first.close()
    assert stage.exits() == 1


@drive
def says_too_little(stage: Stage) -> None:
    stage.servers["peer"].accept("first").close()
    assert stage.exits() == 1
