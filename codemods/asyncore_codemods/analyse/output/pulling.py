"""Dispatchers whose handle_write() does more than send a buffer: it closes when all is sent, or reads a file.

asyncore asks writable() on every pass of its loop, and calls handle_write() as long as that says yes. If only the
session's own handlers change what the two look at, asking once they have run is enough: both stay, and run() calls
handle_write(), waiting for the peer in between. send() then takes everything, and what dealt with the rest goes.
Where handle_write() closes once all is sent, though more may have come by then, the two take turns.
"""

from __future__ import annotations

import ast
import dataclasses
import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from asyncore_codemods.analyse.input.predicates import (
    EMPTY,
    asked,
    attributes_of,
    class_constants,
    comes_to,
    holds_when,
    is_opposite,
)
from asyncore_codemods.analyse.lifetime.endings import closes
from asyncore_codemods.analyse.output.acting import acts_always, rests_when_empty
from asyncore_codemods.analyse.output.asking import asked_for, is_unconnected
from asyncore_codemods.analyse.output.consuming import adds_what_was_sent, consumes, takes_each_time
from asyncore_codemods.analyse.output.feeding import closes_between_pieces
from asyncore_codemods.analyse.output.measured import is_measured
from asyncore_codemods.analyse.output.sending import leaves_if_empty
from asyncore_codemods.analyse.output.taking_all import SendAll, read_send_all
from asyncore_codemods.analyse.output.woken import Woken, only_ends, read_woken
from asyncore_codemods.analyse.usage.effects import CLOSERS
from asyncore_codemods.analyse.usage.own_state import (
    changed_by_others,
    changes,
    is_own,
    named_in_text,
    starts_empty,
)
from asyncore_codemods.analyse.values.flow import leaves
from asyncore_codemods.analyse.values.syntax import self_attribute, significant
from asyncore_codemods.model.sessions import Replacement
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asyncore_codemods.analyse.families.hierarchies import Definition, Hierarchy
    from asyncore_codemods.analyse.usage.outside import OutsideUse
    from asyncore_codemods.spans import Place


_ENDS = ("close", "handle_close", "handle_error")


@dataclass
class Pulling(SendAll):
    """What run() asks for until there is nothing left to send, and what becomes of the methods that it asks."""

    asks: str = ""  # what tells whether there is something: writable(), or what handle_write() asks first
    gates: bool = False  # readable() stays, and run() asks it before it reads
    starts: bool = False  # there may be something to send before anything has come
    once: bool = False  # a client calls handle_write() as soon as it is connected, whatever there is to send
    reads: bool = True  # handle_read() is there
    dropped: list[Place] = field(default_factory=list)  # what writable() need not ask any more
    turns: bool = False  # it closes when all is sent, unless it has read more by then
    woken: Woken | None = None  # others give it something to send, too


def read_pulling(hierarchy: Hierarchy, outside: list[OutsideUse], writer: str) -> Pulling | None:
    """Return how the output of *hierarchy* is pulled, None if others have a say in it or it is not understood."""
    methods = hierarchy.methods
    writes, asks, gates = (methods.get(name, []) for name in ("handle_write", "writable", "readable"))
    if len(writes) != 1 or len(asks) > 1 or len(gates) > 1 or hierarchy.overrides("send"):
        return None
    if hierarchy.overrides("handle_error") and _may_run_out(hierarchy):
        return None
    return _Reader(hierarchy, outside, writes[0], asks[0] if asks else None, gates[0] if gates else None).read(
        writer
    )


