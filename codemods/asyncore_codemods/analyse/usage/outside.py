"""What the rest of a program does with the attributes of its objects.

`session.push(data)` in another class is the reason why a session must keep a push() method. Whose method it is can
rarely be proven in Python, so receivers are inferred as far as plain assignments go; an unknown receiver could be
anything, and is counted as a use of every class that has such a name.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.families.mixins import marks_of
from asyncore_codemods.analyse.usage.inference import OTHER, Inference
from asyncore_codemods.analyse.values.assigned_methods import assigned_as
from asyncore_codemods.analyse.values.named import named_attributes
from asyncore_codemods.analyse.values.syntax import parent_map, self_name
from asyncore_codemods.nodes import FUNCTIONS, once, walk
from asyncore_codemods.spans import Place, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from asyncore_codemods.analyse.families.hierarchies import Hierarchy
    from asyncore_codemods.index.modules import FunctionNode, Module
    from asyncore_codemods.index.project import ClassEntry, Project


@dataclass(frozen=True)
class OutsideUse:
    """`receiver.name`, where the receiver is not the `self` of the class itself."""

    name: str
    place: Place
    call: Span | None
    stored: bool
    receivers: frozenset[str] | None  # qualified class names; None if unknown
    given: int | None = None  # how many arguments, where that can be told
    is_data: bool = False  # `receiver.name[0]`, `receiver.name.append(x)`: no method can be used like that
    is_text: bool = False  # `receiver.name("a %s" % x)`: what is given first is text

    def may_be(self, names: set[str]) -> bool:
        """Tell whether the receiver can be an instance of one of the classes in *names*."""
        return self.receivers is None or bool(self.receivers & names)


def outside_uses(project: Project, modules: list[Module]) -> list[OutsideUse]:
    """Return every attribute access in *modules* that is not made through a method's own self."""
    return [use for module in modules for use in _ModuleReader(project, module).read()]


def public_calls(hierarchy: Hierarchy) -> Iterator[OutsideUse]:
    """Yield what the users of a library may do with its objects: a call of every public method of its own."""
    inherited = legacy.inherited_names(hierarchy.root) | {"more", "process_message"}
    for definition in hierarchy.definitions():
        name, place = definition.function.name, definition.place(definition.function)
        if not name.startswith(("_", "handle_")) and name not in inherited:
            yield OutsideUse(name, place, place.span, stored=False, receivers=frozenset(hierarchy.names))


def uses_of_others(
    hierarchies: Sequence[Hierarchy], uses: Iterable[OutsideUse], *, in_channels: bool
) -> Iterator[OutsideUse]:
    """Yield those of *uses* by which a channel may do something with another; without *in_channels*, anybody."""
    names: set[str] = set()
    classes: set[str] = set()
    homes: list[Place] = []
    for hierarchy in hierarchies:
        names |= legacy.inherited_names(hierarchy.root) | set(hierarchy.methods)
        classes |= set(hierarchy.names)
        homes += [
            Place(str(member.module.path), member.module.source.span(member.node)) for member in hierarchy.members
        ]
    for use in uses:
        if (
            use.name in names
            and use.may_be(classes)
            and (not in_channels or any(home.contains(use.place) for home in homes))
        ):
            yield use


