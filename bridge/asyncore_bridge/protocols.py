"""Legacy classes as asyncio protocols: for ``loop.create_server()``, ``create_connection()`` and the like.

Each connection gets a ``ChannelProtocol``.  When the transport is there, ``make(sock, addr)`` is called with the
transport's face (``_transport_socket``), exactly as handle_accepted() would be called with a socket; the
dispatcher that takes the face with set_socket(), or with create_socket() while it is being made, has the
connection from then on.  Events go through the loop's ``TransportDriver``.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any, Callable

from . import _adoption, _errors, _making, _serve, _transportdriver, asyncore
from ._poller import IN, OUT
from ._transport_socket import TransportSocket, limit_buffer

logger = logging.getLogger("asyncore_bridge")

if TYPE_CHECKING:
    import ssl

_MADE_BY = "a channel derives from asyncore_bridge.asyncore.dispatcher, and takes the sock or connects at once"


def as_protocol(make: Callable[..., Any]) -> Callable[[], ChannelProtocol]:
    """Return a protocol factory that serves each connection with a channel made by *make*.

    *make* is called as ``make(sock, addr)``, like a listener's handle_accepted(), which may itself be given:
    ``as_protocol(listener.handle_accepted)``.  Where a listener's class overrides handle_accept() instead, as
    programs from before Python 3.2 do, that is called, and its accept() returns the connection; what it raises
    goes to the listener's handle_error(), as ever.  *make* may also be a dispatcher class whose required
    arguments are ``(sock)`` or ``(sock, addr)``, or any function that takes these.  Raises TypeError for
    anything else.

    *sock* has the methods of a connected, non-blocking socket; *addr* is the peer's address, as
    ``socket.accept()`` returns it.  A class that connects in its constructor is given the transport's
    connection instead of opening a second one.  What *make* raises goes to the event loop's exception handler,
    and the connection is cut off.

    The protocols have ``channel``: what *make* made, or None.
    """
    call = _making.how_to_call(make, "as_protocol")
    return lambda: ChannelProtocol(call)


class ChannelProtocol(asyncio.Protocol):
    """The protocol of one connection; ``channel`` is the dispatcher that has it, once there is one."""

    def __init__(self, make: Callable[..., Any]) -> None:
        self._make = make
        self._face: TransportSocket | None = None
        self._driver: _transportdriver.TransportDriver | None = None
        self.foreign = ""
        """What to do about the object that was made, if it is not one of the bridge's."""
        self.on_made: Callable[[ChannelProtocol], object] = _ignore
        self.on_failed: Callable[[ChannelProtocol, BaseException], object] = _report
        self.on_lost: Callable[[ChannelProtocol], object] = _ignore

    @property
    def channel(self) -> Any:
        """The dispatcher that has the connection; None while nobody has."""
        entry = None if self._face is None else self._face.entry
        return None if entry is None else entry.obj

    def connection_made(self, transport: Any) -> None:
        """Make the channel."""
        self._driver = driver = _transportdriver.of(asyncio.get_running_loop())
        self._face = TransportSocket(transport, self._adopt)
        # As low as it goes, so that send() blocks while anything is unsent.  It is not 0, because a TLS
        # transport compares with >=, and would be paused for ever.
        try:
            limit_buffer(transport)
        except (AttributeError, NotImplementedError):
            pass  # the read end of a pipe
        self.on_made(self)
        if not transport.is_closing():  # it was not refused
            driver.run(self._make_channel)

    def _adopt(self, face: TransportSocket, channel: Any) -> Any:
        assert self._driver is not None
        return self._driver.adopt(face, channel)

    def _make_channel(self) -> None:
        face = self._face
        assert face is not None
        transport = face._transport
        token = _adoption.current.set(face)
        try:
            made = self._make(face, transport.get_extra_info("peername"))
        except BaseException as exc:
            self._give_up()
            if isinstance(exc, (KeyboardInterrupt, SystemExit)):
                raise
            self.on_failed(self, exc)
            return
        finally:
            _adoption.current.reset(token)
        if self.channel is None and not face.is_closed():
            self.foreign = _making.origin(made)
            advice = f"it made {made!r}{self.foreign}" if self.foreign else _MADE_BY
            logger.warning("%r made no channel for a connection, which is closed; %s", self._make, advice)
            face.close()
        elif self.channel is not None and self.channel.connecting:
            self._tell(OUT)

    def _give_up(self) -> None:
        """Cut off a connection whose channel could not be made; nothing is told to one that is half made."""
        assert self._face is not None
        unfinished, self._face.entry = self.channel, None
        if unfinished is not None:
            asyncore.dispatcher.close(unfinished)
        self._face._transport.abort()

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
        return not self._face.is_secure()

    def connection_lost(self, exc: BaseException | None) -> None:
        """Let the channel notice, by its next recv() or send()."""
        assert self._face is not None
        if self._face.is_lost():  # a handshake that fails is told of by start_tls(), and by some event loops, too
            return
        self._face.lose(exc)
        self._face.write_paused = False
        self._tell(IN | OUT)
        self.on_lost(self)

    def abort(self) -> None:
        """Cut the connection off; the channel is closed."""
        assert self._face is not None
        self._face._transport.abort()
        self.call(lambda channel: channel.close())

    def call(self, what: Callable[[Any], object]) -> None:
        """Call *what* with the channel, if there is one; an exception goes to the channel's handle_error()."""
        channel, driver = self.channel, self._driver
        if channel is not None and driver is not None:
            driver.run(lambda: _serve.guarded(channel, lambda: what(channel)))

    def pause_writing(self) -> None:
        """Have send() say that it would block."""
        if self._face is not None and not self._face.securing:
            self._face.write_paused = True

    def resume_writing(self) -> None:
        """Have send() take data again."""
        if self._face is not None and not self._face.securing:
            self._face.write_paused = False
            if self._face.entry is not None and self._driver is not None:
                # not at once: transports that are closed in their protocol's resume_writing() end twice
                self._driver.tell_soon(self._face.entry, OUT)

    def _tell(self, ready: int) -> None:
        assert self._face is not None
        assert self._driver is not None
        if self._face.entry is not None and not self._face.securing:
            self._driver.tell(self._face.entry, ready)


