"""Free ports for programs that insist on being told one.

A port is drawn from below every system's ephemeral range, so that no outgoing connection takes it meanwhile (nor
connects to itself), and is tried without SO_REUSEADDR, so that one with a connection in TIME_WAIT is left in peace.

Between the draw and the program's own bind() anybody may take it. Other sessions of this helper do not: a reserved
port has a name among Linux's abstract Unix sockets, which is free again when its process is gone, however it went.
From everybody else what is left is met by `oracle.running`, which starts the program again with other ports.
"""

from __future__ import annotations

import random
import socket
import sys
import threading

RANGE = range(10000, 15000)

_dice = random.SystemRandom()
_lock = threading.Lock()
_here: set[int] = set()


class ReservedPort:
    """A TCP and UDP port on which nobody listens, kept from other runs until it is released."""

    def __init__(self) -> None:
        self._claim: socket.socket | None = None
        self.number = self._draw()

    def _draw(self) -> int:
        while True:
            number = _dice.choice(RANGE)
            with _lock:
                if number in _here:
                    continue
                _here.add(number)
            if self._claimed(number) and _is_free(number):
                return number
            self._let_go(number)

    def _claimed(self, number: int) -> bool:
        """Claim the number among all sessions on this machine, where it is a Linux."""
        if not sys.platform.startswith("linux"):
            return True
        self._claim = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            self._claim.bind(f"\0asyncore-oracle-port-{number}")
        except OSError:
            return False
        return True

    def _let_go(self, number: int) -> None:
        if self._claim is not None:
            self._claim.close()
            self._claim = None
        with _lock:
            _here.discard(number)

    def release(self) -> None:
        """Let others have it."""
        self._let_go(self.number)


def _is_free(port: int) -> bool:
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                probe.bind(("", port))
            except OSError:
                return False
    return True
