"""Seeing inside: counters per class, slow handlers in the log, a Prometheus rendering.

    monitoring.enable(slow=0.1)
    ...
    monitoring.counters()["myapp.Session"].bytes_in

Off, it costs nothing, not even a call: enabling puts counting functions in the place of the plain ones (recv(),
send() and those that start to serve a batch), and disabling puts the plain ones back. On, it costs a call for
each event, since the end of one event is the beginning of the next.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field
from errno import EWOULDBLOCK
from typing import TYPE_CHECKING, Any, Callable

from . import _members, _paths, _serve, _transportdriver, asyncore
from ._driver import Driver
from ._errors import DISCONNECTED

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
    slow: float = float("inf")
    since: float = 0.0
    plain: dict[str, Any] = field(default_factory=dict)


_state = _State()


def enable(slow: float | None = None) -> None:
    """Start to count, or change the threshold.

    *slow* is a number of seconds: an event whose handlers take longer is named in a warning of the logger
    "asyncore_bridge".  None: no warnings.  Counters go on from where they were; see :func:`reset`.
    """
    _state.slow = float("inf") if slow is None else slow
    if _state.plain:
        return
    _state.plain = {
        "recv": asyncore.dispatcher.recv,
        "send": asyncore.dispatcher.send,
        "serve": _members.Members.serve,
        "tell": _transportdriver.TransportDriver._tell,
        "error": _serve.on_error,
        "spin": _serve.on_spin,
    }
    _install(
        recv=_recv,
        send=_send,
        serve=_from_now_on(_members.Members.serve),
        tell=_from_now_on(_transportdriver.TransportDriver._tell),
        error=_count_error,
        spin=_count_spin,
    )
    Driver.clock = staticmethod(_clock)  # type: ignore[assignment]  # which is what makes it no method


def disable() -> None:
    """Stop to count; the counters stay as they are."""
    plain, _state.plain = _state.plain, {}
    if plain:
        Driver.clock = None
        _install(**plain)


def _install(recv: Any, send: Any, serve: Any, tell: Any, error: Any, spin: Any) -> None:
    _paths.replace(asyncore.dispatcher, "recv", recv)
    _paths.replace(asyncore.dispatcher, "send", send)
    _members.Members.serve = serve  # type: ignore[method-assign]  # that is how nothing is paid while it is off
    _transportdriver.TransportDriver._tell = tell  # type: ignore[method-assign]  # likewise
    _serve.on_error = error
    _serve.on_spin = spin


def reset() -> None:
    """Let all counters begin at zero again."""
    for found in _state.counters.values():
        found.__init__()  # type: ignore[misc]  # members of maps refer to it


def counters() -> dict[str, Counters]:
    """Return the counters of each class, by ``module.Class``; copies, so plain data."""
    live: dict[type, int] = {}
    for obj in _everybody():
        live[type(obj)] = live.get(type(obj), 0) + 1
    result = {}
    for cls in {**_state.counters, **live}:
        found = _state.counters.get(cls, Counters())
        if cls not in live and found == Counters():
            continue
        result[f"{cls.__module__}.{cls.__qualname__}"] = Counters(**{**vars(found), "live": live.get(cls, 0)})
    return result


def prometheus(prefix: str = "asyncore_bridge") -> str:
    """Return the counters in the Prometheus text format, version 0.0.4, under names that begin with *prefix*."""
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


def _meter(entry: Entry) -> Counters:
    """Return where to count what happens to *entry*; remember it there."""
    meter = entry.meter = _of(entry.obj)
    return meter


def _recv(self: asyncore.dispatcher, buffer_size: int) -> Any:
    """What dispatcher.recv() does, with a line that counts: a call around it would cost as much again."""
    entry = self._bridge
    if entry is not None and entry.driver.holder is not None:
        entry.driver.release()
    try:
        data = self._bridge_sock.recv(buffer_size)
    except OSError as exc:
        if exc.errno not in DISCONNECTED:
            if isinstance(exc, BlockingIOError):
                exc.asyncore_nothing_came = True  # type: ignore[attr-defined]
            raise
        self.handle_close()
        return b""
    if not data:
        if self.half_close:
            self._bridge_half_closed()
        else:
            self.handle_close()
        return b""
    (_of(self) if entry is None else entry.meter or _meter(entry)).bytes_in += len(data)
    return data


def _send(self: asyncore.dispatcher, data: Any) -> Any:
    """What dispatcher.send() does, with a line that counts."""
    entry = self._bridge
    if entry is not None:
        entry.progress = True
        if entry.driver.holder is not None:
            entry.driver.release()
    try:
        sent = self._bridge_sock.send(data)
    except OSError as exc:
        if exc.errno == EWOULDBLOCK:
            return 0
        if exc.errno not in DISCONNECTED:
            raise
        self.handle_close()
        return 0
    (_of(self) if entry is None else entry.meter or _meter(entry)).bytes_out += sent
    return sent


def _from_now_on(plain: Callable[..., Any]) -> Callable[..., Any]:
    """Start the clock before *plain*; a pass within a handler counts as that handler's time, too."""

    def serve(*args: Any) -> Any:
        before, _state.since = _state.since, time.perf_counter()
        try:
            return plain(*args)
        finally:
            _state.since = before

    return serve


def _clock(entry: Entry) -> None:
    """Take the time of the event that has just ended; the next begins."""
    now = time.perf_counter()
    took = now - _state.since
    _state.since = now
    meter = entry.meter or _meter(entry)
    meter.events += 1
    meter.seconds += took
    if took > meter.slowest:  # noqa: PLR1730  (max() is a call, each time)
        meter.slowest = took
    if took > _state.slow:
        logger.warning("%r took %.3f s for one event", entry.obj, took, extra={"channel": entry.obj})


def _count_error(entry: Entry) -> None:
    _of(entry.obj).errors += 1


def _count_spin(entry: Entry) -> None:
    _of(entry.obj).spins += 1
