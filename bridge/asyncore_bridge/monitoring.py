"""Seeing inside: counters per class, slow handlers in the log, a Prometheus rendering.

    monitoring.enable(slow=0.1)
    ...
    monitoring.counters()["myapp.Session"].bytes_in

Off, it costs nothing, not even a call: enabling puts counting functions in the place of the plain ones (recv(),
send() and the two functions that serve a batch), and disabling puts the plain ones back.
"""

from __future__ import annotations

import functools
import logging
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Callable

from . import _members, _paths, _serve, _transportdriver, asyncore
from ._members import READABLE, WRITABLE
from ._poller import ERR, PRI

if TYPE_CHECKING:
    from ._interest import Entry

logger = logging.getLogger("asyncore_bridge")


@dataclass
class Counters:
    """What happened to the channels of one class since monitoring was enabled."""

    live: int = 0
    """Channels in a map, or over a transport, right now."""
    bytes_in: int = 0
    bytes_out: int = 0
    events: int = 0
    """How often a channel was told something."""
    seconds: float = 0.0
    """Time spent in handlers."""
    slowest: float = 0.0
    """The longest time that one event took, in seconds."""
    errors: int = 0
    """Exceptions that went to handle_error()."""
    spins: int = 0
    """Channels that were told to write, and wrote nothing, thousands of times in a row."""


@dataclass
class _State:
    counters: dict[type, Counters] = field(default_factory=dict)
    slow: float | None = None
    plain: dict[str, Any] = field(default_factory=dict)


_state = _State()


def enable(slow: float | None = None) -> None:
    """Start to count, or change the threshold.

    *slow* is a number of seconds: an event whose handlers take longer is named in a warning of the logger
    "asyncore_bridge".  None: no warnings.  Counters go on from where they were; see :func:`reset`.
    """
    _state.slow = slow
    if _state.plain:
        return
    _state.plain = {
        "recv": asyncore.dispatcher.recv,
        "send": asyncore.dispatcher.send,
        "each": _members.Members._serve_each,
        "kinds": _members.Members._serve_by_kind,
        "tell": _transportdriver.TransportDriver._tell,
        "error": _serve.on_error,
        "spin": _serve.on_spin,
    }
    _paths.replace(asyncore.dispatcher, "recv", _count_recv(asyncore.dispatcher.recv))
    _paths.replace(asyncore.dispatcher, "send", _count_send(asyncore.dispatcher.send))
    _members.Members._serve_each = _one_by_one(_members.Members._serve_each)  # type: ignore[method-assign]
    _members.Members._serve_by_kind = _one_by_one(_members.Members._serve_by_kind)  # type: ignore[method-assign]
    tell = _transportdriver.TransportDriver._tell
    _transportdriver.TransportDriver._tell = _timed_tell(tell)  # type: ignore[method-assign]
    _serve.on_error = _count_error
    _serve.on_spin = _count_spin


def disable() -> None:
    """Stop to count; the counters stay as they are."""
    plain, _state.plain = _state.plain, {}
    if not plain:
        return
    _paths.replace(asyncore.dispatcher, "recv", plain["recv"])
    _paths.replace(asyncore.dispatcher, "send", plain["send"])
    _members.Members._serve_each = plain["each"]  # type: ignore[method-assign]
    _members.Members._serve_by_kind = plain["kinds"]  # type: ignore[method-assign]
    _transportdriver.TransportDriver._tell = plain["tell"]  # type: ignore[method-assign]
    _serve.on_error = plain["error"]
    _serve.on_spin = plain["spin"]


def reset() -> None:
    """Forget all counters."""
    _state.counters.clear()


def counters() -> dict[str, Counters]:
    """Return the counters of each class, by ``module.Class``; copies, so plain data."""
    live: dict[type, int] = {}
    for obj in _everybody():
        live[type(obj)] = live.get(type(obj), 0) + 1
    result = {}
    for cls in {**_state.counters, **live}:
        found = _state.counters.get(cls, Counters())
        result[f"{cls.__module__}.{cls.__qualname__}"] = Counters(**{**vars(found), "live": live.get(cls, 0)})
    return result