class _Reader:
    """Reads one handle_write(), with the writable() and the readable() beside it."""

    def __init__(
        self,
        hierarchy: Hierarchy,
        outside: list[OutsideUse],
        write: Definition,
        ask: Definition | None,
        gate: Definition | None,
    ) -> None:
        self.hierarchy = hierarchy
        self.outside = outside
        self.write = write
        self.own_ask = self.ask = ask  # what is asked may be what handle_write() asks first, instead of writable()
        self.gate = gate
        self.body, self.asked_by = significant(write.function.body), "self.writable()"
        self.gate_says = holds_when(hierarchy, gate, {}) if gate is not None else True
        guard = _read_guard(write) if ask is None or holds_when(hierarchy, ask, {}) is True else None
        if guard is not None and self.gate_says is not False:
            self.ask, self.body, self.asked_by = guard
        self.always = self.ask is None or holds_when(hierarchy, self.ask, {}) is True
        self.turns = closes_between_pieces(hierarchy, write)

    def read(self, writer: str) -> Pulling | None:
        """Return how output is pulled, None if that is not understood."""
        watched = self._watched()
        taken = read_send_all(self.write, writer) if watched is not None else None
        if watched is None or taken is None or is_measured(self.hierarchy, self.outside, watched):
            return None
        pulling = self._without_what_goes(taken, watched)
        if pulling.once and self.hierarchy.mentions(_ENDS, "handle_connect"):
            return None  # after which asyncore calls it all the same
        if self.turns and not self._can_take_turns(pulling):
            return None
        if changed_by_others(self.hierarchy, self.outside, watched):
            if pulling.once or self.turns:
                return None
            return _woken(self.hierarchy, self.outside, pulling, watched, self.ask)
        if self.gate is not None and not self._settle_gate(self.gate, pulling):
            return None
        deaf = not pulling.reads or self.gate_says is False
        if not self._ends_if_deaf(watched, deaf=deaf) or not self._lets_read(pulling, watched, deaf=deaf):
            return None
        pulling.reads, pulling.turns = pulling.reads and not deaf, self.turns
        pulling.starts = self.always or not starts_empty(self.hierarchy, self.ask, watched)
        return pulling

    def _watched(self) -> set[str] | None:
        """Return the attributes that decide whether there is something to send, None if that is not understood."""
        hierarchy, ask = self.hierarchy, self.ask
        watched: set[str] = set()
        for definition in (ask, self.gate):
            test = asked(definition) if definition is not None else ast.Constant(value=True)
            looks: set[str] | None = set()
            if definition is not None and test is not None:
                looks = attributes_of(hierarchy, definition, test)
            if test is None or looks is None:
                return None
            watched |= looks
        if ask is not None and holds_when(hierarchy, ask, {}) is False:
            return None  # nothing is ever sent
        if not acts_always(hierarchy, self.write, set() if self.always else watched, self.body):
            return None
        watched -= {"connected", *class_constants(hierarchy)}
        if ask is not None and not self.always:
            ends = _comes_to_an_end(hierarchy, ask, self.write, watched)
            if not ends or not rests_when_empty(hierarchy, ask, self.write, watched, self.body):
                return None
        if any(not is_own(hierarchy, name) or named_in_text(hierarchy, name) for name in watched):
            return None
        return watched

    def _without_what_goes(self, taken: SendAll, watched: set[str]) -> Pulling:
        """Return how output is pulled, and what goes: a writable() that nobody asks, or a handle_read()."""
        defined = self.hierarchy.methods.get("handle_read", [])
        reads = bool(defined) and (self.gate_says is not False or _reads(self.hierarchy))
        pulling = Pulling(**vars(taken), asks="" if self.always else self.asked_by, reads=reads)
        pulling.removed += [one.place(one.function) for one in defined if not reads]
        if self.own_ask is not None and (self.always or self.ask is not self.own_ask):
            pulling.removed.append(self.own_ask.place(self.own_ask.function))
        elif self.ask is not None and self.ask is self.own_ask:
            _drop_connection(self.ask, pulling)
        idle = _is_idle(self.hierarchy, self.write, self.write.function.body, watched)
        pulling.once = bool(pulling.dropped) and not idle
        return pulling

    def _can_take_turns(self, pulling: Pulling) -> bool:
        return not self.always and self.gate_says is True and not pulling.once and pulling.reads

    def _settle_gate(self, gate: Definition, pulling: Pulling) -> bool:
        """Have readable() asked by run(), or go; False if the session might be left to itself then."""
        known = _gate(self.hierarchy, gate, self.ask, self.write) if pulling.reads else False
        if known is None:
            return False
        pulling.gates = known
        if not known:
            pulling.removed.append(gate.place(gate.function))
        return True

    def _ends_if_deaf(self, watched: set[str], *, deaf: bool) -> bool:
        """Tell whether a session that never reads sends until it closes, and one that reads stops to do so."""
        if deaf and changed_by_others(self.hierarchy, self.outside, _tested(self.write)):
            return False  # handle_write() may find more than it has left
        hangs_up = deaf and self.ask is not None and _hangs_up(self.hierarchy, self.ask, self.write, watched)
        return deaf is self.always or hangs_up

    def _lets_read(self, pulling: Pulling, watched: set[str], *, deaf: bool) -> bool:
        """Tell whether nothing would be read meanwhile on asyncore, either; or have the two take turns."""
        opposite = self.gate is not None and self.ask is not None and is_opposite(self.gate, self.ask)
        apart = deaf or (self.gate is not None and (pulling.gates or opposite))
        takes = takes_each_time(self.hierarchy, self.write, self.body, watched)
        hierarchy = self.hierarchy if takes else None
        if apart or self.turns or consumes(self.write, watched, pulling.removed, hierarchy):
            return True
        self.turns = consumes(self.write, watched, pulling.removed, draws=True)
        return self.turns and self._can_take_turns(pulling)


