"""What the containers of a program hold: `self.sessions` is a list of which every element was put there by name.

A container is known by the name of its attribute, and by the class that has it, if that is known: every mention
of the name counts but those that are another class's own. If all of them make an empty one, put something into it,
take something out or look at it, it holds what was put there and nothing else. What is handed on as a whole may be
filled by others, and is not known.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.families.constructions import home_of
from asyncore_codemods.analyse.families.references import name_called
from asyncore_codemods.analyse.usage.containers import READING
from asyncore_codemods.analyse.values.syntax import parent_map, self_name
from asyncore_codemods.nodes import FUNCTIONS, is_none, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asyncore_codemods.index.modules import FunctionNode, Module
    from asyncore_codemods.index.project import ClassEntry, Project

_MAPPINGS = frozenset({"dict", "OrderedDict", "defaultdict", "WeakValueDictionary"})
_SEQUENCES = frozenset({"list", "set", "deque", "WeakSet"})
_PUTS = {"append": 0, "add": 0, "appendleft": 0, "insert": 1, "setdefault": 1}  # which argument is put there
_TAKES = frozenset({"pop", "popleft"})
_CHANGES = frozenset({"remove", "discard", "clear", "sort", "reverse", "popitem"})
_COPIES = frozenset({"list", "tuple", "set", "frozenset", "sorted", "reversed", "iter", "enumerate"})
_LOOKS = frozenset({"len", "bool", "any", "all", "str", "repr", "print", "isinstance"})
_LOOKERS = (ast.Compare, ast.For, ast.comprehension, ast.If, ast.While, ast.UnaryOp, ast.FormattedValue, ast.BinOp)


@dataclass
class Container:
    """What is known of the containers that an attribute holds: whether they are mappings, and what is put there."""

    is_mapping: bool
    put: list[tuple[Module, ast.expr]] = field(default_factory=list)


class _UnknownError(Exception):
    """Something is done with the container that does not tell what it holds."""


class Elements:
    """The containers of a project, by the names of their attributes."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.mentions: dict[str, list[tuple[Module, ast.AST]]] = {}
        self.others: set[str] = set()  # names that stand for something else, too
        self.known: dict[tuple[str, str], Container | None] = {}
        self.homes: dict[ast.AST, tuple[FunctionNode | None, ClassEntry | None]] = {}  # of mentions
        for module in project.modules.values():
            self.others |= set(module.assigned)
            for node in walk(module.source.tree):
                if isinstance(node, ast.Attribute):
                    self.mentions.setdefault(node.attr, []).append((module, node))
                elif isinstance(node, ast.ClassDef):
                    self._read_class(module, node)

    def _read_class(self, module: Module, node: ast.ClassDef) -> None:
        for statement in node.body:
            if isinstance(statement, FUNCTIONS):
                self.others.add(statement.name)
            for target in statement.targets if isinstance(statement, ast.Assign) else ():
                for name in walk(target, ast.Name):
                    self.mentions.setdefault(name.id, []).append((module, name))

    def of(self, attribute: str, owner: ClassEntry | None) -> Container | None:
        """Return what is known of the containers that *attribute* of an *owner*, or of anybody, holds."""
        key = attribute, owner.qualname if owner is not None else ""
        if key not in self.known:
            self.known[key] = None if attribute in self.others else self._read(attribute, owner)
        return self.known[key]

    def _is_meant(self, module: Module, node: ast.AST, owner: ClassEntry | None) -> bool:
        """Tell whether a mention may be of an attribute of *owner*, and is not another class's own."""
        if owner is None:
            return True
        if node not in self.homes:
            self.homes[node] = home_of(self.project, node, parent_map(module.source.tree))
        function, entry = self.homes[node]
        if entry is None:
            return True
        if isinstance(node, ast.Attribute):
            own = self_name(function) if function is not None else ""
            if not isinstance(node.value, ast.Name) or node.value.id != own:
                return True
        return not {*owner.descendants(), owner}.isdisjoint({*entry.descendants(), entry})

    def _read(self, attribute: str, owner: ClassEntry | None) -> Container | None:
        kinds: set[bool] = set()
        found = Container(is_mapping=False)
        try:
            for module, node in self.mentions.get(attribute, ()):
                if not self._is_meant(module, node, owner):
                    continue
                parents = parent_map(module.source.tree)
                if isinstance(getattr(node, "ctx", None), ast.Store):
                    kinds |= _made(node, parents, attribute)
                else:
                    found.put += [(module, value) for value in _put(node, parents)]
        except _UnknownError:
            return None
        found.is_mapping = True in kinds
        return found if len(kinds) == 1 and found.put else None


