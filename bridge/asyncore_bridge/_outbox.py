"""Sending what async_chat's queue holds: byte strings, producers, and None for "close now".

One call of ``pump()`` makes at most one send(), as asynchat did: the rest goes out when the socket can be
written to again.  Where the class leaves the stock methods alone, neighbouring byte strings go out in that one
send(); the queue then loses exactly what was sent, so it looks as if they had gone out one by one.

A producer is asked with more() only when everything before it is gone.

Most replies find the queue empty: ``send_alone()`` does for these what ``pump()`` does for all.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._interest import Entry
    from .asynchat import async_chat

JOINED = 65536
"""Bytes after which no further entry of the queue is joined to a send; fewer if the class sends fewer at once."""


def pump(channel: async_chat, join: bool) -> int:
    """Send from the head of the queue what the socket takes now; return the number of bytes."""
    while channel.connected:
        queue = channel._bridge_fifo
        if not queue:
            break
        head = queue[0]
        if not head:
            del queue[0]
            if head is None:
                channel.handle_close()
                break
        size = channel.ac_out_buffer_size
        try:
            data = head[:size]
        except TypeError:
            _ask_producer(queue, head)
            continue
        joined = join and len(queue) > 1 and len(data) == len(head) and type(data) is bytes
        if joined:
            data = _joined(queue, min(size, JOINED))
        elif isinstance(data, str) and channel.use_encoding:
            data = data.encode(channel.encoding)
        try:
            sent = channel.send(data)
        except OSError:
            channel.handle_error()
            break
        if not sent:
            break
        if joined:
            _remove(queue, sent)
        elif sent < len(data) or size < len(head):
            queue[0] = head[sent:]
        else:
            del queue[0]
        return int(sent)
    return 0


def send_alone(channel: async_chat, entry: Entry, data: Any) -> None:
    """Send *data* with nothing else queued; it is in the queue meanwhile: handle_close() may look, or clear it."""
    queue = channel._bridge_fifo
    if queue is None:
        queue = channel._bridge_fifo = deque()
    queue.append(data)
    try:
        sent = channel.send(data)
    except OSError:
        channel.handle_error()
        return
    if sent == len(data):
        del queue[0]
    else:
        if sent:
            queue[0] = data[sent:]
        entry.touch()


def send_all(channel: async_chat, size: int) -> None:
    """Send the whole queue at once, which is byte strings of *size* bytes together."""
    queue = channel._bridge_fifo
    try:
        sent = channel.send(b"".join(queue))
    except OSError:
        channel.handle_error()
        return
    if sent == size:
        queue.clear()
    else:
        _remove(queue, sent)
        channel._bridge_touch()


def _ask_producer(queue: Any, producer: Any) -> None:
    data = producer.more()
    if data:
        queue.appendleft(data)
    elif queue and queue[0] is producer:  # it may have pushed, which asked it again
        del queue[0]


def _joined(queue: Any, size: int) -> bytes:
    """Return the byte strings at the head of *queue* as one, up to about *size* bytes."""
    parts: list[bytes] = []
    total = 0
    for part in queue:
        if type(part) is not bytes or not part:
            break
        parts.append(part)
        total += len(part)
        if total >= size:
            break
    return b"".join(parts)


def _remove(queue: Any, sent: int) -> None:
    """Take *sent* bytes from the head of *queue*."""
    while sent:
        head = queue[0]
        if sent < len(head):
            queue[0] = head[sent:]
            return
        sent -= len(head)
        del queue[0]
