"""Clients that never read: one that hangs up when it is connected, one that does when it has sent all; a dead port."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{peer}", "{port}", "{peer2}"), plain=True)


@drive
def street(stage: Stage) -> None:
    first, second = stage.servers["peer"], stage.servers["peer2"]
    assert first.accept("ring").rest() == b""
    assert second.accept("ring again").rest() == b""
    said = {}
    for name in ("one", "other"):
        visitor = first.accept(name)
        said[visitor.until("\n")] = visitor
    leaflet, question = said[b"Sale on Monday!\n"], said[b"Who lives here?\n"]
    assert leaflet.rest() == b"Sale on Monday!\n" * 2
    visitor = second.accept("visitor")
    visitor.send("no hawkers")
    assert visitor.rest() == b"Sale on Monday!\n" * 3
    question.send("Ann and Bob")
    question.close()
    assert stage.exits() == 2