class _ModuleReader:
    def __init__(self, project: Project, module: Module) -> None:
        self.project = project
        self.module = module
        self.parents = parent_map(module.source.tree)
        self.entries = {id(e.node): e for e in project.classes.values() if e.module is module}

    def read(self) -> Iterator[OutsideUse]:
        for node in walk(self.module.source.tree, ast.Attribute):
            function, entry = self._surroundings(node)
            if self._is_own(node.value, function, entry):
                continue
            receivers = Inference(self.project, self.module, function, entry).classes_of(node.value)
            if receivers == frozenset({OTHER}) or self._is_marked(node, function):
                continue
            parent = self.parents.get(node)
            is_call = isinstance(parent, ast.Call) and parent.func is node
            span = self.module.source.span
            yield OutsideUse(
                node.attr,
                Place(str(self.module.path), span(node)),
                span(parent) if is_call and parent is not None else None,
                isinstance(node.ctx, (ast.Store, ast.Del)),
                receivers,
                _count(parent) if is_call and isinstance(parent, ast.Call) else None,
                _is_data(node, parent),
                is_call and isinstance(parent, ast.Call) and any(map(_is_text, parent.args[:1])),
            )

        yield from self._read_names()
        yield from self._read_closing()

    def _read_closing(self) -> Iterator[OutsideUse]:
        """Yield what `with closing(server):` does to it."""
        for node in walk(self.module.source.tree, ast.Call):
            if len(node.args) != 1:
                continue
            if self.project.resolve_node(self.module, node.func) == "contextlib.closing":
                around = self._surroundings(node)
                receivers = Inference(self.project, self.module, *around).classes_of(node.args[0])
                if receivers != frozenset({OTHER}):
                    span = self.module.source.span(node)
                    place = Place(str(self.module.path), span)
                    yield OutsideUse("close", place, span, stored=False, receivers=receivers, given=0)

    def _read_names(self) -> Iterator[OutsideUse]:
        """Yield the attributes that are named by texts, of the object itself as well."""
        for named in once(named_attributes, self.module.source.tree):
            receivers = None
            if named.receiver is not None:
                around = self._surroundings(named.node)
                receivers = Inference(self.project, self.module, *around).classes_of(named.receiver)
            if receivers != frozenset({OTHER}):
                place = Place(str(self.module.path), self.module.source.span(named.node))
                yield OutsideUse(named.name, place, None, named.stored, receivers)

    def _is_own(self, receiver: ast.expr, function: FunctionNode | None, entry: ClassEntry | None) -> bool:
        """Tell whether *receiver* is self (or the class, or super()), which the class's own facts cover."""
        if entry is None or function is None:
            return False
        if isinstance(receiver, ast.Call) and isinstance(receiver.func, ast.Name) and receiver.func.id == "super":
            return True
        return isinstance(receiver, ast.Name) and receiver.id == self_name(function)

    @staticmethod
    def _is_marked(node: ast.Attribute, function: FunctionNode | None) -> bool:
        """Tell whether *function* is a decorator that gives a class the attribute of which *node* is a use."""
        marks = marks_of(function) if isinstance(function, ast.FunctionDef) else None
        return marks is not None and node.attr in marks

    def _surroundings(self, node: ast.AST) -> tuple[FunctionNode | None, ClassEntry | None]:
        """Return the outermost function around *node* and the class that it is a method of."""
        function: FunctionNode | None = None
        current: ast.AST | None = self.parents.get(node)
        while current is not None:
            if isinstance(current, FUNCTIONS):
                function = current
            elif isinstance(current, ast.Lambda):
                function = assigned_as(current, self.parents) or function
            elif isinstance(current, ast.ClassDef):
                return function, self.entries.get(id(current))
            current = self.parents.get(current)
        return function, None


def _is_text(node: ast.expr) -> bool:
    """Tell whether an expression is certainly text, by the literal that it begins with."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Mod, ast.Add)):
        return _is_text(node.left)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("format", "join"):
        return _is_text(node.func.value)
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _count(call: ast.Call) -> int | None:
    starred = any(isinstance(a, ast.Starred) for a in call.args) or any(k.arg is None for k in call.keywords)
    return None if starred else len(call.args) + len(call.keywords)


def _is_data(node: ast.Attribute, parent: ast.AST | None) -> bool:
    """Tell whether an attribute is used as only a container, a number or the like can be."""
    if isinstance(parent, ast.Subscript):
        return parent.value is node
    if isinstance(parent, ast.Call):
        return node in parent.args and getattr(parent.func, "id", "") in ("len", "iter", "list", "sorted", "sum")
    if isinstance(parent, ast.Attribute):
        return not parent.attr.startswith("__")
    return isinstance(parent, (ast.BinOp, ast.AugAssign)) or (
        isinstance(parent, (ast.For, ast.comprehension)) and parent.iter is node
    )
