"""How a session ends: who closes it, and what its hooks do then.

asyncore's rules: handle_close() runs on end of file, on an error, and when close_when_done() has finished; close()
itself runs no hook. handle_error() by default prints one line and calls handle_close().
"""

from __future__ import annotations

import ast
import enum
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.families.hierarchies import base_calls
from asyncore_codemods.analyse.lifetime.once import first_time
from asyncore_codemods.analyse.values.flow import PathWalker
from asyncore_codemods.analyse.values.syntax import parent_map, self_attribute
from asyncore_codemods.codes import Code
from asyncore_codemods.index.modules import dotted_name
from asyncore_codemods.model.sessions import Reason
from asyncore_codemods.model.uses import Kind
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from asyncore_codemods.analyse.families.hierarchies import Definition, Hierarchy
    from asyncore_codemods.index.project import ClassEntry
    from asyncore_codemods.model.uses import Use
    from asyncore_codemods.spans import Place

_ENDERS = ("close", "handle_close")
_LEAVERS = frozenset({"KeyboardInterrupt", "SystemExit", "ExitNow"})  # which asyncore never gives to handle_error()
_DIALS = ("create_socket", "connect", "set_socket")  # what gives a channel another connection
_IN_TABLES = ("close", "close_when_done")
_CATCH_ALL = (None, "Exception", "BaseException")


class Left(enum.Enum):
    """In which state a method leaves the channel."""

    OPEN = "open"
    CLOSING = "closing"  # close_when_done(), and nothing harder
    CLOSED = "closed"


@dataclass
class EndingFacts:
    """Who closes the channel, and with which hooks."""

    overrides_handle_close: bool = False
    overrides_handle_error: bool = False
    overrides_close: bool = False
    hard: list[tuple[ClassEntry, Use]] = field(default_factory=list)  # close() outside the hooks
    soft: list[tuple[ClassEntry, Use]] = field(default_factory=list)  # close_when_done()
    hooks_called: list[tuple[ClassEntry, Use]] = field(default_factory=list)  # handle_close() called by the author
    in_hooks: list[tuple[ClassEntry, Use]] = field(default_factory=list)  # close() in handle_close and the like
    base: list[tuple[ClassEntry, Use]] = field(default_factory=list)  # async_chat.close(self) and the like
    in_tables: set[str] = field(default_factory=set)  # close() and the like, in a dictionary of methods
    reports: bool = False  # calls the handle_error() that it inherits, outside the hooks
    raised: list[tuple[Definition, ast.Raise]] = field(default_factory=list)  # by handle_error(): the program ends
    left_open: list[Definition] = field(default_factory=list)  # each handle_close() that is to close at its end
    after_error: frozenset[Left] = frozenset()  # in what states its own handle_error() leaves the channel

    @property
    def goes_on(self) -> bool:
        """Whether the conversation can go on after an error."""
        return Left.OPEN in self.after_error

    @property
    def is_hooked(self) -> bool:
        """Whether a method of the author's own runs when the channel closes."""
        return self.overrides_handle_close or self.overrides_close

    @property
    def explicit(self) -> bool:
        """Whether the class closes its channel itself, at once."""
        return bool(self.hard or self.hooks_called or self.reports)


