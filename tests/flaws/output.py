"""Mistakes in queues, producers and closing."""

from __future__ import annotations

import asynchat
import asyncore
from typing import Any

from flaw_registry import flaw


@flaw
def pushes_go_out_later() -> None:
    """push() only queues; sending is left to the loop."""

    def push(self: Any, data: bytes) -> None:
        self.producer_fifo.append(data)

    asynchat.async_chat.push = push


@flaw
def close_when_done_drops() -> None:
    """close_when_done() closes at once."""
    asynchat.async_chat.close_when_done = lambda self: self.handle_close()


@flaw
def close_delivers() -> None:
    """close() on a channel with queued output waits until that has gone out."""
    original = asynchat.async_chat.close

    def close(self: Any) -> None:
        if self.connected and self.producer_fifo and not getattr(self, "late", False):
            self.late = True
            self.del_channel()
            self.socket.setblocking(True)
            while self.producer_fifo and self.connected:
                self.initiate_send()
        original(self)

    asynchat.async_chat.close = close


@flaw
def producers_drained_at_once() -> None:
    """A producer is asked for everything as soon as it is pushed."""

    def push_with_producer(self: Any, producer: Any) -> None:
        while data := producer.more():
            self.push(data)

    asynchat.async_chat.push_with_producer = push_with_producer


@flaw
def pushes_overtake_producers() -> None:
    """A push goes to the front where a producer is being worked off."""

    def push(self: Any, data: bytes) -> None:
        busy = any(hasattr(entry, "more") for entry in self.producer_fifo)
        (self.producer_fifo.appendleft if busy else self.producer_fifo.append)(data)
        self.initiate_send()

    asynchat.async_chat.push = push


@flaw
def push_after_done_is_sent() -> None:
    """What is pushed after close_when_done() still goes out before the close."""

    def push(self: Any, data: bytes) -> None:
        closing = None in self.producer_fifo
        if closing:
            self.producer_fifo.remove(None)
        self.producer_fifo.append(data)
        if closing:
            self.producer_fifo.append(None)
        else:
            self.initiate_send()

    asynchat.async_chat.push = push


@flaw
def slow_readers_block() -> None:
    """Sending waits until the peer takes it."""

    def send(self: Any, data: bytes) -> int:
        self.socket.setblocking(True)
        try:
            return self.socket.send(data)
        except OSError:
            self.handle_close()
            return 0
        finally:
            if self.connected:
                self.socket.setblocking(False)

    asyncore.dispatcher.send = send


@flaw
def output_read_off() -> None:
    """A channel with output pending is not read from."""
    asynchat.async_chat.readable = lambda self: not self.producer_fifo
    asyncore.dispatcher_with_send.readable = lambda self: not self.out_buffer