def _may_run_out(hierarchy: Hierarchy) -> bool:
    """Tell whether handle_write() may raise StopIteration: handle_error() does not see that behind a coroutine."""
    nodes = (node for definition in hierarchy.reachable("handle_write") for node in walk(definition.function))
    calls = (node for node in nodes if isinstance(node, ast.Call) and len(node.args) == 1)
    return any(isinstance(call.func, ast.Name) and call.func.id == "next" for call in calls)


def _reads(hierarchy: Hierarchy) -> bool:
    """Tell whether handle_read() is there, and does anything."""
    defined = hierarchy.methods.get("handle_read", ())
    return any(hierarchy.facts[d.entry.qualname].methods["handle_read"].trivial != "pass" for d in defined)


def _read_guard(write: Definition) -> tuple[Definition, list[ast.stmt], str] | None:
    """Return what handle_write() asks first, as a predicate, with what it does if that is so, and the text of it.

    A writable() that is always true leaves the question to handle_write().
    """
    body = significant(write.function.body)
    first = body[0] if body else None
    if isinstance(first, (ast.If, ast.While)) and len(body) == 1 and not first.orelse:
        test, text, rest = first.test, write.module.source.segment(first.test), significant(first.body)
        text = f"({text})" if isinstance(test, ast.BoolOp) else text
    elif isinstance(first, ast.If) and leaves_if_empty(first) and isinstance(first.test, ast.UnaryOp):
        test, text, rest = first.test.operand, write.module.source.segment(first.test.operand), body[1:]
        if not isinstance(first.test.op, ast.Not):
            return None
    else:
        return None
    if write.self_name != "self":
        return None
    asking = ast.parse(f"def writable({write.self_name}):\n    return 0").body[0]
    assert isinstance(asking, ast.FunctionDef)
    asking.body = [ast.Return(test)]
    return dataclasses.replace(write, function=asking), rest, text


def _woken(
    hierarchy: Hierarchy, outside: list[OutsideUse], pulling: Pulling, watched: set[str], ask: Definition | None
) -> Pulling | None:
    """Return how output is pulled to which others add; None if they, or an error, might go unheard."""
    (write,), gates = (hierarchy.methods.get(n, []) for n in ("handle_write", "readable"))
    if ask is None or not pulling.reads or not consumes(write, watched, pulling.removed):
        return None
    if any(isinstance(node, ast.Raise) for d in hierarchy.reachable("handle_write") for node in walk(d.function)):
        return None
    if hierarchy.overrides("handle_error"):
        return None
    for gate in gates:
        if holds_when(hierarchy, gate, {}) is not True and not only_ends(hierarchy, gate, ask, watched):
            return None
        pulling.removed.append(gate.place(gate.function))
    pulling.woken = read_woken(hierarchy, outside, watched)
    connects = any(True for _ in hierarchy.uses("connect"))  # others need not wait for that
    pulling.starts = connects or not starts_empty(hierarchy, ask, watched)
    return pulling if pulling.woken is not None else None


def _drop_connection(ask: Definition, pulling: Pulling) -> None:
    """Have writable() not ask whether there is a connection: run() does not ask it before there is."""
    test = asked(ask)
    operands = test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or) else []
    others = [operand for operand in operands if not is_unconnected(operand, ask.self_name)]
    if test is not None and others and len(others) < len(operands):
        text = " or ".join(ask.module.source.segment(other) for other in others)
        pulling.replaced.append(Replacement(ask.place(test), text))
        pulling.dropped += [ask.place(operand) for operand in operands if operand not in others]


