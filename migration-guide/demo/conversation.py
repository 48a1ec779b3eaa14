"""The conversation that the demo holds twice: three people in a chat room."""

from __future__ import annotations

import socket
from typing import Callable, Optional

CLIENTS = ("ann", "bob", "eve")
Recording = dict[str, bytes]
Listener = Optional[Callable[[str, str, str], None]]

SCRIPT = [
    ("ann", None),
    ("ann", "ann"),
    ("bob", None),
    ("bob", "ann"),
    ("bob", "bob"),
    ("ann", "hello, bob"),
    ("bob", "hi! is asyncore not gone?"),
    ("eve", None),
    ("eve", "eve"),
    ("ann", "it is, and we are still here"),
    ("eve", "/who"),
    ("bob", "/quit"),
    ("ann", "grüße an alle"),
    ("eve", "/quit"),
    ("ann", "/quit"),
]
"""Who says what, in order; None means that somebody comes in."""

ANSWERS = {
    0: {"ann": 1},
    1: {"ann": 1},
    2: {"bob": 1},
    3: {"bob": 1},
    4: {"ann": 1, "bob": 1},
    5: {"ann": 1, "bob": 1},
    6: {"ann": 1, "bob": 1},
    7: {"eve": 1},
    8: {"ann": 1, "bob": 1, "eve": 1},
    9: {"ann": 1, "bob": 1, "eve": 1},
    10: {"eve": 1},
    11: {"bob": 1, "ann": 1, "eve": 1},
    12: {"ann": 1, "eve": 1},
    13: {"eve": 1, "ann": 1},
    14: {"ann": 1},
}
"""How many lines each of them hears after each step: the script waits for these."""


def converse(port: int, listen: Listener = None) -> Recording:
    """Hold the conversation with the server on *port*; return all that each client received, in bytes."""
    sockets: dict[str, socket.socket] = {}
    heard: dict[str, bytearray] = {name: bytearray() for name in CLIENTS}
    try:
        for step, (name, line) in enumerate(SCRIPT):
            if line is None:
                sockets[name] = socket.create_connection(("127.0.0.1", port), timeout=20)
            else:
                if listen:
                    listen(name, "▸", line)
                sockets[name].sendall(line.encode() + b"\r\n")
            for other, count in ANSWERS[step].items():
                for _ in range(count):
                    answer = _line(sockets[other], heard[other])
                    if listen:
                        listen(other, "◂", answer)
        for name, sock in sockets.items():
            while rest := sock.recv(4096):
                heard[name] += rest
    finally:
        for sock in sockets.values():
            sock.close()
    return {name: bytes(data) for name, data in heard.items()}


def _line(sock: socket.socket, heard: bytearray) -> str:
    start = len(heard)
    while not heard.endswith(b"\n") or len(heard) == start:
        data = sock.recv(1)
        if not data:
            raise ConnectionError("the server hung up in the middle of the conversation")
        heard += data
    return heard[start:].decode().rstrip()
