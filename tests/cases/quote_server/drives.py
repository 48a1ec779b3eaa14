"""A constant terminator, handlers that leave no trace: the loop may stop as soon as the session closes."""

from __future__ import annotations

from oracle import BACKPRESSURE, Program, Stage, drive

PROGRAM = Program(("{port}",), plain=True)


@drive
def conversation(stage: Stage) -> None:
    ann, bob = stage.connect("ann"), stage.connect("bob")
    ann.expect("which one?\r\n")
    ann.send("0\r\n7\r\n\r\n2\r\n")
    ann.expect("Festina lente.\r\nno such quotation\r\nno such quotation\r\nEppur si muove.\r\n")
    bob.send("x" * 100_000 + "\r\n1\r\nunfinished")
    bob.expect("which one?\r\nno such quotation\r\nPanta rhei.\r\n")
    bob.close()
    ann.send("end\r\n1\r\n")
    ann.expect("farewell\r\n")
    assert ann.rest() == b""


@drive
def gone_in_the_middle(stage: Stage) -> None:
    ann, bob = stage.connect("ann"), stage.connect("bob")
    ann.send("0\r\n1")
    stage.settle()
    ann.reset()
    bob.send("1\r\n")
    bob.expect("which one?\r\nPanta rhei.\r\n")


@drive(tolerates=(BACKPRESSURE,))
def all_before_reading(stage: Stage) -> None:
    ann = stage.connect("ann", small_buffers=True)
    ann.send_before_reading(b"3\r\n" * 4_000)
    ann.expect("which one?\r\n" + ("Quousque tandem? " * 100 + "\r\n") * 4_000)
