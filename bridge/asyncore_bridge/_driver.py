"""What drives channels: passes, predicates, held output, and calls from other threads.

A *pass* takes the members that are ready, serves them in asyncore's order, and then asks predicates
once.  Whoever serves channels does it through a driver:

* ``MapDriver`` (``_members``, ``_turns``, ``_mapdriver``) watches the descriptors of one socket map with a poller;
* ``TransportDriver`` (``_transportdriver``) is told by asyncio transports.

Both share what is here.  A driver belongs to one thread at a time, its *owner*; other threads reach
its channels through ``call_from_thread()``.
"""

from __future__ import annotations

import collections
import weakref
from threading import get_ident
from typing import TYPE_CHECKING, Any, Callable

from . import _flushing

if TYPE_CHECKING:
    import asyncio

    from ._interest import Entry


class Driver:
    """State shared by every way of driving channels.

    It has slots since, with all that its subclasses add, an instance's dictionary would be a slow one: Python makes
    room for 30 attributes in the fast ones.
    """

    __slots__ = (
        "__weakref__",
        "company",
        "depth",
        "holder",
        "inbox",
        "owner",
        "queue",
        "use_poll",
        "vigilant",
        "waiting",
        "was_asked",
        "work",
    )

    clock: Callable[[Entry], object] | None = None
    """What is called after each event, if anything is: monitoring takes the time there."""

    def __init__(self) -> None:
        self.use_poll = False
        """Whether events are delivered as ``poll()`` delivered them (see ``_serve.readwrite``)."""
        self.owner: int | None = None
        """The thread that drove last: the only one that may run handlers and touch queues."""
        self.depth = 0
        """How many passes are under way: a handler may start a nested one."""
        self.waiting = False
        """Whether the pass under way is waiting: then changes come from signal handlers and other threads."""
        self.holder: Any = None
        """The channel whose output is held back until its burst is parsed, if there is one."""
        self.work = 0
        """Tasks and timers that belong to channels of this driver."""
        self.inbox: collections.deque[Callable[[], object]] = collections.deque()
        """What other threads want done."""
        self.was_asked = False
        """Whether they ever wanted anything."""
        self.queue: list[Entry] = []
        """Members to ask again before the next wait, because something happened to them."""
        self.vigilant: dict[Entry, None] = {}
        """Members to ask after every pass, because they override a predicate."""
        self.company: list[Driver] = []
        """All who drive channels on the same event loop, this one included."""
        _flushing.drivers.add(self)

    # -- others on the same event loop

    def join(self, loop: asyncio.AbstractEventLoop) -> None:
        """Be one of those who drive channels on *loop*."""
        self.company = _companies.setdefault(loop, [])
        self.company.append(self)

    def part(self) -> None:
        """Undo ``join()``."""
        if self in self.company:
            self.company.remove(self)
        self.company = []

    def tell_company(self) -> None:
        """Have the others ask their predicates: the event just served may have changed what these look at.

        A forwarder's two ends, for example, look at each other's buffers, one over a transport, one in a map.
        """
        for other in self.company:
            if other is not self and other.vigilant:
                other.ask_soon()

    def ask_soon(self) -> None:
        """Ask the predicates in the event loop's next turn."""
        raise NotImplementedError

    # -- interest

    def enlist(self, entry: Entry) -> None:
        """Start to look after *entry*."""
        if not entry.stock:
            self.vigilant[entry] = None
        entry.touch()

    def dismiss(self, entry: Entry) -> None:
        """Stop looking after *entry*: it left its map."""
        entry.live = False
        self.vigilant.pop(entry, None)

    def touched(self, entry: Entry) -> None:
        """Ask *entry* again before the next wait."""
        self.queue.append(entry)
        if not self.depth or self.waiting:
            self.poke()

    def settle(self) -> None:
        """Ask the predicates of all who may have changed their mind, and act on the answers."""
        while self.queue:
            self.ask_touched()
        if self.vigilant:
            self.ask_vigilant()

    def ask_touched(self) -> None:
        """Ask those to whom something happened."""
        queue, self.queue = self.queue, []
        for entry in queue:
            entry.queued = False
            if entry.live and entry.stock:
                if entry.fresh or entry.is_changed():
                    self.look_at(entry)
                self.ask(entry)

    def ask_vigilant(self) -> None:
        """Ask those who may change their mind without telling anybody."""
        for entry in list(self.vigilant):
            if entry.live:
                if entry.fresh:
                    self.look_at(entry)
                self.ask(entry)

    def look_at(self, entry: Entry) -> None:
        """Look whether handlers or predicates were assigned to the object itself."""
        entry.fresh = False
        was_stock = entry.stock
        entry.look_at_object()
        if was_stock and not entry.stock:
            self.enlist(entry)

    def ask(self, entry: Entry) -> None:
        """Ask one member what it wants to be told, and arrange for it."""
        raise NotImplementedError

    def rest(self, entry: Entry, seconds: float) -> None:
        """Tell the listener *entry* nothing for *seconds*."""
        raise NotImplementedError

    # -- held output

    def release(self) -> None:
        """Send what is held back, because something is about to happen that must come after it."""
        holder = self.holder
        if holder is not None and not self.is_foreign():
            self.holder = None
            holder._bridge_send_held()

    # -- threads

    def is_foreign(self) -> bool:
        """Whether the calling thread must not touch the channels of this driver."""
        return self.owner is not None and self.owner != get_ident()

    def is_elsewhere(self) -> bool:
        """Whether another thread is driving at this moment."""
        return self.is_foreign()

    def call_from_thread(self, call: Callable[[], object]) -> None:
        """Have the owner make *call* during its next pass; calls of one thread keep their order."""
        self.was_asked = True
        self.inbox.append(call)
        self.poke()

    def take_calls(self) -> None:
        """Make the calls that other threads asked for."""
        while self.inbox:
            self.inbox.popleft()()

    def own(self) -> None:
        """Make the calling thread the owner."""
        self.owner = get_ident()

    def poke(self) -> None:
        """End the wait that may be under way: something changed outside a pass."""
        raise NotImplementedError


def is_serving(loop: asyncio.AbstractEventLoop) -> bool:
    """Whether a handler of a channel is what runs on *loop* at this moment."""
    return any(driver.depth for driver in _companies.get(loop, ()))


_companies: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, list[Driver]] = weakref.WeakKeyDictionary()
