"""Who makes a class, and who may call what it inherits, over the whole project."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.index.modules import dotted_name
from asyncore_codemods.model.inventory import OutsideCall, Where

if TYPE_CHECKING:
    from asyncore_codemods.analyse.families.views import ClassView
    from asyncore_codemods.index.modules import Module
    from asyncore_codemods.index.project import ClassEntry, Project

# Names that lists, files and sockets have as well say nothing about channels.
_COMMON = frozenset(
    {"close", "send", "recv", "connect", "accept", "bind", "listen", "log", "socket", "debug", "addr"}
)
_TELLING = legacy.inherited_names(legacy.SMTP_CHANNEL) - _COMMON


class Mentions:
    """Every construction of a class of the project, and every call that only a channel would be given."""

    def __init__(self, project: Project) -> None:
        self._constructed: dict[str, list[OutsideCall]] = {}
        self._calls: list[tuple[str, Module, str, OutsideCall]] = []  # the class around it, and the call
        for module in project.modules.values():
            _Walker(project, module, self._constructed, self._calls).visit(module.source.tree)

    def constructed(self, entry: ClassEntry) -> list[OutsideCall]:
        """Return where *entry* is made."""
        return self._constructed.get(entry.qualname, [])

    def called(self, view: ClassView) -> list[OutsideCall]:
        """Return the calls from outside the class that may be meant for it.

        Types are not known: a call counts if its name is one that only channels have, and then for every class
        that inherits it.
        """
        if not view.root:
            return []
        inherited = legacy.inherited_names(view.root) & _TELLING
        return [
            call for around, _, name, call in self._calls if name in inherited and around != view.entry.qualname
        ]


class _Walker(ast.NodeVisitor):
    def __init__(
        self,
        project: Project,
        module: Module,
        constructed: dict[str, list[OutsideCall]],
        calls: list[tuple[str, Module, str, OutsideCall]],
    ) -> None:
        self.project = project
        self.module = module
        self.constructed = constructed
        self.calls = calls
        self.scope: list[str] = []
        self.classes: list[str] = []

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        entry = self.project.entries.get(id(node))
        self.classes.append(entry.qualname if entry else "")
        self.scope.append(node.name)
        self.generic_visit(node)
        self.scope.pop()
        self.classes.pop()

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self.scope.append(node.name)
        self.generic_visit(node)
        self.scope.pop()

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815  ast names it

    def visit_Call(self, node: ast.Call) -> None:
        entry = self._class_called(node.func)
        if entry is not None:
            self.constructed.setdefault(entry.qualname, []).append(self._outside(entry.name, node))
        elif isinstance(node.func, ast.Attribute):
            self._call(node.func.attr, node.func.value, node)
        self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        for target in node.targets:
            if isinstance(target, ast.Attribute) and target.attr == "terminator":
                self._call("terminator", target.value, node)
        self.generic_visit(node)

    def _call(self, name: str, receiver: ast.expr, node: ast.AST) -> None:
        is_self = isinstance(receiver, ast.Name) and receiver.id in ("self", "cls")
        is_super = isinstance(receiver, ast.Call)
        if name in _TELLING and not is_self and not is_super and not self._is_class(receiver):
            around = self.classes[-1] if self.classes else ""
            self.calls.append((around, self.module, name, self._outside(name, node)))

    def _class_called(self, func: ast.expr) -> ClassEntry | None:
        if dotted_name(func) is None:
            return None
        return self.project.class_named(self.module, func)

    def _outside(self, name: str, node: ast.AST) -> OutsideCall:
        line = getattr(node, "lineno", 0)
        return OutsideCall(name, Where(str(self.module.path), line), ".".join(self.scope))

    def _is_class(self, receiver: ast.expr) -> bool:
        """Tell whether a receiver is a class, as in Base.push(self, data): nothing is called from outside then."""
        means = self.project.resolve_node(self.module, receiver)
        return means is not None and (
            means in legacy.CLASSES or self.project.class_at(means, self.module) is not None
        )
