"""The public surface of the stdlib's asyncore module, on an asyncio event loop.

Every name that asyncore had in Python 3.11 is here, with the behaviour that its subclasses rely on; how
channels are driven is in ``_mapdriver`` and its neighbours.  Programs reach this module as ``asyncore`` after
``asyncore_bridge.install()``, under ``python -m asyncore_bridge``, or with
``from asyncore_bridge import asyncore``.

What differs from the stdlib, on purpose: ``loop()`` runs an event loop, so handlers may use asyncio; more
than 1024 descriptors work; a closed or reused descriptor no longer confuses the loop; see the guide's
list of mended behaviour.
"""

from __future__ import annotations

import logging
import os
import select
import socket
import sys
import time
import warnings
from errno import (
    EAGAIN,
    EALREADY,
    EBADF,
    ECONNABORTED,
    ECONNRESET,
    EINPROGRESS,
    EINVAL,
    EISCONN,
    ENOTCONN,
    EPIPE,
    ESHUTDOWN,
    EWOULDBLOCK,
    errorcode,
)
from typing import TYPE_CHECKING, Any

from . import _adoption, _loops, _mapdriver, _paths, _unserved
from ._driver import is_serving as _is_serving
from ._errors import DISCONNECTED, EXHAUSTED, RERAISED, ExitNow
from ._mapdriver import _drivers
from ._poller import ERR, HUP, IN, NVAL, OUT, PRI
from ._transport_socket import TransportSocket

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from ._driver import Driver
    from ._interest import Entry
    from .tasks import Companions

    Map = MutableMapping[Any, Any]

logger = logging.getLogger("asyncore_bridge")

_socket = socket  # what tests put in place of ``asyncore.socket`` has no classes; and a property hides it below
_PACKAGE = f"{__package__}."
_DISCONNECTED = DISCONNECTED
_reraised_exceptions = RERAISED

socket_map: Map = {}
"""The default map: every dispatcher made without ``map=`` is in it, by its descriptor.

User code may read it, walk it, change it, and put another mapping in its place.
"""


def _strerror(err: int) -> str:
    try:
        return os.strerror(err)
    except (ValueError, OverflowError):
        return errorcode.get(err, f"Unknown error {err}")


# -- telling one object that it is ready; programs with loops of their own call these


def read(obj: Any) -> None:
    """Call ``obj.handle_read_event()``; exceptions other than ExitNow and exits go to ``handle_error()``."""
    try:
        obj.handle_read_event()
    except RERAISED:
        raise
    except BaseException:
        obj.handle_error()


def write(obj: Any) -> None:
    """Call ``obj.handle_write_event()``; see :func:`read`."""
    try:
        obj.handle_write_event()
    except RERAISED:
        raise
    except BaseException:
        obj.handle_error()


def _exception(obj: Any) -> None:
    try:
        obj.handle_expt_event()
    except RERAISED:
        raise
    except BaseException:
        obj.handle_error()


def readwrite(obj: Any, flags: int) -> None:
    """Call what the :func:`select.poll` *flags* say: read, write, expt events; handle_close() for errors.

    A lost connection ends in ``handle_close()``, any other exception in ``handle_error()``.
    """
    try:
        if flags & IN:
            obj.handle_read_event()
        if flags & OUT:
            obj.handle_write_event()
        if flags & PRI:
            obj.handle_expt_event()
        if flags & (HUP | ERR | NVAL):
            obj.handle_close()
    except RERAISED:
        raise
    except OSError as exc:
        if exc.errno in DISCONNECTED:
            obj.handle_close()
        else:
            obj.handle_error()
    except BaseException:
        obj.handle_error()


# -- running


def poll(timeout: float | None = 0.0, map: Map | None = None) -> None:  # noqa: A002
    """Run one pass over *map* in select()'s order, waiting at most *timeout* seconds (None: for ever)."""
    if map is None:
        map = socket_map  # noqa: A001
    if map:
        _mapdriver.of(map).passes(timeout, use_poll=False)


def poll2(timeout: float | None = 0.0, map: Map | None = None) -> None:  # noqa: A002
    """Run one pass over *map* in poll()'s order, waiting at most *timeout* seconds (None: for ever)."""
    if map is None:
        map = socket_map  # noqa: A001
    if map:
        _mapdriver.of(map).passes(timeout, use_poll=True)
    elif timeout:
        time.sleep(timeout)


