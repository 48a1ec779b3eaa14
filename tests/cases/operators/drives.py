"""Clients to a host that the peer names: put through, refused, hung up on, closed before connected, not known."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}", "{peer}"), plain=True)


@drive
def put_through(stage: Stage) -> None:
    port = stage.servers["peer"].port
    caller = stage.connect("caller")
    caller.send(f"localhost {port}\nhello\nare you there\n")  # before there is a connection
    trunk = stage.servers["peer"].accept("trunk")
    trunk.expect("hello\nare you there\n")
    trunk.send("yes\nno\n")
    caller.expect("calling\n> yes\n> no\n")
    trunk.close()
    caller.expect("hung up\n")
    caller.send(f"127.0.0.1 {port}\n")
    again = stage.servers["peer"].accept("again")
    caller.expect("calling\n")
    caller.close()
    stage.output("gone, in a call: True")
    assert again.rest() == b""


@drive
def refused(stage: Stage) -> None:
    port = stage.servers["peer"].port
    stage.servers["peer"].close()
    caller = stage.connect("caller")
    caller.send(f"127.0.0.1 {port}\n")
    caller.expect("calling\nhung up\n")


@drive
def not_known(stage: Stage) -> None:
    other = stage.connect("other")
    other.send(f"127.0.0.1 {stage.servers['peer'].port}\n")
    trunk = stage.servers["peer"].accept("trunk")
    other.expect("calling\n")
    caller = stage.connect("caller")
    caller.send("no.such.host.invalid 80\n")
    assert caller.rest() == b""
    stage.output("gone, in a call: False")
    trunk.send("still here\n")
    other.expect("> still here\n")
