"""Who sees when a session is freed: a table of weak references, and __del__()."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}", "{port2}"), plain=True)


@drive
def remembered(stage: Stage) -> None:
    """All ways to leave. Naive: who was reset stays until the garbage collector comes by."""
    ann, bob, cid = (stage.connect(name) for name in ("ann", "bob", "cid"))
    ann.send("name ann\n")
    ann.expect("ann\n")
    bob.send("name bob\n")
    bob.expect("ann, bob\n")
    cid.send("name cid\ngreet ann\n")
    cid.expect("ann, bob, cid\nann, bob, cid\n")
    ann.expect("cid greets you\n")
    bob.reset()
    stage.output("forgotten: bob")
    ann.send("greet bob\n")
    ann.expect("ann, cid\n")
    cid.send("bye\n")
    assert cid.rest() == b""
    stage.output("forgotten: cid")
    ann.send("who\n")
    ann.expect("ann\n")
    ann.half_close()
    assert ann.rest() == b""
    stage.output("forgotten: ann")


@drive
def taken_down(stage: Stage) -> None:
    """A session that only speaks, too, whoever hears it."""
    one = stage.connect("1", port=stage.ports["port2"])
    one.expect("friends: 0\n")
    assert one.rest() == b""
    stage.output("taken down")