def read_endings(
    hierarchy: Hierarchy,
    dead: Sequence[Place] = (),
    *,
    hook_called: bool = False,
    may_raise: bool = False,
    may_exit: bool = False,
) -> EndingFacts | list[Reason]:
    """Return how sessions of *hierarchy* end, or the reasons why that is not understood.

    What stands in *dead* places will be gone. *hook_called* says that others may call handle_close(), *may_raise*
    that an exception from handle_error() is as good as one from the loop, *may_exit* that one which leaves the loop
    ends the program.
    """
    facts = EndingFacts(
        hierarchy.overrides("handle_close"), hierarchy.overrides("handle_error"), hierarchy.overrides("close")
    )
    reasons: list[Reason] = []
    base = {id(use) for name in (*_ENDERS, "handle_error") for _, use in base_calls(hierarchy, name)}
    called = any(use.kind is Kind.CALL for _, use in hierarchy.uses("handle_error"))  # by its author
    hooks = ("handle_close",) if called else ("handle_close", "handle_error")
    for entry, use in hierarchy.uses("close", "close_when_done", "handle_close", "handle_error"):
        place = hierarchy.place(entry, use)
        if any(place.path == gone.path and gone.span.contains(place.span) for gone in dead):
            continue
        if use.name in _IN_TABLES and _is_in_table(entry, use):
            facts.in_tables.add(use.name)
        elif not use.is_call:
            reasons.append(Reason(Code.INTERNALS, f"passes on self.{use.name} as a value", place))
        elif id(use) in base:
            facts.base.append((entry, use))
        elif use.name == "close_when_done":
            facts.soft.append((entry, use))
        elif use.name == "handle_error":
            if use.arguments or use.kind is not Kind.CALL:
                reasons.append(Reason(Code.HANDLE_ERROR, "calls handle_error() in an unusual way", place))
            elif not facts.overrides_handle_error:
                facts.base.append((entry, use))
                facts.reports = True
        elif use.name == "handle_close":
            in_hook = use.method == "handle_error" and not called
            (facts.in_hooks if in_hook else facts.hooks_called).append((entry, use))
        elif use.method in hooks:
            facts.in_hooks.append((entry, use))
        else:
            facts.hard.append((entry, use))
    facts.after_error = after_error(hierarchy)
    if may_exit and not facts.goes_on and not called:
        facts.raised = list(raised_errors(hierarchy))
    may_raise = may_raise or (bool(facts.raised) and all(node.exc is None for _, node in facts.raised))
    may_close = not facts.hooks_called and not hook_called and not hierarchy.mentions(_DIALS, "handle_close")
    facts.left_open = [d for d in _left_open(hierarchy) if may_close and _goes_to_its_end(d)]
    reasons += _check_hooks(hierarchy, facts.left_open, may_raise=may_raise)
    if facts.goes_on and may_raise:
        reasons += _check_hooks(hierarchy, facts.left_open, may_raise=False)
    return reasons or facts


def _is_in_table(entry: ClassEntry, use: Use) -> bool:
    """Tell whether a method is only named, as a value in a dictionary or as what get() returns instead."""
    source = entry.module.source
    if use.kind is not Kind.READ:
        return False
    node = next(node for node in walk(source.tree, ast.Attribute) if source.span(node) == use.span)
    user = parent_map(source.tree)[node]
    if isinstance(user, ast.Call) and isinstance(user.func, ast.Attribute):
        return user.func.attr == "get" and node in user.args[1:2]
    return isinstance(user, ast.Dict) and node in user.values


def after_error(hierarchy: Hierarchy) -> frozenset[Left]:
    """Return the states in which handle_error() can leave the channel, if there is one."""
    errors = hierarchy.methods.get("handle_error", ())
    return frozenset().union(*(_ways_out(hierarchy, definition) for definition in errors))


def _check_hooks(hierarchy: Hierarchy, left_open: Sequence[Definition], *, may_raise: bool) -> list[Reason]:
    reasons = []
    for name, code in (("handle_close", Code.HANDLE_CLOSE), ("handle_error", Code.HANDLE_ERROR)):
        for definition in hierarchy.methods.get(name, ()):
            place = definition.place(definition.function)
            if isinstance(definition.function, ast.AsyncFunctionDef) or definition.function.decorator_list:
                reasons.append(Reason(code, f"{name}() is a coroutine or decorated", place))
            elif len(definition.function.args.args) != 1:
                reasons.append(Reason(code, f"{name}() takes arguments, which asyncore never gave it", place))
            elif name == "handle_error" and _raises(definition) and not may_raise:
                reasons.append(Reason(code, "handle_error() raises, which ended asyncore.loop()", place))
            elif name == "handle_close" and _raises(definition):
                reasons.append(Reason(code, "handle_close() raises, which may have ended asyncore.loop()", place))
            elif definition in left_open:
                continue
            elif name == "handle_close" and not _closes_at_first(hierarchy, definition):
                reasons.append(Reason(code, f"{name}() does not close the channel on every path", place))
    for definition in hierarchy.methods.get("close", ()):
        place = definition.place(definition.function)
        if not closes_always(hierarchy, definition, frozenset()):
            reasons.append(
                Reason(
                    Code.CLOSE_OVERRIDE, "its close() does not call the base class's close() on every path", place
                )
            )
    return reasons


def _left_open(hierarchy: Hierarchy) -> list[Definition]:
    """Return each handle_close() that may leave the channel open."""
    hooks = hierarchy.methods.get("handle_close", ())
    return [definition for definition in hooks if not _closes_at_first(hierarchy, definition)]


def _goes_to_its_end(definition: Definition) -> bool:
    """Tell whether a hook can be told at its end to close: nothing leaves it earlier."""
    nodes = walk(definition.function)
    return not any(isinstance(node, (ast.Return, ast.Raise, ast.Yield, ast.YieldFrom)) for node in nodes)


