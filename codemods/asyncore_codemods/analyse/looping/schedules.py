"""How long a pass of the loop waits where a method works it out: `asyncore.loop(scheduler.wait(1.0), count=1)`.

Such a method looks at the clock and at what is due next. That changes when a handler schedules something, which
therefore ends the wait; then it is worked out anew. What the loop does between its passes must look at nothing
else.
"""

from __future__ import annotations

import ast
import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Callable

from asyncore_codemods.analyse.families.references import Surroundings, outline_of
from asyncore_codemods.analyse.usage.containers import READING
from asyncore_codemods.analyse.values.syntax import local_names, self_name, significant
from asyncore_codemods.index.modules import dotted_name
from asyncore_codemods.nodes import is_stored, walk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asyncore_codemods.analyse.looping.flags import Flag, FlagReader
    from asyncore_codemods.index import Module
    from asyncore_codemods.index.modules import FunctionNode

_STATEMENTS = (ast.Return, ast.If, ast.Assign, ast.Expr, ast.Pass)
_BUILTINS = frozenset({"min", "max", "round", "len", "int", "float", "abs", "bool"})


@dataclass
class Schedules:
    """Reads the methods that one loop calls for this."""

    modules: Sequence[Module]
    flag_reader: FlagReader
    is_clock: Callable[[Module, ast.expr], bool]
    flags: list[Flag] = field(default_factory=list)  # what they look at, where handlers change it
    looked_at: set[str] = field(default_factory=set)  # the names of that

    def works_out(self, call: ast.Call) -> bool:
        """Tell whether *call* does nothing but compute, from the clock and what can be watched."""
        found = self._method(call)
        if found is None or not all(isinstance(arg, ast.Constant) for arg in call.args) or call.keywords:
            return False
        module, function, receiver = found
        own = self_name(function)
        called = list(walk(function, ast.Call))
        if not all(self._is_known(module, one, own) for one in called):
            return False
        for node in walk(function):
            if isinstance(node, ast.stmt) and not isinstance(node, _STATEMENTS) and node is not function:
                return False
            is_own = isinstance(node, ast.Attribute) and dotted_name(node.value) == own
            if is_own and not self._is_watched(receiver, node):
                return False
        return True

    def is_due(self, call: ast.Call) -> bool:
        """Tell whether *call* asks whether it is time for something, by the clock and what can be watched."""
        found = self._method(call)
        if found is None or not self.works_out(call):
            return False
        return any(isinstance(node, ast.expr) and self.is_clock(found[0], node) for node in walk(found[1]))

    def _is_known(self, module: Module, call: ast.Call, own: str) -> bool:
        """Tell whether *call* asks for the time, computes, or reads a container of the object."""
        if self.is_clock(module, call) or dotted_name(call.func) in _BUILTINS:
            return True
        reads = isinstance(call.func, ast.Attribute) and call.func.attr in READING
        held = call.func.value if isinstance(call.func, ast.Attribute) else None
        return reads and isinstance(held, ast.Attribute) and dotted_name(held.value) == own

    def only_does(self, call: ast.Call) -> bool:
        """Tell whether *call* is work of the same object that depends on nothing else."""
        found = self._method(call)
        if found is None or call.args or call.keywords:
            return False
        _, function, _ = found
        own = self_name(function)
        names = {n.attr for n in walk(function, ast.Attribute) if dotted_name(n.value) == own}
        others = names - self.looked_at
        if not names & self.looked_at or not self._is_gated(function, own):
            return False
        return not any(self._is_changed_elsewhere(name, function) for name in others)

    def _is_gated(self, function: FunctionNode, own: str) -> bool:
        """Tell whether what is due decides what is done: each statement tests that, or goes through it."""
        known = local_names(function) | _BUILTINS | {own, "list", "sorted", "time"}
        for statement in significant(function.body):
            if isinstance(statement, (ast.If, ast.While)):
                asked: ast.expr = statement.test
            elif isinstance(statement, (ast.For, ast.Assign)):
                asked = statement.iter if isinstance(statement, ast.For) else statement.value
            else:
                return False
            if isinstance(statement, ast.For) and not all(isinstance(one, ast.If) for one in statement.body):
                return False
            parts = list(walk(asked))
            looked = [n.attr for n in parts if isinstance(n, ast.Attribute) and dotted_name(n.value) == own]
            if not looked and not isinstance(statement, ast.Assign):
                return False
            if not set(looked) <= self.looked_at or any(
                isinstance(n, ast.Name) and n.id not in known for n in parts
            ):
                return False
        return True

    def _is_changed_elsewhere(self, name: str, function: FunctionNode) -> bool:
        """Tell whether anything but *function*, and a constructor, assigns to the attribute or may change it."""
        inside = {id(node) for node in walk(function)}
        for module in self.modules:
            around = Surroundings(module)
            for node in walk(module.source.tree, ast.Attribute):
                if node.attr == name and id(node) not in inside:
                    functions = [n for n in around.ancestors(node) if isinstance(n, ast.FunctionDef)]
                    is_first = bool(functions) and functions[0].name == "__init__"
                    is_read = isinstance(node.ctx, ast.Load) and not isinstance(around.parents[node], ast.Attribute)
                    if not is_read and not is_first:
                        return True
        return False

    def _method(self, call: ast.Call) -> tuple[Module, FunctionNode, ast.expr] | None:
        if not isinstance(call.func, ast.Attribute) or dotted_name(call.func.value) is None:
            return None
        name = call.func.attr
        defined = [(m, f) for m in self.modules for f in outline_of(m).functions.get(name, ())]
        if len(defined) != 1 or isinstance(defined[0][1], ast.AsyncFunctionDef) or defined[0][1].decorator_list:
            return None
        module, function = defined[0]
        is_method = any(isinstance(n, ast.ClassDef) and function in n.body for n in walk(module.source.tree))
        return (module, function, call.func.value) if is_method else None

    def _is_watched(self, receiver: ast.expr, node: ast.AST) -> bool:
        """Have changes of an attribute told, if they can be."""
        if not isinstance(node, ast.Attribute) or is_stored(node):
            return False
        seen = ast.Attribute(copy.deepcopy(receiver), node.attr, ast.Load())
        flag = self.flag_reader.read(seen, is_compared=True)
        if flag is None:
            return False
        self.looked_at.add(node.attr)
        if flag.writes:
            self.flags.append(flag)
        return True
