"""Free ports for programs that insist on being told one.

A port is drawn from below every system's ephemeral range, so that no outgoing connection takes it meanwhile
(nor connects to itself), is never given twice by one process, and is tried without SO_REUSEADDR, so that a
port with a connection in TIME_WAIT is left in peace. What is left of the race, another process that draws
the same port in the same moment, is met by `oracle.running`, which starts the program again with other
ports.
"""

from __future__ import annotations

import random
import socket
import threading

RANGE = range(15000, 32000)

_lock = threading.Lock()
_given: set[int] = set()
_dice = random.SystemRandom()


def free_port() -> int:
    """Return a TCP and UDP port on which nobody listens just now."""
    while True:
        port = _dice.choice(RANGE)
        with _lock:
            if port in _given:
                continue
            _given.add(port)
            if len(_given) > len(RANGE) // 2:  # a very long session: the oldest have been let go by now
                _given.clear()
        if _is_free(port):
            return port


def _is_free(port: int) -> bool:
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                probe.bind(("", port))
            except OSError:
                return False
    return True
