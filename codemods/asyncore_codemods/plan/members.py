"""What sessions and listeners have in common: their bases, their overrides, and their log messages."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.families.mixins import NEUTRAL, has_plain_head, inherits_constructor
from asyncore_codemods.analyse.values.assigned_methods import UNDERSTOOD, replaces_method
from asyncore_codemods.analyse.values.syntax import parent_map
from asyncore_codemods.codes import Code
from asyncore_codemods.model.sessions import Reason
from asyncore_codemods.model.uses import Kind
from asyncore_codemods.nodes import FUNCTIONS, is_stored, walk
from asyncore_codemods.plan.objects import check_objects
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping

    from asyncore_codemods.analyse.families.hierarchies import Definition, Hierarchy
    from asyncore_codemods.index.project import ClassEntry
    from asyncore_codemods.model.uses import Method, Use
    from asyncore_codemods.plan.changes import Changes

_OVERRIDE_CODES = {
    "readable": Code.PREDICATE,
    "writable": Code.PREDICATE,
    "log": Code.LOG_OVERRIDE,
    "log_info": Code.LOG_OVERRIDE,
    "handle_error": Code.HANDLE_ERROR,
}
# What new code calls in another way, or does not call any more.
_CALLED_ANEW = ("handle_read", "handle_write", "readable", "writable", "recv", "send")


@dataclass(frozen=True)
class Overrides:
    """Which overrides of inherited methods are understood."""

    own: frozenset[str]  # the planner deals with them itself
    trivial: Mapping[str, tuple[str, ...]]  # go, if their body amounts to this
    never_called: frozenset[str] = frozenset()  # stay, though nothing calls them
    may_be_local: bool = False  # defined in a function
    may_hand_on: bool = False  # constructors of mixins may, to the base class's
    urgent: bool = False  # handle_expt() goes, unless it reads the urgent data that asyncio does not announce


def check_members(hierarchy: Hierarchy, overrides: Overrides, changes: Changes) -> list[Reason]:
    """Return what speaks against the classes of *hierarchy*; overrides that change nothing are taken away."""
    reasons: list[Reason] = []
    for member in hierarchy.members:
        whole = class_place(member)
        # a reason is told of the topmost class
        who = "" if member is hierarchy.top else f"has a subclass, {member.name}, which "
        if member.name in member.module.redefined:
            reasons.append(Reason(Code.HIERARCHY, f"{who}is defined more than once in this file", whole))
        elif member.is_local and not overrides.may_be_local:
            around = parent_map(member.module.source.tree)[member.node]
            where = "another class" if isinstance(around, ast.ClassDef) else "a function"
            reasons.append(Reason(Code.HIERARCHY, f"{who}is defined inside {where}", whole))
        if not has_plain_head(hierarchy.project, member):
            reasons.append(Reason(Code.BASES, f"{who}has a metaclass or a class decorator", whole))
        reasons += _check_bases(hierarchy, member, who, whole, may_hand_on=overrides.may_hand_on)
        for name, method in hierarchy.facts[member.qualname].methods.items():
            if name in ("log", "log_info") and has_own(hierarchy, name):
                continue
            if name == "handle_expt" and overrides.urgent and not _reads_urgent_data(hierarchy):
                changes.remove([Place(whole.path, method.span)])
                continue
            if name in legacy.inherited_names(hierarchy.root) or name == "__init__":
                reasons += _check_override(whole.path, name, method, overrides, changes, hierarchy.methods)
        reasons += _check_assigned(hierarchy, member, overrides, who, whole.path)
        reasons += _check_body(hierarchy, member, who)
    return [*reasons, *check_objects(hierarchy)]


def _reads_urgent_data(hierarchy: Hierarchy) -> bool:
    """Tell whether handle_expt() receives something, or is called by its author."""
    called = any(True for _ in hierarchy.uses("handle_expt"))
    return called or any(use.method == "handle_expt" for _, use in hierarchy.uses("recv", "socket"))


def _check_assigned(
    hierarchy: Hierarchy, member: ClassEntry, overrides: Overrides, who: str, path: str
) -> list[Reason]:
    """Return the reasons against inherited methods that the class body assigns, where that is not understood."""
    facts = hierarchy.facts[member.qualname]
    return [
        Reason(Code.OVERRIDE, f"{who}sets {attribute.name}() in the class body", Place(path, attribute.statement))
        for attribute in facts.attributes
        if replaces_method(attribute.name, hierarchy.root)
        and not (attribute.name in UNDERSTOOD and attribute.name in facts.methods)
        and attribute.name not in overrides.never_called
    ]


def _check_body(hierarchy: Hierarchy, member: ClassEntry, who: str) -> Iterator[Reason]:
    """Yield why statements of the class body that are neither definitions nor plain assignments say too much."""
    for statement in hierarchy.facts[member.qualname].others:
        if isinstance(statement, ast.ClassDef):
            continue
        for node in walk(statement):
            message = ""
            if isinstance(node, FUNCTIONS):
                message = f"{who}defines {node.name}() under a condition"
            elif isinstance(node, ast.Name) and is_stored(node) and node.id in _names(hierarchy):
                message = f"{who}sets {node.id} in the class body in an unusual way"
            if message:
                place = Place(str(member.module.path), member.module.source.span(node))
                yield Reason(Code.OVERRIDE, message, place)


def _names(hierarchy: Hierarchy) -> frozenset[str]:
    """Return the names that a member inherits, and those of its methods."""
    return legacy.inherited_names(hierarchy.root) | frozenset(hierarchy.methods)


def _check_bases(
    hierarchy: Hierarchy, member: ClassEntry, who: str, whole: Place, *, may_hand_on: bool
) -> list[Reason]:
    understood = 0
    for base in member.bases:
        parent = hierarchy.project.class_at(base, member.module)
        if parent is not None and parent.qualname in hierarchy.mixins:
            continue
        if base in legacy.CLASSES or (parent is not None and parent.qualname in hierarchy.names):
            understood += 1
        elif base not in NEUTRAL and not (hierarchy.is_thread and base == "threading.Thread"):
            return [Reason(Code.BASES, f"{who}has another base class, {base}", whole)]
    may_hand_on = may_hand_on and hierarchy.private_map is None
    if inherits_constructor(member, hierarchy.mixins, may_hand_on=may_hand_on):
        return [Reason(Code.BASES, f"{who}gets the constructor of another base class first", whole)]
    return [Reason(Code.BASES, f"{who}has several base classes", whole)] if understood > 1 else []


def _check_override(
    path: str, name: str, method: Method, overrides: Overrides, changes: Changes, defined: Container[str]
) -> list[Reason]:
    place = Place(path, method.span)
    inherited_anyway = name != "handle_close" or name not in defined  # unless another class has one that does more
    if method.trivial in overrides.trivial.get(name, ()) and inherited_anyway:
        changes.remove([place])
    elif method.decorators and name in _CALLED_ANEW:
        return [Reason(Code.OVERRIDE, f"{name}() is decorated", place)]
    elif name in overrides.own:
        return [Reason(Code.OVERRIDE, f"{name}() is a coroutine", place)] if method.is_async else []
    elif name not in overrides.never_called:
        return [Reason(_OVERRIDE_CODES.get(name, Code.OVERRIDE), f"overrides {name}()", place)]
    return []


def drop_bases(hierarchy: Hierarchy, changes: Changes) -> None:
    """Take the removed classes, what is of no use without them, and an `object` beside them, from all bases."""
    useless = {mixin for mixin, has_nothing_else in hierarchy.spared.items() if has_nothing_else}
    for member in hierarchy.members:
        file = changes.of(str(member.module.path))
        span = member.module.source.span
        gone = {
            span(node)
            for node, base in zip(member.node.bases, member.bases)
            if base in legacy.CLASSES
            or (base == "object" and len(member.bases) > 1)
            or hierarchy.project.class_at(base, member.module) in useless
        }
        if gone:
            file.bases[span(member.node)] = gone
        file.after_class.add(span(member.node))


def class_place(entry: ClassEntry) -> Place:
    """Return where a class statement is."""
    return Place(str(entry.module.path), entry.module.source.span(entry.node))


def has_own(hierarchy: Hierarchy, name: str) -> bool:
    """Tell whether log() or log_info() is the author's in every member, or an attribute: then it simply stays."""
    return (
        any(hierarchy.has_for_all(definition.entry) for definition in hierarchy.methods.get(name, ()))
        or any(
            entry is hierarchy.top and use.kind is Kind.WRITE and use.method == "__init__"
            for entry, use in hierarchy.uses(name)
        )
        or any(attribute.name == name for attribute in hierarchy.facts[hierarchy.top.qualname].attributes)
    )