def elements(project: Project) -> Elements:
    """Return what the containers of *project* hold, which is read once."""
    return project.once(Elements)


def container_in(node: ast.expr) -> tuple[ast.Attribute | None, str]:
    """Return the container whose elements *node* yields: its "values", "items" and so on, or "" for itself."""
    if isinstance(node, ast.Attribute):
        return node, ""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice):
        return container_in(node.value)
    if isinstance(node, ast.Call) and not node.keywords:
        func = node.func
        if isinstance(func, ast.Name) and func.id in _COPIES - {"enumerate"} and len(node.args) == 1:
            return container_in(node.args[0])
        if isinstance(func, ast.Attribute) and isinstance(func.value, ast.Attribute) and not node.args:
            name = func.attr.removeprefix("iter")
            return (func.value, "" if name == "copy" else name) if name in READING else (None, "")
    return None, ""


def taken_from(node: ast.Call) -> ast.Attribute | None:
    """Return the container that a call takes an element from, or looks one up in."""
    func = node.func
    if not isinstance(func, ast.Attribute) or not isinstance(func.value, ast.Attribute) or node.keywords:
        return None
    spare = node.args[1:]
    if func.attr == "setdefault" and spare:
        return func.value  # what it might add is known, as all that is put there
    nothing = all(is_none(value) for value in spare)
    return func.value if func.attr in (*_TAKES, "get") and nothing else None


def _made(node: ast.AST, parents: dict[ast.AST, ast.AST], attribute: str) -> set[bool]:
    """Tell whether a container that is assigned is a mapping, or not; it must be new and empty, or filtered."""
    statement = parents[node]
    if not isinstance(statement, (ast.Assign, ast.AnnAssign)):
        raise _UnknownError
    if isinstance(statement, ast.Assign) and node not in statement.targets:
        raise _UnknownError
    value = statement.value
    if value is None or is_none(value):
        return set()
    if isinstance(value, ast.Dict) and not value.keys:
        return {True}
    if isinstance(value, ast.List) and not value.elts:
        return {False}
    if isinstance(value, (ast.ListComp, ast.SetComp)) and _filters(value, attribute):
        return {False}
    if isinstance(value, ast.Call) and not value.keywords:
        name = name_called(value)
        factory = name == "defaultdict" and len(value.args) == 1
        if name in _MAPPINGS | _SEQUENCES and (not value.args or factory):
            if factory:
                raise _UnknownError  # it fills itself
            return {name in _MAPPINGS}
    raise _UnknownError


def _filters(value: ast.ListComp | ast.SetComp, attribute: str) -> bool:
    """`[one for one in self.sessions if ...]`."""
    (first, *more) = value.generators
    container, part = container_in(first.iter)
    is_own = container is not None and container.attr == attribute and not part
    return is_own and not more and ast.dump(value.elt) == ast.dump(first.target).replace("Store()", "Load()")


def _put(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> Iterator[ast.expr]:
    """Yield what is put into a container where it is mentioned."""
    parent = parents[node]
    outer = parents.get(parent)
    if isinstance(parent, ast.Attribute):
        if not isinstance(outer, ast.Call) or outer.func is not parent:
            raise _UnknownError
        if parent.attr in _PUTS and len(outer.args) > _PUTS[parent.attr] and not outer.keywords:
            yield outer.args[_PUTS[parent.attr]]
        elif parent.attr not in READING | _CHANGES | _TAKES:
            raise _UnknownError
    elif isinstance(parent, ast.Subscript) and parent.value is node:
        if isinstance(parent.ctx, ast.Store):
            if not isinstance(outer, ast.Assign) or isinstance(parent.slice, ast.Slice):
                raise _UnknownError
            yield outer.value
    elif isinstance(parent, ast.Call):
        if node not in parent.args or name_called(parent) not in _COPIES | _LOOKS:
            raise _UnknownError
    elif not isinstance(parent, _LOOKERS) and not _is_tested(node, parents):
        raise _UnknownError


def _is_tested(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    """Tell whether *node* is only asked whether it is empty: `if self.guests and not self.closed`."""
    while isinstance(parents[node], ast.BoolOp):
        node = parents[node]
    return isinstance(parents[node], ast.UnaryOp) or getattr(parents[node], "test", None) is node
