"""Whether handle_write() only sends what others have put somewhere, and so comes to an end.

Until then nothing would be read where run() sends all of it, one piece after the other.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.input.predicates import logs
from asyncore_codemods.analyse.output.acting import TAKES, takes_from
from asyncore_codemods.analyse.output.writing import is_empty
from asyncore_codemods.analyse.usage.effects import CLOSERS
from asyncore_codemods.analyse.usage.own_state import changes
from asyncore_codemods.analyse.values.syntax import last_name, local_names, self_attribute, suites, values_given
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from asyncore_codemods.analyse.families.hierarchies import Definition, Hierarchy
    from asyncore_codemods.spans import Place

_COPIES = ("len", "min", "max", "bool", "bytes", "bytearray", "memoryview", "list", "deque")


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
    dead = {n for s in walk(write.function, ast.stmt) if write.place(s) in removed for n in walk(s)}
    dead |= {n for s in walk(write.function, ast.Raise) for n in walk(s)}
    dead |= {node for statement in _behind_the_end(write.function.body, own) for node in walk(statement)}
    copies = (*_COPIES, "next") if draws else _COPIES
    if any(_refills(write, node, watched, copies) for node in walk(write.function, ast.Assign) if node not in dead):
        return False
    for node in walk(write.function):
        if node in dead:
            continue
        if isinstance(node, ast.AugAssign) and self_attribute(node.target, own) in watched:
            if not adds_what_was_sent(write, node):
                return False
            takes = True  # nearer to the end of what is there
        if not isinstance(node, ast.Call):
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
            if func.attr not in (*TAKES, "encode") and not _puts_back(write, node, watched):
                return False
            takes = takes or func.attr in TAKES
        elif self_attribute(func, own) in CLOSERS | {"send", "writable"} or getattr(func, "attr", "") == "sendto":
            continue
        elif not logs(func) and not _is_apart(write, node):
            return False
    return takes


def takes_each_time(hierarchy: Hierarchy, write: Definition, body: list[ast.stmt], watched: set[str]) -> bool:
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


def adds_what_was_sent(write: Definition, node: ast.AugAssign) -> bool:
    """Tell whether a statement adds how much was sent."""
    values = [node.value]
    if isinstance(node.value, ast.Name):
        values = [
            other.value
            for other in walk(write.function, ast.Assign)
            if ast.unparse(other.targets[0]) == node.value.id
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
    module = call.func.value if isinstance(call.func, ast.Attribute) else None  # struct, of struct.pack()
    nodes = [node for value in values_given(call) for node in walk(value)]
    own = [node for node in nodes if isinstance(node, ast.Name) and node.id == write.self_name]
    attributes = [node for node in nodes if self_attribute(node, write.self_name) is not None]
    is_function = name in write.module.functions or name in write.module.bindings
    if isinstance(module, ast.Name) and module.id not in local_names(write.function):
        imported = (one.name for one in write.module.imports if isinstance(one.node, ast.Import))
        is_function = module.id in imported
    return is_function and len(own) == len(attributes)  # never the session itself


def _only_joins(func: ast.expr) -> bool:
    """Tell whether a call joins pieces, or encodes one that has a name."""
    if not isinstance(func, ast.Attribute):
        return False
    whole = ast.Constant if func.attr == "join" else ast.Name
    return func.attr in ("join", "encode") and isinstance(func.value, whole)


def _puts_back(write: Definition, call: ast.Call, watched: set[str]) -> bool:
    """Tell whether a call puts what is left of a piece where that was."""
    if getattr(call.func, "attr", "") not in ("insert", "appendleft") or not call.args:
        return False
    variables = local_names(write.function) - {write.self_name}
    names = [node.id for node in walk(call.args[-1], ast.Name)]
    brings = any(_brings(write, one, watched) for one in walk(call.args[-1], ast.Call))
    return not brings and any(name in variables for name in names)


def _refills(write: Definition, statement: ast.Assign, watched: set[str], copies: tuple[str, ...]) -> bool:
    """Tell whether a statement puts a constant, or what some function returns, where handle_write() takes from."""
    targets = [t.value if isinstance(t, ast.Subscript) else t for t in statement.targets]
    is_put = any(self_attribute(target, write.self_name) in watched for target in targets)
    calls = [call for call in walk(statement.value, ast.Call) if last_name(call.func) not in copies]
    is_constant = isinstance(statement.value, ast.Constant) and isinstance(statement.value.value, (bytes, str))
    is_new = (is_constant and not is_empty(statement.value)) or any(_brings(write, call, watched) for call in calls)
    return is_put and is_new


def _brings(write: Definition, call: ast.Call, watched: set[str]) -> bool:
    """Tell whether a call may return more than a part of what is there already."""
    func, own = call.func, write.self_name
    if is_empty(call) or _only_joins(func) or self_attribute(func, own) == "send":
        return False
    of = func.value if isinstance(func, ast.Attribute) else None
    of = of.value if isinstance(of, ast.Subscript) else of
    is_part = isinstance(of, ast.Name) and of.id in local_names(write.function) - {own}
    return not is_part and (of is None or self_attribute(of, own) not in watched)


def _empties(node: ast.AST, own: str, watched: set[str]) -> bool:
    """Tell whether a statement takes from a buffer what was in it."""
    if isinstance(node, ast.Assign):
        return any(self_attribute(target, own) in watched for target in node.targets)
    return isinstance(node, ast.Delete) and any(
        isinstance(target, ast.Subscript) and self_attribute(target.value, own) in watched
        for target in node.targets
    )
