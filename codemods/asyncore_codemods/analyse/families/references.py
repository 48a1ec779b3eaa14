"""Where the classes of a program are mentioned, and what else is used of the removed modules."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.values.assigned_methods import takes_collector
from asyncore_codemods.analyse.values.syntax import parent_map, statement_around
from asyncore_codemods.index.modules import dotted_name
from asyncore_codemods.model.programs import ClassMention, Mention, ModuleUse
from asyncore_codemods.nodes import CALLABLES, FUNCTIONS, once, walk
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from asyncore_codemods.index.modules import FunctionNode, Module
    from asyncore_codemods.index.project import ClassEntry, Project
    from asyncore_codemods.spans import Span


_OF_TYPES = ("__subclasses__", "mro")  # methods of the class, and none of a session's


@dataclass
class References:
    """Every mention of the classes of some modules, and every use of a removed module."""

    mentions: dict[str, list[ClassMention]] = field(default_factory=dict)  # by qualified class name
    uses: list[ModuleUse] = field(default_factory=list)


def read_references(project: Project, modules: list[Module]) -> References:
    """Return the references in *modules*."""
    references = References()
    for module in modules:
        _Reader(project, module, references).read()
    return references


@dataclass(frozen=True)
class Outline:
    """What a module defines, calls and keeps, by the last part of the names."""

    functions: dict[str, list[FunctionNode]] = field(default_factory=dict)
    calls: dict[str, list[ast.Call]] = field(default_factory=dict)
    kept: list[tuple[ast.Call, str]] = field(default_factory=list)  # calls, and what their result is assigned to


def outline_of(module: Module) -> Outline:
    """Return the outline of *module*, the same one each time."""
    return once(_outline, module.source.tree)


def _outline(tree: ast.Module) -> Outline:
    outline = Outline()
    for node in walk(tree):
        if isinstance(node, FUNCTIONS):
            outline.functions.setdefault(node.name, []).append(node)
        elif isinstance(node, ast.Call):
            outline.calls.setdefault(name_called(node), []).append(node)
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            outline.kept.extend((node.value, ast.unparse(target)) for target in node.targets)
    return outline


def functions_by_name(project: Project) -> dict[str, list[tuple[Module, FunctionNode]]]:
    """Return the functions and methods of *project* by their names, with the modules they are in."""
    found: dict[str, list[tuple[Module, FunctionNode]]] = {}
    for module in project.modules.values():
        for name, functions in outline_of(module).functions.items():
            found.setdefault(name, []).extend((module, function) for function in functions)
    return found


def name_called(call: ast.Call) -> str:
    """Return the last part of the name that is called, "" if it has none."""
    return (dotted_name(call.func) or "").rpartition(".")[2] or getattr(call.func, "attr", "")


class Surroundings:
    """Answers where a node of a module stands: in which statement, function and class."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.parents = parent_map(module.source.tree)

    def call_at(self, span: Span) -> ast.Call:
        """Return the call whose text is at *span*."""
        source = self.module.source
        return next(n for n in walk(source.tree, ast.Call) if source.span(n) == span)

    def statement(self, node: ast.AST) -> ast.stmt:
        """Return the innermost statement around *node*."""
        return statement_around(node, self.parents)

    def scope(self, node: ast.AST) -> str:
        """Return the dotted name of the function around *node*, "" at module level."""
        names: list[str] = []
        current: ast.AST | None = node
        inside_function = False
        while current is not None:
            current = self.parents.get(current)
            if isinstance(current, FUNCTIONS):
                names.append(current.name)
                inside_function = True
            elif isinstance(current, ast.Lambda):
                names.append("<lambda>")
                inside_function = True
            elif isinstance(current, ast.ClassDef):
                names.append(current.name)
        return ".".join(reversed(names)) if inside_function else ""

    def ancestors(self, node: ast.AST) -> list[ast.AST]:
        """Return the nodes around *node*, innermost first."""
        found = []
        while node in self.parents:
            node = self.parents[node]
            found.append(node)
        return found

    def functions(self, node: ast.AST) -> list[FunctionNode]:
        """Return the functions and methods around *node*, innermost first."""
        return [outer for outer in self.ancestors(node) if isinstance(outer, FUNCTIONS)]


