"""dispatcher_with_send whose author looks into its out_buffer, most to close once it is empty.

What is added to it is written at once; what asks for it asks for nothing any more, and goes. A flag that writable()
looks at, and a handle_write() that closes because of it, stay: run() asks them when the input has been handled.

A client is writable until it is connected. Then handle_write() is called, which only the base class's own has send
what is in out_buffer: another one, as long as that is empty, is not called any more.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.input.predicates import asked, attributes_of, waits_for_output
from asyncore_codemods.analyse.output.pulling import Pulling
from asyncore_codemods.analyse.output.sending import Sending, asks_for
from asyncore_codemods.analyse.output.writing import WriteBuffer, read_buffer_uses
from asyncore_codemods.analyse.usage.effects import CLOSERS, follows
from asyncore_codemods.analyse.usage.own_state import changed_by_others, is_own
from asyncore_codemods.analyse.values.syntax import is_self_attribute, self_attribute, significant
from asyncore_codemods.codes import Code
from asyncore_codemods.model.sessions import Reason, Replacement

if TYPE_CHECKING:
    from asyncore_codemods.analyse.families.hierarchies import Definition, Hierarchy
    from asyncore_codemods.analyse.usage.outside import OutsideUse

_BUFFER = "out_buffer"


def read_with_send(hierarchy: Hierarchy, outside: list[OutsideUse], writer: str) -> WriteBuffer | Reason | None:
    """Return what becomes of a use of out_buffer, None if there is none, or why it is not understood."""
    writes, asks = (_overrides(hierarchy, name) for name in ("handle_write", "writable"))
    gates = hierarchy.methods.get("readable", []) if waits_for_output(hierarchy, _BUFFER) else []
    uses = [use for _, use in hierarchy.uses(_BUFFER) if use.method != "readable" or not gates]
    if not writes and not asks and not uses:
        return None
    if writes and not uses and _is_called_once(hierarchy, writes):
        return WriteBuffer("", once=True)
    found = WriteBuffer("")
    pulling = Pulling(asks="self.writable()")
    flags = [flag for ask in asks for flag in _read_predicate(ask, found, pulling)]
    closes = [write for write in writes if _read_write(write, found, pulling)]
    for definition in writes:
        if definition not in closes and definition.place(definition.function) not in found.removed:
            place = definition.place(definition.function)
            return Reason(Code.OVERRIDE, "handle_write() does more than close when all is sent", place)
    if bool(flags) != bool(closes) or len(flags) > 1:
        definition = (closes or asks)[0]
        message = "closes when all is sent, or asks for more, without a flag that says so"
        return Reason(Code.PREDICATE, message, definition.place(definition.function))
    if flags:
        watched = attributes_of(hierarchy, asks[0], flags[0]) or {"?"}
        if not all(is_own(hierarchy, n) for n in watched) or changed_by_others(hierarchy, outside, watched):
            return Reason(Code.PREDICATE, "writable() looks at what others may change", asks[0].place(flags[0]))
        found.pulling = pulling
    return _read_uses(hierarchy, found, [*writes, *asks, *gates], writer)


def _is_called_once(hierarchy: Hierarchy, writes: list[Definition]) -> bool:
    """Tell whether handle_write() of a client says something when there is a connection, and that is all."""
    connects = any(True for _ in hierarchy.uses("connect", "create_socket"))
    sends_rest = hierarchy.mentions(("initiate_send", "handle_write"), "handle_write")
    is_all = len(writes) == 1 and not hierarchy.overrides("writable") and not sends_rest
    # asyncore calls it behind a handle_connect() that has closed the connection, too
    return is_all and connects and not hierarchy.mentions(CLOSERS, "handle_connect")


def _overrides(hierarchy: Hierarchy, name: str) -> list[Definition]:
    """Return the definitions of a method that are more than trivial."""
    defined = hierarchy.methods.get(name, ())
    return [d for d in defined if not hierarchy.facts[d.entry.qualname].methods[name].trivial]


def _read_uses(
    hierarchy: Hierarchy, found: WriteBuffer, seen: list[Definition], writer: str
) -> WriteBuffer | Reason:
    sending = Sending(_BUFFER, "buffer")
    for definition in hierarchy.definitions():
        if definition not in seen:
            problem = read_buffer_uses(definition, sending, found, writer, set())
            if problem is not None:
                return problem
    if found.rewritten and follows(hierarchy, ("handle_read", "handle_connect"), frozenset({_BUFFER}), CLOSERS):
        top = hierarchy.top
        place = next(hierarchy.place(entry, use) for entry, use in hierarchy.uses(_BUFFER))
        return Reason(
            Code.DISPATCHER, f"closes {top.name} with output in its buffer, which is then never sent", place
        )
    return found


def _read_predicate(definition: Definition, found: WriteBuffer, pulling: Pulling) -> list[ast.expr]:
    """Return what writable() asks for besides the buffer; without that, it goes."""
    test = asked(definition)
    if test is None:
        return [ast.Name(id="?")]
    operands = test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or) else [test]
    others = [operand for operand in operands if not _asks(operand, definition.self_name)]
    if not others:
        found.removed.append(definition.place(definition.function))
    elif len(others) < len(operands):
        text = " or ".join(definition.module.source.segment(other) for other in others)
        pulling.replaced.append(Replacement(definition.place(test), text))
    return others


def _asks(node: ast.expr, own: str) -> bool:
    """Tell whether a test is true only if there is something in the buffer, or no connection yet."""
    if ast.unparse(node) in (f"not {own}.connected", f"{own}.connected == False"):
        return True
    negated = isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)
    return not negated and _looks(node, own) and not _is_empty_test(node, own)


def _looks(node: ast.expr, own: str) -> bool:
    return self_attribute(node, own) == _BUFFER or (
        isinstance(node, (ast.Call, ast.Compare, ast.UnaryOp)) and asks_for(node, own, _BUFFER)
    )


def _is_empty_test(node: ast.expr, own: str) -> bool:
    """Tell whether a test is true if there is nothing in the buffer."""
    buffer = f"{own}.{_BUFFER}"
    empty = (f"not {buffer}", f"len({buffer}) == 0", f"not len({buffer})", f"{buffer} == b''", f"len({buffer}) < 1")
    return ast.unparse(node) in empty


def _read_write(definition: Definition, found: WriteBuffer, pulling: Pulling) -> bool:
    """Tell whether handle_write() calls the base class's and then closes; if it does not close, it goes."""
    own = definition.self_name
    body = significant(definition.function.body)
    first = body[0].value if body and isinstance(body[0], ast.Expr) else None
    func = first.func if isinstance(first, ast.Call) else None
    base = isinstance(func, ast.Attribute) and func.attr == "handle_write"
    if not base and not (func is not None and is_self_attribute(func, own, "initiate_send")):
        return False
    if len(body) == 1:
        found.removed.append(definition.place(definition.function))
        return False
    check = body[1]
    if len(body) != 2 or not isinstance(check, ast.If) or check.orelse:
        return False
    operands = (
        check.test.values if isinstance(check.test, ast.BoolOp) and isinstance(check.test.op, ast.And) else []
    )
    operands = operands or [check.test]
    others = [operand for operand in operands if not _is_empty_test(operand, own)]
    last = significant(check.body)[-1]
    call = last.value if isinstance(last, ast.Expr) else None
    ends = isinstance(call, ast.Call) and (self_attribute(call.func, own) or "") in CLOSERS
    if len(others) == len(operands) or not ends:
        return False
    pulling.removed.append(definition.place(body[0]))
    if others:
        text = " and ".join(definition.module.source.segment(other) for other in others)
        pulling.replaced.append(Replacement(definition.place(check.test), text))
    else:
        pulling.unwrapped.append(definition.place(check))
    return True
