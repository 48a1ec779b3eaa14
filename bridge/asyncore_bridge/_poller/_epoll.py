"""Linux: an epoll object, nested in the event loop by its own descriptor.

How it differs from what asyncore used, and what is done about it:

* epoll reports HUP and ERR for any registered descriptor, wanted or not, so a mask of 0 is
  unregistered, never registered as 0.
* Regular files and /dev/null cannot be registered (EPERM), but ``select()`` called them always ready:
  they are kept in a table of their own, and ``poll()`` does not wait while there are any.
* A descriptor that was closed while a copy of it is alive elsewhere (dup, a forked child) goes on
  reporting events that can no longer be unregistered.  ``set()`` cannot help there; the driver calls
  ``rebuild()``.
* A forked child shares the kernel object.  It must not unregister anything: that would deafen the parent.
"""

from __future__ import annotations

import errno
import select
import sys
from typing import TYPE_CHECKING, Callable

from . import IN, OUT, Events
from ._wakeup import MAKING, Wakeup

if TYPE_CHECKING:
    import asyncio

    from . import PollFunction

if sys.platform == "linux":

    class EpollPoller:
        """A :class:`select.epoll` object and what epoll cannot hold."""

        def __init__(self) -> None:
            self._epoll = select.epoll()
            self._abandoned = False
            self._always: dict[int, int] = {}
            self._wakeup: Wakeup | None = None
            self.poll: PollFunction = self._epoll.poll
            self._nested: tuple[asyncio.AbstractEventLoop, Callable[[], object]] | None = None

        def set(self, fd: int, old: int, new: int) -> None:
            if fd in self._always:
                del self._always[fd]
                old = 0
            if self._abandoned:
                self._revive()
            try:
                if not new:
                    if old:
                        self._epoll.unregister(fd)
                elif old:
                    self._epoll.modify(fd, new)
                else:
                    self._epoll.register(fd, new)
            except FileExistsError:  # a number reused without our knowledge
                self._epoll.modify(fd, new)
            except FileNotFoundError:  # closed and opened again without our knowledge
                if new:
                    self._epoll.register(fd, new)
            except PermissionError:
                self._always[fd] = new
                self.poll = self._poll_with_files

        def _poll_at_last(self, timeout: float | None = None, limit: int = -1) -> Events:
            """poll() after abandon()."""
            self._revive()
            return self.poll(timeout, limit)

        def _revive(self) -> None:
            """Make what abandon() has not made, since a child may close all descriptors that it does not know."""
            self._abandoned = False
            self._epoll = select.epoll()
            if self._wakeup is not None:
                self._epoll.register(self._wakeup.fileno(), IN)
            self.poll = self._poll_with_files if self._always else self._epoll.poll

        def _poll_with_files(self, timeout: float | None = None, limit: int = -1) -> Events:
            """poll() with regular files among the members: they are always ready."""
            if self._always:
                timeout = 0.0
            return self._epoll.poll(timeout, limit) + [(fd, mask & (IN | OUT)) for fd, mask in self._always.items()]

        def wake(self) -> None:
            with MAKING:
                wakeup = self._wakeup
                if wakeup is None:
                    if self._epoll.closed and not self._abandoned:
                        return
                    # epoll_wait() in another thread sees what is registered after it started waiting
                    self._wakeup = wakeup = Wakeup()
                    if not self._abandoned:
                        self._epoll.register(wakeup.fileno(), IN)
            wakeup.set()

        def was_woken_by(self, fd: int) -> bool:
            if self._wakeup is None or fd != self._wakeup.fileno():
                return False
            self._wakeup.clear()
            return True

        def nest(self, loop: asyncio.AbstractEventLoop, callback: Callable[[], object]) -> None:
            if self._abandoned:
                self._revive()
            loop.add_reader(self._epoll.fileno(), callback)
            self._nested = loop, callback

        def unnest(self) -> None:
            if self._nested is not None:
                loop, _ = self._nested
                self._nested = None
                if not loop.is_closed():
                    loop.remove_reader(self._epoll.fileno())

        def busy(self) -> bool:
            return bool(self._always)

        def rebuild(self, registered: Events) -> None:
            """Start afresh with the *registered* descriptors and their masks: the only cure for stale ones."""
            nested = self._nested
            self.unnest()
            self._epoll.close()
            self._epoll = select.epoll()
            self.poll = self._poll_with_files if self._always else self._epoll.poll
            if self._wakeup is not None:
                self._epoll.register(self._wakeup.fileno(), IN)
            if nested is not None:
                self.nest(*nested)
            for fd, mask in registered:
                if fd not in self._always:
                    try:
                        self.set(fd, 0, mask)
                    except OSError as exc:
                        if exc.errno != errno.EBADF:
                            raise

        def abandon(self) -> None:
            self._nested = None
            self._epoll.close()  # closes this process's number only
            self._abandoned = True
            self._always.clear()
            if self._wakeup is not None:
                self._wakeup.close()
                self._wakeup = None
            self.poll = self._poll_at_last

        def close(self) -> None:
            self.unnest()
            self._epoll.close()
            if self._wakeup is not None:
                self._wakeup.close()
