"""Serving and connecting legacy classes in one statement, and ending in an orderly way.

    async with serve(Session, "127.0.0.1", 8000) as server: ...
    async with connect(Client, "127.0.0.1", 8000) as channel: ...

Leaving the block ends it: no more connections are accepted, channels have ``grace`` seconds to finish by
themselves, and what is left then is cut off.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import stat
import warnings
from typing import TYPE_CHECKING, Any, Callable, Generic, NoReturn, TypeVar, cast

from . import _making
from ._connections import Connections

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from ssl import SSLContext
    from types import TracebackType

    from . import asyncore
    from ._connections import Goodbye
    from .protocols import ChannelProtocol

C = TypeVar("C")

GRACE = 5.0
"""Seconds that channels have to finish by default."""


class NotStartedError(RuntimeError, AttributeError):
    """What serve() or connect() gave is used before it is awaited or entered; an AttributeError for hasattr()."""


class _Startable:
    """What serve() and connect() have in common: nothing happens before it is awaited or entered."""

    _asked = ""
    _started = True  # so that nothing is said of one that cannot be made

    def __init__(self, make: Callable[..., Any], where: dict[str, Any], grace: float) -> None:
        self._connections = Connections(make, f"{self._asked}, ...")
        self._where = where
        self._grace = grace
        self._started = False

    def _not_started(self) -> NoReturn:
        raise NotStartedError(f"this is not started yet: write 'async with {self._asked}(...) as ...', or await it")

    def __del__(self) -> None:
        if not self._started:
            message = f"{self._asked}(...) did nothing: use it in 'async with', or await it"
            warnings.warn(message, RuntimeWarning, stacklevel=2, source=self)


class Server(_Startable):
    """What :func:`serve` gives: an asynchronous context manager around ``loop.create_server()``."""

    _asked = "serve"
    _server: asyncio.AbstractServer | None = None
    _address: Any = None
    _closed: asyncio.Future[None] | None = None
    _files: Sequence[tuple[str, tuple[int, int] | None]] = ()
    """The Unix sockets' files, and what tells them from others that take their place."""

    def __repr__(self) -> str:
        if self._server is None:
            state = "not started"
        elif self._is_shut_down():
            state = "shut down"
        else:
            state = f"{self._address!r}, {len(self.channels)} channels"
        return f"<asyncore_bridge.Server {state}>"

    async def start(self) -> Server:
        """Start to listen, unless it does so already.

        Raises OSError, for example if the port is in use, and RuntimeError after shutdown().
        """
        if self._is_shut_down():
            raise RuntimeError("this server was shut down: call serve() again")
        if self._server is not None:
            return self
        self._started = True
        loop = asyncio.get_running_loop()
        if "path" in self._where:
            self._server = await loop.create_unix_server(self._connections.protocol, **self._where)
        else:
            self._server = await loop.create_server(self._connections.protocol, **self._where)
        self._closed = loop.create_future()
        self._files = [(name, _identity(name)) for name in map(_path_of, self.sockets) if name]
        address = self.sockets[0].getsockname()
        self._address = address[:2] if isinstance(address, tuple) else address
        return self

    def _is_shut_down(self) -> bool:
        return self._closed is not None and self._closed.done()

    @property
    def sockets(self) -> tuple[Any, ...]:
        """The listening sockets; none before it listens, and after shutdown()."""
        return tuple(getattr(self._server, "sockets", None) or ())

    @property
    def address(self) -> Any:
        """The address of the first listening socket: ``(host, port)``, or a path.

        Raises RuntimeError before it listens; see ``sockets`` where it listens at several.
        """
        if self._address is None:
            self._not_started()
        return self._address

    @property
    def port(self) -> int | None:
        """The port of the first listening socket; None for a Unix socket.

        Raises RuntimeError before it listens.
        """
        address = self.address
        return cast("int", address[1]) if isinstance(address, tuple) else None

    @property
    def channels(self) -> list[asyncore.dispatcher]:
        """The channels of all live connections, in the order in which these were made."""
        return self._connections.channels()

    async def serve_forever(self) -> None:
        """Serve until shutdown() is called, or this is cancelled, which shuts it down."""
        await self.start()
        assert self._closed is not None
        try:
            await asyncio.shield(self._closed)
        except asyncio.CancelledError:
            await self.shutdown()
            raise

    async def shutdown(self, grace: float | None = None, goodbye: Goodbye | None = None) -> None:
        """Stop accepting, let channels finish, at most *grace* seconds, then cut off what is left.

        *goodbye* is called with each channel first; ``asynchat.async_chat.close_when_done`` is a good one.  What it
        raises goes to the channel's handle_error().  When this is cancelled, what is left is cut off at once.
        Raises TypeError if *goodbye* is a coroutine function.
        """
        if goodbye is not None:
            _making.refuse_coroutine_function(goodbye, "goodbye", "it is called with each channel; spawn() in it")
        self._started = True
        if self._server is not None and self._closed is not None:
            self._server.close()
            for name, identity in self._files:
                _remove(name, identity)
            if not self._closed.done():
                self._closed.set_result(None)
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
    host: str | Sequence[str] | None = None,
    port: int | None = None,
    *,
    ssl: SSLContext | None = None,
    grace: float = GRACE,
    **options: Any,
) -> Server:
    """Serve connections with the channels that *make* makes; use the result in ``async with``, or await it.

    *make* is what :func:`as_protocol` takes.  *host* and *port* are where to listen (port 0: any free one), *ssl*
    is an :class:`ssl.SSLContext` for TLS; *options* are those of ``loop.create_server()``, or, with ``path=``, of
    ``loop.create_unix_server()``.  *grace* is how many seconds channels have to finish when the block is left.

    Raises TypeError if *make* cannot be called with (sock, addr), ValueError for a path and a host, and OSError
    when it cannot listen there.
    """
    return Server(make, _where(host, port, {**options, "ssl": ssl}), grace)


