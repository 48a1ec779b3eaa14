"""What the author wrote about types, taken out of the trees: it changes nothing of what a program does.

`self.lines: list[bytes] = []` does what `self.lines = []` does, and a parameter that is said to be a session is no
use of the session's class, which keeps its name. So every question has the same answer for a program with types
and for the one without. The text of the file still has them, and every node still stands where it did.

An annotation that names a removed module stays: the name must go from there, too, and that is a question to ask.
"""

from __future__ import annotations

import ast

from asyncore_codemods import legacy
from asyncore_codemods.nodes import FUNCTIONS

_REMOVED = frozenset((*legacy.MODULES, *(name.rpartition(".")[2] for name in legacy.CLASSES)))


def take_annotations_out(tree: ast.Module) -> None:
    """Make the annotated assignments of *tree* plain ones, and take the types from the functions' parameters."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, FUNCTIONS):
            _take_from(node)
        for name in ("body", "orelse", "finalbody", "handlers", "cases"):
            block = getattr(node, name, None)
            if not isinstance(block, list):
                continue  # the body of a lambda
            for index, statement in enumerate(block):
                if isinstance(statement, ast.AnnAssign) and statement.value and _goes(statement.annotation):
                    plain = ast.Assign(targets=[statement.target], value=statement.value, type_comment=None)
                    block[index] = ast.copy_location(plain, statement)
                else:
                    waiting.append(statement)


def _take_from(function: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    arguments = function.args
    extra = [argument for argument in (arguments.vararg, arguments.kwarg) if argument is not None]
    for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *extra):
        if argument.annotation is not None and _goes(argument.annotation):
            argument.annotation = None
    if function.returns is not None and _goes(function.returns):
        function.returns = None


def _goes(annotation: ast.expr) -> bool:
    return not any(
        (node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")) in _REMOVED
        for node in ast.walk(annotation)
    )
