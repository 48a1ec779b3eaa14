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
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from asyncore_codemods.analyse.input.predicates import (
    EMPTY,
    LOGS,
    asked,
    attributes_of,
    class_constants,
    comes_to,
    holds_when,
    is_opposite,
)
from asyncore_codemods.analyse.lifetime.endings import closes
from asyncore_codemods.analyse.output.acting import TAKES, acts_always, rests_when_empty, takes_from
from asyncore_codemods.analyse.output.asking import asked_for, is_unconnected
from asyncore_codemods.analyse.output.feeding import closes_between_pieces
from asyncore_codemods.analyse.output.sending import leaves_if_empty
from asyncore_codemods.analyse.output.taking_all import SendAll, read_send_all
from asyncore_codemods.analyse.output.woken import Woken, only_ends, read_woken
from asyncore_codemods.analyse.output.writing import is_empty
from asyncore_codemods.analyse.usage.effects import CLOSERS
from asyncore_codemods.analyse.usage.own_state import (
    changed_by_others,
    changes,
    is_own,
    named_in_text,
    starts_empty,
)
from asyncore_codemods.analyse.values.flow import leaves
from asyncore_codemods.analyse.values.syntax import self_attribute, significant, suites, values_given
from asyncore_codemods.model.sessions import Replacement
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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
    writes, asks, gates = (methods.get(n, []) for n in ("handle_write", "writable", "readable"))
    if len(writes) != 1 or len(asks) > 1 or len(gates) > 1 or hierarchy.overrides("send"):
        return None
    write, ask, gate = writes[0], asks[0] if asks else None, gates[0] if gates else None
    if hierarchy.overrides("handle_error") and _may_run_out(hierarchy):
        return None
    turns = closes_between_pieces(hierarchy, write)
    body, asked_by = significant(write.function.body), "self.writable()"
    guard = _read_guard(write) if ask is None or holds_when(hierarchy, ask, {}) is True else None
    spare, deaf = ask, gate is not None and holds_when(hierarchy, gate, {}) is False
    if guard is not None and not deaf:
        ask, body, asked_by = guard
    watched: set[str] = set()
    for definition in (ask, gate):
        test = asked(definition) if definition is not None else ast.Constant(value=True)
        looks = attributes_of(hierarchy, definition, test) if definition is not None and test is not None else set()
        if test is None or looks is None:
            return None
        watched |= looks
    answer = holds_when(hierarchy, ask, {}) if ask is not None else True
    if answer is False:
        return None  # nothing is ever sent
    always = answer is True
    if not acts_always(hierarchy, write, set() if always else watched, body):
        return None
    watched -= {"connected", *class_constants(hierarchy)}
    if ask is not None and not always:
        ends = _comes_to_an_end(hierarchy, ask, write, watched)
        if not ends or not rests_when_empty(hierarchy, ask, write, watched, body):
            return None
    if any(not is_own(hierarchy, name) or named_in_text(hierarchy, name) for name in watched):
        return None
    taken = read_send_all(write, writer)
    if taken is None:
        return None
    reads = methods.get("handle_read", []) if not deaf or _reads(hierarchy) else []
    pulling = Pulling(**vars(taken), asks="" if always else asked_by, reads=bool(reads))
    pulling.removed += [d.place(d.function) for d in methods.get("handle_read", ()) if not reads]
    if spare is not None and (always or ask is not spare):
        pulling.removed.append(spare.place(spare.function))
    elif ask is not None and ask is spare:
        _drop_connection(ask, pulling)
    pulling.once = bool(pulling.dropped) and not _is_idle(hierarchy, write, write.function.body, watched)
    if pulling.once and hierarchy.mentions(_ENDS, "handle_connect"):
        return None  # after which asyncore calls it all the same
    gated = gate is not None and holds_when(hierarchy, gate, {}) is not True
    if turns and (always or gated or pulling.once or not pulling.reads):
        return None
    if changed_by_others(hierarchy, outside, watched):
        return None if pulling.once or turns else _woken(hierarchy, outside, pulling, watched, ask)
    if gate is not None:
        known = _gate(hierarchy, gate, ask, write) if pulling.reads else False
        if known is None:
            return None
        pulling.gates = known
        if not known:
            pulling.removed.append(gate.place(gate.function))
    deaf = not pulling.reads or (gate is not None and holds_when(hierarchy, gate, {}) is False)
    if deaf and changed_by_others(hierarchy, outside, _tested(write)):
        return None  # handle_write() may find more than it has left
    if deaf is not always and not (deaf and ask is not None and _hangs_up(hierarchy, ask, write, watched)):
        return None
    apart = deaf or (gate is not None and (pulling.gates or (ask is not None and is_opposite(gate, ask))))
    takes = _takes_each_time(hierarchy, write, body, watched)
    if not apart and not turns and not consumes(write, watched, taken.removed, hierarchy if takes else None):
        turns = consumes(write, watched, taken.removed, draws=True)  # for as long as an iterator has something
        if not turns or always or gated or pulling.once or not pulling.reads:
            return None  # it would be read on while that lasts
    pulling.reads, pulling.turns = pulling.reads and not deaf, turns
    pulling.starts = always or not starts_empty(hierarchy, ask, watched)
    return pulling


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
    tests = [n.test for n in walk(definition.function) if isinstance(n, (ast.If, ast.While, ast.IfExp))]
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
    steps = [node for node in walk(write.function) if isinstance(node, ast.AugAssign) and _is_how_much(write, node)]
    return place is not None and any(self_attribute(step.target, write.self_name) == place for step in steps)


