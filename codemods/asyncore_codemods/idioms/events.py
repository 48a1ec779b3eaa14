"""Which events a class handles, and how."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.values.syntax import significant
from asyncore_codemods.idioms.registry import idiom
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asyncore_codemods.analyse.families.views import ClassView

_EVENTS = ("handle_read_event", "handle_write_event", "handle_connect_event", "handle_expt_event")
_PREDICATES = ("readable", "writable")
_CLOCK = ("time.time", "time.monotonic", "datetime.datetime.now", "datetime.datetime.utcnow")


def _own(view: ClassView, *names: str) -> Iterator[ast.AST]:
    return (view.methods[name] for name in names if name in view.methods)


def _called(view: ClassView, method: str, *names: str) -> Iterator[ast.AST]:
    """Yield the calls of self.NAME or Base.NAME in one method."""
    for node in view.nodes(method):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names:
            yield node


@idiom("event.close")
def _close(view: ClassView) -> Iterator[ast.AST]:
    """handle_close() is overridden."""
    return _own(view, "handle_close")


@idiom("event.close-stays-open")
def _stays_open(view: ClassView) -> Iterator[ast.AST]:
    """handle_close() calls neither close() nor the base class."""
    closing = ("close", "handle_close", "close_when_done", "del_channel", "shutdown")
    if "handle_close" in view.methods and not any(_called(view, "handle_close", *closing)):
        yield view.methods["handle_close"]


@idiom("event.close-reconnects")
def _reconnects(view: ClassView) -> Iterator[ast.AST]:
    """handle_close() connects again."""
    for node in view.nodes("handle_close"):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in ("connect", "create_socket") or "reconnect" in node.func.attr:
                yield node


@idiom("event.close-flushes")
def _flushes(view: ClassView) -> Iterator[ast.AST]:
    """handle_close() deals with input that no terminator has ended."""
    yield from _called(view, "handle_close", "found_terminator", "collect_incoming_data")


@idiom("event.close-unregisters")
def _unregisters(view: ClassView) -> Iterator[ast.AST]:
    """handle_close() or close() takes the channel off a list of its owner."""
    for method in ("handle_close", "close"):
        yield from _called(view, method, "remove", "discard", "pop", "unregister")
        yield from (node for node in view.nodes(method) if isinstance(node, ast.Delete))


@idiom("event.error")
def _error(view: ClassView) -> Iterator[ast.AST]:
    """handle_error() is overridden."""
    return _own(view, "handle_error")


@idiom("event.error-raises")
def _error_raises(view: ClassView) -> Iterator[ast.AST]:
    """handle_error() raises, which ends the loop."""
    yield from (node for node in view.nodes("handle_error") if isinstance(node, ast.Raise))
    yield from view.calls_of("sys.exit", "os._exit", within=("handle_error",))


@idiom("event.error-reports")
def _error_reports(view: ClassView) -> Iterator[ast.AST]:
    """handle_error() looks at the exception being handled."""
    reports = ("sys.exc_info", "traceback.*", "asyncore.compact_traceback", "logging.exception")
    yield from view.calls_of(*reports, within=("handle_error",))
    yield from _called(view, "handle_error", "exception")


@idiom("event.connect")
def _connect(view: ClassView) -> Iterator[ast.AST]:
    """handle_connect() is overridden."""
    return _own(view, "handle_connect")


@idiom("event.expt")
def _expt(view: ClassView) -> Iterator[ast.AST]:
    """handle_expt() is overridden: out-of-band data, or a failed connect."""
    return _own(view, "handle_expt")


@idiom("event.machinery")
def _machinery(view: ClassView) -> Iterator[ast.AST]:
    """A handle_*_event() method of the machinery is overridden."""
    return _own(view, *_EVENTS)


@idiom("event.own-close")
def _own_close(view: ClassView) -> Iterator[ast.AST]:
    """close() is overridden."""
    return _own(view, "close")


@idiom("event.log")
def _log(view: ClassView) -> Iterator[ast.AST]:
    """log() or log_info() is overridden."""
    return _own(view, "log", "log_info")


def predicate_shape(function: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """Say what readable() or writable() amounts to: true, false, flag, buffer, base, clock or effects."""
    body = significant(function.body)
    text = ast.unparse(function)
    returned = body[0].value if len(body) == 1 and isinstance(body[0], ast.Return) else None
    if not body or (len(body) == 1 and isinstance(body[0], ast.Return) and returned is None):
        return "false"
    if isinstance(returned, ast.Constant):
        return "true" if returned.value else "false"
    if any(f"{call}(" in text for call in ("time", "monotonic", "now")):
        return "clock"
    assigns = any(isinstance(n, (ast.Assign, ast.AugAssign, ast.Delete)) for n in walk(function))
    if assigns or any(isinstance(n, ast.Expr) and isinstance(n.value, ast.Call) for n in walk(function)):
        return "effects"
    if any(
        isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute) and n.func.attr in _PREDICATES
        for n in walk(function)
    ):
        return "base"
    return "buffer" if "len(" in text or "buf" in text.lower() else "flag"


def _predicates(view: ClassView, shape: str) -> Iterator[ast.AST]:
    return (view.methods[n] for n in _PREDICATES if n in view.methods and predicate_shape(view.methods[n]) == shape)


@idiom("predicate.constant")
def _constant(view: ClassView) -> Iterator[ast.AST]:
    """readable() or writable() is a constant."""
    yield from _predicates(view, "true")
    yield from _predicates(view, "false")


@idiom("predicate.buffer")
def _buffer(view: ClassView) -> Iterator[ast.AST]:
    """readable() or writable() asks whether there is something in a buffer."""
    return _predicates(view, "buffer")


@idiom("predicate.flag")
def _flag(view: ClassView) -> Iterator[ast.AST]:
    """readable() or writable() is a flag: a pause."""
    return _predicates(view, "flag")


@idiom("predicate.base")
def _base(view: ClassView) -> Iterator[ast.AST]:
    """readable() or writable() adds a condition to the base class's."""
    return _predicates(view, "base")


@idiom("predicate.effects")
def _effects(view: ClassView) -> Iterator[ast.AST]:
    """readable() or writable() does something each time it is asked."""
    return _predicates(view, "effects")


@idiom("predicate.clock")
def _clock(view: ClassView) -> Iterator[ast.AST]:
    """readable() or writable() looks at the clock: a timer."""
    return _predicates(view, "clock")


@idiom("chat.raw-handlers")
def _raw_handlers(view: ClassView) -> Iterator[ast.AST]:
    """handle_read() or handle_write() of an async_chat is overridden."""
    if view.is_chat:
        yield from _own(view, "handle_read", "handle_write")


@idiom("chat.raw-data")
def _raw_data(view: ClassView) -> Iterator[ast.AST]:
    """An async_chat calls recv() or send() itself."""
    if view.is_chat:
        yield from view.calls("recv", "send")


@idiom("time.clock")
def _time(view: ClassView) -> Iterator[ast.AST]:
    """The class keeps the time, as for idle connections."""
    yield from view.calls_of(*_CLOCK)