def prometheus(prefix: str = "asyncore_bridge") -> str:
    """Return the counters in the Prometheus text format, version 0.0.4."""
    found = sorted(counters().items())
    lines = []
    for name, kind, help_text in _METRICS:
        metric = f"{prefix}_{name}"
        lines += [f"# HELP {metric} {help_text}", f"# TYPE {metric} {kind}"]
        attribute = name.rsplit("_total", 1)[0]
        for cls, values in found:
            label = cls.replace("\\", "\\\\").replace('"', '\\"')
            lines.append(f'{metric}{{class="{label}"}} {getattr(values, _ATTRIBUTES.get(attribute, attribute))}')
    return "\n".join(lines) + "\n"


_METRICS = (
    ("live", "gauge", "Channels that are open."),
    ("bytes_in_total", "counter", "Bytes received."),
    ("bytes_out_total", "counter", "Bytes sent."),
    ("events_total", "counter", "Events told to channels."),
    ("handler_seconds_total", "counter", "Seconds spent in handlers."),
    ("slowest_seconds", "gauge", "The longest event, in seconds."),
    ("errors_total", "counter", "Exceptions that went to handle_error()."),
    ("spins_total", "counter", "Channels that used all of a processor for nothing."),
)
_ATTRIBUTES = {"handler_seconds": "seconds", "slowest_seconds": "slowest"}


def _of(obj: Any) -> Counters:
    found = _state.counters.get(type(obj))
    if found is None:
        found = _state.counters[type(obj)] = Counters()
    return found


def _everybody() -> list[Any]:
    from . import _mapdriver  # noqa: PLC0415  (it imports this package's members)

    found = {}
    for driver in list(_mapdriver._all):
        for entry in list(driver.entries.values()):
            found[id(entry.obj)] = entry.obj
    for other in list(_transportdriver._drivers.values()):
        for entry in list(other.members):
            found[id(entry.obj)] = entry.obj
    return list(found.values())


def _count_recv(plain: Callable[..., Any]) -> Callable[..., Any]:
    def recv(self: Any, buffer_size: int) -> Any:
        data = plain(self, buffer_size)
        _of(self).bytes_in += len(data)
        return data

    recv.__doc__ = plain.__doc__
    return recv


def _count_send(plain: Callable[..., Any]) -> Callable[..., Any]:
    def send(self: Any, data: Any) -> Any:
        sent = plain(self, data)
        if sent:
            _of(self).bytes_out += sent
        return sent

    send.__doc__ = plain.__doc__
    return send


def _one_by_one(plain: Callable[..., Any]) -> Callable[..., Any]:
    """Serve a batch in slices of one member, so that each can be timed."""

    def serve(self: Any, batch: list[Any]) -> None:
        if len(batch) > 1 and not self.use_poll:
            # select()'s order goes by kind: reading first, for all
            for kind in (READABLE, WRITABLE, PRI):
                for seq, entry, flags in batch:
                    if flags & kind & ~ERR or (flags & ERR and kind != PRI):
                        _timed(entry, plain, self, [(seq, entry, flags & kind)])
            return
        for ready in batch:
            _timed(ready[1], plain, self, [ready])

    return serve


def _timed_tell(plain: Callable[..., Any]) -> Callable[..., Any]:
    def tell(self: Any, entry: Entry, ready: int) -> None:
        _timed(entry, plain, self, entry, ready)

    return tell


def _timed(entry: Entry, call: Callable[..., object], *args: Any) -> None:
    found = _of(entry.obj)
    started = time.perf_counter()
    try:
        call(*args)
    finally:
        took = time.perf_counter() - started
        found.events += 1
        found.seconds += took
        found.slowest = max(found.slowest, took)
        if _state.slow is not None and took > _state.slow:
            logger.warning("%r took %.3f s for one event", entry.obj, took)


def _count_error(entry: Entry) -> None:
    _of(entry.obj).errors += 1


def _count_spin(entry: Entry) -> None:
    _of(entry.obj).spins += 1
