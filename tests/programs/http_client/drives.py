"""A client: several dispatchers with a write buffer connect to a fake server; it ends when all are done."""

from __future__ import annotations

from dataclasses import replace

from oracle import Program, Stage, Stream, Transcript, drive

PROGRAM = Program(("127.0.0.1", "{peer}", "/one", "/two", "/three"))


def by_path(transcript: Transcript) -> Transcript:
    """In which order the three connect, and say so, is free; so connections go by what they ask for."""
    connections = {c.received.split(b" ")[1].decode(): c for c in transcript.connections.values() if c.received}
    connected = sorted(line for line in transcript.stdout if line.startswith("connected for"))
    others = [line for line in transcript.stdout if line not in connected]
    return replace(transcript, connections=connections, stdout=(*connected, *others))


def accept_all(stage: Stage) -> dict[bytes, Stream]:
    """Accept the three connections and read their requests; return them by path."""
    peers = {}
    for number in range(3):
        peer = stage.server.accept(f"peer{number}")
        peers[peer.until("\r\n\r\n").split(b" ")[1]] = peer
    return peers


@drive(normalise=by_path)
def three_pages(stage: Stage) -> None:
    """Answers come in another order than the requests, in pieces.

    Naive: one page after the other; one read is one page.
    """
    peers = accept_all(stage)
    peers[b"/three"].send(b"HTTP/1.0 200 OK\r\n\r\n" + b"third" * 3000)
    peers[b"/one"].send(b"HTTP/1.0 200 OK\r\nX: y\r\n\r\none")
    peers[b"/three"].close()
    peers[b"/two"].send(b"HTTP/1.0 404 Gone\r\n\r\n\r\n\r\n")
    peers[b"/two"].half_close()
    peers[b"/two"].rest()
    peers[b"/one"].close()
    assert stage.exits() == 1


@drive(normalise=by_path)
def bad_servers(stage: Stage) -> None:
    """One hangs up, one resets, one answers with half a head. Naive: an uncaught IndexError, or a hang."""
    peers = accept_all(stage)
    peers[b"/one"].close()
    stage.settle()
    peers[b"/two"].send(b"HTTP/1.0 200 OK\r\n\r\nsome")
    stage.settle()
    peers[b"/two"].reset()
    peers[b"/three"].send(b"HTTP/1.0 200 OK\r\nX: y\r\n")
    peers[b"/three"].close()
    assert stage.exits() == 2


@drive(normalise=by_path)
def big_page(stage: Stage) -> None:
    """Three megabytes. Naive: a limit, or a buffer that grows by copying."""
    peers = accept_all(stage)
    for path, peer in peers.items():
        peer.send(b"HTTP/1.0 200 OK\r\n\r\n" + path * 200_000)
        peer.close()
    assert stage.exits() == 0
