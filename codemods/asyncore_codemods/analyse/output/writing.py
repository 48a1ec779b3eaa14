"""Dispatchers that write by hand: the buffer or the queue that handle_write() empties.

Where handle_write() does nothing but send what was put there, putting it there becomes `self.writer.write(data)`,
and the buffer goes. What is more than that (closing when all is sent, a file read by the piece) is for pulling.py.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.families.hierarchies import dials_of
from asyncore_codemods.analyse.input.text_mode import as_bytes
from asyncore_codemods.analyse.output.asking import asks_for, calls_of_base
from asyncore_codemods.analyse.output.delegated import read_delegated
from asyncore_codemods.analyse.output.limits import asked_where_put, is_within
from asyncore_codemods.analyse.output.sending import Sending, read_sending
from asyncore_codemods.analyse.output.speaking import Speech, read_speech
from asyncore_codemods.analyse.usage.effects import CLOSERS, follows
from asyncore_codemods.analyse.usage.own_state import named_in_text
from asyncore_codemods.analyse.values.syntax import parent_map, self_attribute, significant, statement_around
from asyncore_codemods.codes import Code
from asyncore_codemods.model.sessions import Reason, Replacement
from asyncore_codemods.nodes import CALLABLES, walk

if TYPE_CHECKING:
    from asyncore_codemods.analyse.families.hierarchies import Definition, Hierarchy
    from asyncore_codemods.analyse.output.pulling import Pulling
    from asyncore_codemods.analyse.usage.outside import OutsideUse
    from asyncore_codemods.spans import Place

_ADDS = {"buffer": ("extend",), "queue": ("append",), "box": ("put", "put_nowait")}


@dataclass
class WriteBuffer:
    """A hand-made output buffer, emptied by handle_write(); without an attribute, only a writable() that can go."""

    attribute: str
    removed: list[Place] = field(default_factory=list)  # handle_write(), writable(), the initial b""
    rewritten: list[Replacement] = field(default_factory=list)  # self.buffer += x -> self.writer.write(x)
    request: bool = False  # a client sets it in the constructor, and it goes out first
    speech: Speech | None = None  # all that is ever said, before the dispatcher closes
    pulling: Pulling | None = None  # handle_write() stays, and run() calls it
    may_drop: bool = False  # closes with output in it, where messages come in one packet
    once: bool = False  # it has none, and handle_write() is called when a client is connected, and never again
    fills: bool = False  # a send() of the author's own puts there what handle_write() sends in asyncore's way


def read_write_buffer(hierarchy: Hierarchy, writer: str, outside: list[OutsideUse]) -> WriteBuffer | Reason | None:
    """Return the hand-made output buffer of *hierarchy*, None if it has none, or why it is not understood."""
    speech = None if hierarchy.overrides("send") else read_speech(hierarchy, writer)
    if speech is not None:
        return WriteBuffer("", speech.removed, speech.rewritten, speech=speech)
    writers = [d for d in hierarchy.methods.get("handle_write", []) if not _does_nothing(hierarchy, d)]
    predicates = [d for d in hierarchy.methods.get("writable", []) if not _is_constant(hierarchy, d)]
    sending: Sending | None = None
    buffer = WriteBuffer("")
    if writers:
        place = writers[0].place(writers[0].function)
        if len(writers) > 1:
            return Reason(Code.DISPATCHER, "defines handle_write() more than once", place)
        delegated = read_delegated(hierarchy, writers[0], outside)
        sending = read_sending(delegated.definition, may_refuse=True)
        if sending is None or (sending.kind == "box" and not predicates):
            return Reason(Code.DISPATCHER, "handle_write() does more than send a buffer", place)
        deaf = next((d for d in hierarchy.methods.get("writable", ()) if _constant(hierarchy, d) == "false"), None)
        if deaf is not None:
            message = "writable() always says no, so that what is in the output buffer never goes out"
            return Reason(Code.PREDICATE, message, deaf.place(deaf.function))
        sends = hierarchy.methods.get("send", ())
        if sends and not (sending.by_base and all(_only_fills(d, sending, hierarchy) for d in sends)):
            return Reason(Code.DISPATCHER, "handle_write() calls a send() of its own", place)
        buffer = WriteBuffer(sending.attribute, delegated.removed, fills=bool(sends))
    for definition in predicates:
        asked = read_delegated(hierarchy, definition, outside)
        if not asks_for(asked.definition, buffer.attribute, _base_call(hierarchy, asked.definition, predicates)):
            place = definition.place(definition.function)
            return Reason(Code.PREDICATE, "writable() does more than look at the output buffer", place)
        buffer.removed += asked.removed
    if sending is not None:
        problem = _read_uses(hierarchy, sending, buffer, writer)
        if problem is not None:
            return problem
    return buffer if buffer.removed else None


def _base_call(hierarchy: Hierarchy, predicate: Definition, asking: list[Definition]) -> str:
    """Return how *predicate* calls the one that it inherits, if that is one of those *asking* for the buffer."""
    bases = [one for one in predicate.entry.lineage() if one is not predicate.entry]
    inherited = [d for d in hierarchy.methods.get("writable", ()) if d.entry in bases]
    return calls_of_base(predicate, "writable") if all(d in asking for d in inherited) else ""


def _only_fills(definition: Definition, sending: Sending, hierarchy: Hierarchy) -> bool:
    """Tell whether a send() of the author's own puts everything into the buffer, and no more."""
    body = significant(definition.function.body)
    if len(body) != 1 or not hierarchy.has_for_all(definition.entry):
        return False
    added = _added(body[0], definition.self_name, sending)
    call = body[0].value if isinstance(body[0], ast.Expr) else None
    if (
        added is None
        and isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and len(call.args) == 1
    ):
        held = self_attribute(call.func.value, definition.self_name) == sending.attribute
        added = call.args[0] if held and call.func.attr in _ADDS[sending.kind] else None
    return isinstance(added, ast.Name) and [a.arg for a in definition.function.args.args[1:]] == [added.id]