class _Reader:
    def __init__(self, project: Project, module: Module, references: References) -> None:
        self.project = project
        self.module = module
        self.references = references
        self.around = Surroundings(module)

    def read(self) -> None:
        for node in walk(self.module.source.tree):
            if isinstance(node, ast.Attribute) or (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)):
                parent = self.around.parents.get(node)
                if isinstance(parent, ast.Attribute):
                    continue  # only the whole chain counts
                self._chain(node)

    def _chain(self, node: ast.expr) -> None:
        """Find the longest part of a dotted chain that names a class or a part of a removed module."""
        current = node
        while True:
            if id(current) in self.project.meanings:
                self._module_use(self.project.meanings[id(current)], current)
                return
            dotted = dotted_name(current)
            if dotted is not None:
                resolved = self.project.resolve(self.module, dotted)
                if legacy.is_legacy(resolved) and resolved.count(".") == 1 and self._bound(dotted):
                    self._module_use(resolved, current)
                    return
                entry = self.project.class_at(resolved, self.module)
                if entry is not None:
                    self._class_mention(entry, current)
                    return
            if not isinstance(current, ast.Attribute):
                return
            current = current.value

    def _bound(self, dotted: str) -> bool:
        head = dotted.split(".", maxsplit=1)[0]
        return head in self.module.bindings or bool(self.module.stars)

    def _module_use(self, resolved: str, node: ast.expr) -> None:
        name = ".".join(legacy.canonical(resolved).split(".")[:2])
        parent = self.around.parents.get(node)
        if name in legacy.CLASSES:
            if isinstance(parent, ast.ClassDef):
                return
            if isinstance(parent, ast.Attribute):
                call = self.around.parents.get(parent)
                is_call = isinstance(call, ast.Call) and call.func is parent
                if is_call and parent.attr not in _OF_TYPES:
                    return  # async_chat.push(self, ...): one of the class's own uses
                if takes_collector(parent, self.around.parents):
                    return
        statement = self.around.statement(node)
        is_call = isinstance(parent, ast.Call) and parent.func is node
        span = self.module.source.span
        self.references.uses.append(
            ModuleUse(
                name,
                self._place(node),
                self.around.scope(node),
                span(statement),
                span(parent) if is_call and parent is not None else None,
                alone=isinstance(statement, ast.Expr) and statement.value is parent,
            )
        )

    def _is_parameter(self, node: ast.expr) -> bool:
        """Tell whether a name is that of a parameter here, and not of the class that is called the same."""
        inner: ast.AST = node
        for around in self.around.ancestors(node):
            if isinstance(around, CALLABLES) and inner is not around.args:
                names = {arg.arg for arg in walk(around.args, ast.arg)}
                if isinstance(node, ast.Name) and node.id in names:
                    return True
            inner = around
        return False

    def _class_mention(self, entry: ClassEntry, node: ast.expr) -> None:
        if self._is_parameter(node):
            return
        parent = self.around.parents.get(node)
        statement = self.around.statement(node)
        span = self.module.source.span
        call: ast.Call | None = None
        stored_as = owner = ""
        mention = Mention.OTHER
        if isinstance(parent, ast.ClassDef):
            mention = Mention.BASE
        elif isinstance(parent, ast.Call) and parent.func is node:
            mention, call = Mention.CONSTRUCTED, parent
        elif isinstance(parent, ast.Attribute):
            outer = self.around.parents.get(parent)
            is_base_call = isinstance(outer, ast.Call) and outer.func is parent
            mention = Mention.BASE_CALL if is_base_call else Mention.ATTRIBUTE
        elif isinstance(parent, ast.Call):
            mention, stored_as, owner = self._as_argument(parent, node)
        elif isinstance(parent, ast.keyword) and isinstance(self.around.parents.get(parent), ast.Call):
            outer = self.around.parents[parent]
            assert isinstance(outer, ast.Call)
            mention, stored_as, owner = self._as_argument(outer, node)
        elif isinstance(parent, ast.Assign) and isinstance(self.around.parents.get(parent), ast.ClassDef):
            target = parent.targets[0]
            if isinstance(target, ast.Name):
                mention, stored_as = Mention.STORED, target.id
                owner = self._owner(parent)
        elif isinstance(parent, ast.arguments):
            mention, owner = self._as_default(parent)
        elif isinstance(parent, ast.Tuple) and isinstance(self.around.parents.get(parent), ast.Call):
            outer = self.around.parents[parent]
            assert isinstance(outer, ast.Call)
            mention, _, _ = self._as_argument(outer, parent)
        self.references.mentions.setdefault(entry.qualname, []).append(
            ClassMention(
                mention,
                self._place(node),
                self.around.scope(node),
                span(call) if call is not None else None,
                span(statement),
                stored_as,
                owner,
            )
        )

    def _as_argument(self, call: ast.Call, node: ast.expr) -> tuple[Mention, str, str]:
        if isinstance(call.func, ast.Name) and call.func.id in ("isinstance", "issubclass", "super"):
            return Mention.CHECKED, "", ""
        entry = self.project.class_named(self.module, call.func)
        if entry is None:
            return Mention.OTHER, "", ""
        for keyword in call.keywords:
            if keyword.value is node and keyword.arg:
                return Mention.PASSED, keyword.arg, entry.qualname
        if node in call.args:
            return Mention.PASSED, str(call.args.index(node)), entry.qualname
        return Mention.OTHER, "", ""

    def _as_default(self, arguments: ast.arguments) -> tuple[Mention, str]:
        """`def __init__(self, port, handler_class=Session)`: as good as passed."""
        function = self.around.parents[arguments]
        entry = self.project.entries.get(id(self.around.parents.get(function)))
        if isinstance(function, ast.FunctionDef) and function.name == "__init__" and entry is not None:
            return Mention.PASSED, entry.qualname
        return Mention.OTHER, ""

    def _owner(self, statement: ast.stmt) -> str:
        entry = self.project.entries.get(id(self.around.parents.get(statement)))
        return entry.qualname if entry is not None else ""

    def _place(self, node: ast.AST) -> Place:
        return Place(str(self.module.path), self.module.source.span(node))
