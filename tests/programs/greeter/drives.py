"""Greet and close: everything is pushed by the constructor, followed by close_when_done(); the loop uses poll()."""

from __future__ import annotations

from oracle import FLUSH_ON_EOF, Program, Stage, drive

PROGRAM = Program(("-n", "5000", "{port}"))
LINES = b"".join(b"line %07d: %s\r\n" % (n, b"good day! " * 100) for n in range(5000))


@drive
def greetings(stage: Stage) -> None:
    """Five megabytes, then the end.

    Naive: close() right after writing drops what the kernel has not taken.
    """
    for number in (1, 2):
        guest = stage.connect(f"guest{number}")
        guest.expect(LINES + b"you are number %d\r\n" % number)
        assert guest.rest() == b""


@drive
def slow_reader(stage: Stage) -> None:
    """One who reads late gets all of it, and holds up nobody. Naive: the constructor waits, or a time-out."""
    slow = stage.connect("slow", reading=False, small_buffers=True)
    stage.settle()
    quick = stage.connect("quick")
    quick.expect(LINES + b"you are number 2\r\n")
    quick.rest()
    slow.resume()
    slow.expect(LINES + b"you are number 1\r\n")
    assert slow.rest() == b""


@drive
def talkative_guest(stage: Stage) -> None:
    """What a guest says is read and thrown away.

    Naive: it is never read, and unread data turns the close into a reset.
    """
    guest = stage.connect("guest", reading=False, small_buffers=True)
    guest.send("hello\r\n" * 20)
    guest.resume()
    guest.expect(LINES + b"you are number 1\r\n")
    assert guest.rest() == b""


@drive(tolerates=(FLUSH_ON_EOF,))
def half_closing_guest(stage: Stage) -> None:
    """A guest who half-closes before reading gets only what the kernel had taken."""
    guest = stage.connect("guest", reading=False, small_buffers=True)
    guest.wants_all_of(LINES + b"you are number 1\r\n")
    stage.settle()
    guest.half_close()
    stage.settle()
    guest.resume()
    guest.rest()


@drive
def gone_before_the_greeting(stage: Stage) -> None:
    """A guest who resets at once counts, and does no harm.

    Naive: an exception in the constructor ends the server.
    """
    stage.listening()
    with stage.frozen():
        ann = stage.connect("ann", reading=False)
        ann.reset()
    guest = stage.connect("guest")
    guest.until(b"you are number 2\r\n")
    guest.rest()
