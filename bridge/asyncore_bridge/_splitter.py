"""Cutting received bytes into what async_chat's methods are given: no sockets here.

The contract, measured on the stdlib's asynchat:

* A terminator of bytes is stripped exactly, also when it arrives in pieces; an empty frame calls
  found_terminator() without collect_incoming_data().
* An integer terminator counts down in place (``channel.terminator``) as data is collected, and is 0 when
  found_terminator() is called.
* No terminator (None, 0, empty): all is collected, nothing is ever found.
* The terminator is looked up for every frame, since any handler may have changed it.
* What is left of the read stays in the buffer while handlers run, and if one raises: a frame that was
  collected before the exception is gone, one that collect_incoming_data() refused is offered again.

The buffer is not cut after each frame, since a read of 64 KiB may hold thousands: ``_in_buf`` is kept whole
and ``_in_pos`` moves through it.  ``channel.ac_in_buffer`` shows what asyncore would have had there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .asynchat import async_chat


_NONE_YET = object()


def feed(channel: async_chat, data: bytes, coalesce: Any = False) -> None:
    """Take in what was read, and call collect_incoming_data() and found_terminator() for it.

    With *coalesce*, which is only for classes with the stock get_terminator(), ``channel._bridge_holding`` tells
    while a handler runs that another complete frame is waiting in the same read ("event": that this read is
    not over yet).
    """
    if channel._bridge_in_buf:
        data = channel._bridge_in_buf[channel._bridge_in_pos :] + data
    channel._bridge_in_buf = buffer = data
    channel._bridge_in_pos = start = 0
    size = len(buffer)
    known: Any = _NONE_YET  # the terminator that was looked for already: how long it is, and where
    length, index = 0, -1
    every = coalesce == "event"
    while start < size:
        terminator = channel.terminator if coalesce else channel.get_terminator()
        if terminator is known or (type(terminator) is bytes and terminator):
            if terminator is not known:
                length = len(terminator)
                index = buffer.find(terminator, start)
            if index >= 0:
                if index > start:
                    channel.collect_incoming_data(buffer[start:index])
                after = index + length
                channel._bridge_in_pos += after - start
                if coalesce:
                    known, index = terminator, buffer.find(terminator, after)
                    channel._bridge_holding = index >= 0 or every
                channel.found_terminator()
                if channel._bridge_in_buf is buffer and channel._bridge_in_pos == after:
                    start = after
                    continue
            elif _collect_tail(channel, terminator):
                return
        elif _take_other(channel, terminator, coalesce):
            return
        known = _NONE_YET
        buffer, start = channel._bridge_in_buf, channel._bridge_in_pos  # handlers may have changed both
        size = len(buffer)
        if channel._bridge_paused:  # by a task that must end before the next frame is handed on
            return
    channel._bridge_in_buf = b""
    channel._bridge_in_pos = 0


def find_prefix_at_end(haystack: bytes, needle: bytes, start: int = 0) -> int:
    """Return how many bytes at the end of *haystack* (from *start* on) may be the beginning of *needle*."""
    longest = min(len(needle) - 1, len(haystack) - start)
    for size in range(longest, 0, -1):
        if haystack.endswith(needle[:size]):
            return size
    return 0


def _take_other(channel: async_chat, terminator: Any, coalesce: Any) -> bool:
    """Go on with a terminator that is not the usual one; return whether the rest has to wait."""
    if not terminator:
        _collect_all(channel)
    elif isinstance(terminator, int):
        _take_counted(channel, terminator, coalesce)
    else:  # a bytearray; or a str, which find() refuses
        index = channel._bridge_in_buf.find(terminator, channel._bridge_in_pos)
        if index < 0:
            return _collect_tail(channel, terminator)
        start = channel._bridge_in_pos
        if index > start:
            channel.collect_incoming_data(channel._bridge_in_buf[start:index])
        channel._bridge_in_pos += index + len(terminator) - start
        channel._bridge_holding = coalesce == "event"
        channel.found_terminator()
    return False


def _collect_all(channel: async_chat) -> None:
    channel.collect_incoming_data(channel._bridge_in_buf[channel._bridge_in_pos :])
    channel._bridge_in_buf = b""
    channel._bridge_in_pos = 0


def _collect_tail(channel: async_chat, terminator: bytes) -> bool:
    """Hand on what cannot be part of the terminator; return whether a beginning of it has to wait."""
    buffer, start = channel._bridge_in_buf, channel._bridge_in_pos
    kept = find_prefix_at_end(buffer, terminator, start)
    if not kept:
        _collect_all(channel)
        return False
    if kept < len(buffer) - start:
        channel.collect_incoming_data(buffer[start : len(buffer) - kept])
        channel._bridge_in_pos = max(len(channel._bridge_in_buf) - kept, 0)
    return True


def _take_counted(channel: async_chat, size: int, coalesce: Any) -> None:
    buffer, start = channel._bridge_in_buf, channel._bridge_in_pos
    available = len(buffer) - start
    if available < size:
        _collect_all(channel)
        channel.terminator = channel.terminator - available  # type: ignore[operator]
        return
    channel.collect_incoming_data(buffer[start : start + size])
    channel._bridge_in_pos += size
    channel.terminator = 0
    if coalesce:
        channel._bridge_holding = available - size >= size or coalesce == "event"
    channel.found_terminator()
