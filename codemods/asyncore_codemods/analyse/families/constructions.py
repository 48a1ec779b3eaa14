"""Where the classes of a project are called, and so what their constructors are given."""

from __future__ import annotations

import ast
import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.values.syntax import defaults_of, last_name, parent_map, self_name
from asyncore_codemods.nodes import FUNCTIONS, walk

if TYPE_CHECKING:
    from asyncore_codemods.index.modules import FunctionNode, Module
    from asyncore_codemods.index.project import ClassEntry, Project

_ASKING = ("isinstance", "issubclass", "super")


@dataclass(frozen=True)
class Made:
    """A call of a class: the outermost function that it stands in, and the class that this is a method of."""

    module: Module
    function: FunctionNode | None
    entry: ClassEntry | None
    call: ast.Call


@dataclass
class Constructions:
    """The calls of every class, and what would make them incomplete."""

    calls: dict[str, list[Made]] = field(default_factory=dict)
    handed_on: set[str] = field(default_factory=set)  # classes that may be called by other names
    stored: set[str] = field(default_factory=set)  # attributes that others than the object itself assign

    def of(self, entry: ClassEntry) -> list[Made] | None:
        """Return every call that runs the constructor of *entry*, None if there may be more.

        There are more where only tests make objects: by those who use a library.
        """
        made: list[Made] = []
        for one in (entry, *entry.descendants()):
            own = any(getattr(node, "name", "") == "__init__" for node in one.node.body)
            if one.qualname in self.handed_on or (own and one is not entry):
                return None
            made += self.calls.get(one.qualname, [])
        return None if all("test" in str(one.module.name) for one in made) else made


def constructions(project: Project) -> Constructions:
    """Return the calls of the classes of *project*, which are looked for once."""
    return project.once(_read)


def calls_of_classes(project: Project) -> dict[ClassEntry, list[tuple[Module, ast.Call]]]:
    """Return every call of each class by a name of its own, wherever that is."""
    found: dict[ClassEntry, list[tuple[Module, ast.Call]]] = {}
    for module in project.modules.values():
        for node in walk(module.source.tree):
            entry = project.class_named(module, node.func) if isinstance(node, ast.Call) else None
            if isinstance(node, ast.Call) and entry is not None:
                found.setdefault(entry, []).append((module, node))
    return found


def argument_of(made: Made, function: FunctionNode, name: str) -> ast.expr | None:
    """Return what a call gives to the parameter *name* of the constructor, None if that cannot be told."""
    args = function.args
    positional = [arg.arg for arg in (*args.posonlyargs, *args.args)][1:]
    call = made.call
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    known = list(itertools.takewhile(lambda given: not isinstance(given, ast.Starred), call.args))
    if name in positional and positional.index(name) < len(known):
        return known[positional.index(name)]
    if len(known) < len(call.args) or any(keyword.arg is None for keyword in call.keywords):
        return None
    return defaults_of(args).get(name)


def _read(project: Project) -> Constructions:
    found = Constructions()
    names = {entry.name for entry in project.classes.values()}
    for module in project.modules.values():
        parents = parent_map(module.source.tree)
        for node in walk(module.source.tree):
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                function, _ = home_of(project, node, parents)
                own = self_name(function) if function is not None else ""
                if not (isinstance(node.value, ast.Name) and node.value.id == own):
                    found.stored.add(node.attr)
            elif last_name(node) in names:
                _note(project, module, node, parents, found)
            elif isinstance(node, ast.Call) and _is_own_class(node.func):
                _, entry = home_of(project, node, parents)
                related = (*entry.lineage(), *entry.descendants()) if entry is not None else ()
                found.handed_on |= {one.qualname for one in related}
    return found


def _is_own_class(func: ast.expr) -> bool:
    """Tell whether what is called may be the class of an object at hand: `type(self)`, `self.__class__`, `cls`."""
    if isinstance(func, ast.Call):
        return isinstance(func.func, ast.Name) and func.func.id == "type"
    return getattr(func, "attr", "") == "__class__" or getattr(func, "id", "") == "cls"


def _note(
    project: Project, module: Module, node: ast.AST, parents: dict[ast.AST, ast.AST], found: Constructions
) -> None:
    assert isinstance(node, (ast.Name, ast.Attribute))
    entry = project.class_named(module, node)
    if entry is None:
        return
    parent = parents[node]
    if isinstance(parent, ast.Call) and parent.func is node:
        made = Made(module, *home_of(project, node, parents), parent)
        found.calls.setdefault(entry.qualname, []).append(made)
    elif isinstance(parent, ast.Attribute):
        if parent.attr == "__init__":
            found.handed_on.add(entry.qualname)
    elif not isinstance(parent, ast.ClassDef) and not (
        isinstance(parent, ast.Call) and getattr(parent.func, "id", "") in _ASKING
    ):
        found.handed_on.add(entry.qualname)


def home_of(
    project: Project, node: ast.AST, parents: dict[ast.AST, ast.AST]
) -> tuple[FunctionNode | None, ClassEntry | None]:
    """Return the outermost function around *node*, itself included, and the class that it is a method of."""
    function: FunctionNode | None = node if isinstance(node, FUNCTIONS) else None
    current = parents.get(node)
    while current is not None and not isinstance(current, ast.ClassDef):
        function = current if isinstance(current, FUNCTIONS) else function
        current = parents.get(current)
    return function, project.entries.get(id(current)) if current is not None else None
