"""How a mail server is constructed, and how its process_message() wants to be called."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.hierarchies import base_calls
from asyncore_codemods.analyse.syntax import arguments, own_statements, significant
from asyncore_codemods.codes import Code
from asyncore_codemods.model.programs import Mention
from asyncore_codemods.model.sessions import Reason
from asyncore_codemods.nodes import walk
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from asyncore_codemods.analyse.hierarchies import Definition, Hierarchy
    from asyncore_codemods.analyse.references import References
    from asyncore_codemods.index import Module
    from asyncore_codemods.index.project import ClassEntry
    from asyncore_codemods.model.uses import Argument, Use

POSITIONS = ("localaddr", "remoteaddr", "data_size_limit", "map", "enable_SMTPUTF8", "decode_data")
OPTIONS = ("mail_options", "rcpt_options")


@dataclass
class Setup:
    """One call of SMTPServer.__init__(), with its arguments by name."""

    place: Place  # the statement; of a site, the call
    given: dict[str, Argument]
    method: str = ""
    function: ast.AST | None = None
    forwards: bool = False  # hands on *args and **kwargs, whatever they are
    name: str = ""  # of a site: the called expression


@dataclass
class MessageFacts:
    """What process_message() is given, and what comes of it."""

    options: tuple[str, ...] = ()  # those of OPTIONS that a definition looks at
    has_status: bool = False  # something may be returned
    is_old: bool = False  # takes no options, as before Python 3.5: smtpd calls it with text, if at all
    printed: list[Use] = field(default_factory=list)  # calls of DebuggingServer's


def read_setups(hierarchy: Hierarchy) -> list[Setup] | Reason:
    """Return every call of the removed class's constructor in *hierarchy*, or why one is not understood."""
    setups: list[Setup] = []
    known = {(entry.qualname, use.method) for entry, use in hierarchy.uses("__init__")}
    for definition in hierarchy.methods.get("__init__", ()):
        if (definition.entry.qualname, "__init__") not in known:
            place = definition.place(definition.function)
            message = "has a constructor that does not call the server's in a way that is known"
            return Reason(Code.SMTPD, message, place)
    for entry, use in base_calls(hierarchy, "__init__"):
        if use.through == "threading.Thread":  # the constructor of its other base class
            continue
        place = hierarchy.place(entry, use)
        if not use.alone or use.deferred or use.method != "__init__":
            return Reason(Code.SMTPD, "uses what __init__() returns, or calls it somewhere else", place)
        function = next(d.function for d in hierarchy.methods["__init__"] if d.entry is entry)
        setup = Setup(Place(place.path, use.statement), {}, use.method, function)
        if _forwards_all(function, use.arguments):
            setup.forwards = True
        else:
            given = bind_arguments(use.arguments)
            if given is None:
                return Reason(Code.SMTPD, "calls the server's __init__() with arguments that cannot be told", place)
            setup.given = given
        setups.append(setup)
    return setups


def read_sites(hierarchy: Hierarchy, references: References, wanted: Iterable[ClassEntry]) -> list[Setup] | Reason:
    """Return where instances of the *wanted* members are made."""
    sites = []
    modules = {str(module.path): module for module in hierarchy.project.modules.values()}
    for entry in wanted:
        for mention in references.mentions.get(entry.qualname, ()):
            if mention.mention is not Mention.CONSTRUCTED or mention.call is None:
                continue
            module = modules[mention.place.path]
            call = _call_at(module, mention.call)
            given = bind_arguments(arguments(module, call)) if call is not None else None
            if call is None or given is None:
                return Reason(Code.SMTPD, "is made with arguments that cannot be told", mention.place)
            name = module.source.segment(call.func)
            sites.append(Setup(Place(mention.place.path, mention.call), given, name=name))
    return sites


def bind_arguments(given: Sequence[Argument]) -> dict[str, Argument] | None:
    """Return the arguments of SMTPServer() by name; None if that cannot be said."""
    bound: dict[str, Argument] = {}
    for index, argument in enumerate(given):
        name = argument.keyword or (POSITIONS[index] if index < len(POSITIONS) else "")
        if argument.starred or name not in POSITIONS or name in bound:
            return None
        bound[name] = argument
    return bound if "localaddr" in bound else None


def _forwards_all(function: ast.AST, given: Sequence[Argument]) -> bool:
    """Tell whether `def __init__(self, *args, **kwargs)` hands both on, and does nothing else with them."""
    if not isinstance(function, ast.FunctionDef) or not all(argument.starred for argument in given):
        return False
    args = function.args
    if len([*args.posonlyargs, *args.args]) != 1 or args.kwonlyargs:
        return False
    names = {arg.arg for arg in (args.vararg, args.kwarg) if arg is not None}
    read = [node.id for node in walk(function) if isinstance(node, ast.Name) and node.id in names]
    return bool(names) and sorted(read) == sorted(names) == sorted(argument.text for argument in given)


def bare_forwards(hierarchy: Hierarchy) -> Iterator[Definition]:
    """Yield constructors of the form `def __init__(*args, **kwargs)` that only call the removed class's."""
    for definition in hierarchy.methods.get("__init__", ()):
        body = significant(definition.function.body)
        if len(body) == 1 and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Call):
            call, args = body[0].value, definition.function.args
            target = hierarchy.project.resolve_node(definition.module, call.func) or ""
            given = [argument.text for argument in arguments(definition.module, call) if argument.starred]
            names = [arg.arg for arg in (args.vararg, args.kwarg) if arg is not None]
            plain = not (args.args or args.posonlyargs or args.kwonlyargs)
            if target.removesuffix(".__init__") in legacy.CLASSES and plain and given == names:
                yield definition


def _call_at(module: Module, span: object) -> ast.Call | None:
    for node in walk(module.source.tree):
        if isinstance(node, ast.Call) and module.source.span(node) == span:
            return node
    return None


# -- messages


def read_messages(hierarchy: Hierarchy, *, is_text: bool) -> MessageFacts | Reason:
    """Return how process_message() is called; *is_text* says that the server decodes its mail."""
    facts = MessageFacts()
    seen: list[bool] = []
    for definition in hierarchy.methods.get("process_message", ()):
        function = definition.function
        place = definition.place(function)
        if isinstance(function, ast.AsyncFunctionDef) or not definition.self_name:
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
    facts.printed = [use for _, use in base_calls(hierarchy, "process_message")]
    return facts


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
    optional = {arg.arg for arg in args.args[len(args.args) - len(args.defaults) :]}
    optional |= {arg.arg for arg, default in zip(args.kwonlyargs, args.kw_defaults) if default is not None}
    named = any(arg.arg == name for arg in [*args.args, *args.kwonlyargs])
    if named and name not in optional:
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
        calls = [ast.unparse(node.func) for node in walk(function) if isinstance(node, ast.Call)]
        is_plain = len(body) == 1 and isinstance(body[0], ast.Return)
        if not is_plain or any(not call.endswith(("getsockname", "len", "str", "format")) for call in calls):
            yield definition
