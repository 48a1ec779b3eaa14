"""The face that an asyncio transport shows to a legacy class as ``self.socket``.

A non-blocking socket as asyncore knew it, as far as legacy classes use one:

* ``recv()`` hands out what the transport has delivered, in the pieces that are asked for; it raises
  BlockingIOError when there is nothing, returns b"" at the end of the stream, and raises the error with
  which the connection was lost.
* ``send()`` takes up to 64 KiB while the transport's own buffer is empty, and would block otherwise.  The
  transport's write limit is 0, so its buffer plays the part of the kernel's: what is in it still goes
  out after ``close()``.
* Addresses, options, TLS information and the descriptor come from the transport.
"""

from __future__ import annotations

import asyncio
import collections
import errno
import os
import socket
from typing import TYPE_CHECKING, Any, Callable, cast

if TYPE_CHECKING:
    from ._interest import Entry

TAKEN = 65536
"""Bytes that one send() takes at most."""
_OF_TLS = 16384  # bytes, one record


class TransportSocket:
    """A socket's face for *transport*; *adopt* is called with the dispatcher that takes it."""

    kind = socket.SOCK_STREAM
    """What it is where the transport does not say."""

    def __init__(self, transport: Any, adopt: Callable[[TransportSocket, Any], Entry]) -> None:
        self._transport = transport
        self._adopt = adopt
        self._chunks: collections.deque[bytes] = collections.deque()
        self._start = 0
        self._eof = False
        self._ended = False
        self._patience = TAKEN
        self._error: OSError | None = None
        self._lost = False
        self._closed = False
        self.securing = False
        """Whether a TLS handshake is under way."""
        self.entry: Entry | None = None
        self._borrower: Any = None
        self._destination: Any = None
        self._bound: Any = None
        self.write_paused = False
        self._reading = True
        real = transport.get_extra_info("socket")
        self.family = getattr(real, "family", socket.AF_UNSPEC)
        self.type = getattr(real, "type", self.kind)
        self.proto = getattr(real, "proto", 0)
        file = real or transport.get_extra_info("pipe")
        self._fd = file.fileno() if file is not None else -id(self)

    def __repr__(self) -> str:
        state = "closed" if self._closed else "lost" if self._lost else "open"
        return f"<TransportSocket {state} {self._transport!r}>"

    # -- for the protocol

    async def start_tls(self, context: Any, **options: Any) -> None:
        """Put TLS between the transport and this; what was received before is forgotten.

        What the peer sends together with the end of its handshake, and even its end, may come before this goes on:
        it is kept, and the channel is told when all is in place.  Raises OSError, and has cut the connection off,
        if there is no TLS in the end, also when this is cancelled.
        """
        plain = self._transport
        if self._lost or self._eof or plain.is_closing():
            raise _aborted()
        protocol = plain.get_protocol()
        self._chunks.clear()  # it may be a third party's, who cannot speak once there is TLS (CVE-2011-0411)
        self._start = 0
        self.write_paused = self.securing = True
        try:
            # nothing is read between the line above and this, which changes the transport's protocol at once
            secure = await asyncio.get_running_loop().start_tls(plain, protocol, context, **options)
            if secure is not None:
                self._transport = secure
                self._reading = True
                limit_buffer(secure)
                if plain.is_closing():  # the peer has ended already; before Python 3.11 that spoils *secure*
                    protocol.connection_lost(None)
            elif not self._chunks and not self._eof:
                raise _aborted()
        except BaseException:
            # whether asyncio would tell the protocol depends on its version, and on how far the handshake went
            plain.abort()
            protocol.connection_lost(None)
            raise
        finally:
            self.write_paused = self.securing = False
            if self.entry is not None:
                self.entry.touch()

    def is_free(self) -> bool:
        """Whether no dispatcher has the connection yet."""
        return self.entry is None and not self._closed

    def lend(self, dispatcher: Any) -> None:
        """Let *dispatcher*, which asked for any new socket, have the connection, unless another is given it."""
        self._borrower = dispatcher

    def take(self, dispatcher: Any) -> Entry:
        """Let *dispatcher* have the connection."""
        borrower = self._borrower
        if borrower is not None and borrower is not dispatcher:
            self._evict()
        entry = self.entry = self._adopt(self, dispatcher)
        return entry

    def _evict(self) -> None:
        """Give the dispatcher that has taken this for its new socket a socket of its own: it was not meant.

        A forwarder, for example, makes its client before the channel that is given the connection.
        """
        borrower, self._borrower = self._borrower, None
        borrower.del_channel()
        borrower._bridge = None
        borrower.create_socket(*borrower.family_and_type)
        if self._destination is not None:
            borrower.connect(self._destination)

    def feed(self, data: bytes) -> None:
        """Add what the transport received."""
        if self._closed:
            return
        self._chunks.append(data)
        if not self._reading and not self.securing and not self._transport.is_closing():
            # uvloop, and asyncio before 3.11, start to read after connection_made(), paused or not
            self._transport.resume_reading()
            self._transport.pause_reading()

    def feed_eof(self) -> None:
        """Note that the peer sends nothing more."""
        self._eof = self._ended = True

    def lose(self, exc: BaseException | None) -> None:
        """Note that the connection is gone, with *exc* if it broke."""
        self._lost = self._eof = True
        self._ended = self._ended or exc is None
        if isinstance(exc, OSError):
            self._error = exc

    def is_lost(self) -> bool:
        """Whether the connection is gone."""
        return self._lost

    def is_over(self) -> bool:
        """Whether there is nothing left to recv() but the end."""
        return self._eof and not self._chunks

    def abort(self) -> None:
        """Cut the connection off."""
        self._transport.abort()

    def is_secure(self) -> bool:
        """Whether there is TLS, or about to be."""
        return self.securing or self._transport.get_extra_info("sslcontext") is not None

    def has_news(self) -> bool:
        """Whether the channel has something to recv()."""
        return (bool(self._chunks) or self._eof) and not self.securing

    def unread(self) -> int:
        """Return how many pieces have not been received yet."""
        return len(self._chunks)

    def want_reading(self, wanted: bool) -> None:
        """Pause or resume the transport, if it does not do so already."""
        if wanted == self._reading or self._lost or self.securing or self._transport.is_closing():
            return
        self._reading = wanted
        try:
            if wanted:
                self._transport.resume_reading()
            else:
                self._transport.pause_reading()
        except NotImplementedError:
            pass  # the write end of a pipe

    def is_closed(self) -> bool:
        """Whether close() was called."""
        return self._closed

    # -- what legacy classes call

    def recv(self, size: int, flags: int = 0) -> bytes:
        """Return at most *size* bytes.

        Raises BlockingIOError if there is nothing yet, OSError if the connection broke, ValueError for
        *flags*, of which only MSG_PEEK is supported.
        """
        peek = flags == socket.MSG_PEEK
        if flags and not peek:
            raise ValueError(f"a transport cannot receive with flags {flags:#x}")
        if self._closed:
            self._check_open()
        if not self._chunks:
            return self._recv_nothing()
        chunk, start = self._chunks[0], self._start
        data = chunk if start == 0 and len(chunk) <= size else chunk[start : start + size]
        if peek:
            return data
        if start + len(data) == len(chunk):
            self._chunks.popleft()
            self._start = 0
        else:
            self._start = start + len(data)  # the rest stays where it is: no slicing again and again
        return data

    def _recv_nothing(self) -> bytes:
        error, self._error = self._error, None
        if error is not None:
            raise error
        if self._eof:
            self._patience = 0
            return b""
        raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    def recv_into(self, buffer: Any, nbytes: int = 0, flags: int = 0) -> int:
        """Receive into *buffer*; return the number of bytes."""
        view = memoryview(buffer).cast("B")
        data = self.recv(nbytes or len(view), flags)
        view[: len(data)] = data
        return len(data)

    def send(self, data: Any, flags: int = 0) -> int:
        """Take up to 64 KiB of *data* and return how many bytes that was.

        Raises BlockingIOError while the transport is still sending, BrokenPipeError when the connection is
        gone.
        """
        del flags
        if self._closed:
            self._check_open()
        if self._lost or self._transport.is_closing():
            return self._send_nowhere(data)
        if self.write_paused:
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        if type(data) is not bytes or len(data) > TAKEN:
            data = bytes(memoryview(data).cast("B")[:TAKEN])
        if data:
            self._transport.write(data)
        return len(data)

    def _send_nowhere(self, data: Any) -> int:
        """Take data as the kernel does for a peer that has hung up, while the channel does not know that yet.

        asyncio closes a TLS transport as soon as the peer ends; frames that came before are still to be heard.
        """
        taken = min(memoryview(data).nbytes, TAKEN)
        if not self._ended or taken > self._patience:
            raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))
        self._patience -= taken
        return taken

    def sendall(self, data: Any, flags: int = 0) -> None:
        """Give the transport all of *data*, however long its buffer gets.

        Raises BlockingIOError during a TLS handshake, BrokenPipeError when the connection is gone.
        """
        del flags
        self._check_open()
        if self._lost:
            raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))
        if self.securing:
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        self._transport.write(bytes(data))

    def connect_ex(self, address: Any) -> int:
        """Pretend to start connecting: the transport is connected already, and the channel learns it next."""
        self._destination = address
        return errno.EINPROGRESS

    def bind(self, address: Any) -> None:
        """Do nothing, unless listen() follows: the transport has an address of its own already."""
        self._bound = address

    def listen(self, backlog: int) -> None:
        """Give the dispatcher a socket of its own, and have that listen: a connection was not what it asked for.

        Raises OSError (EISCONN) if the dispatcher was given the connection.
        """
        borrower, address = self._borrower, self._bound
        if borrower is None:
            raise OSError(errno.EISCONN, os.strerror(errno.EISCONN))
        self._evict()
        self.entry = self._bound = None
        borrower.set_reuse_addr()
        borrower.bind(address)
        borrower._bridge_sock.listen(backlog)

    def shutdown(self, how: int) -> None:
        """End the stream to the peer (SHUT_WR), or both."""
        self._check_open()
        if how == socket.SHUT_RD:
            self._chunks.clear()
            self._eof = True
        elif how == socket.SHUT_WR:
            if self._transport.can_write_eof():
                self._transport.write_eof()
        else:
            self._eof = True
            self._transport.close()

    def close(self) -> None:
        """Close the connection; what was sent before still goes out."""
        if not self._closed:
            self.want_reading(True)  # before Python 3.11 TLS cannot end while its transport is paused
            self._closed = True
            self._chunks.clear()
            if self.entry is not None and self.entry.live:  # its class has a del_channel() of its own
                self.entry.driver.dismiss(self.entry)
            self._transport.close()

    def fileno(self) -> int:
        """Return the descriptor of the transport's socket; -1 once closed.

        A transport without one (a pair in memory) gets a negative number of its own.
        """
        return -1 if self._closed else self._fd

    def getpeername(self) -> Any:
        """Return the peer's address, "" if the transport has none (a pipe), like a Unix socket without a name."""
        return self._info("peername")

    def getsockname(self) -> Any:
        """Return our own address, "" if the transport has none."""
        return self._info("sockname")

    def getsockopt(self, level: int, optname: int, buflen: int = 0) -> Any:
        """Return a socket option; there is never a pending error."""
        self._check_open()
        if (level, optname) == (socket.SOL_SOCKET, socket.SO_ERROR):
            return 0
        real = self._real()
        return real.getsockopt(level, optname, buflen) if buflen else real.getsockopt(level, optname)

    def setsockopt(self, *args: Any) -> None:
        """Set a socket option."""
        self._check_open()
        self._real().setsockopt(*args)

    def setblocking(self, flag: bool) -> None:
        """Do nothing: a transport never blocks."""

    def settimeout(self, value: float | None) -> None:
        """Do nothing: a transport never blocks."""

    def gettimeout(self) -> float:
        """Return 0.0: non-blocking."""
        return 0.0

    def getblocking(self) -> bool:
        """Return False: non-blocking."""
        return False

    def _info(self, name: str) -> Any:
        self._check_open()
        address = self._transport.get_extra_info(name)
        return "" if address is None else address

    def _real(self) -> socket.socket:
        real = self._transport.get_extra_info("socket")
        if real is None:
            raise OSError(errno.ENOTSOCK, "this transport has no socket")
        return cast("socket.socket", real)

    def _check_open(self) -> None:
        if self._closed:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))