def _rests(hierarchy: Hierarchy, write: Definition, name: str) -> list[Any]:
    """Return what handle_write() leaves in an attribute in the end: what it sets it to, or an empty buffer."""
    if not any(changes(definition, {name}) for definition in hierarchy.reachable("handle_write")):
        return [True, False, *EMPTY]  # whatever others have put there
    given = [
        node.value.value
        for node in walk(write.function)
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Constant)
        and any(self_attribute(target, write.self_name) == name for target in node.targets)
    ]
    return given or [*EMPTY]


def _takes_each_time(hierarchy: Hierarchy, write: Definition, body: list[ast.stmt], watched: set[str]) -> bool:
    """Tell whether handle_write() takes something from a queue or a buffer each time, which so comes to an end.

    It does so first of all, or, where no error could have it begin anew, behind other statements.
    """
    for statement in body:
        if any(takes_from(node, write.self_name, watched) for node in walk(statement)):
            return statement is body[0] or (
                isinstance(statement, (ast.Assign, ast.Expr)) and not hierarchy.overrides("handle_error")
            )
        if hierarchy.overrides("handle_error") or not isinstance(statement, (ast.Assign, ast.Expr, ast.Delete)):
            return False
        if _drops_what_was_sent(statement, write.self_name, watched):
            return True
    return False


def _drops_what_was_sent(statement: ast.stmt, own: str, watched: set[str]) -> bool:
    """Tell whether a statement is `self.buffer = self.buffer[sent:]`, or `del self.buffer[:sent]`."""
    text = ast.unparse(statement)
    buffers = [re.escape(f"{own}.{name}") for name in watched]
    return any(re.fullmatch(rf"{x} = {x}\[\w+:\]|del {x}\[:\w+\]", text) for x in buffers)


def consumes(
    write: Definition,
    watched: set[str],
    removed: Sequence[Place] = (),
    hierarchy: Hierarchy | None = None,
    *,
    draws: bool = False,
) -> bool:
    """Tell whether handle_write() only sends what others have put there, and so comes to an end.

    What stands in *removed* places will be gone. If the *hierarchy* is given, what handle_write() takes may be
    worked on by other functions, as long as they put nothing there. If it *draws* on an iterator, that may go on.
    """
    own, takes = write.self_name, False
    dead = {
        n for s in walk(write.function) if isinstance(s, ast.stmt) and write.place(s) in removed for n in walk(s)
    }
    dead |= {n for s in walk(write.function) if isinstance(s, ast.Raise) for n in walk(s)}
    dead |= {node for statement in _behind_the_end(write.function.body, own) for node in walk(statement)}
    for node in walk(write.function):
        if node in dead:
            continue
        if isinstance(node, ast.AugAssign) and self_attribute(node.target, own) in watched:
            if not _is_how_much(write, node):
                return False
            takes = True  # nearer to the end of what is there
        if not isinstance(node, ast.Call):
            if hierarchy is not None and _refills(node, own, watched):
                return False
            takes = takes or _empties(node, own, watched)
            continue
        func = node.func
        if hierarchy is not None and _closes_before_sending(hierarchy, write, node):
            return False  # send() then has handle_close() run
        if is_empty(node) or (hierarchy is not None and _puts_nothing(hierarchy, node, own, watched)):
            continue
        if draws and isinstance(func, ast.Name) and func.id == "next":
            takes = True
        elif isinstance(func, ast.Name):
            if func.id not in ("len", "print", "bytes", "bool") and not _is_apart(write, node):
                return False
        elif _only_joins(func):
            continue
        elif isinstance(func, ast.Attribute) and self_attribute(func.value, own) in watched:
            if func.attr not in (*TAKES, "insert", "appendleft", "encode"):
                return False
            takes = takes or func.attr in TAKES
        elif self_attribute(func, own) in CLOSERS | {"send", "writable"} or getattr(func, "attr", "") == "sendto":
            continue
        elif not isinstance(func, ast.Attribute) or func.attr not in LOGS or "log" not in ast.unparse(func.value):
            return False
    return takes


