"""Two asyncio transports joined in memory: what one side writes, the other side's protocol receives.

No sockets, no time: data crosses in the next turn of the event loop.  Flow control, half-close, abort and
connection_lost() are those of asyncio's socket transports.
"""

from __future__ import annotations

import asyncio
from typing import Any


class MemoryTransport(asyncio.Transport):
    """One end; ``peer`` is the other."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, protocol: asyncio.Protocol, address: Any, peername: Any
    ) -> None:
        super().__init__({"sockname": address, "peername": peername})
        self._loop = loop
        self._protocol = protocol
        self._peer: MemoryTransport | None = None
        self._outgoing = bytearray()
        self._reading = True
        self._writing_paused = False
        self._closing = False
        self._lost = False
        self._eof_sent = False
        self._scheduled = False
        self._high, self._low = 64 * 1024, 16 * 1024

    def __repr__(self) -> str:
        return f"<MemoryTransport{' closing' if self._closing else ''} {self.get_extra_info('peername')!r}>"

    # -- asyncio.Transport

    def get_protocol(self) -> asyncio.BaseProtocol:
        return self._protocol

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        assert isinstance(protocol, asyncio.Protocol)
        self._protocol = protocol

    def is_reading(self) -> bool:
        return self._reading and not self._closing

    def pause_reading(self) -> None:
        self._reading = False

    def resume_reading(self) -> None:
        self._reading = True
        if self._peer is not None:
            self._peer._schedule()

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        self._high = 64 * 1024 if high is None else high
        self._low = self._high // 4 if low is None else low

    def get_write_buffer_size(self) -> int:
        return len(self._outgoing)

    def write(self, data: Any) -> None:
        if self._lost or self._eof_sent or not data:
            return
        self._outgoing += data
        if len(self._outgoing) > self._high and not self._writing_paused:
            self._writing_paused = True
            self._protocol.pause_writing()
        self._schedule()

    def can_write_eof(self) -> bool:
        return True

    def write_eof(self) -> None:
        self._eof_sent = True
        self._schedule()

    def is_closing(self) -> bool:
        return self._closing

    def close(self) -> None:
        if not self._closing:
            self._closing = True
            self._schedule()

    def abort(self) -> None:
        self._outgoing.clear()
        self._eof_sent = True
        self.close()

    # -- moving data

    def _schedule(self) -> None:
        if not self._scheduled:
            self._scheduled = True
            self._loop.call_soon(self._move)

    def _move(self) -> None:
        self._scheduled = False
        peer = self._peer
        if self._lost or peer is None:
            return
        if self._outgoing:
            if peer._lost:
                self._outgoing.clear()
            elif not peer._reading:
                return
            else:
                data = bytes(self._outgoing)
                self._outgoing.clear()
                peer._protocol.data_received(data)
        if self._writing_paused and len(self._outgoing) <= self._low:
            self._writing_paused = False
            self._protocol.resume_writing()
        if self._outgoing:
            self._schedule()
            return
        if (self._eof_sent or self._closing) and peer._reading:
            peer._end_of_stream()
        if self._closing:
            self._lose()

    def _end_of_stream(self) -> None:
        if self._lost or self._closing or getattr(self, "_eof_received", False):
            return
        self._eof_received = True
        if not self._protocol.eof_received():
            self.close()

    def _lose(self) -> None:
        if not self._lost:
            self._lost = True
            self._protocol.connection_lost(None)


def memory_pair(
    loop: asyncio.AbstractEventLoop, near: asyncio.Protocol, far: asyncio.Protocol
) -> tuple[MemoryTransport, MemoryTransport]:
    """Connect two protocols on *loop*, and return their transports; connection_made() is called on both."""
    here, there = ("memory", 1), ("memory", 2)
    one, other = MemoryTransport(loop, near, here, there), MemoryTransport(loop, far, there, here)
    one._peer, other._peer = other, one
    near.connection_made(one)
    far.connection_made(other)
    return one, other
