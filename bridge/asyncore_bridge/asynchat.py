"""The public surface of the stdlib's asynchat module: channels that speak in frames.

``_splitter`` cuts what is read, ``_outbox`` sends what is queued; this module ties both to a dispatcher.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from threading import get_ident
from typing import TYPE_CHECKING, Any

from . import _outbox, _paths, _serve, _splitter, asyncore
from ._splitter import feed

if TYPE_CHECKING:
    from collections.abc import MutableMapping
    from typing import Union

    from ._driver import Driver
    from ._interest import Entry

    Terminator = Union[bytes, bytearray, str, int, None]

logger = logging.getLogger("asyncore_bridge")

HELD_TOO_LONG = 0.005
"""Seconds: a class that holds output longer than this, and not by accident, loses that short cut."""

STRIKE = 8
"""Bursts that have to be answered in time to make up for one that was not: on a busy machine any process has to
wait for the processor now and then."""


@_paths.ours(coalesces=True)
class async_chat(asyncore.dispatcher):  # noqa: N801
    """A channel that hands on what it reads frame by frame, and queues what it is to send.

    Derive from it, override ``collect_incoming_data(data)`` and ``found_terminator()``, and call
    ``set_terminator()`` before the first read.  Arguments and errors are those of
    :class:`asyncore.dispatcher`.
    """

    ac_in_buffer_size = 65536
    """Bytes that one read asks for at most."""

    ac_out_buffer_size = 65536
    """Bytes that one entry of the queue holds, and one send is given, at most."""

    use_encoding = False
    encoding = "latin-1"

    coalesce: Any = True
    """Whether replies to a burst go out together: True; "event" to join every push of one read; False."""

    _bridge_in_buf: bytes
    _bridge_in_pos: int
    _bridge_fifo: Any
    _bridge_held_since: float
    _bridge_held_alone: bool
    _bridge_strikes = 0

    def __init__(self, sock: Any = None, map: MutableMapping[Any, Any] | None = None) -> None:  # noqa: A002
        self.incoming: list[bytes] = []
        asyncore.dispatcher.__init__(self, sock, map)

    def _bridge_prepare(self) -> None:
        if not self._bridge_prepared:
            super()._bridge_prepare()
            self._bridge_in_buf = b""
            self._bridge_in_pos = 0
            self._bridge_fifo = None
            self._bridge_held_since = 0.0
            self._bridge_held_alone = False

    # -- what subclasses may look at

    @property
    def ac_in_buffer(self) -> bytes:
        """What was read and not handed on yet."""
        return self._bridge_in_buf[self._bridge_in_pos :]

    @ac_in_buffer.setter
    def ac_in_buffer(self, data: bytes) -> None:
        self._bridge_prepare()
        self._bridge_in_buf = data
        self._bridge_in_pos = 0

    @property
    def producer_fifo(self) -> Any:
        """The queue (a deque): byte strings, producers, None for "close now".  Yours to change."""
        if self._bridge_holding or self._bridge_held:
            self._bridge_send_held()
        self._bridge_touch()
        if self._bridge_fifo is None:
            self._bridge_fifo = deque()
        return self._bridge_fifo

    @producer_fifo.setter
    def producer_fifo(self, fifo: Any) -> None:
        self._bridge_prepare()
        if self._bridge_held:
            self._bridge_send_held()
        self._bridge_fifo = fifo
        self._bridge_touch()

    # -- input

    def collect_incoming_data(self, data: bytes) -> None:
        """Called with a piece of a frame.  Must be overridden."""
        raise NotImplementedError("must be implemented in subclass")

    def _collect_incoming_data(self, data: bytes) -> None:
        self.incoming.append(data)

    def _get_data(self) -> bytes:
        data = b"".join(self.incoming)
        del self.incoming[:]
        return data

    def found_terminator(self) -> None:
        """Called at the end of each frame.  Must be overridden."""
        raise NotImplementedError("must be implemented in subclass")

    def set_terminator(self, term: Terminator) -> None:
        """Set what ends a frame: bytes, a number of bytes, or None to collect everything.

        A str is encoded if ``use_encoding`` is set.  Raises ValueError for a negative number.
        """
        if isinstance(term, str) and self.use_encoding:
            term = bytes(term, self.encoding)
        elif isinstance(term, int) and term < 0:
            raise ValueError("the number of received bytes must be positive")
        self.terminator = term

    def get_terminator(self) -> Any:
        """Return the terminator; a number is what remains to be read of the frame."""
        return self.terminator

    def handle_read(self) -> None:
        """Read once, and hand on what the read holds."""
        try:
            data = self.recv(self.ac_in_buffer_size)
        except BlockingIOError:
            return
        except OSError:
            self.handle_error()
            return
        entry = self._bridge
        if entry is None or not (coalesce := entry.coalesces and self.coalesce):
            if isinstance(data, str) and self.use_encoding:
                data = data.encode(self.encoding)
            feed(self, data if type(data) is bytes else b"" + data)
            return
        try:  # as in _bridge_feed(), without the call
            feed(self, data, coalesce)
        finally:
            self._bridge_holding = False
            if entry.driver.holder is self:
                entry.driver.release()

    def _bridge_feed(self, entry: Entry, data: bytes) -> None:
        try:
            feed(self, data, self.coalesce)
        finally:
            self._bridge_holding = False
            if entry.driver.holder is self:
                entry.driver.release()

    def _bridge_pause(self) -> None:
        super()._bridge_pause()
        self.ac_in_buffer = self._bridge_in_buf[self._bridge_in_pos :]  # a new object: the splitter notices

    def _bridge_resume(self) -> None:
        """Hand on what was read before the pause."""
        super()._bridge_resume()
        entry = self._bridge
        if self._bridge_paused or not self._bridge_in_buf or entry is None:
            return
        if entry.coalesces and self.coalesce:
            self._bridge_feed(entry, b"")
        else:
            feed(self, b"")

    def _bridge_discard_input(self) -> None:
        self.ac_in_buffer = b""

    # -- output

    def push(self, data: bytes | bytearray | memoryview) -> None:
        """Queue *data* and send what the system takes now.  Never blocks.  Safe in any thread.

        A lost connection calls handle_close().  Raises TypeError if *data* is not bytes-like.
        """
        if type(data) is not bytes and not isinstance(data, (bytes, bytearray, memoryview)):
            raise TypeError("data argument must be byte-ish (%r)", type(data))
        entry = self._bridge
        if entry is None:
            self._bridge_push_outside(data)
            return
        driver = entry.driver
        if driver.owner != get_ident() and driver.is_foreign():
            copy = bytes(data)
            driver.call_from_thread(lambda: self._bridge_call(async_chat.push, copy))
            return
        holder = driver.holder
        if self._bridge_holding and self.connected and holder is not self and self._bridge_may_hold(driver):
            holder = self
        size = self.ac_out_buffer_size
        if holder is self and self.connected and (self._bridge_holding or len(data) <= size):
            if type(data) is not bytes:
                data = bytes(data)  # it may be changed before it is sent
            if len(data) <= size:
                self._bridge_fifo.append(data)
            else:
                self._bridge_queue(data)
            held = self._bridge_held = self._bridge_held + len(data)
            if not self._bridge_holding:
                driver.release()  # the last answer of a burst takes the others along
            elif held >= _outbox.JOINED:
                driver.release()
                self._bridge_holding = True
            return
        if holder is not None:
            driver.release()
        alone = data and not self._bridge_fifo and self.connected and entry.coalesces
        if alone and len(data) <= size:
            _outbox.send_alone(self, entry, data)
        else:
            self._bridge_queue(data)
            self.initiate_send()

    def _bridge_push_outside(self, data: Any) -> None:
        """push(), while the channel is in no map that anybody drives."""
        driver = self._bridge_left
        if driver is not None and driver.is_foreign():
            copy = bytes(data)
            driver.call_from_thread(lambda: self._bridge_call(async_chat.push, copy))
        else:
            self._bridge_queue(data)
            self.initiate_send()

    def _bridge_queue(self, data: Any) -> None:
        fifo = self._bridge_fifo
        if fifo is None:
            fifo = self._bridge_fifo = deque()
        size = self.ac_out_buffer_size
        if len(data) > size:
            for start in range(0, len(data), size):
                fifo.append(data[start : start + size])
        else:
            fifo.append(data)

    def push_with_producer(self, producer: Any) -> None:
        """Queue *producer*, whose ``more()`` is asked for bytes until it returns none."""
        driver = self._bridge_driver()
        if driver is not None and driver.is_foreign():
            driver.call_from_thread(lambda: self._bridge_call(async_chat.push_with_producer, producer))
            return
        self.producer_fifo.append(producer)
        self.initiate_send()

    def close_when_done(self) -> None:
        """Call handle_close() once everything queued so far has been sent."""
        driver = self._bridge_driver()
        if driver is not None and driver.is_foreign():
            driver.call_from_thread(lambda: self._bridge_call(async_chat.close_when_done))
            return
        if self._bridge_held:
            self._bridge_send_held()  # since the next push() finds the None, and closes
        if self._bridge_fifo is None:
            self._bridge_fifo = deque()
        self._bridge_fifo.append(None)
        self._bridge_touch()

    def initiate_send(self) -> None:
        """Send from the queue what one send() takes, if the channel is connected."""
        entry = self._bridge
        if entry is None:
            _outbox.pump(self, join=False)
            return
        if entry.driver.holder is not None:
            entry.driver.release()
        _outbox.pump(self, entry.coalesces and bool(self.coalesce))
        if self._bridge_fifo:
            entry.touch()

    def discard_buffers(self) -> None:
        """Forget what was read and what was to be sent."""
        self.ac_in_buffer = b""
        del self.incoming[:]
        self.producer_fifo.clear()

    def _bridge_queued(self) -> int:
        """Return how many bytes wait to be sent; what producers have still to make is not known."""
        return sum(
            len(entry)
            for entry in getattr(self, "_bridge_fifo", None) or ()
            if isinstance(entry, (bytes, bytearray, memoryview, str))
        )

    def _bridge_may_hold(self, driver: Driver) -> bool:
        """Begin to hold output back, unless close_when_done() has ended it: what comes after that is never sent."""
        if self._bridge_fifo and None in self._bridge_fifo:
            return False
        driver.release()
        driver.holder = self
        if self._bridge_fifo is None:
            self._bridge_fifo = deque()
        self._bridge_held = 0
        self._bridge_held_alone = not self._bridge_fifo
        self._bridge_held_since = time.monotonic()
        return True

    def _bridge_send_held(self) -> None:
        """Send all that was held back, as far as the system takes it."""
        self._bridge_holding = False
        entry = self._bridge
        if entry is not None and entry.driver.holder is self:
            entry.driver.holder = None
        if not self._bridge_held:
            return
        held, self._bridge_held = self._bridge_held, 0
        if time.monotonic() - self._bridge_held_since > HELD_TOO_LONG:
            self._bridge_was_slow()
        elif self._bridge_strikes:
            type(self)._bridge_strikes -= 1
        if self._bridge_held_alone and self.connected and held <= self.ac_out_buffer_size:
            _outbox.send_all(self, held)
            return
        connected, self.connected = self.connected, True  # it was, when this was pushed
        while self._bridge_fifo and held > 0:
            sent = _outbox.pump(self, join=True)
            if not sent:
                break
            held -= sent
        self.connected = self.connected and connected
        if self._bridge_fifo:
            self._bridge_touch()

    def _bridge_was_slow(self) -> None:
        """Note that output was held back too long; a class that does so again and again is no longer let."""
        cls = type(self)
        cls._bridge_strikes += STRIKE
        if cls._bridge_strikes >= 3 * STRIKE and "coalesce" not in cls.__dict__:
            cls.coalesce = False
            logger.info(
                "%s.%s takes its time between frames: its replies are sent one by one from now on",
                cls.__module__,
                cls.__qualname__,
            )

    def _bridge_call(self, method: Any, *args: Any) -> None:
        """Make a call that another thread asked for; its errors are this channel's."""
        _serve.guarded(self, lambda: method(self, *args))

    # -- events

    def handle_write(self) -> None:
        """Send more of the queue."""
        self.initiate_send()

    def handle_close(self) -> None:
        """Close, without the warning that a plain dispatcher prints."""
        self.close()

    def handle_eof(self) -> None:
        """Called with ``half_close`` when the peer sends nothing more; closes once the queue is sent."""
        self.close_when_done()

    def readable(self) -> Any:
        """Return true: asynchat always reads."""
        return 1

    def writable(self) -> Any:
        """Return true while there is something in the queue, and while connecting."""
        if self._bridge_held:
            self._bridge_send_held()
        return self._bridge_fifo or not self.connected


class simple_producer:  # noqa: N801
    """A producer that hands out *data* in pieces of *buffer_size* bytes."""

    def __init__(self, data: bytes, buffer_size: int = 512) -> None:
        self.data = data
        self.buffer_size = buffer_size

    def more(self) -> bytes:
        """Return the next piece, b"" at the end."""
        piece, self.data = self.data[: self.buffer_size], self.data[self.buffer_size :]
        return piece


def find_prefix_at_end(haystack: bytes, needle: bytes) -> int:
    """Return how many bytes at the end of *haystack* are the beginning of *needle* (but not all of it)."""
    return _splitter.find_prefix_at_end(haystack, needle)


async_chat.__module__ = simple_producer.__module__ = find_prefix_at_end.__module__ = "asynchat"

__all__ = ["async_chat", "asyncore", "deque", "find_prefix_at_end", "simple_producer"]