def _closes_at_first(hierarchy: Hierarchy, definition: Definition) -> bool:
    """Tell whether handle_close() closes the channel, at least the first time that it is called."""
    if closes_always(hierarchy, definition, frozenset()):
        return True
    done = first_time(hierarchy, definition)
    return done is not None and _all_close(hierarchy, definition, done, frozenset())


def raised_errors(hierarchy: Hierarchy) -> Iterator[tuple[Definition, ast.Raise]]:
    """Yield where handle_error() raises one of the errors that asyncore gives it."""
    for definition in hierarchy.methods.get("handle_error", ()):
        yield from ((definition, node) for node in _raises(definition))


def _raises(definition: Definition) -> list[ast.Raise]:
    parents = parent_map(definition.function)
    raised = list(walk(definition.function, ast.Raise))
    return [node for node in raised if not _is_idle(node, parents) and not (node.exc and _names_leavers(node.exc))]


def _is_idle(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    """Tell whether a `raise` is caught again, or is only meant for what never comes: Ctrl-C, or sys.exit()."""
    while node in parents:
        outer = parents[node]
        if isinstance(outer, ast.If) and node in outer.body and _names_leavers(outer.test):
            return True
        if isinstance(outer, ast.ExceptHandler) and outer.type is not None and _names_leavers(outer.type):
            return True
        if isinstance(outer, ast.Try) and node in outer.body:
            return any(h.type is None or dotted_name(h.type) in _CATCH_ALL for h in outer.handlers)
        node = outer
    return False


def _names_leavers(test: ast.expr) -> bool:
    """Tell whether a test, or an `except`, is about nothing but exceptions that leave the loop."""
    if any(isinstance(node, (ast.Not, ast.NotIn, ast.NotEq, ast.IsNot, ast.BoolOp)) for node in walk(test)):
        return False
    named = [dotted_name(node) or "" for node in walk(test, (ast.Name, ast.Attribute))]
    names = {name.rpartition(".")[2] for name in named}
    return bool(names & _LEAVERS) and not any(name[:1].isupper() for name in names - _LEAVERS)


def _ways_out(hierarchy: Hierarchy, definition: Definition) -> frozenset[Left]:
    """Return the states in which handle_error() can leave the channel."""

    def step(node: ast.AST, state: Left) -> frozenset[Left]:
        for inner in walk(node):
            if closes(hierarchy, definition, inner, frozenset()):
                return frozenset({Left.CLOSED})
            if isinstance(inner, ast.Call) and state is Left.OPEN:
                called = self_attribute(inner.func, definition.self_name)
                state = Left.CLOSING if called == "close_when_done" else state
        return frozenset({state})

    walker: PathWalker[Left] = PathWalker(step)
    return walker.exits(definition.function, frozenset({Left.OPEN}))


def closes(hierarchy: Hierarchy, definition: Definition, node: ast.AST, active: frozenset[str]) -> bool:
    """Tell whether *node* is a call after which the channel is closed, or the program ends."""
    own, name = definition.self_name, definition.function.name
    if not isinstance(node, ast.Call):
        return False
    if dotted_name(node.func) in ("sys.exit", "os._exit"):
        return True
    called = self_attribute(node.func, own)
    if called is None:
        is_base = isinstance(node.func, ast.Attribute) and _is_base_call(node, own)
        return is_base and getattr(node.func, "attr", "") in (*_ENDERS, "handle_error")
    if called == name or called in active:
        return False
    defined = hierarchy.methods.get(called)
    if defined:
        return all(closes_always(hierarchy, other, active | {name}) for other in defined)
    return called in _ENDERS


def closes_always(hierarchy: Hierarchy, definition: Definition, active: frozenset[str]) -> bool:
    """Tell whether every way out of a method passes a call that closes the channel."""
    return _all_close(hierarchy, definition, definition.function.body, active)


def _all_close(hierarchy: Hierarchy, definition: Definition, body: list[ast.stmt], active: frozenset[str]) -> bool:
    def step(node: ast.AST, state: str) -> frozenset[str]:
        closed = any(closes(hierarchy, definition, inner, active) for inner in walk(node))
        return frozenset({"closed" if closed else state})

    walker: PathWalker[str] = PathWalker(step)
    return walker.exits_of(body, frozenset({"open"})) <= {"closed"}


def _is_base_call(call: ast.Call, own: str) -> bool:
    func = call.func
    assert isinstance(func, ast.Attribute)
    if isinstance(func.value, ast.Call):
        return isinstance(func.value.func, ast.Name) and func.value.func.id == "super"
    return bool(call.args) and isinstance(call.args[0], ast.Name) and call.args[0].id == own
