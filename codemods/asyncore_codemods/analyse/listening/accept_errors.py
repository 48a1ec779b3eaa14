"""Whether making a session of a new connection can fail at all.

asyncore calls a listener's handle_error() when its handle_accept() raises, and never else. Where that only makes
the session, and the session's constructor keeps what it is given and says hello, nothing raises: handle_error()
is dead code. What would fail for every connection alike is no matter in a program that works; apart from that,
everything that is not known to be harmless is taken to raise.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Callable, Optional

from asyncore_codemods import legacy
from asyncore_codemods.analyse.listening.keepers import keeper_called
from asyncore_codemods.analyse.values.assigned_methods import decorated_methods, method_names, methods_of
from asyncore_codemods.analyse.values.syntax import (
    asked_names,
    guarded_nodes,
    last_name,
    self_attribute,
    self_name,
)
from asyncore_codemods.nodes import walk
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asyncore_codemods.analyse.families.hierarchies import Definition, Hierarchy
    from asyncore_codemods.analyse.listening.socket_uses import SessionResolver
    from asyncore_codemods.index.modules import FunctionNode, Module
    from asyncore_codemods.index.project import ClassEntry, Project

# Tells whether a call is harmless, None if it is of nothing that the session or the listener has.
_Called = Callable[[ast.Call], Optional[bool]]

_STATEMENTS = (
    ast.Expr,
    ast.Assign,
    ast.AugAssign,
    ast.AnnAssign,
    ast.If,
    ast.Pass,
    ast.Return,
    ast.Try,
    ast.ExceptHandler,
)
_EXPRESSIONS = (
    *(ast.Constant, ast.Name, ast.Attribute, ast.Tuple, ast.List, ast.Dict, ast.Set, ast.JoinedStr),
    *(ast.FormattedValue, ast.Compare, ast.BoolOp, ast.UnaryOp, ast.IfExp, ast.Starred, ast.Call, ast.Subscript),
    ast.BinOp,
)
_OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.BitOr, ast.BitAnd)  # and % of a text
_FUNCTIONS = frozenset(
    {"print", "len", "str", "repr", "list", "dict", "set", "tuple", "deque", "bytearray", "BytesIO", "id"}
)
_CLOCKS = frozenset({"time.time", "time.monotonic", "collections.deque", "io.BytesIO", "sys.stdout.flush"})
_METHODS = frozenset(
    {"append", "add", "discard", "setdefault", "get", "debug", "info", "warning", "write", "flush"}
    | {"encode", "format"}
)
_TAKING = frozenset({"pop", "popleft", "popitem"})
# Of asyncore's own, what deals with its errors itself, or has none.
_INHERITED = frozenset({"accept", "push", "set_terminator", "close", "close_when_done", "log", "log_info"})


def may_fail(hierarchy: Hierarchy, definition: Definition, sessions_of: SessionResolver) -> bool:
    """Tell whether a listener's method *definition*, which accepts a connection, may raise."""
    return not _Reader(hierarchy.project, sessions_of, hierarchy).is_safe(definition)


def may_fail_behind(
    hierarchy: Hierarchy, definition: Definition, sessions_of: SessionResolver, statement: Place
) -> bool:
    """Tell whether what a listener's method does behind a *statement* may raise."""
    behind = [node for node in walk(definition.function, ast.stmt) if statement.span < definition.place(node).span]
    return not _Reader(hierarchy.project, sessions_of, hierarchy).is_safe(definition, behind)


def failing(hierarchy: Hierarchy, definition: Definition, sessions_of: SessionResolver) -> Place | None:
    """Return where a listener's method, or a constructor of its sessions, raises, or takes the last of something.

    Without a handle_error() of its own, asyncore closed the listener then, which an asyncio server does not. This
    looks for what somebody wrote who may know of it, a `raise`, or a `pop()` from what nobody asks whether there is
    any left, where `may_fail` looks for all that is not harmless.
    """
    guarded, asked = guarded_nodes(definition.function), asked_names(definition.function)
    found = _failure_in(definition.module, definition.function, asked)
    closed = False
    for call in walk(definition.function, ast.Call):
        if call in guarded:
            continue
        called = self_attribute(call.func, definition.self_name) or ""
        closed = closed or called == "close"
        for other in hierarchy.methods.get(called, ()):
            found = found or _failure_in(other.module, other.function, asked)
        keeper = keeper_called(hierarchy.project, definition, call.func) if not called else None
        if keeper is not None:
            found = found or failing(hierarchy, keeper, sessions_of)
        for name in () if closed else sessions_of(definition, call.func) or ():
            lineage = list(hierarchy.project.classes[name].lineage())
            found = found or _failure_of_method(lineage, "__init__", asked, set())
    return found


def _failure_of_method(lineage: list[ClassEntry], name: str, asked: set[str], seen: set[str]) -> Place | None:
    """Return where a method of a class, or one that it calls, fails; constructors call those of base classes."""
    seen.add(name)
    for owner in lineage:
        for function in [function for function in methods_of(owner.node) if function.name == name][-1:]:
            found = _failure_in(owner.module, function, asked)
            for node in walk(function):
                called = self_attribute(node.func, self_name(function)) if isinstance(node, ast.Call) else None
                if called is not None and called not in seen:
                    found = found or _failure_of_method(lineage, called, asked, seen)
            if found is not None or name != "__init__":
                return found
    return None


def _failure_in(module: Module, function: FunctionNode, asked: set[str]) -> Place | None:
    guarded, asked = guarded_nodes(function), asked | asked_names(function)
    for node in walk(function):
        if node not in guarded and (_raises(node) or _takes(node, asked)):
            return Place(str(module.path), module.source.span(node))
    return None