poll3 = poll2
_polls = (poll, poll2)


def loop(
    timeout: float | None = 30.0,
    use_poll: bool = False,
    map: Map | None = None,  # noqa: A002
    count: int | None = None,
) -> None:
    """Serve the channels of *map* until it is empty, or for *count* passes.

    *timeout* is the longest a pass waits, in seconds; readable() and writable() are asked at least that often.
    *use_poll* asks for poll()'s order of events and its handle_close() on errors, instead of select()'s.
    Without *count* an event loop runs in this thread meanwhile, so that handlers may start tasks.  A handler may
    call it, too; the event loop waits until it returns, as it waits for any handler that takes its time.

    Raises what handlers use to get out: ExitNow, KeyboardInterrupt, SystemExit, and what a handle_error()
    raises.  Raises RuntimeError, without *count*, where somebody else's event loop is running and the caller is no
    handler: that loop would never get a turn again; ``await asyncore_bridge.until_empty(map)`` serves the
    map on it.
    """
    if map is None:
        map = socket_map  # noqa: A001
    if not map:
        return
    once = poll2 if use_poll else poll
    if once not in _polls:  # a program has put another function in its place
        while map and (count is None or count > 0):
            once(timeout, map)
            count = None if count is None else count - 1
        return
    if count is not None:
        while map and count > 0:
            driver = _drivers.get(id(map))
            if driver is None or driver.map is not map:
                driver = _mapdriver.of(map)
            driver.passes(timeout, use_poll)
            count -= 1
        return
    running = _loops.running()
    if running is None:
        while map:
            _mapdriver.of(map).run(timeout, bool(use_poll))
    elif running is _loops.existing() or _is_serving(running):
        while map:  # a handler pumps the loop
            _mapdriver.of(map).passes(timeout, bool(use_poll))
    else:
        raise RuntimeError(
            "asyncore.loop() would stop the asyncio event loop that is already running in this thread; "
            "write 'await asyncore_bridge.until_empty()' instead"
        )


def close_all(map: Map | None = None, ignore_all: bool = False) -> None:  # noqa: A002
    """Call ``close()`` on every member of *map*, then empty it.

    EBADF is ignored.  Other exceptions are raised, unless *ignore_all*; ExitNow and exits always are.
    """
    if map is None:
        map = socket_map  # noqa: A001
    for member in list(map.values()):
        try:
            member.close()
        except RERAISED:
            raise
        except OSError as exc:
            if exc.errno != EBADF and not ignore_all:
                raise
        except BaseException:
            if not ignore_all:
                raise
    map.clear()


def compact_traceback() -> tuple[tuple[str, str, str], Any, Any, str]:
    """Describe the exception being handled on one line.

    Returns ``((file, function, line), type, value, "[file|function|line] ...")``, innermost frame last.
    Raises AssertionError if there is none.
    """
    kind, value, traceback = sys.exc_info()
    if traceback is None:
        raise AssertionError("traceback does not exist")
    frames = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        frames.append((code.co_filename, code.co_name, str(traceback.tb_lineno)))
        traceback = traceback.tb_next
    return frames[-1], kind, value, " ".join("[{}|{}|{}]".format(*frame) for frame in frames)


# -- channels


