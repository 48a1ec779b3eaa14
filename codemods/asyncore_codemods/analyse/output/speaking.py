"""Dispatchers that say one thing and close: a time of day, a greeting. Whatever the peer says is not heard.

Either handle_write() sends and closes, or the constructor fills a buffer, and handle_write() closes once that is
empty.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.values.syntax import is_self_attribute, self_attribute, significant
from asyncore_codemods.model.sessions import Replacement
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from asyncore_codemods.analyse.families.hierarchies import Definition, Hierarchy
    from asyncore_codemods.spans import Place

_HOOKS = ("handle_close", "handle_error", "close")


@dataclass
class Speech:
    """What is said, and what goes with the old way of saying it."""

    removed: list[Place] = field(default_factory=list)
    rewritten: list[Replacement] = field(default_factory=list)
    method: str = ""  # handle_write(), if that says it
    attribute: str = ""  # the buffer that it empties


def read_speech(hierarchy: Hierarchy, writer: str) -> Speech | None:
    """Return what the sessions of *hierarchy* say once, None if they do more than that, or something else."""
    methods = hierarchy.methods
    writes = methods.get("handle_write", [])
    if len(writes) != 1 or any(hierarchy.overrides(hook) for hook in _HOOKS):
        return None
    if not all(_hears_nothing(definition) for definition in methods.get("handle_read", ())):
        return None
    speech = _says_and_closes(writes[0]) or _empties_and_closes(hierarchy, writes[0], writer)
    if speech is None or not all(_is_simple_predicate(d, speech) for d in methods.get("writable", ())):
        return None
    speech.removed += [d.place(d.function) for name in ("writable", "handle_read") for d in methods.get(name, ())]
    return speech


def _hears_nothing(definition: Definition) -> bool:
    """Tell whether handle_read() does nothing with what it receives."""
    body = significant(definition.function.body)
    if not body:
        return True
    value = body[0].value if isinstance(body[0], (ast.Expr, ast.Assign)) else None
    received = isinstance(value, ast.Call) and is_self_attribute(value.func, definition.self_name, "recv")
    named = not isinstance(body[0], ast.Assign) or isinstance(body[0].targets[0], ast.Name)
    return len(body) == 1 and received and named


def _is_simple_predicate(definition: Definition, speech: Speech) -> bool:
    """Tell whether writable() is true from the beginning, as long as there is something to say."""
    body = significant(definition.function.body)
    if len(body) != 1 or not isinstance(body[0], ast.Return) or body[0].value is None:
        return False
    value = body[0].value
    if isinstance(value, ast.Constant):
        return bool(value.value)
    own = f"{definition.self_name}.{speech.attribute}"
    asks = (own, f"bool({own})", f"len({own}) > 0", f"len({own})", f"{own} != b''", f"len({own}) != 0")
    return bool(speech.attribute) and ast.unparse(value) in asks


def _says_and_closes(definition: Definition) -> Speech | None:
    """`def handle_write(self): self.send(...); self.close()`."""
    own = definition.self_name
    body = significant(definition.function.body)
    if len(body) < 2 or not _is_call(body[-1], own, "close"):
        return None
    uses = [name for node in walk(definition.function) for name in [self_attribute(node, own)] if name]
    if uses.count("close") != 1 or any(isinstance(node, ast.Return) for node in walk(definition.function)):
        return None
    if not any(_is_call(statement, own, "send") for statement in body):
        return None
    return Speech([definition.place(body[-1])], method=definition.function.name)


def _empties_and_closes(hierarchy: Hierarchy, definition: Definition, writer: str) -> Speech | None:
    """`sent = self.send(self.x); self.x = self.x[sent:]; if not self.x: self.close()`, x from the constructor."""
    own = definition.self_name
    body = significant(definition.function.body)
    if len(body) != 3 or not isinstance(body[2], ast.If) or body[2].orelse:
        return None
    attribute = _buffer_of(body[0], body[1], own)
    closes = significant(body[2].body)
    if not attribute or len(closes) != 1 or not _is_call(closes[0], own, "close"):
        return None
    if ast.unparse(body[2].test) not in (f"not {own}.{attribute}", f"len({own}.{attribute}) == 0"):
        return None
    speech = Speech([definition.place(definition.function)], attribute=attribute)
    for other in hierarchy.definitions():
        if other is definition or other.function.name == "writable":
            continue
        mentions = [node for node in walk(other.function) if self_attribute(node, other.self_name) == attribute]
        if mentions and (len(mentions) > 1 or not _fills(other, mentions[0], speech, writer)):
            return None
    return speech if len(speech.rewritten) == 1 else None


def _buffer_of(first: ast.stmt, second: ast.stmt, own: str) -> str:
    """Return x for `sent = self.send(self.x)` and `self.x = self.x[sent:]`."""
    if not isinstance(first, ast.Assign) or not isinstance(first.value, ast.Call) or len(first.value.args) != 1:
        return ""
    name = self_attribute(first.value.args[0], own) or ""
    sent = ast.unparse(first.targets[0])
    fits = is_self_attribute(first.value.func, own, "send")
    return name if fits and ast.unparse(second) == f"{own}.{name} = {own}.{name}[{sent}:]" else ""


def _fills(definition: Definition, node: ast.AST, speech: Speech, writer: str) -> bool:
    """Tell whether *node* is the target of an assignment in the constructor, behind the base class's own."""
    own = definition.self_name
    called = False
    for statement in definition.function.body:
        called = called or (isinstance(statement, ast.Expr) and "__init__" in ast.unparse(statement))
        if isinstance(statement, ast.Assign) and statement.targets == [node]:
            text = f"{own}.{writer}.write({definition.module.source.segment(statement.value)})"
            speech.rewritten.append(Replacement(definition.place(statement), text))
            return called and definition.function.name == "__init__"
    return False


def _is_call(statement: ast.stmt, own: str, name: str) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Call)
        and is_self_attribute(statement.value.func, own, name)
    )
