"""Legacy UDP classes as asyncio protocols: for ``loop.create_datagram_endpoint()``."""

from __future__ import annotations

import asyncio
import inspect
import logging
from typing import TYPE_CHECKING, Any, Callable

from . import _adoption, _transportdriver
from ._datagram_socket import DatagramSocket
from ._poller import IN, OUT

if TYPE_CHECKING:
    from ._transport_socket import TransportSocket

logger = logging.getLogger("asyncore_bridge")


def as_datagram_protocol(make: Callable[..., Any]) -> Callable[[], asyncio.DatagramProtocol]:
    """Return a protocol factory that gives a UDP endpoint to the dispatcher that *make* makes.

    *make* is called with the endpoint's face of a socket if it requires one argument, or calls its first one
    ``sock``; otherwise without arguments.  A class that makes and binds a socket in its constructor, as UDP
    dispatchers do, gets the endpoint instead: its create_socket() takes it, its bind() and set_reuse_addr() do
    nothing.

        await loop.create_datagram_endpoint(as_datagram_protocol(lambda: Server("", 0)), local_addr=(host, port))

    Raises TypeError if *make* cannot be called like this.
    """
    if not callable(make):
        raise TypeError(f"as_datagram_protocol() needs something to call, not {make!r}")
    signature = inspect.signature(make)
    if _takes(signature, None) and (not _takes(signature) or next(iter(signature.parameters)).startswith("sock")):
        return lambda: DatagramChannelProtocol(make)
    if not _takes(signature):
        name = getattr(make, "__name__", "Handler")
        raise TypeError(
            f"as_datagram_protocol() calls {make!r} without arguments or with (sock), but its signature is "
            f"{signature}; adapt it: as_datagram_protocol(lambda: {name}({', '.join(signature.parameters)}))"
        )
    return lambda: DatagramChannelProtocol(lambda _face: make())


def _takes(signature: inspect.Signature, *args: Any) -> bool:
    try:
        signature.bind(*args)
    except TypeError:
        return False
    return True


class DatagramChannelProtocol(asyncio.DatagramProtocol):
    """The protocol of one endpoint; ``channel`` is the dispatcher that has it."""

    def __init__(self, make: Callable[[Any], Any]) -> None:
        self._make = make
        self._face: DatagramSocket | None = None
        self._driver: _transportdriver.TransportDriver | None = None
        self.channel: Any = None

    def connection_made(self, transport: Any) -> None:
        """Make the channel."""
        self._driver = driver = _transportdriver.of(asyncio.get_running_loop())
        self._face = DatagramSocket(transport, self._adopt)
        driver.run(self._make_channel)

    def _adopt(self, face: TransportSocket, channel: Any) -> Any:
        assert self._driver is not None
        self.channel = channel
        return self._driver.adopt(face, channel)

    def _make_channel(self) -> None:
        assert self._face is not None
        token = _adoption.current.set(self._face)
        try:
            self._make(self._face)
        except BaseException:
            self._face._transport.abort()
            raise
        finally:
            _adoption.current.reset(token)
        if self.channel is None and not self._face.is_closed():
            logger.warning("%r made no channel for an endpoint, which is closed", self._make)
            self._face.close()

    def datagram_received(self, data: bytes, addr: Any) -> None:
        """Hand a datagram on."""
        assert self._face is not None
        self._face.feed_datagram(data, addr)
        self._tell(IN)

    def error_received(self, exc: Exception) -> None:
        """Have the next recvfrom() raise *exc*, as a socket would."""
        assert self._face is not None
        if isinstance(exc, OSError):
            self._face.feed_error(exc)
            self._tell(IN)

    def connection_lost(self, exc: BaseException | None) -> None:
        """Close the channel, if it has not done so itself."""
        assert self._face is not None
        assert self._driver is not None
        self._face.lose(exc)
        if self.channel is not None and not self.channel._bridge_closed:
            self._driver.run(self.channel.handle_close)

    def pause_writing(self) -> None:
        """Have sendto() say that it would block."""
        if self._face is not None:
            self._face.write_paused = True

    def resume_writing(self) -> None:
        """Have sendto() take datagrams again."""
        if self._face is not None:
            self._face.write_paused = False
            if self._face.entry is not None and self._driver is not None:
                # not at once: transports that are closed in their protocol's resume_writing() end twice
                self._driver.tell_soon(self._face.entry, OUT)

    def _tell(self, ready: int) -> None:
        assert self._face is not None
        assert self._driver is not None
        if self._face.entry is not None:
            self._driver.tell(self._face.entry, ready)
