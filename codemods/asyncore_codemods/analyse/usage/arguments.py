"""What the methods of a class are given, where every call that may be one of theirs is in sight.

A method is known by its name, whoever's it is: `handler.handle(request)` may call any `handle()`.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.families.constructions import Made, argument_of, constructions, home_of
from asyncore_codemods.analyse.usage.elements import elements
from asyncore_codemods.analyse.values.assigned_methods import named_in_body
from asyncore_codemods.analyse.values.chosen import chosen_prefix
from asyncore_codemods.analyse.values.named import named_attributes
from asyncore_codemods.analyse.values.syntax import last_name, parent_map
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from asyncore_codemods.index.modules import FunctionNode
    from asyncore_codemods.index.project import ClassEntry, Project


def values_passed(
    project: Project, entry: ClassEntry, function: FunctionNode, name: str
) -> list[tuple[Made, ast.expr]] | None:
    """Return what the calls of a method give to its parameter *name*, and where; None if there may be more."""
    calls = constructions(project).of(entry) if function.name == "__init__" else _calls_of(project, entry, function)
    values = [(call, argument_of(call, function, name)) for call in calls or ()]
    known = [(call, value) for call, value in values if value is not None]
    return known if known and len(known) == len(values) else None


@dataclass
class _Chosen:
    """The methods that a program looks up by their names: the names, and how others begin."""

    names: set[str] = field(default_factory=set)
    prefixes: set[str] = field(default_factory=set)


def _chosen(project: Project) -> _Chosen:
    found = _Chosen()
    for module in project.modules.values():
        found.names |= {named.name for named in named_attributes(module.source.tree)}
        parents = parent_map(module.source.tree)
        for node in walk(module.source.tree, ast.Call):
            if last_name(node.func) == "getattr":
                found.prefixes.add(chosen_prefix(node, home_of(project, node, parents)[0]))
    return found


def _calls_of(project: Project, entry: ClassEntry, function: FunctionNode) -> list[Made] | None:
    """Return every call of a method, whatever it is called on; None if others than the program may call it."""
    if function.decorator_list or function.name.startswith("__") or not _is_programs_own(project, entry, function):
        return None
    chosen = project.once(_chosen)
    if function.name in chosen.names or any(map(function.name.startswith, chosen.prefixes)):
        return None
    calls: list[Made] = []
    for module, node in elements(project).mentions.get(function.name, ()):
        parents = parent_map(module.source.tree)
        call = parents.get(node)
        if not isinstance(node, ast.Attribute) or not isinstance(call, ast.Call) or call.func is not node:
            return None  # it may be called by another name
        if project.class_named(module, node.value) is not None:
            return None  # with the object as its first argument
        if len(call.args) >= len([*function.args.posonlyargs, *function.args.args]):
            return None  # `kind.handle(handler, request)`, perhaps
        calls.append(Made(module, *home_of(project, node, parents), call))
    return None if all("test" in str(call.module.name) for call in calls) else calls


def _is_programs_own(project: Project, entry: ClassEntry, function: FunctionNode) -> bool:
    """Tell whether nobody but the program knows of the method: no base class of another's calls it."""
    family = [*entry.lineage(), *entry.descendants()]
    bases = [base for one in family for base in one.bases if base not in project.classes and base != "object"]
    if any(named.id == function.name for one in family for named in named_in_body(one.node)):
        return False  # perhaps by another name of it: `process = handle`
    return not any(not legacy.is_legacy(base) or function.name in legacy.inherited_names(base) for base in bases)