def _raises(node: ast.AST) -> bool:
    """Tell whether *node* raises an error; a bare `raise` is about accept() itself."""
    text = ast.unparse(node.exc) if isinstance(node, ast.Raise) and node.exc is not None else ""
    return bool(text) and not any(word in text for word in ("NotImplemented", "ExitNow", "SystemExit"))


def _takes(node: ast.AST, asked: set[str]) -> bool:
    """Tell whether *node* takes something out of what may be empty, and is not among what is *asked* for."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr not in _TAKING:
        return False
    by_index = all(isinstance(given, ast.Constant) and isinstance(given.value, int) for given in node.args)
    return by_index and len(node.args) <= (node.func.attr == "pop") and last_name(node.func.value) not in asked


class _Reader:
    def __init__(self, project: Project, sessions_of: SessionResolver, hierarchy: Hierarchy) -> None:
        self.project = project
        self.sessions_of = sessions_of
        self.hierarchy = hierarchy
        self.seen: set[FunctionNode] = set()
        # of the project's own methods, which may raise, and those that are called without looking like it
        self.own = project.once(method_names)
        self.properties = project.once(decorated_methods)

    def is_safe(self, definition: Definition, statements: Sequence[ast.stmt] | None = None) -> bool:
        """Tell whether a method of the listener, or some of its *statements*, do no harm, on any of its classes."""
        self.definition = definition

        def called(call: ast.Call) -> bool | None:
            classes = self.sessions_of(definition, call.func)
            if classes:
                return all(self._makes(self.project.classes[name]) for name in classes)
            name = self_attribute(call.func, definition.self_name)
            own = self.hierarchy.methods.get(name or "", [])
            return all(self.is_safe(other) for other in own) if own else None

        if statements is not None:
            return all(self._is_safe_statement(definition.module, statement, called) for statement in statements)
        return self._is_harmless(definition.module, definition.function, called)

    def _makes(self, entry: ClassEntry) -> bool:
        """Tell whether the constructor of a class, and what it calls on the new object, is harmless."""
        return self._runs(entry, list(entry.lineage()), "__init__")

    def _runs(self, entry: ClassEntry, lineage: list[ClassEntry], name: str) -> bool:
        for owner in lineage:
            for function in methods_of(owner.node):
                if function.name == name:
                    return self._is_method_safe(entry, owner, function)
        return name == "__init__" or name in _INHERITED

    def _is_method_safe(self, entry: ClassEntry, owner: ClassEntry, function: FunctionNode) -> bool:
        own = self_name(function)

        def called(call: ast.Call) -> bool | None:
            name = self_attribute(call.func, own)
            if name is not None:
                return self._runs(entry, list(entry.lineage()), name)
            if not isinstance(call.func, ast.Attribute) or call.func.attr != function.name:
                return None
            base = self.project.resolve_node(owner.module, call.func.value) or ""
            if base in legacy.CLASSES:
                return True
            above = list(owner.lineage())[1:]
            is_super = isinstance(call.func.value, ast.Call) and ast.unparse(call.func.value.func) == "super"
            known = is_super or self.project.class_at(base, owner.module) in above
            return self._runs(entry, above, function.name) if known else None

        return self._is_harmless(owner.module, function, called)

    def _is_harmless(self, module: Module, function: FunctionNode, called: _Called) -> bool:
        if function in self.seen:
            return True
        self.seen.add(function)
        if isinstance(function, ast.AsyncFunctionDef) or function.decorator_list:
            return False
        return all(self._is_safe_statement(module, statement, called) for statement in function.body)

    def _is_safe_statement(self, module: Module, statement: ast.stmt, called: _Called) -> bool:
        for node in walk(statement):
            if isinstance(node, (ast.stmt, ast.ExceptHandler)) and not isinstance(node, _STATEMENTS):
                return False
            if isinstance(node, ast.expr) and not (isinstance(node, _EXPRESSIONS) and self._is_plain(node)):
                return False
            if isinstance(node, ast.Assign) and _unpacks(node):
                return False
            if isinstance(node, ast.AugAssign) and not isinstance(node.op, _OPERATORS):
                return False
            if isinstance(node, ast.Call):
                known = called(node)
                if known is False or (known is None and not self._is_known(module, node)):
                    return False
        return True

    def _is_plain(self, node: ast.expr) -> bool:
        """Tell whether an expression, what it consists of aside, does not fail for one connection only."""
        if isinstance(node, ast.Subscript):
            return isinstance(node.slice, ast.Constant)
        if isinstance(node, ast.BinOp):
            formats = isinstance(node.left, ast.Constant) and isinstance(node.left.value, (str, bytes))
            return isinstance(node.op, _OPERATORS) or (isinstance(node.op, ast.Mod) and formats)
        return not isinstance(node, ast.Attribute) or node.attr not in self.properties

    def _is_known(self, module: Module, call: ast.Call) -> bool:
        """Tell whether a call of something that is not the session's or the listener's own is harmless."""
        if isinstance(call.func, ast.Name) and call.func.id in _FUNCTIONS:
            return True
        if isinstance(call.func, ast.Attribute) and call.func.attr in _METHODS | _INHERITED:
            return call.func.attr not in self.own
        target = self.project.resolve_node(module, call.func) or ""
        entry = self.project.class_at(target, module)
        return target in _CLOCKS or (entry is not None and entry.root is None and self._makes(entry))


def _unpacks(node: ast.Assign) -> bool:
    """Tell whether something is taken apart that may not have as many parts."""
    targets = any(isinstance(target, (ast.Tuple, ast.List)) for target in node.targets)
    return targets and not isinstance(node.value, (ast.Name, ast.Tuple, ast.Call))
