"""Programs that carry their own copy of asyncore, on the caller's event loop.

waitress has its wasyncore, supervisor and medusa have theirs, others depend on pyasyncore, and Python 3.9-3.11
have the stdlib's.  Their classes know nothing of the bridge, and need not: a socket map, and objects in it with
``readable()``, ``writable()`` and the ``handle_*_event()`` methods, are all that a poller needs.

Members are told by the copy's own ``read()``, ``write()``, ``_exception()`` and ``readwrite()``, so that its
own rules about exceptions hold; copies from before Python 2.3 have none, and get the equal of them.  Since
their classes cannot announce anything, before every wait the map is compared with what is being watched, sockets
included, and everybody is asked, as the copy's own loop did; and all that at least every 50 ms, since plain
asyncio code may have opened or closed channels.  Nothing is written into the copy, its classes or its channels.
"""

from __future__ import annotations

import asyncio
import weakref
from typing import TYPE_CHECKING, Any, Callable

from . import _mapdriver, asyncore
from ._interest import READ, Entry
from ._poller import IN, OUT, PRI
from .attaching import Attachment, attach

if TYPE_CHECKING:
    from types import ModuleType

    from ._members import Map, Ready


SWEEP = 16
"""Passes between two looks at every descriptor; more if there are many."""


class Rules:
    """How a copy of asyncore tells its channels something, and which exceptions it lets pass."""

    def __init__(self, module: Any) -> None:
        self._passing = (KeyboardInterrupt, SystemExit, getattr(module, "ExitNow", KeyboardInterrupt))
        self.read = getattr(module, "read", None) or self._teller("handle_read_event")
        self.write = getattr(module, "write", None) or self._teller("handle_write_event")
        self.exception = getattr(module, "_exception", None) or self._teller("handle_expt_event")
        self.readwrite = getattr(module, "readwrite", None) or self._readwrite

    def _teller(self, event: str) -> Callable[[Any], None]:
        def tell(obj: Any) -> None:
            try:
                getattr(obj, event)()
            except self._passing:
                raise
            except BaseException:
                obj.handle_error()

        return tell

    def _readwrite(self, obj: Any, flags: int) -> None:
        """Tell everything at once, as the first poll() with ``select.poll`` did."""
        if flags & IN:
            self.read(obj)
        if flags & OUT:
            self.write(obj)


class Foreigner(Entry):
    """A channel whose class is not the bridge's."""

    __slots__ = ("_seen",)

    def __init__(self, driver: ForeignDriver, fd: Any, obj: Any, seq: int) -> None:
        super().__init__(driver, fd, obj, seq)
        self._seen = _reference(getattr(obj, "socket", None))

    def has_another_socket(self) -> bool:
        """Whether the channel has got another socket under the same number since the last call.

        It did close(), create_socket() and connect() again, or wrapped its socket in TLS.
        """
        sock = getattr(self.obj, "socket", None)
        if self._seen() is sock:
            return False
        self._seen = _reference(sock)
        self.look_at_socket(sock)
        return True

    def wanted(self) -> int:
        """Ask the predicates; not every copy knows ``accepting``, and those that do want nothing written then."""
        obj = self.obj
        mask = READ if obj.readable() else 0
        if obj.writable() and not getattr(obj, "accepting", False):
            mask |= OUT
        return mask | PRI if mask and not self.driver.use_poll else mask


def _reference(sock: Any) -> Callable[[], Any]:
    """Return what gives *sock* back without keeping it open: some programs leave closing to the reference count."""
    try:
        return weakref.ref(sock)
    except TypeError:
        return lambda: sock


class ForeignDriver(_mapdriver.MapDriver):
    """Drives a map whose members come from *module*."""

    announced = False

    def __init__(self, map: Map, module: Any, use_poll: bool) -> None:  # noqa: A002
        super().__init__(map)
        self.module = module
        self.use_poll = use_poll
        self._rules = Rules(module)
        self._until_sweep = SWEEP

    def admit(self, fd: Any, obj: Any) -> None:
        """Make an entry for *obj*, of which *obj* need not know."""
        if isinstance(obj, asyncore.dispatcher):  # nobody keeps the bridge's own classes out
            super().admit(fd, obj)
            return
        entry = self.entries[fd] = Foreigner(self, fd, obj, next(self._seq))
        self.enlist(entry)

    def settle(self) -> None:
        """Find out what changed, since nobody tells, and ask everybody."""
        self.sync()
        for entry in list(self.entries.values()):
            if isinstance(entry, Foreigner) and entry.has_another_socket():
                self.unwatch(entry)
        super().settle()

    def sweep(self) -> None:
        """Look for descriptors that were closed without a word: often, since idle passes are 50 ms apart."""
        super().sweep()
        self._until_sweep = max(SWEEP, len(self.entries))

    def _serve_one(self, entry: Entry, flags: int, generation: int) -> None:
        del generation
        if self.is_current(entry):
            self._tell(entry, self._rules.readwrite, flags)

    def _serve_by_kind(self, batch: list[Ready]) -> None:
        for wanted, ready, function in (
            (IN, _mapdriver.READABLE, self._rules.read),
            (OUT, _mapdriver.WRITABLE, self._rules.write),
            (PRI, PRI, self._rules.exception),
        ):
            for _, entry, flags in batch:
                if flags & ready and entry.mask & wanted and self.is_current(entry):
                    self._tell(entry, function)

    def _tell(self, entry: Entry, function: Callable[..., Any], *args: Any) -> None:
        try:
            function(entry.obj, *args)
        finally:
            if self.clock is not None:
                self.clock(entry)
            self._served(entry)


def adopt(
    module: ModuleType,
    map: Map | None = None,  # noqa: A002
    *,
    use_poll: bool = False,
) -> Attachment:
    """Serve the channels of another copy of asyncore on the running event loop, new channels included.

    *module* is the copy: ``waitress.wasyncore``, ``supervisor.medusa.asyncore_25``, PyPI's ``asyncore``.  *map* is
    the socket map to serve, by default ``module.socket_map``.  With *use_poll* channels are told what is ready
    as the copy's ``loop(use_poll=True)`` would.  Nothing in the module is changed; only its own loop must not be
    run meanwhile, except by its handlers.

    The result is what :func:`attach` returns.  This stands in for the module's ``loop()``::

        with adopt(module) as adopted:
            await adopted.until_empty()

    Adopting again what this event loop has adopted already returns what the first call did.  Raises TypeError if
    *module* is no copy of asyncore, RuntimeError if no event loop is running, if it cannot watch sockets
    (the Proactor loop), or if the map is being served by another thread or in another way.
    """
    loop = asyncio.get_running_loop()
    if module is asyncore:
        return attach(map)
    if map is None:
        if not hasattr(module, "socket_map"):
            raise TypeError(f"{module!r} is no copy of asyncore: it has no socket_map")
        map = module.socket_map  # noqa: A001
    driver = _mapdriver.put_in_charge(
        map, lambda: ForeignDriver(map, module, use_poll), lambda present: _is_for(present, module)
    )
    present = driver.attachment
    if present is not None:
        if driver.loop is loop:
            return present
        raise RuntimeError("another event loop has adopted this socket map already")
    driver.use_poll = use_poll
    return Attachment(driver, loop)


def _is_for(driver: _mapdriver.MapDriver, module: object) -> bool:
    return isinstance(driver, ForeignDriver) and driver.module is module
