"""How the process_message() of a mail server wants to be called, and what aiosmtpd would take for its own."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.families.hierarchies import base_calls
from asyncore_codemods.analyse.values.syntax import defaults_of, own_statements, significant
from asyncore_codemods.codes import Code
from asyncore_codemods.model.sessions import Reason
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asyncore_codemods.analyse.families.hierarchies import Definition, Hierarchy
    from asyncore_codemods.index.modules import FunctionNode
    from asyncore_codemods.spans import Place

OPTIONS = ("mail_options", "rcpt_options")


@dataclass
class MessageFacts:
    """What process_message() is given, and what comes of it."""

    options: tuple[str, ...] = ()  # those of OPTIONS that a definition looks at
    has_status: bool = False  # something may be returned
    is_old: bool = False  # takes no options, as before Python 3.5: smtpd calls it with text, if at all


def read_messages(hierarchy: Hierarchy, *, is_text: bool) -> MessageFacts | Reason:
    """Return how process_message() is called; *is_text* says that the server decodes its mail."""
    facts = MessageFacts()
    seen: list[bool] = []
    for definition in hierarchy.methods.get("process_message", ()):
        function = definition.function
        place = definition.place(function)
        is_plain = bool(definition.self_name) or _is_selfless(function)
        if isinstance(function, ast.AsyncFunctionDef) or not is_plain:
            return Reason(Code.SMTPD, "process_message() is no plain method", place)
        if not _takes_message(function):
            return Reason(Code.SMTPD, "process_message() does not take the four arguments of a message", place)
        accepts = all(_accepts(function, name) for name in OPTIONS)
        if not is_text and not accepts and any(_accepts(function, name) for name in OPTIONS):
            return Reason(Code.SMTPD, "process_message() takes one kind of options only", place)
        seen.append(accepts)
        options = [name for name in OPTIONS if _looks_at(function, name)]
        facts.options = tuple(name for name in OPTIONS if name in {*facts.options, *options})
        facts.has_status = facts.has_status or _returns_something(function)
    if not is_text and len(set(seen)) > 1:
        return Reason(Code.SMTPD, "has process_message() with and without options", _first(hierarchy))
    facts.is_old = not is_text and seen == [False] * len(seen) != []
    if is_text or facts.is_old:
        facts.options = ()
    return facts


def _is_selfless(function: FunctionNode) -> bool:
    """`def process_message(*args)`, which looks at the message and not at its object, in args[0]."""
    rest, body = function.args.vararg, list(walk(function))
    if rest is None or function.decorator_list:
        return False
    names = [node for node in body if isinstance(node, ast.Name) and node.id == rest.arg]
    asked = [
        node.value
        for node in body
        if isinstance(node, ast.Subscript)
        and isinstance(node.ctx, ast.Load)
        and isinstance(node.slice, ast.Constant)
        and isinstance(node.slice.value, int)
        and node.slice.value > 0
    ]
    has_more = any(isinstance(node, ast.Name) and node.id in ("locals", "vars", "super") for node in body)
    return not has_more and all(name in asked for name in names)


def _first(hierarchy: Hierarchy) -> Place:
    definition = hierarchy.methods["process_message"][0]
    return definition.place(definition.function)


def _takes_message(function: ast.FunctionDef) -> bool:
    """Tell whether four arguments will do, and the options, which come by keyword."""
    args = function.args
    positional = [*args.posonlyargs, *args.args][1:]
    required = {arg.arg for arg in positional[4 : len(positional) - len(args.defaults)]}
    enough = len(positional) >= 4 or args.vararg is not None
    return enough and required <= set(OPTIONS)


def _accepts(function: ast.FunctionDef, name: str) -> bool:
    args = function.args
    return args.kwarg is not None or any(arg.arg == name for arg in [*args.args, *args.kwonlyargs])


def _looks_at(function: ast.FunctionDef, name: str) -> bool:
    """Tell whether a method reads an option, or must be given it because it has no default."""
    args = function.args
    named = any(arg.arg == name for arg in [*args.args, *args.kwonlyargs])
    if named and name not in defaults_of(args):
        return True
    holder = name if named else args.kwarg.arg if args.kwarg is not None else ""
    return any(isinstance(node, ast.Name) and node.id in (holder, "locals", "vars") for node in walk(function))


def _returns_something(function: ast.FunctionDef) -> bool:
    return any(
        isinstance(statement, ast.Return)
        and statement.value is not None
        and not (isinstance(statement.value, ast.Constant) and not statement.value.value)
        for statement in own_statements(function.body)
    )


def _is_lock(item: ast.withitem) -> bool:
    """Tell whether a `with` takes something that has a name, and gives nothing for it."""
    return isinstance(item.context_expr, (ast.Name, ast.Attribute)) and item.optional_vars is None


def ignores_bad_text(hierarchy: Hierarchy, definition: Definition) -> bool:
    """Tell whether collect_incoming_data() is the inherited one, but for ignoring UnicodeDecodeError."""
    body = significant(definition.function.body)
    guard = body[0] if len(body) == 1 else None
    if not isinstance(guard, ast.Try) or len(guard.handlers) != 1 or guard.orelse or guard.finalbody:
        return False
    kind, handled = guard.handlers[0].type, significant(guard.handlers[0].body)
    is_ignored = isinstance(kind, ast.Name) and kind.id in ("UnicodeDecodeError", "UnicodeError")
    if not is_ignored or any(
        not isinstance(s, (ast.Pass, ast.Return)) or getattr(s, "value", None) for s in handled
    ):
        return False
    span = definition.module.source.span
    given = [argument.arg for argument in definition.function.args.args[1:]]
    return [span(statement) for statement in guard.body] == [
        use.statement
        for entry, use in base_calls(hierarchy, "collect_incoming_data")
        if entry is definition.entry and use.alone and [argument.text for argument in use.arguments] == given
    ]


def taken_hooks(hierarchy: Hierarchy) -> Iterator[Definition]:
    """Yield the author's methods that aiosmtpd would take for hooks of its own."""
    for definition in hierarchy.definitions():
        name = definition.function.name
        hook = name.removeprefix("handle_")
        if (hook != name and (hook.isupper() or hook == "exception")) or name.startswith("auth_"):
            yield definition


def restless_properties(hierarchy: Hierarchy) -> Iterator[Definition]:
    """Yield the properties that do more than look something up: aiosmtpd reads all attributes of its handler."""
    for definition in hierarchy.definitions():
        function = definition.function
        names = [ast.unparse(decorator).rpartition(".")[2] for decorator in function.decorator_list]
        if not {"property", "cached_property"} & set(names):
            continue
        body = significant(function.body)
        if len(body) == 1 and isinstance(body[0], ast.With) and all(_is_lock(item) for item in body[0].items):
            body = body[0].body
        calls = [ast.unparse(node.func) for node in walk(function, ast.Call)]
        is_plain = len(body) == 1 and isinstance(body[0], ast.Return)
        if not is_plain or any(not call.endswith(("getsockname", "len", "str", "format")) for call in calls):
            yield definition
