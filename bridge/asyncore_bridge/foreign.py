"""Programs that carry their own copy of asyncore, on the caller's event loop.

waitress has its wasyncore, supervisor and medusa have theirs, others depend on pyasyncore, and Python 3.9-3.11
have the stdlib's.  Their classes know nothing of the bridge, and need not: a socket map, and objects in it with
``readable()``, ``writable()`` and the ``handle_*_event()`` methods, are all that a poller needs.

Members are told with the copy's own ``read()``, ``write()``, ``_exception()`` and ``readwrite()``, so that its
own rules about exceptions hold.  Since their classes cannot announce anything, everybody is asked
after every pass, as the copy's own loop would, and at least every 50 ms.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from . import _mapdriver
from ._poller import IN, OUT, PRI
from .attaching import Attachment

if TYPE_CHECKING:
    from types import ModuleType

    from ._interest import Entry
    from ._members import Map, Ready


class ForeignDriver(_mapdriver.MapDriver):
    """Drives a map whose members come from *module*."""

    def __init__(self, map: Map, module: Any) -> None:  # noqa: A002
        super().__init__(map)
        self.module = module

    def _serve_each(self, batch: list[Ready]) -> None:
        for _, entry, flags in batch:
            if self.is_current(entry):
                self._tell(entry, "readwrite", flags)

    def _serve_by_kind(self, batch: list[Ready]) -> None:
        for wanted, ready, function in (
            (IN, _mapdriver.READABLE, "read"),
            (OUT, _mapdriver.WRITABLE, "write"),
            (PRI, PRI, "_exception"),
        ):
            for _, entry, flags in batch:
                if flags & ready and entry.mask & wanted and self.is_current(entry):
                    self._tell(entry, function)

    def _tell(self, entry: Entry, function: str, *args: Any) -> None:
        try:
            getattr(self.module, function)(entry.obj, *args)
        finally:
            if self.clock is not None:
                self.clock(entry)
            self._served(entry)


def adopt(module: ModuleType, map: Map | None = None) -> Attachment:  # noqa: A002
    """Serve the channels of another copy of asyncore on the running event loop, new channels included.

    *module* is the copy: it has ``socket_map``, ``read``, ``write``, ``_exception`` and ``readwrite``, as asyncore
    had.  *map* is the socket map to serve, by default ``module.socket_map``.  Nothing in the module is changed;
    only its own loop must not be run meanwhile.

    The result is what :func:`attach` returns: ``await adopt(module).until_empty()`` stands in for the module's
    ``loop()``.  Raises TypeError if *module* is not such a copy, RuntimeError if no event loop is running or the
    map is being served already.
    """
    needed = ("socket_map", "read", "write", "_exception", "readwrite")
    missing = [name for name in needed if not hasattr(module, name)]
    if missing:
        raise TypeError(f"{module!r} is no copy of asyncore: it has no {', '.join(missing)}")
    loop = asyncio.get_running_loop()
    members = module.socket_map if map is None else map
    return Attachment(_mapdriver.put_in_charge(members, lambda: ForeignDriver(members, module)), loop)
