"""The thread of a loop, and who waits for its end.

Behind `thread.join()`, nothing drives a listener any more, so any thread may close it. In front of that, the loop's
own thread can do it: whoever asks for it waits until that is done.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.values.syntax import following, self_attribute, self_name, suite_of
from asyncore_codemods.index.modules import dotted_name
from asyncore_codemods.nodes import FUNCTIONS, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asyncore_codemods.analyse.families.references import Surroundings
    from asyncore_codemods.index import Module, Project

_JOIN = "threading.Thread.join"


@dataclass(frozen=True)
class LoopThread:
    """The thread that runs a loop: *made* by a call in *module*, of the class *holder* if it has its own."""

    project: Project
    module: Module
    made: ast.Call
    holder: ast.ClassDef | None

    def has_ended(self, module: Module, around: Surroundings, node: ast.AST) -> bool:
        """Tell whether the thread has ended where *node* runs: a statement in front of it waits for that."""
        return any(self._waits(module, around, before) for before in _in_front(around, around.statement(node)))

    def is_waited_for(self, module: Module, around: Surroundings, node: ast.AST) -> bool:
        """Tell whether what waits for the thread to end is right behind *node*, but for what is closed as well."""
        statement = around.statement(node)
        behind = [other for other in following(around.parents[statement], statement) if not _closes(other)]
        return bool(behind) and self._waits(module, around, behind[0])

    def _waits(self, module: Module, around: Surroundings, statement: ast.stmt) -> bool:
        call = statement.value if isinstance(statement, ast.Expr) else None
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute) or call.keywords:
            return False
        if self.project.resolve_node(module, call.func) == _JOIN:
            return len(call.args) == 1 and self._is_itself(around, call.args[0])
        return call.func.attr == "join" and not call.args and self._is_it(module, around, call.func.value)

    def _is_it(self, module: Module, around: Surroundings, node: ast.expr) -> bool:
        return self._is_itself(around, node) or self._is_called(module, around, node)

    def _is_itself(self, around: Surroundings, node: ast.expr) -> bool:
        """Tell whether *node* is `self` in a method of the thread's own class."""
        method = next(iter(around.functions(node)), None)
        is_own = method is not None and around.parents.get(method) is self.holder
        return is_own and isinstance(node, ast.Name) and method is not None and node.id == self_name(method)

    def _is_called(self, module: Module, around: Surroundings, node: ast.expr) -> bool:
        """Tell whether *node* is what the thread is assigned to, and nothing else is."""
        kept = around.parents.get(self.made)
        name = dotted_name(node)
        if module is not self.module or not isinstance(kept, ast.Assign) or len(kept.targets) != 1 or name is None:
            return False
        target = kept.targets[0]
        if dotted_name(target) != name or _class_around(around, target) is not _class_around(around, node):
            return False
        last = name.rpartition(".")[2]
        stores = [
            n
            for n in walk(module.source.tree, (ast.Name, ast.Attribute))
            if isinstance(n.ctx, (ast.Store, ast.Del))
            if (n.id if isinstance(n, ast.Name) else n.attr) == last
        ]
        is_own = isinstance(target, ast.Name) or self_attribute(target, name.partition(".")[0]) is not None
        return stores == [target] and is_own


def _closes(statement: ast.stmt) -> bool:
    """Tell whether a statement is `server.close()`, of whatever."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    if not isinstance(call, ast.Call) or call.args or call.keywords:
        return False
    return isinstance(call.func, ast.Attribute) and call.func.attr == "close"


def _in_front(around: Surroundings, statement: ast.stmt) -> Iterator[ast.stmt]:
    """Yield the statements that have run before *statement* in its function."""
    current: ast.AST = statement
    while current in around.parents and not isinstance(current, FUNCTIONS):
        outer = around.parents[current]
        block = suite_of(outer, current)
        if block and isinstance(current, ast.stmt):
            yield from block[: block.index(current)]
        current = outer


def _class_around(around: Surroundings, node: ast.AST) -> ast.ClassDef | None:
    return next((n for n in around.ancestors(node) if isinstance(n, ast.ClassDef)), None)