def _ignore(_protocol: ChannelProtocol) -> None:
    pass


def _report(protocol: ChannelProtocol, exc: BaseException) -> None:
    face = protocol._face
    assert face is not None
    transport = face._transport
    peer = transport.get_extra_info("peername")
    message = f"{type(exc).__name__}: no channel was made for the connection from {peer!r}"
    _errors.report(asyncio.get_running_loop(), message, exc, protocol=protocol, transport=transport)


async def start_tls(
    channel: asyncore.dispatcher,
    context: ssl.SSLContext,
    *,
    server_side: bool = True,
    server_hostname: str | None = None,
) -> None:
    """Secure a live connection: what STARTTLS asks for.

    *channel* is one that as_protocol() made, *context* an :class:`ssl.SSLContext`, *server_side* whether this is
    the server's end; a client gives the *server_hostname* that the certificate is for.  Nothing is read from the
    channel until the handshake is done; what it pushes meanwhile waits.  Start it with
    ``spawn(channel, start_tls(channel, context), pause_reading=True)`` after the last plain answer was pushed.

    What was received before the handshake, and not handed on yet, is discarded: anybody on the way could have
    added it.  With ``pause_reading=True`` that is all that came after the line that asked for TLS; whoever parses
    in a handle_read() of their own discards what they hold themselves.

    Raises TypeError for a channel that has a socket of its own, ssl.SSLError or another OSError if the handshake
    fails; the connection is cut off then, as it is when this is cancelled.
    """
    face = channel._bridge_sock
    if not isinstance(face, TransportSocket):
        raise TypeError(f"{channel!r} has a socket of its own: wrap it, as with asyncore")
    channel._bridge_discard_input()
    await face.start_tls(context, server_side=server_side, server_hostname=server_hostname)
