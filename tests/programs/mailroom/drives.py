"""Several source files: a line channel that overrides push(), a protocol on top, states, a longer terminator."""

from __future__ import annotations

from oracle import Program, Stage, Stream, drive

PROGRAM = Program(("{port}",))


def enter(stage: Stage, who: str, name: str, letters: int) -> Stream:
    peer = stage.connect(who)
    peer.expect("+OK post here\r\n")
    peer.send(f"NAME {name}\r\n")
    peer.expect(f"+OK {letters} letters\r\n")
    return peer


@drive
def reading(stage: Stage) -> None:
    """Letters with dots and an empty one.

    Naive: the overridden push() is bypassed, and line ends are missing.
    """
    ann = enter(stage, "ann", "ann", 2)
    ann.send("LIST\r\nREAD 1\r\nread 2\r\nREAD 3\r\nREAD x\r\nREAD -1\r\nNAME bob\r\n\r\n")
    ann.expect("+OK\r\n1 27\r\n2 0\r\n.\r\n+OK\r\nHello Ann.\r\n..\r\n...two dots\r\nBye\r\n.\r\n+OK\r\n\r\n.\r\n")
    ann.expect("-ERR no such letter\r\n" * 3 + "-ERR NAME not now\r\n-ERR  not now\r\n")


@drive
def writing(stage: Stage) -> None:
    r"""A letter ends in \r\n.\r\n, given or cut in any place, with lines that begin with dots inside.

    Naive: the text is read line by line with the old terminator; what follows the text in the same read is
    lost.
    """
    ann = enter(stage, "ann", "ann", 2)
    ann.send("WRITE bob\r\nDear Bob,\r\n. is a dot\r\n..\r\n\r\n.\r\nLIST\r\nWRITE bob\r\nsecond\r\n.\r\nQUIT\r\n")
    ann.expect("+OK end with a dot\r\n+OK delivered\r\n+OK\r\n1 27\r\n2 0\r\n.\r\n")
    ann.expect("+OK end with a dot\r\n+OK delivered\r\n+OK 2 left\r\n")
    assert ann.rest() == b""
    bob = enter(stage, "bob", "bob", 3)
    bob.send("READ 2\r\nREAD 3\r\n")
    bob.expect("+OK\r\nDear Bob,\r\n.. is a dot\r\n...\r\n\r\n.\r\n+OK\r\nsecond\r\n.\r\n")


@drive
def burning(stage: Stage) -> None:
    """Burnt for good only by QUIT; who runs away leaves everything.

    Naive: the hook does not run, and the box stays locked.
    """
    ann = enter(stage, "ann", "ann", 2)
    ann.send("BURN 1\r\nBURN 1\r\nLIST\r\n")
    ann.expect("+OK burnt\r\n-ERR no such letter\r\n+OK\r\n2 0\r\n.\r\n")
    stage.settle()
    ann.reset()
    stage.output("ann ran away")
    again = enter(stage, "again", "ann", 2)
    again.send("BURN 2\r\nQUIT\r\n")
    again.expect("+OK burnt\r\n+OK 1 left\r\n")
    again.rest()
    once_more = enter(stage, "once more", "ann", 1)
    once_more.send("WRITE ann\r\nnever finis")
    once_more.half_close()
    assert once_more.rest() == b"+OK end with a dot\r\n"
    stage.output("ann ran away", 2)


@drive
def locking(stage: Stage) -> None:
    """One box, two people."""
    ann = enter(stage, "ann", "ann", 2)
    thief = stage.connect("thief")
    thief.send("NAME ann\r\nLIST\r\nQUIT\r\n")
    thief.expect("+OK post here\r\n-ERR somebody is at that box\r\n-ERR LIST not now\r\n+OK\r\n")
    thief.rest()
    ann.send("QUIT\r\n")
    ann.expect("+OK 2 left\r\n")
    ann.rest()
    enter(stage, "later", "ann", 2)
