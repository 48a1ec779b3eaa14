"""Proxies in pairs of async_chats: either end may leave first, also before the other is connected."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}", "{peer}"), plain=True)


@drive
def server_leaves(stage: Stage) -> None:
    caller = stage.connect("caller")
    server = stage.server.accept("server")
    server.send("+OK ready\r\n")
    caller.expect("+OK ready\r\n")
    caller.send("USER joe\r\nPASS secret\r\n")
    server.expect("USER joe\r\nPASS ****\r\n")
    server.send("+OK\r\n" * 1000 + "+OK bye\r\n+O")
    caller.expect("+OK\r\n" * 1000 + "+OK bye\r\n")
    server.close()
    assert caller.rest() == b""


@drive
def caller_leaves(stage: Stage) -> None:
    """Two calls at once. Naive: the ends of different calls are mixed up, or one leaves with the other."""
    ann, bob = stage.connect("ann"), None
    ann_server = stage.server.accept("ann's server")
    bob = stage.connect("bob")
    bob_server = stage.server.accept("bob's server")
    ann.send("LIST\r\nQUIT\r\n")
    ann_server.expect("LIST\r\nQUIT\r\n")
    ann.close()
    assert ann_server.rest() == b""
    bob_server.send("+OK still here\r\n")
    bob.expect("+OK still here\r\n")


@drive
def caller_leaves_at_once(stage: Stage) -> None:
    """What was said before there was a connection is still passed on."""
    stage.listening()
    with stage.frozen():
        caller = stage.connect("caller")
        caller.send("NOOP\r\nQUIT\r\n", whole=True)
        caller.close()
    server = stage.server.accept("server")
    assert server.rest() == b"NOOP\r\nQUIT\r\n"


@drive
def nobody_answers(stage: Stage) -> None:
    stage.server.close()
    caller = stage.connect("caller")
    assert caller.rest() == b""