def _read_uses(hierarchy: Hierarchy, sending: Sending, buffer: WriteBuffer, writer: str) -> Reason | None:
    looks = [*hierarchy.methods.get("handle_write", ()), *hierarchy.methods.get("writable", ())]
    looks += hierarchy.methods.get("readable", ())  # predicates.py has seen that one
    dials = {use.method for _, use in dials_of(hierarchy)}
    for definition in hierarchy.definitions():
        if definition not in looks and definition.place(definition.function) not in buffer.removed:
            problem = read_buffer_uses(definition, sending, buffer, writer, dials)
            problem = problem or _why_not_queued(hierarchy, definition, sending, buffer)
            if problem is not None:
                return problem
    named = named_in_text(hierarchy, buffer.attribute)
    if named is not None:
        return Reason(Code.BUFFER, f"its buffer {buffer.attribute} is used by its name in a string", named)
    buffers, handlers = frozenset({buffer.attribute}), ("handle_read", "handle_connect")
    if follows(hierarchy, handlers, buffers, CLOSERS, in_a_round=True):
        place = looks[0].place(looks[0].function)
        return Reason(Code.DISPATCHER, "closes with output in its buffer, which is then never sent", place)
    buffer.may_drop = follows(hierarchy, handlers, buffers, CLOSERS)
    return None


def unless_closing(hierarchy: Hierarchy, outside: list[OutsideUse], buffer: WriteBuffer) -> None:
    """Have what others put into the output of a session that has gone be lost in silence.

    asyncore keeps it in the buffer; asyncio logs a warning for every write to a connection that is no more.
    """
    called = {use.name for use in outside if use.may_be(hierarchy.names)} & hierarchy.methods.keys()
    told = [definition.place(definition.function) for definition in hierarchy.reachable(*called)]
    for index, one in enumerate(buffer.rewritten):
        test, _, plain = one.text.rpartition(":\n    ")
        writer, writes, _ = plain.partition(".write(")
        if writes and any(place.contains(one.place) for place in told):
            text = f"{test} and" if test else "if"
            text += f" not {writer}.is_closing():\n    {plain}"
            buffer.rewritten[index] = Replacement(one.place, text)


def _why_not_queued(
    hierarchy: Hierarchy, definition: Definition, sending: Sending, buffer: WriteBuffer
) -> Reason | None:
    """Return what speaks against writing at once what a method puts into a queue, or has made that."""
    if sending.kind == "buffer":
        return None
    parents = parent_map(definition.function)
    for node in walk(definition.function):
        if sending.kind == "box" and _is_another_queue(hierarchy, definition, node):
            return Reason(Code.DISPATCHER, "has a queue that is not queue.Queue", definition.place(node))
        is_it = self_attribute(node, definition.self_name) == sending.attribute
        put = _put(node, parents, sending) if is_it else None
        if put is not None and ast.unparse(put.func).endswith("put_nowait") and _may_be_full(hierarchy, sending):
            message = "puts into a queue with a size with put_nowait(), which may say that it is full"
            return Reason(Code.DISPATCHER, message, definition.place(put))
        if put is not None and may_change(hierarchy, definition, put.args[0]):
            message = "puts a bytearray into its output, which may change before it is sent"
            return Reason(Code.DISPATCHER, message, definition.place(put))
        limit = sending.limit.most if put is not None and sending.limit is not None else None
        if put and limit and not is_within(hierarchy.project, definition, put.args[0], limit):
            assert sending.limit is not None
            asks = asked_where_put(definition, put.args[0], sending.limit)
            if asks:
                _ask_first(asks, definition.place(parents[put]), buffer)
                continue
            message = "handle_write() refuses messages that are too long, and there may be some"
            return Reason(Code.DISPATCHER, message, definition.place(put))
    return None


