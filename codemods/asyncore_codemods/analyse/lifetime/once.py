"""A handle_close() that sees to it that it closes once: `if self in people: people.remove(self); self.close()`.

Called again, it does nothing, since nothing is left to do: what it asks for is true from the constructor on, and
nobody else makes it false. So the path on which it closes is the one that asyncore's loop takes.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.families.references import Surroundings
from asyncore_codemods.analyse.usage.containers import is_container
from asyncore_codemods.analyse.values.syntax import last_name, self_attribute, self_name, significant
from asyncore_codemods.nodes import is_stored, walk

if TYPE_CHECKING:
    from asyncore_codemods.analyse.families.hierarchies import Definition, Hierarchy

_ADDING = ("append", "add")
_TAKING = ("remove", "discard")
_HARMLESS = frozenset({"copy", "index", "count", "values", "keys", "items", *_ADDING})
_READERS = frozenset({"len", "list", "tuple", "sorted", "set", "any", "all", "enumerate", "reversed", "sum", "map"})


def first_time(hierarchy: Hierarchy, definition: Definition) -> list[ast.stmt] | None:
    """Return what *definition*, a hook, does the first time that it is called; None if that is nothing special."""
    body = significant(definition.function.body)
    guard = body[0] if body else None
    if not isinstance(guard, ast.If) or guard.orelse:
        return None
    if len(guard.body) == 1 and isinstance(guard.body[0], ast.Return):
        done = body[1:]
        wanted = _Guard(hierarchy, definition, guard.test, done, negated=True)
    else:
        done = [*guard.body, *body[1:]]
        wanted = _Guard(hierarchy, definition, guard.test, guard.body, negated=False)
    return done if wanted.holds_at_first() else None


class _Guard:
    """A condition for *done*, which makes it false for good."""

    def __init__(
        self, hierarchy: Hierarchy, definition: Definition, test: ast.expr, done: list[ast.stmt], *, negated: bool
    ) -> None:
        while isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            test, negated = test.operand, not negated
        self.hierarchy = hierarchy
        self.definition = definition
        self.test = test
        self.negated = negated
        self.inside = {id(node) for statement in done for node in walk(statement)}
        self.modules = list(hierarchy.project.modules.values())

    def holds_at_first(self) -> bool:
        """Tell whether the condition is true until *done* has run."""
        test, own = self.test, self.definition.self_name
        if isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.left, ast.Name):
            is_in = isinstance(test.ops[0], ast.NotIn if self.negated else ast.In)
            return is_in and test.left.id == own and self._is_member(test.comparators[0])
        return bool(self_attribute(test, own)) and self._is_flag(last_name(test))

    # -- `if self.is_open:`

    def _is_flag(self, name: str) -> bool:
        """Tell whether the attribute is a constant but for the one that *done* gives it."""
        if name in legacy.inherited_names(self.hierarchy.root):
            return False
        first = later = False
        for module in self.modules:
            around = Surroundings(module)
            for node in walk(module.source.tree):
                named = isinstance(node, (ast.Attribute, ast.Name)) and last_name(node) == name
                if not named or isinstance(getattr(node, "ctx", None), ast.Load):
                    continue
                statement = around.parents[node]
                value = statement.value if isinstance(statement, (ast.Assign, ast.AnnAssign)) else None
                if not isinstance(value, ast.Constant):
                    return False
                if id(node) in self.inside:
                    later = later or bool(value.value) is self.negated
                elif bool(value.value) is self.negated or not self._is_at_first(around, node):
                    return False
                else:
                    first = True
        return first and later

    def _is_at_first(self, around: Surroundings, node: ast.AST) -> bool:
        """Tell whether *node* stands in the body of a class of the hierarchy, or in its constructor."""
        functions = around.functions(node)
        classes = [n for n in around.ancestors(node) if isinstance(n, ast.ClassDef)]
        is_ours = bool(classes) and any(member.node is classes[0] for member in self.hierarchy.members)
        return is_ours and (not functions or functions[0].name == "__init__")

    # -- `if self in people:`

    def _is_member(self, container: ast.expr) -> bool:
        """Tell whether the constructor puts the object there, and only *done* takes it away."""
        name = last_name(container)
        added = taken = False
        for module in self.modules:
            around = Surroundings(module)
            for node in walk(module.source.tree, (ast.Attribute, ast.Name)):
                if last_name(node) != name:
                    continue
                parent = around.parents[node]
                if is_stored(node):
                    value = parent.value if isinstance(parent, (ast.Assign, ast.AnnAssign)) else None
                    if value is None or not is_container(value) or not self._starts(around, node):
                        return False
                elif isinstance(parent, ast.Attribute) and parent.value is node:
                    if parent.attr in _TAKING and id(node) in self.inside:
                        taken = True
                    elif parent.attr not in _HARMLESS:
                        return False
                    added = added or (parent.attr in _ADDING and self._adds_itself(around, parent))
                elif not self._only_reads(parent, node):
                    return False
        return added and taken

    @staticmethod
    def _starts(around: Surroundings, node: ast.AST) -> bool:
        """Tell whether a container is made where there are no objects yet: at module level, or by a constructor."""
        functions = around.functions(node)
        return not functions or functions[0].name == "__init__"

    def _adds_itself(self, around: Surroundings, method: ast.Attribute) -> bool:
        call = around.parents[method]
        statement = around.parents.get(call)
        if not isinstance(call, ast.Call) or not isinstance(statement, ast.Expr) or len(call.args) != 1:
            return False
        function = around.parents.get(statement)
        if not isinstance(function, ast.FunctionDef) or function.name != "__init__":
            return False
        is_own = isinstance(call.args[0], ast.Name) and call.args[0].id == self_name(function)
        return is_own and self._is_at_first(around, call)

    @staticmethod
    def _only_reads(parent: ast.AST, node: ast.AST) -> bool:
        if isinstance(parent, ast.Call):
            return node in parent.args and last_name(parent.func) in _READERS
        if isinstance(parent, ast.Subscript):
            return isinstance(parent.ctx, ast.Load)
        return isinstance(parent, (ast.Compare, ast.For, ast.comprehension, ast.If, ast.BoolOp, ast.UnaryOp))
