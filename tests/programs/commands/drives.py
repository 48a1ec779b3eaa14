"""Commands dispatched with getattr(self, "do_" + word), and a handle_error() that tells the user and goes on."""

from __future__ import annotations

from oracle import WHOLE, Program, Stage, drive

PROGRAM = Program(("{port}",))


@drive
def session(stage: Stage) -> None:
    """Commands, variables shared by all, a mode.

    Naive: the state of the class becomes the state of a connection.
    """
    ann, bob = stage.connect("ann"), stage.connect("bob")
    for user in (ann, bob):
        user.expect("ready\r\n")
    ann.send("add 1 2 3\r\nlet x 40\r\nADD x 2\r\n\r\nnonsense\r\n__init__\r\n")
    ann.expect("6\r\nok\r\n42\r\n? nonsense\r\n? __init__\r\n")
    bob.send("div x 7\r\nnote\r\nadd 1 1\r\n\r\n .\r\n.\r\ncount\r\nbye\r\n")
    bob.expect("5\r\nend with a dot\r\nnoted 3 lines, 9 characters\r\n8\r\nbye\r\n")
    assert bob.rest() == b""
    ann.send("help\r\n")
    ann.expect("abort - leave at once\r\nadd - add numbers or variables\r\nbye - leave\r\n")
    ann.until("stop - stop the calculator\r\n")


@drive
def errors(stage: Stage) -> None:
    """Each command alone: an error is told, and the next command works.

    Naive: the connection ends, or the program.
    """
    ann = stage.connect("ann")
    ann.expect("ready\r\n")
    ann.send("div 1 0\r\n")
    ann.until("error: integer division or modulo by zero\r\n")
    ann.send("add one\r\n")
    ann.until("error: invalid literal for int() with base 10: 'one'\r\n")
    ann.send("add 2 2\r\n")
    ann.expect("4\r\n")
    stage.output("ZeroDivisionError in do_div")


@drive(chunkings=(WHOLE,))
def error_in_the_middle_of_a_packet(stage: Stage) -> None:
    """What follows an error in the same read waits until more comes: it is neither lost nor done at once.

    Naive: the loop over complete lines goes on behind the exception, or the rest of the read is thrown away.
    """
    ann = stage.connect("ann")
    ann.expect("ready\r\n")
    ann.send("add 1 1\r\ndiv 1 0\r\nadd 2 2\r\nadd 3")
    stage.note("before more comes:", ann.quiet())
    ann.send(" 3\r\n")
    ann.expect("4\r\n6\r\n")


@drive(chunkings=(WHOLE,))
def commands_after_goodbye(stage: Stage) -> None:
    """Parsing goes on after close_when_done(): the variable is set, though no answer comes.

    Naive: ``while not writer.is_closing()`` forgets what was read already.
    """
    ann, bob = stage.connect("ann"), stage.connect("bob")
    for user in (ann, bob):
        user.expect("ready\r\n")
    ann.send("let x 1\r\nbye\r\nlet x 2\r\nlet y 3\r\n")
    ann.expect("ok\r\nbye\r\n")
    assert ann.rest() == b""
    bob.send("add x y\r\n")
    bob.expect("5\r\n")


@drive(chunkings=(WHOLE,))
def commands_after_closing(stage: Stage) -> None:
    """The same after close(): what was pushed before is out (a push sends at once), what is pushed after is not."""
    ann, bob = stage.connect("ann"), stage.connect("bob")
    for user in (ann, bob):
        user.expect("ready\r\n")
    ann.send("let x 1\r\nabort\r\nlet x 2\r\n")
    ann.expect("ok\r\naborted\r\n")
    assert ann.rest() == b""
    bob.send("add x 0\r\n")
    bob.expect("2\r\n")


@drive
def stop(stage: Stage) -> None:
    """ExitNow passes through everything and ends the loop. Naive: it is reported like any other error."""
    ann, bob = stage.connect("ann"), stage.connect("bob")
    for user in (ann, bob):
        user.expect("ready\r\n")
    ann.send("stop\r\n")
    assert stage.exits() == 7
    assert ann.rest() == bob.rest() == b""