def limit_buffer(transport: Any) -> None:
    """Have send() say that it would block as soon as *transport* has something of ours to send later.

    TLS has something of its own to send at times, session tickets for instance: that is no reason.
    """
    secure = transport.get_extra_info("sslcontext") is not None
    transport.set_write_buffer_limits(high=_OF_TLS if secure else 1, low=0)


def _aborted() -> OSError:
    return ConnectionAbortedError(errno.ECONNABORTED, os.strerror(errno.ECONNABORTED))


def _of_tls(name: str) -> property:
    """Return what a TLS socket has under *name*, and others lack."""

    def get(face: TransportSocket) -> Any:
        tls = face._transport.get_extra_info("ssl_object")
        if tls is None:
            raise AttributeError(f"a transport's socket has no {name!r}")
        return getattr(tls, name)

    return property(get, doc=f"What an SSLSocket has as {name}, where there is TLS.")


# not by a __getattr__(), which makes Python look up every attribute the slow way
for _name in (
    "cipher",
    "compression",
    "context",
    "get_channel_binding",
    "getpeercert",
    "selected_alpn_protocol",
    "server_hostname",
    "server_side",
    "session",
    "session_reused",
    "shared_ciphers",
    "version",
):
    setattr(TransportSocket, _name, _of_tls(_name))
