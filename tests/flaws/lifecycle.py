"""Mistakes in the order of hooks, in errors, and in the loop."""

from __future__ import annotations

import asyncore
import select
import smtpd
import time
from typing import Any, Callable

from flaw_registry import flaw


@flaw
def connected_too_early() -> None:
    """handle_connect() sees connected True."""
    original = asyncore.dispatcher.handle_connect_event

    def handle_connect_event(self: Any) -> None:
        self.connected = True
        original(self)

    asyncore.dispatcher.handle_connect_event = handle_connect_event


@flaw
def refusal_is_a_close() -> None:
    """A refused connection is reported to handle_close()."""
    original = asyncore.dispatcher.handle_connect_event

    def handle_connect_event(self: Any) -> None:
        try:
            original(self)
        except OSError:
            self.handle_close()

    asyncore.dispatcher.handle_connect_event = handle_connect_event


@flaw
def eof_skips_the_hook() -> None:
    """End of file closes the channel without handle_close()."""

    def recv(self: Any, size: int) -> bytes:
        try:
            data = self.socket.recv(size)
        except ConnectionError:
            data = b""
        if not data:
            self.close()
        return data

    asyncore.dispatcher.recv = recv


@flaw
def hook_runs_once() -> None:
    """handle_close() is called at most once for a channel."""

    def guard(name: str, owner: Any) -> None:
        original = getattr(owner, name)

        def guarded(self: Any, *args: Any) -> Any:
            if "handle_close" not in vars(self):
                hook = self.handle_close

                def once() -> None:
                    self.handle_close = lambda: None
                    hook()

                self.handle_close = once
            return original(self, *args)

        setattr(owner, name, guarded)

    guard("handle_read_event", asyncore.dispatcher)
    guard("handle_write_event", asyncore.dispatcher)


@flaw
def reset_is_an_error() -> None:
    """A connection reset is raised out of recv() instead of being a close."""

    def recv(self: Any, size: int) -> bytes:
        data: bytes = self.socket.recv(size)
        if not data:
            self.handle_close()
        return data

    asyncore.dispatcher.recv = recv


@flaw
def errors_end_the_program() -> None:
    """An exception in a handler comes out of loop()."""

    def handle_error(self: Any) -> None:
        raise

    asyncore.dispatcher.handle_error = handle_error


@flaw
def exit_is_an_error() -> None:
    """ExitNow and KeyboardInterrupt are taken for errors of a handler."""
    asyncore._reraised_exceptions = ()  # type: ignore[attr-defined]

    def guarded(original: Callable[[Any], None]) -> Callable[[Any], None]:
        def call(obj: Any) -> None:
            try:
                original(obj)
            except BaseException:
                obj.handle_error()

        return call

    asyncore.read, asyncore.write = guarded(asyncore.read), guarded(asyncore.write)


@flaw
def loop_never_ends() -> None:
    """loop() goes on when the map is empty."""
    original = asyncore.loop

    def loop(timeout: float = 30.0, use_poll: bool = False, map: Any = None, count: Any = None) -> None:
        original(timeout, use_poll, map, count)
        while count is None:
            time.sleep(60)

    asyncore.loop = loop


@flaw
def passes_wait_for_events() -> None:
    """loop(count=1) returns only when something has happened."""
    original = asyncore.poll

    def poll(timeout: float = 0.0, map: Any = None) -> None:
        channels = asyncore.socket_map if map is None else map
        select.select(list(channels), [], [])
        original(0.0, channels)

    asyncore.poll = poll


@flaw
def readable_not_asked() -> None:
    """readable() is not honoured: what comes is read."""
    original = asyncore.loop

    def loop(*args: Any, **options: Any) -> None:
        for kind in _subclasses(asyncore.dispatcher):
            if "readable" in vars(kind) and kind.__module__ == "__main__":
                kind.readable = lambda self: True
        original(*args, **options)

    asyncore.loop = loop


def _subclasses(kind: type) -> list[Any]:
    return [kind] + [deeper for sub in kind.__subclasses__() for deeper in _subclasses(sub)]


@flaw
def mail_of_any_size() -> None:
    """smtpd takes messages of any size."""
    original = smtpd.SMTPServer.__init__

    def without_limit(self: Any, *args: Any, **options: Any) -> None:
        original(self, *args, **options)
        self.data_size_limit = 0

    smtpd.SMTPServer.__init__ = without_limit
