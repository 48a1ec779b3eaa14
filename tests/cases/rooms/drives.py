"""Rooms and guests in several files: pushes from other objects, handle_close() called by the author."""

from __future__ import annotations

from oracle import WHOLE, Program, Stage, Stream, drive

PROGRAM = Program(("{port}",), entry="house.py", plain=True)


def enter(stage: Stage, name: str, others: tuple[Stream, ...] = ()) -> Stream:
    guest = stage.connect(name)
    guest.send(f"name {name}\r\n")
    guest.expect("Your name, please.\r\n")
    for other in others:
        other.expect(f"{name} comes in.\r\n")
    stage.settle()
    return guest


@drive
def evening(stage: Stage) -> None:
    ann = enter(stage, "ann")
    bob = enter(stage, "bob", (ann,))
    ann.send("say hello\r\ndance\r\n")
    ann.expect("ann: hello\r\nPardon?\r\n")
    bob.expect("ann: hello\r\n")
    eve = stage.connect("eve")
    eve.send("name ann\r\nsay x\r\nname eve\r\n")
    eve.expect("Your name, please.\r\nAnother one, please.\r\nPardon?\r\n")
    for other in (ann, bob):
        other.expect("eve comes in.\r\n")
    bob.send("quit\r\n")
    assert bob.rest() == b""
    for other in (ann, eve):
        other.expect("bob goes out.\r\n")
    ann.send("throw_out eve\r\n")
    eve.expect("Out with you!\r\n")
    assert eve.rest() == b""
    ann.expect("eve goes out.\r\n")


@drive
def vanishing(stage: Stage) -> None:
    ann = enter(stage, "ann")
    bob = enter(stage, "bob", (ann,))
    bob.send("say unfin")
    stage.settle()
    bob.reset()
    ann.expect("bob goes out.\r\n")
    bob2 = stage.connect("bob2")
    bob2.send("name bob\r\n")
    ann.expect("bob comes in.\r\n")
    bob2.expect("Your name, please.\r\n")
    stage.interrupt()
    assert stage.exits() == 0


@drive(chunkings=(WHOLE,))
def words_behind_quit(stage: Stage) -> None:
    ann = enter(stage, "ann")
    bob = enter(stage, "bob", (ann,))
    bob.send("quit\r\nsay still here\r\nname carl\r\n", whole=True)
    assert bob.rest() == b""
    ann.expect("bob goes out.\r\n")
    ann.send("say alone\r\n")
    ann.expect("ann: alone\r\n")
