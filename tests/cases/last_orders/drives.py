"""What is done with the connections after Ctrl-C is done in the coroutine, while there is an event loop."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}",), plain=True)


@drive
def closing_time(stage: Stage) -> None:
    """Every guest is told, then cut off; no hook runs. Naive: the loop is closed by then, and nobody hears it."""
    ann, bob = stage.connect("ann"), stage.connect("bob")
    stage.settle()  # both are in
    ann.send("ale\r\n")
    ann.expect("one ale\r\n")
    bob.send("stout\r\ncrisps\r\n")
    bob.expect("one stout\r\none crisps\r\n")
    stage.interrupt()
    ann.expect("time, guest 1!\r\n")
    bob.expect("time, guest 2!\r\n")
    assert ann.rest() == bob.rest() == b""
    stage.output("last orders")
    stage.output("the bar is empty")
    stage.output("closing time 3")
    assert stage.exits() == 3


@drive
def nobody_is_there(stage: Stage) -> None:
    """Whoever has left is not told. Naive: the list still holds a guest that has gone."""
    ann = stage.connect("ann")
    ann.send("water\r\n")
    ann.expect("one water\r\n")
    ann.close()
    stage.output("a guest leaves")
    stage.interrupt()
    stage.output("the bar is empty")
    assert stage.exits() == 3
