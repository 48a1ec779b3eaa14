"""Serving a socket map on an event loop that somebody else runs.

``attach()`` leaves the map on the loop until it is detached; ``await until_empty()`` does so for as long as the
map has members.  An exception that leaves a handler (ExitNow, KeyboardInterrupt, SystemExit, or what a
handle_error() raises) comes out of ``until_empty()``; with nobody waiting there, it goes to the event
loop's exception handler, except that exits leave the loop as they always do.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import MutableMapping
from typing import TYPE_CHECKING, Any

from . import _errors, _making, _mapdriver, asyncore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType


class Attachment:
    """A map on an event loop; leave it with ``detach()``, or use it in a ``with`` statement."""

    def __init__(self, driver: _mapdriver.MapDriver, loop: asyncio.AbstractEventLoop) -> None:
        self._driver = driver
        self._loop = loop
        self._waiters: list[asyncio.Future[None]] = []
        self._exit_waiters: list[asyncio.Future[None]] = []
        self._accepting_first = 0  # how many of those who wait want that
        driver.attach(loop, self._on_exit)
        driver.attachment = self

    def detach(self) -> None:
        """Stop serving the map; its channels stay open.  A second call does nothing."""
        if self._driver.attachment is self:
            self._driver.attachment = None
            self._driver.accept_first(False)
            self._driver.detach()

    def __enter__(self) -> Attachment:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.detach()

    async def until_empty(self) -> None:
        """Wait until the map is empty.  Raises what leaves a handler meanwhile."""
        if self._driver.map:
            waiter = self._loop.create_future()
            self._waiters.append(waiter)
            try:
                await waiter
            finally:
                del waiter  # else an exception, its traceback and this frame would keep each other alive

    async def until_exit(self) -> None:
        """Wait for ever, whether the map is empty or not.  Raises what leaves a handler meanwhile."""
        waiter = self._loop.create_future()
        self._exit_waiters.append(waiter)
        await waiter

    @contextlib.contextmanager
    def accepting_first(self) -> Iterator[None]:
        """Have asyncio's servers accept before input for channels is handled, until all such blocks are left."""
        self._accepting_first += 1
        self._driver.accept_first(True)
        try:
            yield
        finally:
            self._accepting_first -= 1
            if not self._accepting_first and self._driver.attachment is self:
                self._driver.accept_first(False)

    def deliver(self, exc: BaseException | None) -> bool:
        """End all ``until_empty()`` calls, with *exc* if it is not None; return whether there were any."""
        waiters, self._waiters = self._waiters, []
        if exc is not None:
            waiters += self._exit_waiters
            self._exit_waiters = []
        waiters = [waiter for waiter in waiters if not waiter.done()]
        for waiter in waiters:
            if exc is None:
                waiter.set_result(None)
            else:
                waiter.set_exception(exc)
        return bool(waiters)

    def _on_exit(self, exc: BaseException | None) -> bool:
        """Tell those who wait; return whether *exc* was only reported, and the map is served as before."""
        if self.deliver(exc) or exc is None:
            return False
        if isinstance(exc, (KeyboardInterrupt, SystemExit)):
            raise exc
        _errors.report_exit(self._loop, exc)
        return True


def attach(
    map: MutableMapping[Any, Any] | asyncore.dispatcher | None = None,  # noqa: A002
) -> Attachment:
    """Serve a socket map on the running event loop until the result is detached.

    *map* is a socket map, or a dispatcher, whose map is meant; by default ``asyncore.socket_map``.
    Raises RuntimeError if no event loop is running, if it cannot watch sockets (the Proactor loop), or if
    another loop or thread serves the map already, and TypeError for anything else than a map or a dispatcher.
    """
    loop = asyncio.get_running_loop()
    members = _the_map(map, "attach")
    _mapdriver.of(members).leave_dead_loop()  # which is the end of that driver, if the map is empty
    driver = _mapdriver.of(members)
    present = driver.attachment
    if present is not None and driver.loop is loop:
        return present
    return Attachment(driver, loop)


async def until_empty(
    map: MutableMapping[Any, Any] | asyncore.dispatcher | None = None,  # noqa: A002
    *,
    accept_first: bool = False,
) -> None:
    """Serve a socket map on the running event loop until it is empty: what ``asyncore.loop()`` was.

    asyncore accepted new connections before it read.  With *accept_first*, what comes for the map's channels
    waits until asyncio's servers have made sessions of who has connected before, a few turns of the event loop.

    Takes and raises what :func:`attach` does, and raises what leaves a handler: ExitNow, KeyboardInterrupt,
    SystemExit, and what a handle_error() raises.
    """
    members = _the_map(map, "until_empty")
    if not members:
        return
    driver = _mapdriver.of(members)
    driver.leave_dead_loop()
    already = driver.attachment is not None
    attachment = attach(members)
    try:
        with attachment.accepting_first() if accept_first else contextlib.nullcontext():
            await attachment.until_empty()
    finally:
        if not already:
            attachment.detach()


def _the_map(given: Any, asked: str) -> MutableMapping[Any, Any]:
    if given is None:
        return asyncore.socket_map
    if isinstance(given, asyncore.dispatcher):
        return given._map
    if isinstance(given, MutableMapping):
        return given
    raise TypeError(_wrong(given, asked))


def _wrong(given: Any, asked: str) -> str:
    """Say what to write instead of ``asked(given)``."""
    foreign = _making.origin(given)
    if foreign:
        return f"{asked}() serves the bridge's classes, not {given!r}{foreign}"
    if hasattr(given, "serve_forever"):
        return f"{asked}() is not needed for what serve() gives: it is served once it is started"
    return f"{asked}() needs a socket map or a dispatcher (nothing: asyncore.socket_map), not {given!r}"
