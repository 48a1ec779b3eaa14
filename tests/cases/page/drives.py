"""A client that does something with the empty data at the end, after its handle_close()."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{peer}",), plain=True)


@drive
def answered(stage: Stage) -> None:
    peer = stage.servers["peer"].accept("peer")
    peer.expect("GET / HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
    peer.send("HTTP/1.0 200 OK\r\n\r\n" + "x" * 10_000)
    peer.close()
    assert stage.exits() == 0


@drive
def reset(stage: Stage) -> None:
    peer = stage.servers["peer"].accept("peer")
    peer.expect("GET / HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
    peer.reset()
    assert stage.exits() == 0