@_paths.ours(idle_writes=True)
class dispatcher:  # noqa: N801
    """A socket whose readiness calls methods: derive from it and override the handle_* methods.

    *sock* is a connected (or not yet connected) socket to take over, made non-blocking here; None to
    make one later with ``create_socket()``.  *map* is the socket map to be in, by default ``socket_map``.
    Raises OSError if *sock* turns out to be broken.
    """

    debug = False
    connected = False
    accepting = False
    connecting = False
    closing = False
    addr: Any = None
    ignore_log_types = frozenset(["warning"])

    # What asyncore did not have, and what is off unless a class or an object asks for it:

    half_close = False
    """Whether the peer may stop sending and still receive: at the end of its stream handle_eof() is called, and
    nothing more is read, instead of handle_close()."""

    close_broken = False
    """Whether a socket that is no longer connected when it is passed to the constructor calls handle_close() in the
    loop's next pass, instead of staying for ever without an event."""

    exclusive_address = False
    """Whether set_reuse_addr() keeps two servers from sharing a port on Windows, where SO_REUSEADDR allows it."""

    # What is looked at again and again has no default in the class: with one, an object's own is looked up the
    # slow way from 3.12 on. A class that never calls the constructor has it from when it takes a socket.
    _bridge: Entry | None
    _bridge_holding: bool
    _bridge_held: int
    _bridge_prepared = False

    _bridge_left: Driver | None = None
    """Who drove it before it left its map."""
    _bridge_companions: Companions | None = None
    _bridge_closed = False
    _bridge_paused = 0
    _bridge_broken = False
    _bridge_eof = False
    _bridge_sock: Any

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        owner = next(base for base in cls.__mro__ if "socket" in base.__dict__)
        if owner is not dispatcher:
            # The class brings a ``socket`` attribute of its own: what the bridge uses follows it.
            cls._bridge_sock = property(_get_socket, _set_socket)

    def __init__(self, sock: Any = None, map: Map | None = None) -> None:  # noqa: A002
        self._bridge_prepare()
        if map is None:
            private = _adoption.default_map.get()
            self._map = socket_map if private is None else private
        else:
            self._map = map
        self._fileno: Any = None
        if not sock:
            self.socket = None
            return
        sock.setblocking(False)
        self.set_socket(sock, map)
        self.connected = True
        try:
            self.addr = sock.getpeername()
        except OSError as exc:
            if exc.errno not in (ENOTCONN, EINVAL):
                self.del_channel(map)
                raise
            self.connected = False
            self._bridge_broken = self.close_broken and sock.type == socket.SOCK_STREAM
            self._bridge_touch()

    def _bridge_prepare(self) -> None:
        """Give the object what has no default in the class, unless it has it."""
        if not self._bridge_prepared:
            self._bridge = None
            self._bridge_holding = False
            self._bridge_held = 0
            self._bridge_prepared = True

    def __repr__(self) -> str:
        words = self._bridge_describe()
        if self._bridge_closed:
            words.insert(1, "closed")
        elif self.connecting and not self.connected:
            words.insert(1, "connecting")
        if self._bridge_paused:
            words.append("paused")
        queued = self._bridge_queued()
        if queued:
            words.append(f"{queued} bytes queued")
        return f"<{' '.join(words)} at {id(self):#x}>"

    def _bridge_describe(self) -> list[str]:
        """Return the words of which asyncore made its repr: class, state, address."""
        module = type(self).__module__
        words = [f"{module.removeprefix(_PACKAGE)}.{type(self).__qualname__}"]
        if self.accepting and self.addr:
            words.append("listening")
        elif self.connected:
            words.append("connected")
        if self.addr is not None:
            try:
                words.append("%s:%d" % self.addr)  # noqa: UP031  (fails where asyncore's repr failed)
            except TypeError:
                words.append(repr(self.addr))
        return words

    def _bridge_queued(self) -> int:
        """Return how many bytes wait to be sent, as far as the class keeps them where the bridge can see them."""
        return 0

    # -- the map

    def add_channel(self, map: Map | None = None) -> None:  # noqa: A002
        """Enter *map* (by default this channel's own) under the socket's descriptor."""
        self._bridge_prepare()
        if map is None:
            map = self._map  # noqa: A001
        map[self._fileno] = self
        sock = getattr(self, "_bridge_sock", None)
        if isinstance(sock, TransportSocket) and (self._bridge is None or not self._bridge.live):
            sock.take(self)  # it had left the map with del_channel()
        driver = _mapdriver.existing(map)
        if driver is not None:
            driver.added(self)
        elif not isinstance(sock, TransportSocket):
            _unserved.watch(self)

    def del_channel(self, map: Map | None = None) -> None:  # noqa: A002
        """Leave *map* (by default this channel's own): nothing more is told until add_channel()."""
        fd = self._fileno
        if map is None:
            map = self._map  # noqa: A001
        self._bridge_release()
        member = map.get(fd)
        # another dispatcher may have the number by now: it stays
        if member is not None and (member is self or getattr(member, "_fileno", None) != fd):
            del map[fd]
            driver = _mapdriver.existing(map)
            if driver is not None:
                driver.left(fd)
        entry = self._bridge
        if entry is not None and entry.live and entry.sock is not None:
            entry.driver.dismiss(entry)
        self._fileno = None

    # -- the socket

    @property
    def socket(self) -> Any:
        """The socket, a file_wrapper, or None.

        Looking at it sends what the bridge holds back, since the next thing may be a direct send().
        """
        if self._bridge_holding or self._bridge_held:
            self._bridge_send_held()
        return self._bridge_sock

    @socket.setter
    def socket(self, sock: Any) -> None:
        self._bridge_prepare()
        self._bridge_sock = sock
        if self._bridge is not None:
            self._bridge.look_at_socket(sock)

    @socket.deleter
    def socket(self) -> None:
        del self._bridge_sock

    def _bridge_send_held(self) -> None:
        self._bridge_holding = False

    def create_socket(self, family: int = _socket.AF_INET, type: int = _socket.SOCK_STREAM) -> None:  # noqa: A002
        """Make a non-blocking socket of this *family* and *type* and take it."""
        self.family_and_type = family, type
        sock = _adoption.take(type)
        if sock is None:
            sock = socket.socket(family, type)
        else:
            sock.lend(self)
        sock.setblocking(False)
        self.set_socket(sock)

    def set_socket(self, sock: Any, map: Map | None = None) -> None:  # noqa: A002
        """Take *sock*, without making it non-blocking, and enter *map*."""
        self._bridge_closed = self._bridge_eof = False
        self.socket = sock
        self._fileno = sock.fileno()
        if isinstance(sock, _socket.socket):
            _send_small_packets_at_once(sock)
        elif isinstance(sock, TransportSocket):
            sock.take(self)
        self.add_channel(map)

    def set_reuse_addr(self) -> None:
        """Set SO_REUSEADDR, if the system lets us; SO_EXCLUSIVEADDRUSE on Windows with ``exclusive_address``."""
        sock = self.socket
        try:
            if self.exclusive_address and os.name == "nt":
                sock.setsockopt(socket.SOL_SOCKET, getattr(socket, "SO_EXCLUSIVEADDRUSE"), 1)  # noqa: B009
                return
            flags = sock.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, flags | 1)
        except OSError:
            pass

    def listen(self, num: int) -> None:
        """Start listening with a backlog of *num* connections (at most 5 on Windows, like asyncore)."""
        self.accepting = True
        self._bridge_touch()
        self.socket.listen(min(num, 5) if os.name == "nt" else num)
        self._finished()

    def bind(self, addr: Any) -> Any:
        """Bind the socket to *addr*.  Raises OSError, for example if the port is in use."""
        self.addr = addr
        try:
            return self.socket.bind(addr)
        except OSError as exc:
            exc.asyncore_address = addr  # type: ignore[attr-defined]  # for a message that says which one
            raise

    def connect(self, address: Any) -> None:
        """Start to connect to *address*; handle_connect() follows.

        Raises OSError if it fails at once; a later failure goes to handle_error().
        """
        self._bridge_release()
        self.connected = False
        self.connecting = True
        self._bridge_touch()
        err = self.socket.connect_ex(address)
        self._finished()
        if err in (EINPROGRESS, EALREADY, EWOULDBLOCK) or (err == EINVAL and os.name == "nt"):
            self.addr = address
        elif err in (0, EISCONN):
            self.addr = address
            self.handle_connect_event()
        else:
            raise OSError(err, errorcode[err])

    def accept(self) -> tuple[Any, Any] | None:
        """Return ``(socket, address)`` of a new connection, or None if there is none after all.

        Raises OSError when the process is out of descriptors; the bridge then lets the listener rest.
        """
        pair = _adoption.accept(self)
        if pair is not None:
            return pair
        try:
            return self.socket.accept()  # type: ignore[no-any-return]
        except TypeError:
            return None
        except OSError as exc:
            if exc.errno in (EWOULDBLOCK, ECONNABORTED, EAGAIN):
                return None
            if exc.errno in EXHAUSTED and self._bridge is not None:
                self._bridge.exhausted = exc
            raise

    def send(self, data: Any) -> Any:
        """Send *data* and return how many bytes the system took: 0 if it would block or the peer has gone.

        A lost connection calls handle_close().  Raises OSError for anything else.
        """
        entry = self._bridge
        if entry is not None:
            entry.progress = True
            if entry.driver.holder is not None:
                entry.driver.release()
        try:
            return self._bridge_sock.send(data)
        except OSError as exc:
            if exc.errno == EWOULDBLOCK:
                return 0
            if exc.errno not in DISCONNECTED:
                raise
            self.handle_close()
            return 0

    def recv(self, buffer_size: int) -> Any:
        """Receive at most *buffer_size* bytes; at the end of the stream call handle_close() and return b"".

        A lost connection counts as its end.  Raises OSError for anything else, BlockingIOError included.
        """
        entry = self._bridge
        if entry is not None and entry.driver.holder is not None:
            entry.driver.release()
        try:
            data = self._bridge_sock.recv(buffer_size)
        except OSError as exc:
            if exc.errno not in DISCONNECTED:
                if isinstance(exc, BlockingIOError):
                    exc.asyncore_nothing_came = True  # type: ignore[attr-defined]  # for the loop: it is no error
                raise
            self.handle_close()
            return b""
        if not data:
            if self.half_close:
                self._bridge_half_closed()
            else:
                self.handle_close()  # called from here, since programs print where handle_close() was called
            return b""
        return data

    def close(self) -> None:
        """Leave the map and close the socket; what has not been sent is lost."""
        self._bridge_release()
        self.connected = False
        self.accepting = False
        self.connecting = False
        self.del_channel()
        self._bridge_closed = True
        if self._bridge_companions is not None:
            self._bridge_companions.end()
        sock = self.socket
        if sock is not None:
            try:
                sock.close()
            except OSError as exc:
                if exc.errno not in (ENOTCONN, EBADF):
                    raise

    # -- what the loop asks

    def readable(self) -> bool:
        """Return whether handle_read_event() is wanted now."""
        return True

    def writable(self) -> Any:
        """Return whether handle_write_event() is wanted now."""
        return True

    # -- what the loop tells

    def handle_read_event(self) -> None:
        """Sort out what being readable means: a new connection, the end of a connect(), or data."""
        if self.accepting:
            self.handle_accept()
            return
        if not self.connected and self.connecting:
            self.handle_connect_event()
        self.handle_read()

    def handle_write_event(self) -> None:
        """Sort out what being writable means: the end of a connect(), and room for data."""
        if self.accepting:
            return
        if not self.connected and self.connecting:
            self.handle_connect_event()
        self.handle_write()

    def handle_expt_event(self) -> None:
        """Close if the socket has an error; otherwise there is out-of-band data: handle_expt()."""
        if self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) != 0:
            self.handle_close()
        else:
            self.handle_expt()

    def handle_connect_event(self) -> None:
        """End a connect(): handle_connect() runs first, and only then is ``connected`` true.

        Raises OSError if the connection failed.
        """
        err = self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if err != 0:
            raise OSError(err, _strerror(err))
        self.handle_connect()
        self.connected = True
        self.connecting = False

    # -- to be overridden

    def handle_read(self) -> None:
        """Called when there is data to recv()."""
        self.log_info("unhandled read event", "warning")

    def handle_write(self) -> None:
        """Called when there is room to send()."""
        self.log_info("unhandled write event", "warning")

    def handle_expt(self) -> None:
        """Called when there is out-of-band data."""
        self.log_info("unhandled incoming priority event", "warning")

    def handle_connect(self) -> None:
        """Called when connect() has succeeded, just before ``connected`` becomes true."""
        self.log_info("unhandled connect event", "warning")

    def handle_accept(self) -> None:
        """Called when a connection is waiting; accepts it and calls handle_accepted()."""
        pair = self.accept()
        if pair is not None:
            self.handle_accepted(*pair)

    def handle_accepted(self, sock: Any, addr: Any) -> None:
        """Called with a new connection; the stock method closes it."""
        del addr
        sock.close()
        self.log_info("unhandled accepted event", "warning")

    def handle_close(self) -> None:
        """Called when the peer has closed the connection, or it broke."""
        self.log_info("unhandled close event", "warning")
        self.close()

    def handle_eof(self) -> None:
        """Called with ``half_close`` when the peer sends nothing more; the stock method calls handle_close()."""
        self.handle_close()

    def handle_error(self) -> None:
        """Called, within ``except``, for an exception that a handler raised.

        The stock method prints one line with log_info(), as asyncore's did, and calls handle_close(); the whole
        traceback goes to the logger "asyncore_bridge".
        """
        _, kind, value, where = compact_traceback()
        try:
            me = repr(self)
            seen = me if type(self).__repr__ is not dispatcher.__repr__ else _plain_repr(self)
        except BaseException:
            seen = me = f"<__repr__(self) failed for object at {id(self):0x}>"
        logger.error(
            "uncaught exception, closing channel %s",
            me,
            exc_info=True,  # noqa: LOG014  (it is called in one)
            extra={"channel": self},
        )
        self.log_info(f"uncaptured python exception, closing channel {seen} ({kind}:{value} {where})", "error")
        self.handle_close()

    # -- logging

    def log(self, message: Any) -> None:
        """Write ``log: message`` to stderr."""
        sys.stderr.write(f"log: {message}\n")

    def log_info(self, message: Any, type: str = "info") -> None:  # noqa: A002
        """Print ``type: message``, unless *type* is one of ``ignore_log_types``."""
        if type not in self.ignore_log_types:
            print(f"{type}: {message}")  # noqa: T201

    # -- the bridge's own

    def _bridge_half_closed(self) -> None:
        """Deal with the end of what the peer sends."""
        if self._bridge_eof:
            self.handle_close()
        else:
            self._bridge_eof = True
            self._bridge_touch()
            self.handle_eof()

    def _bridge_driver(self) -> Driver | None:
        """Return who drives the channel, or drove it until it left its map."""
        entry = self._bridge
        return self._bridge_left if entry is None else entry.driver

    def _bridge_pause(self) -> None:
        """Read nothing until a matching ``_resume()``."""
        self._bridge_paused += 1
        self._bridge_touch()

    def _bridge_resume(self) -> None:
        self._bridge_paused -= 1
        self._bridge_touch()

    def _bridge_discard_input(self) -> None:
        """Forget what was read and not handed on yet."""

    def _bridge_touch(self) -> None:
        if self._bridge is not None:
            self._bridge.touch()

    def _finished(self) -> None:
        """Tell a loop in another thread, which was not told when the socket was made, that there is a channel."""
        entry = self._bridge
        if (entry is None or not entry.live) and self._map.get(self._fileno) is self:
            driver = _mapdriver.existing(self._map)
            if driver is not None:
                driver.added(self)

    def _bridge_release(self) -> None:
        """Send what any channel of this map holds back: something is about to happen that comes after it."""
        entry = self._bridge
        if entry is not None and entry.driver.holder is not None:
            entry.driver.release()


