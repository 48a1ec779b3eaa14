"""What legacy handlers can do with asyncio: start tasks and timers, and be waited for.

Free functions, because real subclasses already have attributes called ``closed`` or ``call_later``; those who
want methods derive from :class:`AsyncMethods`, too.

A channel's tasks and timers belong to it: their exceptions go to its handle_error(), and they end when it is
closed.  They run on the event loop that serves the channel, whichever way that is: over a transport,
attached, under ``asyncore.loop()``, or in the turns that ``asyncore.loop(count=n)`` gives this thread's own loop.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Callable, TypeVar, cast

from . import _loops, _making, _mapdriver, _serve, asyncore
from ._errors import report

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from ._driver import Driver

T = TypeVar("T")

_running: set[asyncio.Task[Any]] = set()
"""Keeps tasks alive: event loops refer to them weakly, and a channel may be gone before its last task."""


class Companions:
    """What ends with a channel, and who waits for its end."""

    __slots__ = ("tasks", "timers", "waiters")

    def __init__(self) -> None:
        self.tasks: set[asyncio.Task[Any]] = set()
        self.timers: set[Timer] = set()
        self.waiters: list[asyncio.Future[None]] = []

    def end(self) -> None:
        """Cancel the tasks and timers, wake those who wait: the channel is closed."""
        current = _current_task()
        for task in list(self.tasks):
            if task is not current:  # a task may close its channel and go on
                task.get_loop().call_soon_threadsafe(task.cancel)
        for timer in list(self.timers):
            timer.cancel()
        waiters, self.waiters = self.waiters, []
        for waiter in waiters:
            loop = waiter.get_loop()
            if not loop.is_closed():
                loop.call_soon_threadsafe(_wake, waiter)


class Timer:
    """A call that is due later; what :func:`call_later` returns."""

    def __init__(self, channel: asyncore.dispatcher, driver: Driver, call: Callable[[], object]) -> None:
        self._channel = channel
        self._driver = driver
        self._call: Callable[[], object] | None = call
        self._handle: asyncio.TimerHandle | None = None

    def cancel(self) -> None:
        """Do not make the call.  Does nothing if it was made, or cancelled, before."""
        if self._call is not None:
            self._call = None
            if self._handle is not None:
                self._handle.cancel()
            _companions(self._channel).timers.discard(self)
            self._driver.work -= 1

    def cancelled(self) -> bool:
        """Return whether the call will not be made (any more)."""
        return self._call is None

    def _due(self) -> None:
        _driver(self._channel).call_from_thread(self._make_call)

    def _make_call(self) -> None:
        call = self._call
        if call is not None:
            self.cancel()
            _serve.guarded(self._channel, call)


def spawn(
    channel: asyncore.dispatcher,
    coro: Coroutine[Any, Any, T],
    *,
    pause_reading: bool = False,
    name: str | None = None,
) -> asyncio.Task[T]:
    """Run *coro* as a task that belongs to *channel*; call it from the channel's handlers.

    An exception goes to the channel's handle_error().  The task is cancelled when the channel is closed; one that
    is started afterwards, to clean up in handle_close(), runs to its end, and its exception goes to the event
    loop's exception handler.
    With *pause_reading* nothing more is read, and no further frame of what was read is handed on, until the
    task has ended: answers keep the order of the questions.  *name* is the task's name, by default the
    class's and the coroutine's.

    Raises RuntimeError if the channel has no map yet, or if another thread serves it, and TypeError if it is none
    of the bridge's.
    """
    try:
        driver = _driver_here(channel, "spawn")
        loop = _loop_for_this_thread()
    except (RuntimeError, TypeError):
        coro.close()  # that it was never awaited is no second mistake
        raise
    what = getattr(coro, "__qualname__", type(coro).__name__)
    task = loop.create_task(coro, name=name or f"{type(channel).__qualname__}: {what}")
    _companions(channel).tasks.add(task)
    _running.add(task)
    driver.work += 1
    if pause_reading:
        channel._bridge_pause()

    def ended(task: asyncio.Task[T]) -> None:
        _running.discard(task)
        driver.work -= 1
        if not channel._bridge_closed:
            driver.call_from_thread(lambda: _settle_accounts(channel, task, pause_reading))
        elif not task.cancelled() and task.exception() is not None:
            message = f"a task of {channel!r} failed after the channel was closed"
            report(loop, message, cast("BaseException", task.exception()), channel=channel, task=task)

    task.add_done_callback(ended)
    return task


def call_later(channel: asyncore.dispatcher, seconds: float, call: Callable[..., object], *args: Any) -> Timer:
    """Call ``call(*args)`` in *seconds*, unless *channel* is closed before.

    One that is started after the channel was closed, to connect again, is made all the same.
    An exception goes to the channel's handle_error().  The result has ``cancel()``.
    Raises RuntimeError if the channel has no map yet, or if another thread serves it, and TypeError if *call* is a
    coroutine function.
    """
    driver = _driver_here(channel, "call_later")
    _making.refuse_coroutine_function(call, "call_later()'s call", "spawn() a coroutine that begins with a sleep()")
    timer = Timer(channel, driver, lambda: call(*args))
    timer._handle = _loop_for_this_thread().call_later(seconds, timer._due)
    _companions(channel).timers.add(timer)
    driver.work += 1
    return timer


async def wait_closed(channel: asyncore.dispatcher) -> None:
    """Wait until ``channel.close()`` has been called, by whomever."""
    if not channel._bridge_closed:
        waiter = asyncio.get_running_loop().create_future()
        _companions(channel).waiters.append(waiter)
        await waiter


class AsyncMethods:
    """A mixin for dispatchers: the functions of this module as methods."""

    def spawn(
        self, coro: Coroutine[Any, Any, T], *, pause_reading: bool = False, name: str | None = None
    ) -> asyncio.Task[T]:
        """Run *coro* as a task that belongs to this channel; see :func:`spawn`."""
        return spawn(self, coro, pause_reading=pause_reading, name=name)  # type: ignore[arg-type]

    def call_later(self, seconds: float, call: Callable[..., object], *args: Any) -> Timer:
        """Call ``call(*args)`` in *seconds*; see :func:`call_later`."""
        return call_later(self, seconds, call, *args)  # type: ignore[arg-type]

    async def wait_closed(self) -> None:
        """Wait until this channel is closed; see :func:`wait_closed`."""
        await wait_closed(self)  # type: ignore[arg-type]


def _companions(channel: asyncore.dispatcher) -> Companions:
    if channel._bridge_companions is None:
        channel._bridge_companions = Companions()
    return channel._bridge_companions


def _driver(channel: asyncore.dispatcher) -> Driver:
    if channel._bridge is None and channel._map.get(channel._fileno) is channel:  # nobody has driven it yet
        members = _mapdriver.of(channel._map)
        members.sync()
        return members
    driver = channel._bridge_driver()
    if driver is None:
        raise RuntimeError(f"{channel!r} is not in a socket map, so nothing can be done for it")
    return driver


def _driver_here(channel: asyncore.dispatcher, asked: str) -> Driver:
    if not isinstance(channel, asyncore.dispatcher):
        raise TypeError(
            f"{asked}() needs a channel of the bridge's classes, not {channel!r}{_making.origin(channel)}"
        )
    driver = _driver(channel)
    if driver.is_elsewhere():
        raise RuntimeError(
            f"{asked}() must be called in the thread that serves {channel!r}; from another one, have that thread's "
            "event loop call it: loop.call_soon_threadsafe(...)"
        )
    return driver


def _loop_for_this_thread() -> asyncio.AbstractEventLoop:
    return _loops.running() or _loops.own()


def _settle_accounts(channel: asyncore.dispatcher, task: asyncio.Task[Any], paused: bool) -> None:
    """Deal with the end of a task, in a pass of the channel's driver."""
    _companions(channel).tasks.discard(task)
    exc = None if task.cancelled() else task.exception()
    if exc is not None and not isinstance(exc, (KeyboardInterrupt, SystemExit)):  # these left the loop at once
        _serve.guarded(channel, task.result)
    if paused:
        _serve.guarded(channel, channel._bridge_resume)


def _current_task() -> asyncio.Task[Any] | None:
    try:
        return asyncio.current_task()
    except RuntimeError:
        return None


def _wake(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)