class Connection(_Startable, Generic[C]):
    """What :func:`connect` gives: an asynchronous context manager around ``loop.create_connection()``."""

    _asked = "connect"

    async def start(self) -> C:
        """Connect; return the channel.  Raises OSError if that fails, and what *make* raises."""
        self._started = True
        loop = asyncio.get_running_loop()
        failures: list[BaseException] = []

        def protocol() -> ChannelProtocol:
            protocol = self._connections.protocol()
            protocol.on_failed = lambda _, exc: failures.append(exc)
            return protocol

        if "path" in self._where:
            _, made = await loop.create_unix_connection(protocol, **self._where)
        else:
            _, made = await loop.create_connection(protocol, **self._where)
        if failures:
            raise failures.pop()
        if made.channel is None:
            raise ConnectionError(f"no channel was made for the connection{made.foreign}")
        return cast("C", made.channel)

    def __await__(self) -> Generator[Any, None, C]:
        return self.start().__await__()

    async def __aenter__(self) -> C:
        return await self.start()

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._connections.end(0 if kind else self._grace, _close_politely)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        self._not_started()


def connect(
    make: Callable[..., C],
    host: str | None = None,
    port: int | None = None,
    *,
    ssl: SSLContext | bool | None = None,
    grace: float = GRACE,
    **options: Any,
) -> Connection[C]:
    """Connect, and give the connection to the channel that *make* makes; ``async with`` gives the channel.

    *make* is what :func:`as_protocol` takes.  *host* and *port* are where to connect to, *ssl* is an
    :class:`ssl.SSLContext`, or True for the default one; *options* are those of ``loop.create_connection()``, or,
    with ``path=``, of ``loop.create_unix_connection()``.  When the block is left, what the channel has queued is
    sent, for at most *grace* seconds, and the connection closed; after an exception it is cut off.

    Raises TypeError if *make* cannot be called with (sock, addr), OSError if there is no connection, and what
    *make* raises.
    """
    return Connection(make, _where(host, port, {**options, "ssl": ssl}), grace)


def _where(host: Any, port: int | None, options: dict[str, Any]) -> dict[str, Any]:
    if "path" in options and (host is not None or port is not None):
        raise ValueError("a path= is for a Unix socket, which has no host and no port: give one or the other")
    if "path" not in options and "sock" not in options:
        options.update(host=host, port=port)
    return options


def _close_politely(channel: Any) -> None:
    if channel._bridge_closed:
        return
    if hasattr(channel, "close_when_done"):
        channel.close_when_done()
    else:
        channel.close()


# -- Unix sockets: only since Python 3.13 does asyncio remove the file when it stops to listen


def _path_of(sock: Any) -> str | None:
    """Return the file of a listening Unix socket, if it has one."""
    name = sock.getsockname()
    return name if isinstance(name, str) and name else None


def _identity(path: str) -> tuple[int, int] | None:
    """Return what tells this file from another that takes its place."""
    try:
        found = os.stat(path)  # noqa: PTH116  (it may be relative to a directory that is gone)
    except OSError:
        return None
    return (found.st_dev, found.st_ino) if stat.S_ISSOCK(found.st_mode) else None


def _remove(path: str, identity: tuple[int, int] | None) -> None:
    if identity is not None and _identity(path) == identity:
        with contextlib.suppress(OSError):
            os.unlink(path)  # noqa: PTH108