def _plain_repr(channel: dispatcher) -> str:
    """Return the repr that asyncore printed, for lines that programs compare or search for."""
    return f"<{' '.join(channel._bridge_describe())} at {id(channel):#x}>"


def _get_socket(channel: Any) -> Any:
    return channel.socket


def _set_socket(channel: Any, sock: Any) -> None:
    channel.socket = sock


def _send_small_packets_at_once(sock: _socket.socket) -> None:
    """Switch Nagle's algorithm off: with it, a reply made of two pushes stalls for 40 ms.

    A program that wants it sets TCP_NODELAY itself, later, and wins.
    """
    try:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except OSError:
        pass  # no TCP socket; or it is broken, which the channel will notice by itself


@_paths.ours()
class dispatcher_with_send(dispatcher):  # noqa: N801
    """A dispatcher whose ``send()`` keeps in ``out_buffer`` what the system does not take at once."""

    def __init__(self, sock: Any = None, map: Map | None = None) -> None:  # noqa: A002
        dispatcher.__init__(self, sock, map)
        self.out_buffer = b""

    @property
    def out_buffer(self) -> Any:
        """What is still to be sent, in bytes; user code may change it."""
        return self._bridge_out_buffer

    @out_buffer.setter
    def out_buffer(self, data: Any) -> None:
        self._bridge_out_buffer = data
        self._bridge_touch()

    def initiate_send(self) -> None:
        """Send the beginning of the buffer, up to 64 KiB."""
        sent = dispatcher.send(self, self.out_buffer[:65536])
        self.out_buffer = self.out_buffer[sent:]
        if self._bridge_eof and not self._bridge_out_buffer and self.connected:
            self.handle_close()

    def handle_write(self) -> None:
        """Send more of the buffer."""
        self.initiate_send()

    def writable(self) -> Any:
        """Return true while connecting, and while there is something to send."""
        return not self.connected or len(self._bridge_out_buffer)

    def send(self, data: Any) -> Any:
        """Queue *data* and send what the system takes now.  Safe in any thread."""
        if self.debug:
            self.log_info(f"sending {data!r}")
        driver = self._bridge_driver()
        if driver is not None and driver.is_foreign():
            driver.call_from_thread(lambda: self._bridge_send_now(data))
        else:
            self._bridge_send_now(data)

    def _bridge_queued(self) -> int:
        return len(getattr(self, "_bridge_out_buffer", b""))

    def handle_eof(self) -> None:
        """Called with ``half_close`` when the peer sends nothing more; closes once the buffer is sent."""
        if not self._bridge_out_buffer:
            self.handle_close()

    def _bridge_send_now(self, data: Any) -> None:
        self.out_buffer = self._bridge_out_buffer + data
        self.initiate_send()


