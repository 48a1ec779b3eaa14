"""Which short cuts a class permits: a table from overridden methods to the way its channels are run.

Subclasses of the old classes override anything.  Every short cut of the bridge assumes something about
a few methods; here it is looked up, once for each class, whether they are still the stock ones.

===============  =============================================  =========================================
short cut        what it saves                                  off when a class overrides
===============  =============================================  =========================================
``stock``        asking readable() and writable() every pass    readable, writable
``idle_writes``  waking up for a handle_write() that is empty   those, handle_write, handle_write_event
``told_once``    sorting out what "readable" means              handle_read_event
``coalesces``    one send() for each reply of a burst           send, recv, push, initiate_send, ...
===============  =============================================  =========================================

An object may have methods of its own, too, in place of its class's: handlers are delegated that way. See
``of_object()``.
"""

from __future__ import annotations

from operator import attrgetter
from typing import Callable, TypeVar

PREDICATES = ("readable", "writable")
EVENTS = ("handle_write", "handle_write_event")
OUTPUT = (
    "send",
    "recv",
    "push",
    "push_with_producer",
    "close_when_done",
    "initiate_send",
    "refill_buffer",
    "handle_read",
    "handle_read_event",
    "handle_write",
    "handle_write_event",
    "socket",
    "producer_fifo",
    "ac_in_buffer",
    "get_terminator",
)
_WATCHED = frozenset(PREDICATES + EVENTS + OUTPUT)
_ASSIGNABLE = tuple(sorted(_WATCHED - {"socket", "producer_fifo", "ac_in_buffer"}))
"""Those which an object can have of its own: the others are properties, which come before its attributes."""

C = TypeVar("C", bound=type)


class Paths:
    """The short cuts of one class."""

    __slots__ = ("coalesces", "idle_writes", "stock", "told_once")

    def __init__(self, *, stock: bool, idle_writes: bool, told_once: bool, coalesces: bool) -> None:
        self.stock = stock
        self.idle_writes = idle_writes
        self.told_once = told_once
        self.coalesces = coalesces


SLOW = Paths(stock=False, idle_writes=False, told_once=False, coalesces=False)
"""For objects that are not dispatchers at all: nothing is assumed."""


class _Ours:
    """What one of the bridge's own classes promises, and the methods it was written with."""

    __slots__ = ("methods", "of_class", "of_object", "paths")

    def __init__(self, cls: type, paths: Paths) -> None:
        self.paths = paths
        self.methods = {name: value for name, value in cls.__dict__.items() if name in _WATCHED}
        names = [name for name in _ASSIGNABLE if hasattr(cls, name)]  # of others the bridge calls none
        self.of_class = attrgetter(*names)
        """Looks up, in a class, the functions that an object could have others for."""
        self.of_object = attrgetter(*(f"{name}.__func__" for name in names))
        """Looks them up in an object; raises AttributeError for what is no method."""


def ours(*, idle_writes: bool = False, coalesces: bool = False) -> Callable[[C], C]:
    """Declare one of the bridge's own classes, and the short cuts that its methods permit.

    *idle_writes*: writable() is True by default and handle_write() does nothing.
    *coalesces*: pushes made while a burst is being parsed may go out together.
    """

    def declare(cls: C) -> C:
        paths = Paths(stock=True, idle_writes=idle_writes, told_once=True, coalesces=coalesces)
        cls._bridge_ours = _Ours(cls, paths)  # type: ignore[attr-defined]
        return cls

    return declare


def of(cls: type) -> Paths:
    """Return the short cuts that *cls* permits; computed once for each class."""
    found: Paths | None = cls.__dict__.get("_bridge_paths")
    if found is None:
        if not hasattr(cls, "_bridge_ours"):
            return SLOW
        found = _compute(cls)
        try:
            cls._bridge_paths = found  # type: ignore[attr-defined]
        except (AttributeError, TypeError):
            pass  # an extension type: looked up again next time
    return found


def _compute(cls: type) -> Paths:
    nearest = cls._bridge_ours  # type: ignore[attr-defined]  # of() has seen that it is there
    overridden: set[str] = set()
    for base in cls.__mro__:
        names = _WATCHED.intersection(base.__dict__)
        mine = base.__dict__.get("_bridge_ours")
        if mine is not None:  # only what somebody patched into our class afterwards
            names = frozenset(name for name in names if base.__dict__[name] is not mine.methods.get(name))
        overridden |= names
    return _without(nearest.paths, overridden)


def _without(paths: Paths, overridden: set[str]) -> Paths:
    """Return what is left of the short cuts *paths* when these methods are not the stock ones."""
    stock = paths.stock and overridden.isdisjoint(PREDICATES)
    return Paths(
        stock=stock,
        idle_writes=stock and paths.idle_writes and overridden.isdisjoint(EVENTS),
        told_once=paths.told_once and "handle_read_event" not in overridden,
        coalesces=paths.coalesces and overridden.isdisjoint(OUTPUT),
    )


def of_object(obj: object) -> Paths:
    """Return the short cuts that *obj* permits: its class's, less those that its own attributes forbid."""
    paths = of(type(obj))
    if paths is SLOW:
        return paths
    # not by obj.__dict__: from Python 3.11 on, asking for it makes every attribute slower
    cls = type(obj)
    ours = cls._bridge_ours  # type: ignore[attr-defined]  # of() has seen that it is there
    try:
        if ours.of_object(obj) == ours.of_class(cls):
            return paths
    except AttributeError:
        pass  # a function, for example: now it matters which
    own = {
        name
        for name in _ASSIGNABLE
        if getattr(getattr(obj, name, None), "__func__", None) is not getattr(cls, name, None)
    }
    return _without(paths, own) if own else paths


def replace(cls: type, name: str, function: object) -> None:
    """Put *function* in the place of a method of one of our own classes, as one that behaves like it."""
    cls._bridge_ours.methods[name] = function  # type: ignore[attr-defined]
    setattr(cls, name, function)
