"""Legacy servers in a thread of their own, for callers that block: tests, above all.

    with running_in_thread(Server, "127.0.0.1", 0) as address: ...

The thread has an event loop and a socket map of its own: dispatchers made there without ``map=`` are in that map,
not in ``asyncore.socket_map``, so that several servers, and the caller's own channels, do not meet.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import threading
from typing import TYPE_CHECKING, Any, Callable

from . import _adoption, _loops, _making, _mapdriver, asyncore
from .attaching import attach

if TYPE_CHECKING:
    from collections.abc import Iterator

READY = 10.0
"""Seconds after which a server that is not ready is given up by default."""


@contextlib.contextmanager
def running_in_thread(
    make: Callable[..., Any],
    *args: Any,
    timeout: float = READY,
    map: Any = None,  # noqa: A002
    **kwargs: Any,
) -> Iterator[Any]:
    """Run ``make(*args, **kwargs)`` and what it serves in a thread, for the length of a ``with`` block.

    *make* is called in the thread and returns a listening dispatcher, several of them in a list or tuple, or
    what :func:`serve` returns; if it returns nothing, all that is in the map then is meant.  The block gets the
    address that it listens on (a list of them for several), and starts when connections are accepted; port 0
    means any free port.  *timeout* is how many seconds that may take.  *map* is the socket map to use instead of
    a new one, for programs that look into ``asyncore.socket_map``.

    When the block is left, all channels are closed and the thread is joined.  Exceptions raised by *make*, and
    those that left the thread's loop, are raised here.  Raises TypeError if *make* cannot be called, and
    TimeoutError if the server is not ready in time.
    """
    if not callable(make):
        raise TypeError(
            f"running_in_thread() needs a function that makes the server in the thread, not {make!r}; for example "
            "running_in_thread(lambda: serve(Session, '127.0.0.1', 0))"
        )
    runner = _Runner(lambda: make(*args, **kwargs), {} if map is None else map)
    address = runner.start(timeout)
    try:
        yield address
    finally:
        runner.stop()


class _Runner:
    """One thread, its map and its loop."""

    def __init__(self, make: Callable[[], Any], map: Any) -> None:  # noqa: A002
        self._make = make
        self._map = map
        self._ready = threading.Event()
        self._address: Any = None
        self._error: BaseException | None = None
        self._given_up = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._run, name="asyncore_bridge.running_in_thread", daemon=True)

    def start(self, timeout: float) -> Any:
        self._thread.start()
        try:
            if not self._ready.wait(timeout):
                raise TimeoutError(f"the server was not ready within {timeout} s")
        except BaseException:
            self._given_up = True  # it ends as soon as it is ready, then
            self._ask_to_stop()
            raise
        self._raise_error()
        return self._address

    def stop(self) -> None:
        self._ask_to_stop()
        self._thread.join()
        self._raise_error()

    def _ask_to_stop(self) -> None:
        if self._loop is not None and self._stop is not None:
            with contextlib.suppress(RuntimeError):  # it has ended by itself
                self._loop.call_soon_threadsafe(self._stop.set)

    def _raise_error(self) -> None:
        error, self._error = self._error, None
        if error is not None:
            self._thread.join()
            raise error

    def _run(self) -> None:
        token = _adoption.default_map.set(self._map)
        try:
            loop = self._loop = _loops.own()
            loop.run_until_complete(self._serve())
        except BaseException as exc:  # handed to the thread that waits
            self._error = exc
        finally:
            _adoption.default_map.reset(token)
            _loops.close()
            self._ready.set()

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        made = self._make()
        async with contextlib.AsyncExitStack() as stack:
            if inspect.iscoroutine(made):
                made = await made
            if hasattr(made, "__aenter__"):
                made = await stack.enter_async_context(made)
            elif not _can_be_served(made):
                raise TypeError(
                    f"running_in_thread() needs a function that makes a listening dispatcher, several, or what "
                    f"serve() gives; it made {made!r}{_making.origin(made)}"
                )
            stack.push_async_callback(self._close_all)
            attachment = stack.enter_context(attach(self._map))
            self._address = _address_of(self._all() if made is None else made)
            self._ready.set()
            if self._given_up:
                return
            tasks = [asyncio.ensure_future(wait) for wait in (attachment.until_exit(), self._stop.wait())]
            try:
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                if tasks[0].done():
                    tasks[0].result()
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    def _all(self) -> Any:
        """Return what is in the map: the one channel, or a list of them."""
        found = list(self._map.values())
        return found[0] if len(found) == 1 else found

    async def _close_all(self) -> None:
        driver = _mapdriver.existing(self._map)
        if driver is not None:
            driver.sync()
        asyncore.close_all(self._map, ignore_all=True)
        await asyncio.sleep(0)  # transports say goodbye in the next turn


def _can_be_served(made: Any) -> bool:
    if isinstance(made, (list, tuple)):
        return all(map(_can_be_served, made))
    return made is None or (hasattr(made, "socket") and not _making.origin(made))


def _address_of(made: Any) -> Any:
    if isinstance(made, (list, tuple)):
        return [_address_of(one) for one in made]
    if hasattr(made, "address"):
        return made.address
    sock = getattr(made, "socket", None)
    return None if sock is None else sock.getsockname()
