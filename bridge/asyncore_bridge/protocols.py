"""Legacy classes as asyncio protocols: for ``loop.create_server()``, ``create_connection()`` and the like.

Each connection gets a ``ChannelProtocol``.  When the transport is there, ``make(sock, addr)`` is called with the
transport's face (``_transport_socket``), exactly as handle_accepted() would be called with a socket; the
dispatcher that takes the face with set_socket(), or with create_socket() while it is being made, has the
connection from then on.  Events go through the loop's ``TransportDriver``.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
import re
from typing import Any, Callable

from . import _adoption, _transportdriver, asyncore
from ._errors import RERAISED
from ._poller import IN, OUT
from ._transport_socket import TransportSocket

logger = logging.getLogger("asyncore_bridge")

Make = Callable[..., Any]


def as_protocol(make: Make) -> Callable[[], asyncio.Protocol]:
    """Return a protocol factory that serves each connection with a channel made by *make*.

    *make* is called as ``make(sock, addr)``, like a listener's handle_accepted(), which may itself be given:
    ``as_protocol(listener.handle_accepted)``.  Where a listener's class overrides handle_accept() instead, as
    programs from before Python 3.2 do, that is called, and its accept() returns the connection; what it raises
    goes to the listener's handle_error(), as ever.  *make* may also be a dispatcher class whose required
    arguments are ``(sock)`` or ``(sock, addr)``, or any function that takes these.  Raises TypeError for
    anything else.

    *sock* has the methods of a connected, non-blocking socket; *addr* is the peer's address, as
    ``socket.accept()`` returns it.  A class that connects in its constructor is given the transport's
    connection instead of opening a second one.
    """
    call = _how_to_call(make)
    return lambda: ChannelProtocol(call)


class ChannelProtocol(asyncio.Protocol):
    """The protocol of one connection; ``channel`` is the dispatcher that has it, once there is one."""

    def __init__(self, make: Make) -> None:
        self._make = make
        self._face: TransportSocket | None = None
        self._driver: _transportdriver.TransportDriver | None = None
        self.channel: Any = None
        self.on_made: Callable[[ChannelProtocol], object] = _nobody
        self.on_lost: Callable[[ChannelProtocol], object] = _nobody

    def connection_made(self, transport: Any) -> None:
        """Make the channel."""
        self._driver = driver = _transportdriver.of(asyncio.get_running_loop())
        self._face = TransportSocket(transport, self._adopt)
        # As low as it goes, so that send() blocks while anything is unsent.  It is not 0, because a TLS
        # transport compares with >=, and would be paused for ever.
        try:
            transport.set_write_buffer_limits(high=1, low=0)
        except (AttributeError, NotImplementedError):
            pass  # the read end of a pipe
        self.on_made(self)
        driver.run(self._make_channel)

    def _adopt(self, face: TransportSocket, channel: Any) -> Any:
        assert self._driver is not None
        self.channel = channel
        return self._driver.adopt(face, channel)

    def _make_channel(self) -> None:
        face = self._face
        assert face is not None
        transport = face._transport
        token = _adoption.current.set(face)
        try:
            self._make(face, transport.get_extra_info("peername"))
        except BaseException:
            transport.abort()
            raise
        finally:
            _adoption.current.reset(token)
        if self.channel is None and not face.is_closed():
            logger.warning("%r made no channel for a connection, which is closed", self._make)
            face.close()
        elif self.channel is not None and self.channel.connecting:
            self._tell(OUT)

    def data_received(self, data: bytes) -> None:
        """Hand the data on."""
        assert self._face is not None
        self._face.feed(data)
        self._tell(IN)

    def eof_received(self) -> bool | None:
        """Let the channel notice; it decides when to close, and may still send until then."""
        assert self._face is not None
        self._face.feed_eof()
        self._tell(IN)
        return self._face._transport.get_extra_info("sslcontext") is None

    def connection_lost(self, exc: BaseException | None) -> None:
        """Let the channel notice, by its next recv() or send()."""
        assert self._face is not None
        self._face.lose(exc)
        self._face.write_paused = False
        self._tell(IN | OUT)
        self.on_lost(self)

    def abort(self) -> None:
        """Cut the connection off; the channel is closed."""
        assert self._face is not None
        self._face._transport.abort()
        if self.channel is not None:
            assert self._driver is not None
            self._driver.run(self.channel.close)

    def pause_writing(self) -> None:
        """Have send() say that it would block."""
        if self._face is not None:
            self._face.write_paused = True

    def resume_writing(self) -> None:
        """Have send() take data again."""
        if self._face is not None:
            self._face.write_paused = False
            self._tell(OUT)

    def _tell(self, ready: int) -> None:
        assert self._face is not None
        assert self._driver is not None
        if self._face.entry is not None:
            self._driver.tell(self._face.entry, ready)


def _nobody(_protocol: ChannelProtocol) -> None:
    pass


# -- what as_protocol() accepts

_SOCK = re.compile(r"sock|conn|client|channel|request|^(c|s|fd)$", re.IGNORECASE)
_ADDR = re.compile(r"addr|peer|remote|host|^a$", re.IGNORECASE)


def _how_to_call(make: Make) -> Make:
    """Return a function of (sock, addr) that calls *make* with what it takes."""
    if not callable(make):
        raise TypeError(
            f"as_protocol() needs something to call for each connection, not {make!r}; for a listener, "
            "give its method: as_protocol(listener.handle_accepted)"
        )
    listener = getattr(make, "__self__", None)
    if isinstance(listener, asyncore.dispatcher) and make.__name__ in ("handle_accepted", "handle_accept"):
        return lambda sock, addr: _accept(listener, sock, addr)
    try:
        signature = inspect.signature(make)
    except (TypeError, ValueError):
        return make
    if inspect.isclass(make):
        return _how_to_construct(make, signature)
    for args in (2, 1):
        try:
            signature.bind(*[None] * args)
        except TypeError:
            continue
        return make if args == 2 else lambda sock, _addr: make(sock)
    raise TypeError(
        f"as_protocol() calls {make!r} with (sock, addr), but its signature is {signature}; "
        "adapt it, for example as_protocol(lambda sock, addr: Handler(sock))"
    )


def _accept(listener: asyncore.dispatcher, sock: Any, addr: Any) -> None:
    """Have *listener* accept a connection that a transport has."""
    token = _adoption.accepted.set((listener, sock, addr))
    try:
        listener.handle_accept()
    except RERAISED:
        raise
    except BaseException:
        listener.handle_error()
    finally:
        _adoption.accepted.reset(token)
        if sock.is_free():
            sock.close()  # refused: nobody refers to it any more


def _how_to_construct(cls: type, signature: inspect.Signature) -> Make:
    if cls.__init__ in _STOCK_INITS:  # type: ignore[misc]
        return lambda sock, _addr: cls(sock)
    parameters = list(signature.parameters.values())
    required = [
        parameter.name
        for parameter in parameters
        if parameter.default is parameter.empty
        and parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
    ]
    positional = [
        parameter.name
        for parameter in parameters
        if parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD)
    ]
    if required and required == positional[: len(required)] and _SOCK.search(required[0]):
        if len(required) <= 2 and len(positional) > 1 and _ADDR.search(positional[1]):
            return cls
        if len(required) == 1:
            return lambda sock, _addr: cls(sock)
    names = ", ".join(
        "sock" if _SOCK.search(name) else "addr" if _ADDR.search(name) else "..." for name in required
    )
    raise TypeError(
        f"as_protocol() calls a class with (sock) or (sock, addr), but {cls.__qualname__} takes {signature}; "
        f"say how to make one: as_protocol(lambda sock, addr: {cls.__name__}({names or 'sock'}))"
    )


_STOCK_INITS = (asyncore.dispatcher.__init__, asyncore.dispatcher_with_send.__init__)


async def start_tls(
    channel: asyncore.dispatcher,
    context: Any,
    *,
    server_side: bool = True,
    server_hostname: str | None = None,
) -> None:
    """Secure a live connection: what STARTTLS asks for.

    *channel* is one that as_protocol() made, *context* an :class:`ssl.SSLContext`.  Nothing is read from the
    channel until the handshake is done; what it pushes meanwhile waits.  Start it with
    ``spawn(channel, start_tls(channel, context), pause_reading=True)`` after the last plain answer was pushed.

    Raises TypeError for a channel that has a socket of its own, ssl.SSLError if the handshake fails.
    """
    face = channel._bridge_sock
    if not isinstance(face, TransportSocket):
        raise TypeError(f"{channel!r} has a socket of its own: wrap it, as with asyncore")
    await face.start_tls(context, server_side=server_side, server_hostname=server_hostname)