if os.name == "posix":

    class file_wrapper:  # noqa: N801
        """A descriptor (a copy of *fd*) with the few socket methods that a dispatcher needs."""

        def __init__(self, fd: int) -> None:
            self.fd = os.dup(fd)

        def __del__(self) -> None:
            if self.fd >= 0:
                warnings.warn(f"unclosed file {self!r}", ResourceWarning, source=self, stacklevel=2)
            self.close()

        def recv(self, *args: Any) -> bytes:
            """Read: ``recv(size)``."""
            return os.read(self.fd, *args)

        def send(self, *args: Any) -> int:
            """Write: ``send(data)``; returns how many bytes were taken."""
            return os.write(self.fd, *args)

        read = recv
        write = send

        def getsockopt(self, level: int, optname: int, buflen: int | None = None) -> int:
            """Answer the one question a dispatcher asks: a file has no pending error.

            Raises NotImplementedError for any other.
            """
            if (level, optname) == (socket.SOL_SOCKET, socket.SO_ERROR) and not buflen:
                return 0
            raise NotImplementedError("Only asyncore specific behaviour implemented.")

        def close(self) -> None:
            """Close the copy; a second call does nothing, whatever has the number by then."""
            fd, self.fd = self.fd, -1
            if fd >= 0:
                os.close(fd)

        def fileno(self) -> int:
            """Return the copy's descriptor, -1 once closed."""
            return self.fd

    @_paths.ours(idle_writes=True)
    class file_dispatcher(dispatcher):  # noqa: N801
        """A dispatcher for a pipe, a terminal, a device or a file: *fd* is a descriptor or has fileno()."""

        def __init__(self, fd: Any, map: Map | None = None) -> None:  # noqa: A002
            dispatcher.__init__(self, None, map)
            self.connected = True
            if isinstance(fd, TransportSocket):  # the end of a pipe that an asyncio transport has
                self.set_socket(fd)
                return
            try:
                fd = fd.fileno()
            except AttributeError:
                pass
            self.set_file(fd)
            os.set_blocking(fd, False)

        def set_file(self, fd: int) -> None:
            """Take a copy of *fd* and enter the map."""
            self.socket = file_wrapper(fd)
            self._fileno = self.socket.fileno()
            self.add_channel()


for _cls in (
    dispatcher,
    dispatcher_with_send,
    *((file_wrapper, file_dispatcher) if os.name == "posix" else ()),
):
    _cls.__module__ = "asyncore"  # what repr() shows, and what logs are searched for
del _cls

# The stdlib's module had no __all__, so a star import brought its own imports along, too.
__all__ = [
    "EAGAIN",
    "EALREADY",
    "EBADF",
    "ECONNABORTED",
    "ECONNRESET",
    "EINPROGRESS",
    "EINVAL",
    "EISCONN",
    "ENOTCONN",
    "EPIPE",
    "ESHUTDOWN",
    "EWOULDBLOCK",
    "ExitNow",
    "close_all",
    "compact_traceback",
    "dispatcher",
    "dispatcher_with_send",
    "errorcode",
    "loop",
    "os",
    "poll",
    "poll2",
    "poll3",
    "read",
    "readwrite",
    "select",
    "socket",
    "socket_map",
    "sys",
    "time",
    "warnings",
    "write",
]
if os.name == "posix":
    __all__ += ["file_dispatcher", "file_wrapper"]