def _is_idle(hierarchy: Hierarchy, write: Definition, body: Sequence[ast.stmt], watched: set[str]) -> bool:
    """Tell whether handle_write() does nothing that could be noticed if there is nothing to send."""
    for statement in body:
        if isinstance(statement, ast.If):
            answers = {comes_to(hierarchy, write, statement.test, dict.fromkeys(watched, empty)) for empty in EMPTY}
            if True in answers:
                return _is_idle(hierarchy, write, statement.body, watched) and leaves(statement.body[-1])
            if not _is_idle(hierarchy, write, statement.orelse, watched):
                return False
        elif isinstance(statement, ast.Expr) and not isinstance(statement.value, ast.Constant):
            func = statement.value.func if isinstance(statement.value, ast.Call) else statement.value
            if self_attribute(func, write.self_name) != "send":
                return False
        elif not isinstance(statement, (ast.Assign, ast.AugAssign, ast.Expr, ast.Return, ast.Pass)):
            return False
    return True


def _tested(definition: Definition) -> set[str]:
    """Return the attributes that the conditions in a method look at."""
    tests = [n.test for n in walk(definition.function, (ast.If, ast.While, ast.IfExp))]
    names = {self_attribute(node, definition.self_name) for test in tests for node in walk(test)}
    return {name for name in names if name is not None}


def _hangs_up(hierarchy: Hierarchy, ask: Definition, write: Definition, watched: set[str]) -> bool:
    """Tell whether there is something to send at first, and handle_write() closes once there is no more."""
    name, last = asked_for(ask, connects=True), significant(write.function.body)[-1]
    if not name or starts_empty(hierarchy, ask, watched) or not isinstance(last, ast.If):
        return False
    ends = [comes_to(hierarchy, write, last.test, {name: empty}) for empty in EMPTY]
    calls = [s.value for s in last.body if isinstance(s, ast.Expr)]
    return True in ends and any(closes(hierarchy, write, call, frozenset()) for call in calls)


def _comes_to_an_end(hierarchy: Hierarchy, ask: Definition, write: Definition, watched: set[str]) -> bool:
    """Tell whether writable() says no in the end, with nothing left to send, or handle_write() may close."""
    if any(self_attribute(node, write.self_name) in CLOSERS for node in walk(write.function)):
        return True
    if _catches_up(ask, write):
        return True
    rests = [[(name, value) for value in _rests(hierarchy, write, name)] for name in sorted(watched)]
    answers = [holds_when(hierarchy, ask, dict(ways)) for ways in itertools.product(*rests)]
    return False in answers and True not in answers


def _catches_up(ask: Definition, write: Definition) -> bool:
    """Tell whether writable() asks if a place in a buffer is before its end, which what is sent moves it to."""
    test = asked(ask)
    if not isinstance(test, ast.Compare) or not isinstance(test.ops[0], ast.Lt) or len(test.ops) > 1:
        return False
    place = self_attribute(test.left, ask.self_name)
    steps = [node for node in walk(write.function, ast.AugAssign) if adds_what_was_sent(write, node)]
    return place is not None and any(self_attribute(step.target, write.self_name) == place for step in steps)


def _rests(hierarchy: Hierarchy, write: Definition, name: str) -> list[Any]:
    """Return what handle_write() leaves in an attribute in the end: what it sets it to, or an empty buffer."""
    if not any(changes(definition, {name}) for definition in hierarchy.reachable("handle_write")):
        return [True, False, *EMPTY]  # whatever others have put there
    given = [
        node.value.value
        for node in walk(write.function, ast.Assign)
        if isinstance(node.value, ast.Constant)
        and any(self_attribute(target, write.self_name) == name for target in node.targets)
    ]
    return given or [*EMPTY]


def _gate(hierarchy: Hierarchy, gate: Definition, ask: Definition | None, write: Definition) -> bool | None:
    """Tell whether readable() must be asked once all is sent; None if the session might then be left to itself."""
    if ask is not None and is_opposite(gate, ask):
        return False
    constant = holds_when(hierarchy, gate, {})
    if constant is not None:
        return None if not constant and _reads(hierarchy) else False
    test = asked(gate)
    for name in (attributes_of(hierarchy, gate, test) if test is not None else None) or ():
        for empty in EMPTY:  # what writable() asks for is empty then
            settled = ask is not None and holds_when(hierarchy, ask, {name: empty}) is False
            if settled and holds_when(hierarchy, gate, {name: empty}) is True:
                return False
    own = write.self_name
    closes = any(self_attribute(node, own) in ("close", "handle_close") for node in walk(write.function))
    looks = attributes_of(hierarchy, gate, test) if test is not None else None
    return True if closes or changes(write, looks or set()) else None