def _closes_before_sending(hierarchy: Hierarchy, write: Definition, call: ast.Call) -> bool:
    """Tell whether a method that is called may close, and something is sent behind that."""
    name = self_attribute(call.func, write.self_name)
    if name is None or name not in hierarchy.methods:
        return False
    mentions = ((d.self_name, node) for d in hierarchy.reachable(name) for node in walk(d.function))
    sends = [node for node in walk(write.function) if self_attribute(node, write.self_name) == "send"]
    later = any((node.lineno, node.col_offset) > (call.lineno, call.col_offset) for node in sends)  # type: ignore[attr-defined]  # an attribute
    return later and any(self_attribute(node, own) in CLOSERS for own, node in mentions)


def _puts_nothing(hierarchy: Hierarchy, call: ast.Call, own: str, watched: set[str]) -> bool:
    """Tell whether a call cannot add to what is watched, which nobody but the session itself changes."""
    func = call.func
    if any(self_attribute(node, own) in watched for node in walk(func)):
        return False
    name = self_attribute(func, own)
    if name is None:
        return True
    called = hierarchy.reachable(name) if name in hierarchy.methods else ()
    return bool(called) and not any(changes(definition, watched) for definition in called)


def _is_how_much(write: Definition, node: ast.AugAssign) -> bool:
    """Tell whether a statement adds how much was sent."""
    values = [node.value]
    if isinstance(node.value, ast.Name):
        values = [
            other.value
            for other in walk(write.function)
            if isinstance(other, ast.Assign) and ast.unparse(other.targets[0]) == node.value.id
        ]
    sends = [isinstance(v, ast.Call) and self_attribute(v.func, write.self_name) == "send" for v in values]
    return isinstance(node.op, ast.Add) and bool(sends) and all(sends)


def _behind_the_end(body: list[ast.stmt], own: str) -> Iterator[ast.stmt]:
    """Yield the statements that run when the session has closed, and therefore only once."""
    has_ended = False
    for statement in body:
        if has_ended:
            yield statement
        for suite in suites(statement):
            yield from _behind_the_end(suite, own)
        call = statement.value if isinstance(statement, ast.Expr) else None
        has_ended = has_ended or (isinstance(call, ast.Call) and self_attribute(call.func, own) in CLOSERS)


def _is_apart(write: Definition, call: ast.Call) -> bool:
    """Tell whether a call is that of a function that gets nothing with which it could change the session."""
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    nodes = [node for value in values_given(call) for node in walk(value)]
    own = [node for node in nodes if isinstance(node, ast.Name) and node.id == write.self_name]
    attributes = [node for node in nodes if self_attribute(node, write.self_name) is not None]
    is_function = name in write.module.functions or name in write.module.bindings
    return is_function and len(own) == len(attributes)  # never the session itself


def _only_joins(func: ast.expr) -> bool:
    """Tell whether a call joins pieces, or encodes one that has a name."""
    if not isinstance(func, ast.Attribute):
        return False
    whole = ast.Constant if func.attr == "join" else ast.Name
    return func.attr in ("join", "encode") and isinstance(func.value, whole)


def _refills(node: ast.AST, own: str, watched: set[str]) -> bool:
    """Tell whether a statement puts what some method returns where handle_write() takes from."""
    value = node.value if isinstance(node, ast.Assign) and _empties(node, own, watched) else None
    calls = [inner for inner in walk(value) if isinstance(inner, ast.Call)] if value is not None else []
    return any(self_attribute(call.func, own) is not None and not is_empty(call) for call in calls)


def _empties(node: ast.AST, own: str, watched: set[str]) -> bool:
    """Tell whether a statement takes from a buffer what was in it."""
    if isinstance(node, ast.Assign):
        return any(self_attribute(target, own) in watched for target in node.targets)
    return isinstance(node, ast.Delete) and any(
        isinstance(target, ast.Subscript) and self_attribute(target.value, own) in watched
        for target in node.targets
    )


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
