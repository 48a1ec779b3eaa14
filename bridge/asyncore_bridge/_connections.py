"""The live connections that serve() and connect() count, and the orderly end of them.

asyncio's own ``Server`` does this differently in each Python from 3.9 to 3.13 (cpython#79033, #104344, #120866).
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Callable

from . import _making
from .protocols import ChannelProtocol

if TYPE_CHECKING:
    from . import asyncore

CUT_OFF = 1.0
"""Seconds in which a transport that was cut off has to say so; it takes a turn of the event loop or two."""

Goodbye = Callable[[Any], object]


class Connections:
    """The protocols of live connections, and the wish to see the last one go."""

    def __init__(self, make: Callable[..., Any], asked: str) -> None:
        self._make = _making.how_to_call(make, asked)
        self._live: dict[ChannelProtocol, None] = {}
        self._waiters: list[asyncio.Future[None]] = []
        self._ended = False

    def protocol(self) -> ChannelProtocol:
        """Return a protocol for the next connection."""
        protocol = ChannelProtocol(self._make)
        protocol.on_made = self._made
        protocol.on_lost = self._lost
        return protocol

    def channels(self) -> list[asyncore.dispatcher]:
        """Return the channels, in the order of their connections."""
        return [protocol.channel for protocol in self._live if protocol.channel is not None]

    def _made(self, protocol: ChannelProtocol) -> None:
        self._live[protocol] = None
        if self._ended:  # it was accepted before, and its TLS handshake took longer
            protocol.abort()

    def _lost(self, protocol: ChannelProtocol) -> None:
        self._live.pop(protocol, None)
        if not self._live:
            waiters, self._waiters = self._waiters, []
            for waiter in waiters:
                if not waiter.done():
                    waiter.set_result(None)

    async def wait_gone(self, seconds: float | None) -> bool:
        """Wait until there is no connection; return False if *seconds* were not enough."""
        if self._live:
            waiter = asyncio.get_running_loop().create_future()
            self._waiters.append(waiter)
            await asyncio.wait([waiter], timeout=seconds)
        return not self._live

    async def end(self, grace: float, goodbye: Goodbye | None) -> None:
        """Let the channels finish, at most *grace* seconds; then, or when cancelled, cut them off."""
        self._ended = True
        if goodbye is not None:
            for protocol in list(self._live):
                protocol.call(goodbye)
        try:
            await self.wait_gone(grace)
        finally:
            for protocol in list(self._live):
                protocol.abort()
        await self.wait_gone(CUT_OFF)
