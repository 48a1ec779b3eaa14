"""Dispatchers on datagram sockets: how they receive, and the queue that many of them send from."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.input.predicates import asked, attributes_of
from asyncore_codemods.analyse.output.acting import acts_always
from asyncore_codemods.analyse.output.asking import asked_for
from asyncore_codemods.analyse.output.consuming import consumes
from asyncore_codemods.analyse.output.woken import Woken, read_woken
from asyncore_codemods.analyse.output.writing import is_empty
from asyncore_codemods.analyse.usage.effects import CLOSERS, follows
from asyncore_codemods.analyse.usage.own_state import changed_by_others, is_own, starts_empty
from asyncore_codemods.analyse.values.syntax import (
    begins_with,
    is_self_attribute,
    local_names,
    parent_map,
    self_attribute,
    significant,
)
from asyncore_codemods.codes import Code
from asyncore_codemods.model.sessions import Reason, Replacement
from asyncore_codemods.nodes import walk
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from asyncore_codemods.analyse.families.hierarchies import Definition, Hierarchy
    from asyncore_codemods.analyse.usage.outside import OutsideUse

_WHOLE = 65507  # no UDP datagram is longer


@dataclass
class DatagramFacts:
    """How a class receives and sends datagrams."""

    size: str = ""  # the expression that a longer datagram is cut to; "" if none can be longer
    closes_on_empty: bool = False  # it does not ask where a datagram is from, and takes an empty one for the end
    definitions: list[tuple[Place, str]] = field(default_factory=list)  # handle_read(), and its new parameters
    catches: bool = False  # what goes wrong with receiving
    removed: list[Place] = field(default_factory=list)
    unwrapped: list[Place] = field(default_factory=list)
    replaced: list[Replacement] = field(default_factory=list)
    rewritten: list[Replacement] = field(default_factory=list)
    used: list[Replacement] = field(default_factory=list)  # the recv() in an expression, and what it receives
    queue: str = ""  # the attribute that handle_write() sends from, where sendto() can take its place
    polls: bool = False  # writable() and handle_write() stay, and are asked after each datagram
    starts: bool = False  # and once before
    woken: Woken | None = None  # where others give it something to send, after which they are asked as well


def read_datagrams(hierarchy: Hierarchy, outside: list[OutsideUse]) -> DatagramFacts | Reason:
    """Return the facts, or why they are not understood."""
    readers = hierarchy.methods.get("handle_read", [])
    top = hierarchy.top
    whole = Place(str(top.module.path), top.module.source.span(top.node))
    if not readers:
        return Reason(Code.DATAGRAM, "does not define handle_read()", whole)
    facts = DatagramFacts()
    ways = set()
    for reader in readers:
        problem = _read_reader(hierarchy, reader, facts)
        if problem is not None:
            return problem
        ways.add((facts.size, facts.closes_on_empty))
    if len(ways) > 1 or (len(readers) > 1 and hierarchy.mentions(("handle_read",), "handle_read")):
        return Reason(Code.DATAGRAM, "defines handle_read() more than once, and differently", whole)
    return _read_writer(hierarchy, outside, facts) or facts


def _read_reader(hierarchy: Hierarchy, definition: Definition, facts: DatagramFacts) -> Reason | None:
    """`data, addr = self.socket.recvfrom(size)` at the start of handle_read() becomes its arguments."""
    place = definition.place(definition.function)
    body = significant(definition.function.body)
    first = inner = body[0] if body else None
    if isinstance(inner, ast.Try):  # what is received has been received
        facts.catches = True
        first, inner = _out_of(inner, definition, facts), significant(inner.body)[0]
    usual = Reason(Code.DATAGRAM, "handle_read() does not begin with self.socket.recvfrom()", place)
    if first is not None and first is inner and _read_recv(definition, first, facts):
        return None
    if not isinstance(inner, ast.Assign) or not isinstance(inner.value, ast.Call) or len(inner.targets) != 1:
        return usual
    target = inner.targets[0]
    if not isinstance(target, ast.Tuple) or len(target.elts) != 2:
        return usual
    names = [element.id for element in target.elts if isinstance(element, ast.Name)]
    unpacked = ""
    if len(names) == 1 and isinstance(target.elts[1], ast.Tuple):  # data, (host, port) = ...
        taken = local_names(definition.function)
        names.append(next(name for name in ("addr", "address", "peer", "sender") if name not in taken))
        unpacked = ", ".join(ast.unparse(element) for element in target.elts[1].elts) + f" = {names[1]}"
    size = _size_of(hierarchy, definition, inner.value, facts)
    if len(names) != 2 or size is None or len(definition.function.args.args) != 1:
        return usual
    receives = [n for n in walk(definition.function, ast.Attribute) if n.attr == "recvfrom"]
    if len(receives) != 1:
        return Reason(Code.DATAGRAM, "handle_read() calls recvfrom() more than once", place)
    facts.definitions.append((place, ", ".join([definition.self_name, *names])))
    facts.size, facts.closes_on_empty = size, False
    assert first is not None
    if unpacked:
        facts.rewritten.append(Replacement(definition.place(first), unpacked))
    else:
        facts.removed.append(definition.place(first))
    return None


def _out_of(node: ast.Try, definition: Definition, facts: DatagramFacts) -> ast.stmt:
    """Return what goes when the first statement of a `try` does: all of it if there is nothing else in it."""
    if len(significant(node.body)) > 1 or node.finalbody:
        return significant(node.body)[0]
    if not node.orelse:
        return node
    facts.unwrapped.append(definition.place(node))
    return node.body[0]


def _read_recv(definition: Definition, statement: ast.stmt, facts: DatagramFacts) -> bool:
    """A `self.recv(size)` with which a method begins becomes its argument; False if it is not that simple."""
    own = definition.self_name
    received = [n for n in walk(definition.function) if self_attribute(n, own) == "recv"]
    call = parent_map(definition.function).get(received[0]) if len(received) == 1 else None
    taken = local_names(definition.function) - {own}
    if (
        not isinstance(call, ast.Call)
        or call.func is not received[0]
        or len(call.args) != 1
        or call.keywords
        or len(definition.function.args.args) != 1
        or any(isinstance(n, ast.Name) and n.id in taken for n in walk(call.args[0]))
        or not begins_with(statement, call)
    ):
        return False
    is_named = isinstance(statement, ast.Assign) and statement.value is call and len(statement.targets) == 1
    target = statement.targets[0] if isinstance(statement, ast.Assign) and is_named else None
    if isinstance(target, ast.Name):
        name = target.id
        facts.removed.append(definition.place(statement))
    else:
        name = next(name for name in ("data", "datagram", "received") if name not in taken)
        facts.used.append(Replacement(definition.place(call), name))
    facts.definitions.append((definition.place(definition.function), f"{own}, {name}"))
    facts.size, facts.closes_on_empty = _cut_to(definition, call.args[0]), True
    return True


def _cut_to(definition: Definition, size: ast.expr) -> str:
    """Return the size that longer datagrams are cut to, "" if none is longer."""
    is_enough = isinstance(size, ast.Constant) and isinstance(size.value, int) and size.value >= _WHOLE
    return "" if is_enough else definition.module.source.segment(size)


def _size_of(hierarchy: Hierarchy, definition: Definition, call: ast.Call, facts: DatagramFacts) -> str | None:
    """Return the size that recvfrom() is given ("" if it is large enough for all), None if that is not clear."""
    own = definition.self_name
    if isinstance(call.func, ast.Attribute) and is_self_attribute(call.func.value, own, "socket"):
        if call.func.attr != "recvfrom" or len(call.args) != 1:
            return None
        size = call.args[0]
        stable = not any(
            isinstance(n, ast.Name) and n.id in local_names(definition.function) - {own} for n in walk(size)
        )
        return _cut_to(definition, size) if stable else None
    name = self_attribute(call.func, own)  # a method of the class's own around recvfrom()
    helpers = hierarchy.methods.get(name or "", [])
    if len(helpers) != 1 or call.keywords:
        return None
    body = significant(helpers[0].function.body)
    if len(body) != 1 or not isinstance(body[0], ast.Return) or not isinstance(body[0].value, ast.Call):
        return None
    inner = body[0].value
    if call.args:  # it is told the size: `def recvfrom(self, size): return self.socket.recvfrom(size)`
        parameters = [arg.arg for arg in helpers[0].function.args.args[1:]]
        passed = inner.args[0] if len(call.args) == len(parameters) == len(inner.args) == 1 else None
        if not isinstance(passed, ast.Name) or passed.id != parameters[0] or not _receives(inner, helpers[0]):
            return None
        inner = ast.Call(inner.func, call.args, [])
    if _mentions(hierarchy, name or "") == 1:
        facts.removed.append(helpers[0].place(helpers[0].function))
    return _size_of(hierarchy, definition if call.args else helpers[0], inner, facts)


def _receives(call: ast.Call, definition: Definition) -> bool:
    return isinstance(call.func, ast.Attribute) and is_self_attribute(
        call.func.value, definition.self_name, "socket"
    )


def _mentions(hierarchy: Hierarchy, name: str) -> int:
    return sum(
        self_attribute(node, definition.self_name) == name
        for definition in hierarchy.definitions()
        for node in walk(definition.function)
    )


def _read_writer(hierarchy: Hierarchy, outside: list[OutsideUse], facts: DatagramFacts) -> Reason | None:
    """Recognise the queue that writable() looks at and handle_write() sends from."""
    writers, predicates = hierarchy.methods.get("handle_write", []), hierarchy.methods.get("writable", [])
    if not writers:
        facts.removed += [d.place(d.function) for d in predicates]
        constant = all(hierarchy.facts[d.entry.qualname].methods["writable"].trivial for d in predicates)
        if constant:
            return None
        return Reason(
            Code.PREDICATE,
            "overrides writable() without handle_write()",
            predicates[0].place(predicates[0].function),
        )
    if len(writers) > 1 or len(predicates) > 1:
        place = writers[0].place(writers[0].function)
        return Reason(Code.DATAGRAM, "defines handle_write() or writable() more than once", place)
    trivial = hierarchy.facts[writers[0].entry.qualname].methods["handle_write"].trivial == "pass"
    constant = bool(predicates) and bool(hierarchy.facts[predicates[0].entry.qualname].methods["writable"].trivial)
    if trivial and (not predicates or constant):
        facts.removed += [d.place(d.function) for d in [*writers, *predicates]]
        return None
    if not predicates or constant:
        place = (predicates or writers)[0].place((predicates or writers)[0].function)
        return Reason(Code.PREDICATE, "writable() does not simply look at a queue", place)
    queue = asked_for(predicates[0])
    # What is queued when the socket is closed is never sent; so it must not be sent at once either.
    lost = follows(hierarchy, ("handle_read",), frozenset({queue}), CLOSERS)
    if (
        queue
        and not lost
        and _pops_and_sends(writers[0], queue)
        and _only_appended(hierarchy, queue, facts, writers[0], predicates[0])
    ):
        facts.queue = queue
        facts.removed += [d.place(d.function) for d in (writers[0], predicates[0])]
        return None
    facts.replaced.clear()
    return _read_polling(hierarchy, outside, predicates[0], writers[0], facts)


def _read_polling(
    hierarchy: Hierarchy,
    outside: list[OutsideUse],
    predicate: Definition,
    writer: Definition,
    facts: DatagramFacts,
) -> Reason | None:
    """See whether it is enough to ask writable() when a datagram has been handled, and once before."""
    place = predicate.place(predicate.function)
    test = asked(predicate)
    watched = attributes_of(hierarchy, predicate, test) if test is not None else None
    if not watched:
        return Reason(Code.PREDICATE, "writable() does not simply look at a queue", place)
    if not all(is_own(hierarchy, name) for name in watched):
        return Reason(Code.PREDICATE, "writable() looks at what others may change", place)
    if changed_by_others(hierarchy, outside, watched):
        facts.woken = read_woken(hierarchy, outside, watched)
        if facts.woken is None:
            return Reason(Code.PREDICATE, "writable() looks at what others may change", place)
    if not acts_always(hierarchy, writer, watched) or not consumes(writer, watched):
        return Reason(
            Code.DATAGRAM, "handle_write() does more than send what is queued", writer.place(writer.function)
        )
    facts.polls = True
    facts.starts = facts.woken is not None or not starts_empty(hierarchy, predicate, watched)
    return None


def _pops_and_sends(definition: Definition, queue: str) -> bool:
    """`data, addr = self.queue.pop(0)`, then `self.socket.sendto(data, addr)`, and nothing else."""
    own = definition.self_name
    body = significant(definition.function.body)
    if len(body) == 1 and isinstance(body[0], ast.If) and self_attribute(body[0].test, own) == queue:
        body = body[0].body
    if len(body) != 2 or not isinstance(body[0], ast.Assign) or not isinstance(body[1], ast.Expr):
        return False
    taken, sent = body[0].value, body[1].value
    if not isinstance(taken, ast.Call) or not isinstance(taken.func, ast.Attribute):
        return False
    first = taken.func.attr == "popleft" or (
        taken.func.attr == "pop"
        and len(taken.args) == 1
        and isinstance(taken.args[0], ast.Constant)
        and taken.args[0].value == 0
    )
    target = body[0].targets[0]
    return (
        first
        and self_attribute(taken.func.value, own) == queue
        and isinstance(target, ast.Tuple)
        and isinstance(sent, ast.Call)
        and isinstance(sent.func, ast.Attribute)
        and sent.func.attr == "sendto"
        and is_self_attribute(sent.func.value, own, "socket")
        and [ast.unparse(a) for a in sent.args] == [ast.unparse(e) for e in target.elts]
    )


def _only_appended(
    hierarchy: Hierarchy, queue: str, facts: DatagramFacts, writer: Definition, predicate: Definition
) -> bool:
    """Tell whether the queue is only ever appended to, and note what takes the place of each append()."""
    for definition in hierarchy.definitions():
        if definition in (writer, predicate):
            continue
        own = definition.self_name
        parents = parent_map(definition.function)
        source = definition.module.source
        for node in walk(definition.function):
            if self_attribute(node, own) != queue:
                continue
            parent = parents[node]
            if (
                isinstance(parent, ast.Assign)
                and parent.targets == [node]
                and definition.function.name == "__init__"
                and is_empty(parent.value)
            ):
                facts.removed.append(definition.place(parent))
                continue
            call = parents.get(parent)
            if (
                isinstance(parent, ast.Attribute)
                and parent.attr == "append"
                and isinstance(call, ast.Call)
                and len(call.args) == 1
                and isinstance(call.args[0], ast.Tuple)
                and len(call.args[0].elts) == 2
                and isinstance(parents.get(call), ast.Expr)
                and definition.function.name != "__init__"  # there is no socket yet, or nobody to receive it
            ):
                data, address = (source.segment(element) for element in call.args[0].elts)
                text = f"{own}.socket.sendto({data}, {address})"
                facts.replaced.append(Replacement(definition.place(call), text))
                continue
            return False
    return True