def rewrite_log_call(path: str, use: Use, changes: Changes) -> Reason | None:
    """Turn self.log() or self.log_info() into the print() that it comes to, or return why that is not clear."""
    place = Place(path, use.span)
    most = 1 if use.name == "log" else 2
    if use.kind is not Kind.CALL or not use.alone:
        return Reason(Code.INTERNALS, f"uses {use.name}() as a value", place)
    if not 1 <= len(use.arguments) <= most or any(argument.starred for argument in use.arguments):
        return Reason(Code.INTERNALS, f"calls {use.name}() with unusual arguments", place)
    file, message = changes.of(path), use.arguments[0].text
    kind = use.arguments[1].constant if len(use.arguments) > 1 else "info"
    if use.name == "log":
        file.statements[use.statement] = f'print("log:", {message}, file=sys.stderr)'
    elif kind == "warning":
        file.removed.add(use.statement)  # asyncore prints no warnings
    elif isinstance(kind, str):
        file.statements[use.statement] = f'print("{kind}:", {message})'
    else:
        return Reason(Code.INTERNALS, "computes the kind of a log_info() message", place)
    return None


def exit_lines(definition: Definition, node: ast.Raise) -> str:
    """Return what `raise` in handle_error() becomes where it ended asyncore.loop(), and the program with it."""
    lines = ["traceback.print_exc()", "asyncio.get_running_loop().call_soon(sys.exit, 1)  # ends the program"]
    return "\n".join(lines if node is definition.function.body[-1] else [*lines, "return"])