def _ask_first(asks: str, put: Place, buffer: WriteBuffer) -> None:
    """Have a message be written only if *asks* says so."""
    for index, one in enumerate(buffer.rewritten):
        if one.place == put:
            buffer.rewritten[index] = Replacement(put, f"if {asks}:\n    {one.text}")


def _is_constant(hierarchy: Hierarchy, definition: Definition) -> bool:
    return _constant(hierarchy, definition) in ("true", "false")


def _constant(hierarchy: Hierarchy, definition: Definition) -> str:
    return hierarchy.facts[definition.entry.qualname].methods["writable"].trivial


def _does_nothing(hierarchy: Hierarchy, definition: Definition) -> bool:
    return hierarchy.facts[definition.entry.qualname].methods["handle_write"].trivial == "pass"


def read_buffer_uses(
    definition: Definition, sending: Sending, buffer: WriteBuffer, writer: str, dials: set[str]
) -> Reason | None:
    """Note in *buffer* what becomes of each use of the buffer in a method; return a reason if that is not clear.

    *dials* are the methods that connect, of a client.
    """
    own, name = definition.self_name, definition.function.name
    mentions = [n for n in walk(definition.function) if self_attribute(n, own) == sending.attribute]
    if not mentions:
        return None
    parents = parent_map(definition.function)
    asks_first = name == "__init__" and bool(dials) and sending.kind == "buffer" and sending.encoding is None
    if asks_first and _is_put_together(definition, mentions, sending):
        buffer.request = True  # of a client, which has nothing to write to yet
        return None
    for node in mentions:
        statement = parents[node]
        added = _added(statement, own, sending)
        if added is not None:
            if node is _target(statement):
                text = f"{own}.{writer}.write({_sent(definition, added, sending)})"
                buffer.rewritten.append(Replacement(definition.place(statement), text))
            continue
        if isinstance(parents.get(statement), ast.Assign) and _added(parents[statement], own, sending):
            continue  # the right-hand side of self.buffer = self.buffer + data
        put = _put(node, parents, sending)
        if put is not None:
            text = f"{own}.{writer}.write({_sent(definition, put.args[0], sending)})"
            buffer.rewritten.append(Replacement(definition.place(parents[put]), text))
            continue
        if name == "__init__" and isinstance(statement, ast.Assign) and statement.targets == [node]:
            if _is_box(statement.value) if sending.kind == "box" else is_empty(statement.value):
                buffer.removed.append(definition.place(statement))
                continue
            if asks_first:
                buffer.request = True
                continue
        if (
            name in dials
            and sending.kind == "buffer"
            and sending.encoding is None
            and isinstance(statement, ast.Assign)
            and statement.targets == [node]
            and statement in definition.function.body
        ):
            buffer.request = True  # what it then holds goes out first
            continue
        if (
            (name == "handle_connect" or (name == "__init__" and is_made_before(definition, statement)))
            and sending.kind == "buffer"
            and isinstance(statement, ast.Assign)
            and statement.targets == [node]
        ):
            text = f"{own}.{writer}.write({_sent(definition, statement.value, sending)})"
            buffer.rewritten.append(Replacement(definition.place(statement), text))
            continue
        return Reason(
            Code.DISPATCHER,
            f"{name}() uses the output buffer self.{sending.attribute} itself",
            definition.place(node),
        )
    return None


def _is_put_together(definition: Definition, mentions: list[ast.AST], sending: Sending) -> bool:
    """Tell whether a constructor makes what is in its buffer in several steps, not only by adding to it.

    What it holds in the end goes out first, so that the steps stay as they are.
    """
    own, parents = definition.self_name, parent_map(definition.function)
    deferred = {n for f in definition.function.body for d in walk(f, CALLABLES) for n in walk(d)}
    steps = [statement_around(node, parents) for node in mentions]
    if any(isinstance(step, ast.Assign) and len(step.targets) > 1 for step in steps) or deferred & {*mentions}:
        return False
    if any(self_attribute(_target(step) or step, own) != sending.attribute for step in steps):
        return False
    made = [s.value for s in steps if isinstance(s, ast.Assign) and _added(s, own, sending) is None]
    return any(self_attribute(node, own) == sending.attribute for value in made for node in walk(value))


def _sent(definition: Definition, node: ast.expr, sending: Sending) -> str:
    """Return what is sent of what is put into the buffer."""
    text = definition.module.source.segment(node)
    if sending.encoding is None:
        return text
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isascii():
        return as_bytes(text, "ascii")
    is_one = isinstance(node, (ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.JoinedStr, ast.Constant))
    return f"{text if is_one else f'({text})'}.encode({sending.encoding})"


