"""Sessions that do not read while another one still has much to send: relays that spare their memory.

`readable()` asks for what asyncore has queued there: `len(self.far.producer_fifo) < 10`, or `not
self.far.out_buffer`. Rewritten code waits for the other one once it has handled what it read.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.input.predicates import class_constants
from asyncore_codemods.analyse.output.pairs import Paired, may_be_none, merge
from asyncore_codemods.analyse.values.syntax import self_attribute, significant
from asyncore_codemods.nodes import is_none, walk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asyncore_codemods.analyse.families.hierarchies import Definition, Hierarchy
    from asyncore_codemods.analyse.usage.outside import OutsideUse

# What asyncore queues the output of its own in
QUEUES = {legacy.ASYNC_CHAT: "producer_fifo", legacy.DISPATCHER_WITH_SEND: "out_buffer"}


@dataclass
class _Waiting:
    hierarchy: Hierarchy
    gate: Definition
    link: str  # the attribute with the one that it waits for
    others: list[Hierarchy]  # of which that is
    may_be_alone: bool


def read_holding_back(hierarchies: Sequence[Hierarchy], outside: Sequence[OutsideUse]) -> dict[str, Paired]:
    """Return who waits for whom, by the names of the topmost classes.

    Only one may wait for each: one of the two has made the other for itself. Where only that one waits, the other
    leaves it the waiting for its own output.
    """
    waiting = {}
    for hierarchy in hierarchies:
        one = _read_gate(hierarchy, hierarchies, outside)
        if one is not None:
            waiting[hierarchy.top.qualname] = one
    found: dict[str, Paired] = {}
    for top, one in waiting.items():
        (other,) = one.others
        back = waiting.get(other.top.qualname)
        if back is not None and back.others != [one.hierarchy]:
            continue
        if sum(w.others == [other] for w in waiting.values()) > 1:
            continue
        if not _is_made(one) and (back is None or not _is_made(back)):
            continue
        gone = [one.gate.place(one.gate.function)]
        part = Paired(partner=one.link, waits=True, removed=gone, seen=[*gone], ties={other.top.qualname})
        part.may_be_alone = one.may_be_alone or may_be_none(hierarchies, one.link)
        merge(found.setdefault(top, Paired()), part)
        part = Paired(is_waited_for=True, is_left_waiting=back is None)
        merge(found.setdefault(other.top.qualname, Paired()), part)
    return found


def _read_gate(
    hierarchy: Hierarchy, hierarchies: Sequence[Hierarchy], outside: Sequence[OutsideUse]
) -> _Waiting | None:
    gates = hierarchy.methods.get("readable", ())
    if len(gates) != 1 or not _has_queue(hierarchy):
        return None
    gate, body = gates[0], significant(gates[0].function.body)
    test = body[0].value if len(body) == 1 and isinstance(body[0], ast.Return) else None
    asked = _queue_asked_for(hierarchy, gate, test) if test is not None else None
    if asked is None:
        return None
    queue, may_be_alone = asked
    receivers = next((use.receivers for use in outside if use.place == gate.place(queue)), None) or frozenset()
    others = [other for other in hierarchies if receivers & other.names]
    if len(others) != 1 or not receivers <= others[0].names or not _has_queue(others[0]):
        return None
    if QUEUES[others[0].root] != queue.attr:
        return None
    link = self_attribute(queue.value, gate.self_name) or ""
    return _Waiting(hierarchy, gate, link, others, may_be_alone)


def _has_queue(hierarchy: Hierarchy) -> bool:
    """Tell whether asyncore queues the output of a session, and sends it by itself."""
    return hierarchy.root in QUEUES and not (hierarchy.overrides("handle_write") or hierarchy.overrides("writable"))


def _is_made(one: _Waiting) -> bool:
    """Tell whether a session waits for nobody but one that it has made itself, and that knows it."""
    found = False
    for definition in one.hierarchy.definitions():
        for node in walk(definition.function):
            is_link = self_attribute(node, definition.self_name) == one.link
            if not is_link or isinstance(getattr(node, "ctx", None), ast.Load):
                continue
            statement = next((s for s in walk(definition.function, ast.Assign) if s.targets == [node]), None)
            value = statement.value if statement is not None else None
            if is_none(value):
                continue
            arguments = value.args if isinstance(value, ast.Call) else []
            if not any(isinstance(a, ast.Name) and a.id == definition.self_name for a in arguments):
                return False
            found = True
    return found


def _queue_asked_for(hierarchy: Hierarchy, gate: Definition, test: ast.expr) -> tuple[ast.Attribute, bool] | None:
    """Return the queue of another session that must be short, and whether there may be no such session."""
    may_be_alone = False
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or) and len(test.values) == 2:
        alone, test = test.values
        queue = _short_queue(hierarchy, gate, test)
        link = ast.unparse(queue.value) if queue is not None else ""
        if ast.unparse(alone) not in (f"{link} is None", f"not {link}"):
            return None
        may_be_alone = True
    queue = _short_queue(hierarchy, gate, test)
    return None if queue is None else (queue, may_be_alone)


def _short_queue(hierarchy: Hierarchy, gate: Definition, test: ast.expr) -> ast.Attribute | None:
    """Return x for `not x`, `len(x) < 10` and `len(x) == 0`, if that is what asyncore queues for a partner."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        queue: ast.expr = test.operand
    elif isinstance(test, ast.Compare) and len(test.ops) == 1 and _is_bound(hierarchy, gate, test):
        assert isinstance(test.left, ast.Call)
        queue = test.left.args[0]
    else:
        return None
    if not isinstance(queue, ast.Attribute) or queue.attr not in QUEUES.values():
        return None
    return queue if self_attribute(queue.value, gate.self_name) is not None else None


def _is_bound(hierarchy: Hierarchy, gate: Definition, test: ast.Compare) -> bool:
    """Tell whether a comparison is that of a length with a constant that an empty queue does not reach."""
    operator, most = type(test.ops[0]), test.comparators[0]
    call = test.left
    if not (isinstance(call, ast.Call) and ast.unparse(call.func) == "len" and len(call.args) == 1):
        return False
    if isinstance(most, ast.Constant):
        least = {ast.Lt: 1, ast.LtE: 0}.get(operator)
        zero = operator is ast.Eq and most.value == 0
        return zero or (least is not None and isinstance(most.value, int) and most.value >= least)
    is_constant = self_attribute(most, gate.self_name) in class_constants(hierarchy)
    is_constant = is_constant or (isinstance(most, ast.Name) and most.id.isupper())
    return operator in (ast.Lt, ast.LtE) and is_constant
