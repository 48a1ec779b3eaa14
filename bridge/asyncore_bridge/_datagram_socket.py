"""The face that an asyncio datagram transport shows to a legacy UDP class as ``self.socket``."""

from __future__ import annotations

import collections
import errno
import os
import socket
from typing import TYPE_CHECKING, Any, Callable

from ._transport_socket import TransportSocket

if TYPE_CHECKING:
    import asyncio

    from ._interest import Entry


KEPT = 256 << 10
"""Bytes of datagrams that wait here at most while readable() is false; what comes on top of them is dropped, as the
system drops what does not fit into a socket's buffer."""


class DatagramSocket(TransportSocket):
    """A UDP socket's face: whole datagrams, each with the address it came from."""

    kind = socket.SOCK_DGRAM

    def __init__(
        self, transport: asyncio.DatagramTransport, adopt: Callable[[TransportSocket, Any], Entry]
    ) -> None:
        super().__init__(transport, adopt)
        self._datagrams: collections.deque[tuple[bytes, Any]] = collections.deque()
        self._unread = 0
        self._peer: Any = None

    # -- for the protocol

    def feed_datagram(self, data: bytes, addr: Any) -> None:
        """Add a datagram that has arrived, if there is room for it."""
        if not self._datagrams or self._unread + len(data) <= KEPT:
            self._datagrams.append((data, addr))
            self._unread += len(data)

    def feed_error(self, exc: OSError) -> None:
        """Note an error of an earlier send, which the next recvfrom() raises."""
        self._error = exc

    def has_news(self) -> bool:
        """Whether recvfrom() would not block."""
        return bool(self._datagrams) or self._error is not None or self._lost

    def want_reading(self, wanted: bool) -> None:
        """Do nothing: a datagram transport cannot be paused."""

    # -- what legacy classes call

    def recvfrom(self, size: int, flags: int = 0) -> tuple[bytes, Any]:
        """Return the next datagram, cut to *size* bytes, and where it came from.

        Raises BlockingIOError if there is none, OSError if an earlier send failed.
        """
        del flags
        self._check_open()
        error, self._error = self._error, None
        if error is not None:
            raise error
        if not self._datagrams:
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        data, addr = self._datagrams.popleft()
        self._unread -= len(data)
        return data[:size], addr

    def recv(self, size: int, flags: int = 0) -> bytes:
        """Return the next datagram, cut to *size* bytes."""
        return self.recvfrom(size, flags)[0]

    def sendto(self, data: Any, *where: Any) -> int:
        """Send a datagram: ``sendto(data, address)`` or ``sendto(data, flags, address)``; return its size.

        asyncio's transports send empty datagrams from Python 3.13 on only.
        """
        self._check_open()
        if self._transport.is_closing():
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        if self.write_paused:
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        self._transport.sendto(bytes(data), where[-1] if where else self._peer)
        return len(data)

    def send(self, data: Any, flags: int = 0) -> int:
        """Send a datagram to the address of connect()."""
        del flags
        return self.sendto(data)

    def connect(self, address: Any) -> None:
        """Make *address* the one that send() sends to."""
        self._peer = address

    def connect_ex(self, address: Any) -> int:
        """Make *address* the one that send() sends to."""
        self._peer = address
        return 0

    def getpeername(self) -> Any:
        """Return the address of connect().  Raises OSError (ENOTCONN) if there is none."""
        peer = self._peer or self._transport.get_extra_info("peername")
        if peer is None:
            raise OSError(errno.ENOTCONN, os.strerror(errno.ENOTCONN))
        return peer