def is_made_before(definition: Definition, statement: ast.AST) -> bool:
    """Tell whether the base class's __init__() has been called when the constructor comes to *statement*."""
    for other in definition.function.body:
        if other is statement:
            return False
        if isinstance(other, ast.Expr) and isinstance(other.value, ast.Call):
            func = other.value.func
            if isinstance(func, ast.Attribute) and func.attr == "__init__":
                return statement in definition.function.body
    return False


def _target(statement: ast.AST) -> ast.AST | None:
    if isinstance(statement, ast.AugAssign):
        return statement.target
    return statement.targets[0] if isinstance(statement, ast.Assign) else None


def _added(statement: ast.AST, own: str, sending: Sending) -> ast.expr | None:
    """Return x for `self.buffer += x` and `self.buffer = self.buffer + x`."""
    if sending.kind != "buffer":
        return None
    attribute = sending.attribute
    if isinstance(statement, ast.AugAssign) and isinstance(statement.op, ast.Add):
        return statement.value if self_attribute(statement.target, own) == attribute else None
    if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.BinOp):
        value = statement.value
        if (
            isinstance(value.op, ast.Add)
            and self_attribute(statement.targets[0], own) == attribute
            and self_attribute(value.left, own) == attribute
        ):
            return value.right
    return None


def _put(node: ast.AST, parents: dict[ast.AST, ast.AST], sending: Sending) -> ast.Call | None:
    """Return the call in the statement `self.queue.append(x)`, or `self.buffer.extend(x)`."""
    attribute = parents[node]
    call = parents.get(attribute)
    if (
        isinstance(attribute, ast.Attribute)
        and attribute.attr in _ADDS[sending.kind]
        and isinstance(call, ast.Call)
        and call.func is attribute
        and len(call.args) == 1
        and not call.keywords
        and isinstance(parents.get(call), ast.Expr)
    ):
        return call
    return None


def _may_be_full(hierarchy: Hierarchy, sending: Sending) -> bool:
    """Tell whether the queue has been made with a size."""
    return any(
        isinstance(node, ast.Assign)
        and _is_full_at_times(node.value)
        and any(self_attribute(target, definition.self_name) == sending.attribute for target in node.targets)
        for definition in hierarchy.definitions()
        for node in walk(definition.function)
    )


def _is_box(value: ast.expr) -> bool:
    """Tell whether *value* makes a queue.Queue.

    It may have a size: where nothing else takes messages off it, put() waits for ever once it is full.
    """
    makers = ("queue.Queue", "Queue", "Queue.Queue", "queue.SimpleQueue", "SimpleQueue")
    if not isinstance(value, ast.Call) or ast.unparse(value.func) not in makers or len(value.args) > 1:
        return False
    return all(keyword.arg == "maxsize" for keyword in value.keywords)


def _is_full_at_times(value: ast.expr) -> bool:
    """Tell whether *value* makes a queue.Queue with a size, of which put_nowait() may say that it is full."""
    return isinstance(value, ast.Call) and _is_box(value) and bool(value.args or value.keywords)


def _is_another_queue(hierarchy: Hierarchy, definition: Definition, node: ast.AST) -> bool:
    """Tell whether *node* makes something that is called like a queue.Queue only."""
    if not isinstance(node, ast.Call) or not _is_box(node):
        return False
    means = hierarchy.project.resolve_node(definition.module, node.func)
    return means not in ("queue.Queue", "Queue.Queue", "queue.SimpleQueue", "six.moves.queue.Queue")


def may_change(hierarchy: Hierarchy, definition: Definition, node: ast.expr) -> bool:
    """Tell whether what is put into a queue may be a bytearray, which could be changed before it is sent."""
    if not isinstance(node, (ast.Name, ast.Attribute)):
        return False
    name = ast.unparse(node)
    return any(
        isinstance(statement, ast.Assign)
        and name in map(ast.unparse, statement.targets)
        and any(isinstance(n, ast.Name) and n.id == "bytearray" for n in walk(statement.value))
        for other in (hierarchy.definitions() if isinstance(node, ast.Attribute) else [definition])
        for statement in walk(other.function)
    )


def is_empty(value: ast.expr) -> bool:
    """Tell whether *value* makes a new, empty buffer or queue."""
    if isinstance(value, ast.Constant):
        return value.value in (b"", "")
    if isinstance(value, ast.List):
        return not value.elts
    return (
        isinstance(value, ast.Call)
        and ast.unparse(value.func) in ("bytes", "bytearray", "list", "deque", "collections.deque")
        and not value.args
        and not value.keywords
    )
