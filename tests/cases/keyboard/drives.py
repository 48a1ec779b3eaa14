"""A file_dispatcher on a file of its own stays on the bridge, and drives sessions that have been rewritten."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}",))


@drive
def typed(stage: Stage) -> None:
    """What is typed reaches every caller, in order with answers. Naive: after the caller's next message."""
    ann, bob = stage.connect("ann"), stage.connect("bob")
    for caller in (ann, bob):
        caller.expect("speak after the tone\r\n")
    stage.stdin(b"hello\n")
    ann.expect("hello\r\n")
    bob.expect("hello\r\n")
    ann.send("call me\r\n")
    ann.expect("noted\r\n")
    stage.output("caller: call me")
    bob.reset()
    stage.settle()
    stage.stdin(b"one less\n")
    ann.expect("one less\r\n")


@drive
def quits(stage: Stage) -> None:
    """The bridge's side ends everything. Naive: the rewritten listener keeps the program alive."""
    ann = stage.connect("ann")
    ann.expect("speak after the tone\r\n")
    stage.stdin(b"quit\n")
    ann.expect("good bye\r\n")
    assert ann.rest() == b""
    stage.output("switched off")
    assert stage.exits() == 0


@drive
def nobody_types(stage: Stage) -> None:
    """Standard input ends; the callers are served on."""
    ann = stage.connect("ann")
    ann.expect("speak after the tone\r\n")
    stage.close_stdin()
    stage.settle()
    ann.send("still there?\r\n")
    ann.expect("noted\r\n")
    stage.output("caller: still there")
