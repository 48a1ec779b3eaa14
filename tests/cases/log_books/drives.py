"""A mixin that replaces asyncore's log in several families of channels, and serves other classes as well."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}",), plain=True)


@drive
def ships(stage: Stage) -> None:
    stage.output("info: open")
    ship = stage.connect("ship")
    stage.output("log: a ship from 127.0.0.1")
    ship.send("ahoy\n")
    ship.expect("aye, ahoy\n")
    stage.output("log: heard ahoy")
    ship.send("sail\n")
    ship.expect("aye, sail\n")
    assert ship.rest() == b""
    stage.output("warning: sails")
    other = stage.connect("other")
    other.close()
    stage.output("log: 1 gone")
