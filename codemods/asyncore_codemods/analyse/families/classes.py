"""What a class defines, and every use it makes of what it inherits."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from asyncore_codemods.analyse.families.socket_endings import socket_endings
from asyncore_codemods.analyse.values.assigned_methods import methods_of
from asyncore_codemods.analyse.values.syntax import (
    argument,
    arguments,
    is_docstring,
    parent_map,
    self_attribute,
    self_name,
    significant,
    statement_around,
)
from asyncore_codemods.model.uses import (
    Argument,
    AttributeWrite,
    ClassAttribute,
    Escape,
    Kind,
    Method,
    Parameter,
    Use,
)
from asyncore_codemods.nodes import CALLABLES, FUNCTIONS, walk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asyncore_codemods.index.modules import FunctionNode, Module
    from asyncore_codemods.index.project import ClassEntry, Project
    from asyncore_codemods.spans import Span


@dataclass
class ClassFacts:
    """The members of one class statement and what they do with inherited names."""

    methods: dict[str, Method] = field(default_factory=dict)
    attributes: list[ClassAttribute] = field(default_factory=list)
    uses: list[Use] = field(default_factory=list)
    writes: list[AttributeWrite] = field(default_factory=list)
    escapes: list[Escape] = field(default_factory=list)
    others: list[ast.stmt] = field(default_factory=list)  # statements of the class body that are neither
    superfluous: list[Span] = field(default_factory=list)  # statements that say what another one says, too


def read_class(project: Project, entry: ClassEntry, inherited: frozenset[str]) -> ClassFacts:
    """Return the facts of *entry*; *inherited* are the names to look for."""
    facts = ClassFacts()
    for function in methods_of(entry.node):
        _MethodReader(project, entry, function, inherited, facts).read()
    for statement in entry.node.body:
        if isinstance(statement, FUNCTIONS):
            continue
        if isinstance(statement, ast.Assign) and all(isinstance(t, ast.Name) for t in statement.targets):
            for target in statement.targets:
                assert isinstance(target, ast.Name)
                facts.attributes.append(_class_attribute(entry.module, target.id, statement.value, statement))
        elif not is_docstring(statement) and not isinstance(statement, ast.Pass):
            facts.others.append(statement)
    return facts


def _class_attribute(module: Module, name: str, value: ast.expr, statement: ast.stmt) -> ClassAttribute:
    return ClassAttribute(name, argument(module, value), module.source.span(statement))


def _method_of(module: Module, function: FunctionNode, superfluous: Sequence[ast.stmt]) -> Method:
    """Return the outline of one method, some of whose statements say what another one says, too."""
    source = module.source
    return Method(
        name=function.name,
        span=source.span(function),
        self_name=self_name(function),
        parameters=_parameters(module, function),
        decorators=[source.segment(decorator) for decorator in function.decorator_list],
        is_async=isinstance(function, ast.AsyncFunctionDef),
        body=[source.span(statement) for statement in function.body],
        trivial=_trivial(function, superfluous),
    )


def _parameters(module: Module, function: FunctionNode) -> list[Parameter]:
    args = function.args
    span = module.source.span
    positional = [*args.posonlyargs, *args.args]
    defaults: list[ast.expr | None] = [None] * (len(positional) - len(args.defaults)) + list(args.defaults)
    found = [
        Parameter(arg.arg, span(arg), module.source.segment(default) if default else None)
        for arg, default in list(zip(positional, defaults))[1 if self_name(function) else 0 :]
    ]
    if args.vararg:
        found.append(Parameter(args.vararg.arg, span(args.vararg), starred=True))
    for arg, kw_default in zip(args.kwonlyargs, args.kw_defaults):
        text = module.source.segment(kw_default) if kw_default else None
        found.append(Parameter(arg.arg, span(arg), text, keyword_only=True))
    if args.kwarg:
        found.append(Parameter(args.kwarg.arg, span(args.kwarg), starred=True, keyword_only=True))
    return found


def _trivial(function: FunctionNode, superfluous: Sequence[ast.stmt]) -> str:
    """Say what a method amounts to if it is one of the shapes that change nothing."""
    if function.decorator_list:
        return ""
    body = [statement for statement in significant(function.body) if statement not in superfluous]
    nothing = "false" if function.name in ("readable", "writable") else "pass"
    if not body:
        return nothing
    if len(body) > 1:
        return ""
    only = body[0]
    if isinstance(only, ast.Return):
        if only.value is None:
            return nothing
        if isinstance(only.value, ast.Constant):
            constant = only.value.value
            return nothing if constant is None else "true" if constant else "false"
        asked = self_attribute(only.value, self_name(function))
        if asked in ("connected", "accepting"):
            return asked
    if isinstance(only, (ast.Expr, ast.Return)) and isinstance(only.value, ast.Call):
        return trivial_call(function, only.value)
    return ""


def trivial_call(function: FunctionNode, call: ast.Call) -> str:
    """Say what a method amounts to that does nothing but *call* something."""
    called = self_attribute(call.func, self_name(function))
    if called in ("close", "handle_close") and not call.args:
        return "close" if called == "close" else "hook"
    func = call.func
    if not isinstance(func, ast.Attribute) or func.attr != function.name or len(function.args.args) != 1:
        return ""
    is_super = isinstance(func.value, ast.Call) and isinstance(func.value.func, ast.Name)
    if is_super and func.value.func.id == "super":  # type: ignore[attr-defined]  # it is a call of a name
        return "inherited"
    given = [argument.id for argument in call.args if isinstance(argument, ast.Name)]
    return "inherited" if given == [self_name(function)] and len(call.args) == 1 else ""


class _MethodReader:
    """Reads one method into the facts of its class."""

    def __init__(
        self,
        project: Project,
        entry: ClassEntry,
        function: FunctionNode,
        inherited: frozenset[str],
        facts: ClassFacts,
    ) -> None:
        self.project = project
        self.entry = entry
        self.module = entry.module
        self.function = function
        self.inherited = inherited
        self.facts = facts
        self.superfluous = list(socket_endings(function))
        self.method = _method_of(self.module, function, self.superfluous)
        self.parents = parent_map(function)

    def read(self) -> None:
        """Add the method, its uses, its attribute writes and the places where self is handed on."""
        self.facts.methods[self.function.name] = self.method
        self.facts.superfluous += map(self.module.source.span, self.superfluous)
        passed_over = {id(node) for statement in self.superfluous for node in walk(statement)}
        for statement in self.function.body:
            for node in walk(statement):
                if id(node) in passed_over:
                    continue
                if isinstance(node, ast.Attribute):
                    self._attribute(node)
                elif isinstance(node, ast.Name) and node.id == self.method.self_name:
                    self._bare_self(node)

    def _attribute(self, node: ast.Attribute) -> None:
        name = self_attribute(node, self.method.self_name) if self.method.self_name else None
        if name is None:
            self._base_call(node)
            return
        call = self._call_of(node)
        if call is not None:
            self.method.calls.add(name)
        if name in self.inherited:
            self._add_use(node, name, call)
        elif isinstance(node.ctx, ast.Store):
            statement, alone, value = self._assignment(node)
            self.facts.writes.append(
                AttributeWrite(name, self.method.name, self.module.source.span(statement), value, alone)
            )

    def _add_use(self, node: ast.Attribute, name: str, call: ast.Call | None) -> None:
        statement, alone, value = self._assignment(node)
        kind = Kind.CALL if call is not None else Kind.READ
        if isinstance(node.ctx, ast.Store):
            kind = Kind.WRITE
        elif isinstance(node.ctx, ast.Del):
            kind = Kind.DELETE
        if call is not None:
            alone = isinstance(statement, ast.Expr) and statement.value is call
        self._append(name, kind, node, statement, call, alone=alone, value=value)

    def _append(
        self,
        name: str,
        kind: Kind,
        node: ast.Attribute,
        statement: ast.stmt,
        call: ast.Call | None,
        *,
        alone: bool,
        value: Argument | None = None,
        through: str = "",
    ) -> None:
        span = self.module.source.span
        given = arguments(self.module, call) if call is not None else ()
        if through and through != "super":
            given = given[1:]  # async_chat.push(self, data)
        self.facts.uses.append(
            Use(
                name,
                kind,
                self.method.name,
                span(node),
                span(statement),
                span(call) if call is not None else None,
                given,
                value,
                alone=alone,
                deferred=self._is_deferred(node),
                through=through,
                **self._tail(node),
            )
        )

    def _tail(self, node: ast.Attribute) -> dict[str, Any]:
        """Return what is taken of `self.socket` in `self.socket.getpeername()`."""
        parent = self.parents.get(node)
        if not isinstance(parent, ast.Attribute):
            return {}
        call = self._call_of(parent)
        return {"tail": parent.attr, "tail_call": self.module.source.span(call) if call is not None else None}

    def _base_call(self, node: ast.Attribute) -> None:
        """Recognise `async_chat.push(self, data)` and `super().push(data)`."""
        call = self._call_of(node)
        if call is None:
            return
        through = ""
        if isinstance(node.value, ast.Call):
            if isinstance(node.value.func, ast.Name) and node.value.func.id == "super":
                through = "super"
        elif call.args and isinstance(call.args[0], ast.Name) and call.args[0].id == self.method.self_name:
            through = self.project.resolve_node(self.module, node.value) or ""
            bases = {base for ancestor in self.entry.lineage() for base in ancestor.bases}
            bases |= {ancestor.qualname for ancestor in self.entry.lineage()}
            if through not in bases:
                return
        if not through:
            return
        statement, _, _ = self._assignment(node)
        alone = isinstance(statement, ast.Expr) and statement.value is call
        self.method.calls.add(node.attr)
        self._append(node.attr, Kind.BASE_CALL, node, statement, call, alone=alone, through=through)

    def _bare_self(self, node: ast.Name) -> None:
        parent = self.parents.get(node)
        if isinstance(parent, ast.Attribute) and parent.value is node:
            return
        receiver = ""
        if isinstance(parent, ast.Call):
            if node in parent.args and isinstance(parent.func, ast.Attribute):
                is_super_call = isinstance(parent.func.value, ast.Name) and parent.func.value.id == "super"
                if not is_super_call and any(
                    use.call == self.module.source.span(parent) for use in self.facts.uses
                ):
                    return  # the self of a call through the base class
            if isinstance(parent.func, ast.Name) and parent.func.id == "super":
                return
            receiver = self.module.source.segment(parent.func)
        statement, _, _ = self._assignment(node)
        self.facts.escapes.append(
            Escape(self.method.name, self.module.source.span(node), self.module.source.span(statement), receiver)
        )

    def _call_of(self, node: ast.expr) -> ast.Call | None:
        parent = self.parents.get(node)
        return parent if isinstance(parent, ast.Call) and parent.func is node else None

    def _assignment(self, node: ast.AST) -> tuple[ast.stmt, bool, Argument | None]:
        """Return the statement of *node*, whether it only assigns *node*, and the assigned value."""
        current = statement_around(node, self.parents)
        if isinstance(current, ast.Assign) and len(current.targets) == 1 and current.targets[0] is node:
            return current, True, argument(self.module, current.value)
        return current, False, None

    def _is_deferred(self, node: ast.AST) -> bool:
        current: ast.AST | None = node
        while current is not None and current is not self.function:
            if isinstance(current, CALLABLES):
                return True
            current = self.parents.get(current)
        return False
