"""Line echo: the program that every tutorial begins with."""

from oracle import BACKPRESSURE, Program, Stage, drive

PROGRAM = Program(("{port}",))


@drive
def conversation(stage: Stage) -> None:
    """Two clients in turn. Naive: one buffer for all connections, which mixes the halves of their lines."""
    ann, bob = stage.connect("ann"), stage.connect("bob")
    ann.send("first ha")
    bob.send("other\r\n")
    bob.expect("1 [other] 5\r\n")
    ann.send("lf\r\nand more\r\n")
    ann.expect("1 [first half] 10\r\n2 [and more] 8\r\n")
    bob.send("bye\r\n")
    bob.expect("2 lines, bye\r\n")
    assert bob.rest() == b""
    ann.close()
    stage.output("gone", 2)


@drive
def blanks_and_controls(stage: Stage) -> None:
    r"""What is at the end of a line belongs to it.

    Naive: ``readline().strip()`` eats blanks, lone \r and \n, and counts wrong.
    """
    ann = stage.connect("ann")
    ann.send(b" two blanks  \r\n\t\r\n\r\r\n\n\r\nlone \r and \n inside\r\n")
    ann.expect(b"1 [ two blanks  ] 13\r\n2 [\t] 1\r\n3 [\r] 1\r\n4 [\n] 1\r\n5 [lone \r and \n inside] 19\r\n")
    ann.send(b"bye \r\n\0\xff\r\nbye\r\n")
    ann.expect(b"6 [bye ] 4\r\n7 [\0\xff] 2\r\n8 lines, bye\r\n")
    ann.rest()


@drive
def empty_lines(stage: Stage) -> None:
    """An empty line is a line.

    Naive: ``if not line: break``, or waiting for data before looking for the terminator.
    """
    ann = stage.connect("ann")
    ann.send("\r\n\r\nx\r\n\r\n")
    ann.expect("1 [] 0\r\n2 [] 0\r\n3 [x] 1\r\n4 [] 0\r\n")


@drive
def tail_at_eof(stage: Stage) -> None:
    """A line without its end never was a line. Naive: ``readline()`` returns the tail like a line."""
    ann = stage.connect("ann")
    ann.send("whole\r\nonly a part\r")
    ann.expect("1 [whole] 5\r\n")
    ann.half_close()
    assert ann.rest() == b""
    stage.output("gone after 1 lines")


@drive
def long_line(stage: Stage) -> None:
    """Lines have no longest length.

    Naive: ``readuntil`` with its limit of 64 KiB raises LimitOverrunError.
    """
    ann = stage.connect("ann")
    text = "long" * 50_000
    ann.send(text + "\r\nshort\r\n")
    ann.expect(f"1 [{text}] 200000\r\n2 [short] 5\r\n")


@drive
def last_words(stage: Stage) -> None:
    """Six megabytes and a good-bye for one who reads late: all arrives. Naive: closing drops what is queued."""
    slow = stage.connect("slow", reading=False, small_buffers=True)
    text = b"long" * 1_500_000
    slow.send(text + b"\r\nbye\r\n", whole=True)
    stage.settle()
    slow.resume()
    slow.expect(b"1 [" + text + b"] 6000000\r\n2 lines, bye\r\n")
    assert slow.rest() == b""


@drive
def vanishing_peer(stage: Stage) -> None:
    """A reset in the middle of a line ends that connection and nothing else.

    Naive: an uncaught ConnectionResetError.
    """
    ann, bob = stage.connect("ann"), stage.connect("bob")
    ann.send("hello\r\nand")
    ann.expect("1 [hello] 5\r\n")
    stage.settle()
    ann.reset()
    stage.output("gone after 1 lines")
    bob.send("still there\r\n")
    bob.expect("1 [still there] 11\r\n")


@drive(tolerates=(BACKPRESSURE,))
def all_before_reading(stage: Stage) -> None:
    """A client that reads nothing before all is sent.

    Naive: one ``drain()`` per line stops reading for good, and both wait.
    """
    ann = stage.connect("ann", small_buffers=True)
    ann.send_before_reading("x" * 8190 + "\r\n" + ("y" * 99_998 + "\r\n") * 90 + "bye\r\n")
    ann.until("92 lines, bye\r\n")
    ann.rest()
