"""Serving and connecting legacy classes in one statement, and ending in an orderly way.

    async with serve(Session, "127.0.0.1", 8000) as server: ...
    async with connect(Client, "127.0.0.1", 8000) as channel: ...

Leaving the block ends it: no more connections are accepted, channels have ``grace`` seconds to finish by
themselves, and what is left then is cut off.  asyncio's own ``Server`` does this differently in each Python from
3.9 to 3.13 (cpython#79033, #104344, #120866), so connections are counted here.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Callable, cast

from .protocols import ChannelProtocol, as_protocol

if TYPE_CHECKING:
    from collections.abc import Generator
    from types import TracebackType

    from . import asyncore

GRACE = 5.0
"""Seconds that channels have to finish by default."""


class _Connections:
    """The protocols of live connections, and the wish to see the last one go."""

    def __init__(self, make: Callable[..., Any]) -> None:
        self._factory = as_protocol(make)
        self._live: set[ChannelProtocol] = set()
        self._gone: asyncio.Future[None] | None = None

    def protocol(self) -> ChannelProtocol:
        protocol = cast("ChannelProtocol", self._factory())
        protocol.on_made = self._live.add
        protocol.on_lost = self._lost
        return protocol

    def channels(self) -> list[asyncore.dispatcher]:
        return [protocol.channel for protocol in self._live if protocol.channel is not None]

    def _lost(self, protocol: ChannelProtocol) -> None:
        self._live.discard(protocol)
        if not self._live and self._gone is not None and not self._gone.done():
            self._gone.set_result(None)

    async def wait_gone(self, seconds: float | None) -> bool:
        """Wait until there is no connection; return False if *seconds* were not enough."""
        if self._live:
            self._gone = asyncio.get_running_loop().create_future()
            await asyncio.wait([self._gone], timeout=seconds)
        return not self._live

    async def end(self, grace: float, goodbye: Callable[[asyncore.dispatcher], object] | None) -> None:
        """Let the channels finish, at most *grace* seconds; then cut them off."""
        if goodbye is not None:
            for channel in self.channels():
                goodbye(channel)
        if not await self.wait_gone(grace):
            for protocol in list(self._live):
                protocol.abort()
            await self.wait_gone(None)


class Server:
    """What :func:`serve` gives: an asynchronous context manager around ``loop.create_server()``."""

    def __init__(self, make: Callable[..., Any], where: dict[str, Any], grace: float) -> None:
        self._connections = _Connections(make)
        self._where = where
        self._grace = grace
        self._server: asyncio.AbstractServer | None = None
        self._address: Any = None

    def __repr__(self) -> str:
        state = "not started" if self._server is None else f"{self.address!r}, {len(self.channels)} channels"
        return f"<asyncore_bridge.Server {state}>"

    async def start(self) -> Server:
        """Start to listen.  Raises OSError, for example if the port is in use."""
        loop = asyncio.get_running_loop()
        where = dict(self._where)
        if "path" in where:
            self._server = await loop.create_unix_server(self._connections.protocol, **where)
        else:
            self._server = await loop.create_server(self._connections.protocol, **where)
        address = self.sockets[0].getsockname() if self.sockets else None
        self._address = address[:2] if isinstance(address, tuple) else address
        return self

    @property
    def sockets(self) -> tuple[Any, ...]:
        """The listening sockets."""
        return tuple(getattr(self._server, "sockets", None) or ())

    @property
    def address(self) -> Any:
        """The address of the first listening socket, ``(host, port)`` or a path; None before it listens."""
        return self._address

    @property
    def port(self) -> int:
        """The port of the first listening socket."""
        return cast("int", self.address[1])

    @property
    def channels(self) -> list[asyncore.dispatcher]:
        """The channels of all live connections."""
        return self._connections.channels()

    async def shutdown(
        self,
        grace: float | None = None,
        goodbye: Callable[[asyncore.dispatcher], object] | None = None,
    ) -> None:
        """Stop accepting, let channels finish, at most *grace* seconds, then cut off what is left.

        *goodbye* is called with each channel first; ``asynchat.async_chat.close_when_done`` is a good one.
        """
        if self._server is not None:
            self._server.close()
        await self._connections.end(self._grace if grace is None else grace, goodbye)
        # what the kernel had accepted, but the event loop not yet seen, is gone by the next turn
        await asyncio.sleep(0)

    async def wait_closed(self) -> None:
        """Wait until there is no connection."""
        await self._connections.wait_gone(None)

    def __await__(self) -> Generator[Any, None, Server]:
        return self.start().__await__()

    async def __aenter__(self) -> Server:
        return await self.start()

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.shutdown()


def serve(
    make: Callable[..., Any],
    host: str | None = None,
    port: int | None = None,
    *,
    ssl: Any = None,
    grace: float = GRACE,
    **options: Any,
) -> Server:
    """Serve connections with the channels that *make* makes; use the result in ``async with``, or await it.

    *make* is what :func:`as_protocol` takes.  *host* and *port* are where to listen (port 0: any free one), *ssl*
    is an :class:`ssl.SSLContext` for TLS; *options* are those of ``loop.create_server()``, or, with ``path=``, of
    ``loop.create_unix_server()``.  *grace* is how many seconds channels have to finish when the block is left.

    Raises TypeError if *make* cannot be called with (sock, addr), and OSError when it cannot listen there.
    """
    where = {**options, "ssl": ssl}
    if "path" not in options and "sock" not in options:
        where.update(host=host, port=port)
    return Server(make, where, grace)


class Connection:
    """What :func:`connect` gives: an asynchronous context manager around ``loop.create_connection()``."""

    def __init__(self, make: Callable[..., Any], where: dict[str, Any], grace: float) -> None:
        self._connections = _Connections(make)
        self._where = where
        self._grace = grace

    async def start(self) -> Any:
        """Connect; return the channel.  Raises OSError if that fails."""
        loop = asyncio.get_running_loop()
        if "path" in self._where:
            _, protocol = await loop.create_unix_connection(self._connections.protocol, **self._where)
        else:
            _, protocol = await loop.create_connection(self._connections.protocol, **self._where)
        if protocol.channel is None:
            raise ConnectionError("no channel was made for the connection")
        return protocol.channel

    def __await__(self) -> Generator[Any, None, Any]:
        return self.start().__await__()

    async def __aenter__(self) -> Any:
        return await self.start()

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._connections.end(0 if kind else self._grace, _close_politely)


def connect(
    make: Callable[..., Any],
    host: str | None = None,
    port: int | None = None,
    *,
    ssl: Any = None,
    grace: float = GRACE,
    **options: Any,
) -> Connection:
    """Connect, and give the connection to the channel that *make* makes; ``async with`` gives the channel.

    *make* is what :func:`as_protocol` takes; *options* are those of ``loop.create_connection()``, or, with
    ``path=``, of ``loop.create_unix_connection()``.  When the block is left, what the channel has queued is
    sent, for at most *grace* seconds, and the connection closed; after an exception it is cut off.

    Raises TypeError if *make* cannot be called with (sock, addr), and OSError if there is no connection.
    """
    where = {**options, "ssl": ssl}
    if "path" not in options and "sock" not in options:
        where.update(host=host, port=port)
    return Connection(make, where, grace)


def _close_politely(channel: Any) -> None:
    if channel._bridge_closed:
        return
    if hasattr(channel, "close_when_done"):
        channel.close_when_done()
    else:
        channel.close()
