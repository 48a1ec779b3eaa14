"""Lists in which a program keeps the sockets of its connections, most to send something to all of them.

    for sock in socks:
        try:
            sock.send(data)
        except OSError:
            gone.append(sock)

Rewritten code keeps the streams' writers there. All that is done with the list, and with what is taken from it, has
to be in sight. To send is to call a function that raises an error where the socket would have: a writer does not.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.families.references import Surroundings
from asyncore_codemods.analyse.usage.containers import mentions_of
from asyncore_codemods.analyse.values.syntax import caught_by, declared_global, last_name
from asyncore_codemods.model.sessions import Replacement
from asyncore_codemods.nodes import FUNCTIONS, is_stored, walk
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from collections.abc import Collection

    from asyncore_codemods.index import Module, Project

SEND_TO = "send_to"  # the function that sends
_ADDING = frozenset({"append", "add", "appendleft"})
_TAKING = frozenset({"remove", "discard"})
_EMPTY = ("[]", "{}", "list()", "dict()", "set()", "deque()", "collections.deque()")
_COPYING = frozenset({"list", "tuple", "set"})
_ANY_SOCKET_ERROR = frozenset({"OSError", "error", "IOError", "EnvironmentError", "Exception", "BaseException"})
_APART = frozenset({"threading", "_thread", "concurrent", "multiprocessing", "signal"})


@dataclass
class SocketList:
    """What becomes of what is done with the sockets in a list."""

    name: str
    replaced: list[Replacement] = field(default_factory=list)
    resized: list[Replacement] = field(default_factory=list)


def read_socket_list(
    project: Project, module: Module, container: ast.expr, sockets: Collection[ast.expr]
) -> SocketList | None:
    """Return what becomes of *container*, into which *module* puts new *sockets*; None if that is not clear."""
    if not isinstance(container, ast.Name) or container.id not in module.assigned:
        return None
    if _is_shared(project, module, container.id) or _runs_apart(project):
        return None
    reader = _Reader(module, SocketList(container.id), sockets)
    return reader.found if reader.read_list(module.source.tree, container.id) else None


def _is_shared(project: Project, module: Module, name: str) -> bool:
    """Tell whether other modules may know a variable of *module*."""
    return any(
        (isinstance(node, ast.Attribute) and node.attr == name)
        or (isinstance(node, ast.ImportFrom) and any(alias.name in (name, "*") for alias in node.names))
        for other in project.modules.values()
        if other is not module
        for node in walk(other.source.tree)
    )


def _runs_apart(project: Project) -> bool:
    """Tell whether something may be sent in another thread, or by the handler of a signal."""
    modules = project.modules.values()
    return any(found.target.partition(".")[0] in _APART for module in modules for found in module.imports)


class _Reader:
    """Goes through every mention of a list, and of each variable that is one of its sockets in turn."""

    def __init__(self, module: Module, found: SocketList, sockets: Collection[ast.expr]) -> None:
        self.module = module
        self.around = Surroundings(module)
        self.found = found
        self.sockets = sockets  # expressions that are writers in what is written
        self.lists: set[tuple[ast.AST, str]] = set()
        self.variables: set[tuple[ast.AST, str]] = set()

    def read_list(self, scope: ast.AST, name: str) -> bool:
        """Tell whether a list, a variable of *scope*, holds nothing but sockets, and all is clear of these."""
        if (scope, name) in self.lists:
            return True
        self.lists.add((scope, name))
        mentions = mentions_of(scope, name, is_attribute=False)
        return all(isinstance(node, ast.Name) and self._is_clear(node, scope) for node in mentions)

    def _is_clear(self, node: ast.Name, scope: ast.AST) -> bool:
        """Tell whether one mention of a list leaves it what it is."""
        parent = self.around.parents[node]
        outer = self.around.parents.get(parent)
        if is_stored(node):
            is_made = isinstance(parent, ast.Assign) and parent.targets == [node]
            made_here = self._scope_of(node) is scope or self._says_global(node)
            return is_made and made_here and ast.unparse(getattr(parent, "value", node)) in _EMPTY
        if isinstance(parent, ast.Attribute):
            return isinstance(outer, ast.Call) and outer.func is parent and self._is_clear_call(parent.attr, outer)
        if isinstance(parent, ast.Subscript) and parent.value is node:
            if isinstance(parent.slice, ast.Slice):
                return self._is_walked(parent)
            is_put = isinstance(outer, ast.Assign) and outer.targets == [parent]
            return isinstance(parent.ctx, ast.Del) or (is_put and getattr(outer, "value", None) in self.sockets)
        if isinstance(parent, ast.Call) and node in parent.args:
            is_copied = last_name(parent.func) in _COPYING and len(parent.args) == 1
            return last_name(parent.func) == "len" or (is_copied and self._is_walked(parent))
        if isinstance(parent, ast.Compare):
            asks = len(parent.ops) == 1 and isinstance(parent.ops[0], (ast.In, ast.NotIn))
            return asks and parent.comparators == [node] and self._is_socket(parent.left)
        return self._is_walked(node) or isinstance(parent, (ast.If, ast.While, ast.UnaryOp))

    def _is_clear_call(self, method: str, call: ast.Call) -> bool:
        """Tell whether a list's *method* puts a socket into it, takes one out, or walks through them."""
        if method in ("values", "copy") and not call.args:
            parent = self.around.parents[call]
            is_copied = isinstance(parent, ast.Call) and last_name(parent.func) in _COPYING
            return self._is_walked(parent if is_copied and isinstance(parent, ast.Call) else call)
        if not isinstance(self.around.parents[call], ast.Expr) or call.keywords:
            return False
        if method in _ADDING | _TAKING:
            return len(call.args) == 1 and self._is_socket(call.args[0])
        return method in ("clear", "pop")

    def _is_walked(self, node: ast.expr) -> bool:
        """Tell whether a loop goes through *node*, and what it does with each socket is clear."""
        loop = self.around.parents[node]
        if not isinstance(loop, ast.For) or loop.iter is not node or not isinstance(loop.target, ast.Name):
            return False
        return self._is_clear_variable(self._scope_of(loop), loop.target.id)

    def _is_socket(self, node: ast.expr) -> bool:
        if isinstance(node, ast.Name) and node not in self.sockets:
            return self._is_clear_variable(self._scope_of(node), node.id)
        return node in self.sockets

    def _is_clear_variable(self, scope: ast.AST, name: str) -> bool:
        """Tell whether a variable of a function is one of the sockets, and is only sent to, or put elsewhere."""
        if (scope, name) in self.variables:
            return True
        self.variables.add((scope, name))
        named = [node for node in walk(scope, ast.Name) if node.id == name]
        is_local = isinstance(scope, FUNCTIONS) and not any(self._says_global(node) for node in named)
        bound = [node for node in named if is_stored(node)]
        if not is_local or not bound or not all(self._is_from_list(node) for node in bound):
            return False
        return all(self._is_clear_use(node) for node in named if not is_stored(node))

    def _is_from_list(self, node: ast.Name) -> bool:
        """Tell whether a loop through a list of sockets gives a variable its value."""
        loop = self.around.parents[node]
        if not isinstance(loop, ast.For) or loop.target is not node:
            return False
        held = [inner for inner in walk(loop.iter, ast.Name) if inner.id not in _COPYING]
        return len(held) == 1 and self._is_list(held[0])

    def _is_list(self, node: ast.Name) -> bool:
        scope = self._scope_of(node)
        here = isinstance(scope, FUNCTIONS) and any(
            is_stored(other) and other.id == node.id for other in walk(scope, ast.Name)
        )
        if here and not self._says_global(node):
            return self.read_list(scope, node.id)
        return (self.module.source.tree, node.id) in self.lists

    def _is_clear_use(self, node: ast.Name) -> bool:
        parent = self.around.parents[node]
        call = self.around.parents.get(parent)
        if isinstance(parent, ast.Call) and parent.args == [node] and isinstance(parent.func, ast.Attribute):
            holder = parent.func.value
            moves = parent.func.attr in _ADDING | _TAKING and isinstance(call, ast.Expr)
            return moves and isinstance(holder, ast.Name) and self._is_list(holder)
        if isinstance(parent, ast.Compare) and parent.left is node:
            held = parent.comparators[0]
            asks = len(parent.ops) == 1 and isinstance(parent.ops[0], (ast.In, ast.NotIn))
            return asks and isinstance(held, ast.Name) and self._is_list(held)
        if not isinstance(parent, ast.Attribute) or parent.attr not in ("send", "sendall"):
            return False
        if not isinstance(call, ast.Call) or call.func is not parent or len(call.args) != 1 or call.keywords:
            return False
        if not isinstance(self.around.parents[call], ast.Expr) or not self._is_caught(call):
            return False
        path, given = str(self.module.path), call.args[0]
        text = f"{node.id}, {self.module.source.segment(given)}"
        self.found.replaced.append(Replacement(Place(path, self.module.source.span(parent)), SEND_TO))
        self.found.resized.append(Replacement(Place(path, self.module.source.span(given)), text))
        return True

    def _is_caught(self, call: ast.Call) -> bool:
        """Tell whether whatever a socket raises is caught around *call*, and nobody says what that was.

        Otherwise the error ends the session whose message was being handled, which no writer would do.
        """
        child: ast.AST = self.around.statement(call)
        for outer in self.around.ancestors(child):
            if isinstance(outer, FUNCTIONS):
                return False
            if isinstance(outer, ast.Try) and child in outer.body:
                first = outer.handlers[0] if outer.handlers else None
                if first is None or (first.type is not None and not _ANY_SOCKET_ERROR & {*caught_by(first)}):
                    return False
                return first.name is None or not any(
                    isinstance(node, ast.Name) and node.id == first.name for node in walk(first)
                )
            child = outer
        return False

    def _scope_of(self, node: ast.AST) -> ast.AST:
        """Return the function around *node*, or the module."""
        outer = (one for one in self.around.ancestors(node) if isinstance(one, FUNCTIONS))
        return next(outer, self.module.source.tree)

    def _says_global(self, node: ast.Name) -> bool:
        return node.id in declared_global(self._scope_of(node))
