"""Small questions about syntax that every analysis asks."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.model.uses import Argument
from asyncore_codemods.nodes import DEFINITIONS, children, once, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asyncore_codemods.index.modules import FunctionNode, Module


_SUITES = ("body", "orelse", "finalbody")
# what may evaluate its parts more than once
REPEATS = (ast.For, ast.While, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def parent_map(root: ast.AST) -> dict[ast.AST, ast.AST]:
    """Return the parent of every node below *root*, which is asked for again and again; not to be changed."""
    return once(_parents, root)


def _parents(root: ast.AST) -> dict[ast.AST, ast.AST]:
    return {child: node for node in walk(root) for child in children(node)}


def statement_around(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> ast.stmt:
    """Return the innermost statement around *node*, by what parent_map() has given."""
    while not isinstance(node, ast.stmt):
        node = parents[node]
    return node


def argument(module: Module, node: ast.expr, keyword: str | None = None) -> Argument:
    """Return *node* as an argument: its text, its place and, if it has one, its constant value."""
    value = node.value if isinstance(node, ast.Starred) else node
    is_constant, constant = constant_of(value)
    return Argument(
        module.source.segment(value),
        module.source.span(value),
        keyword,
        constant,
        is_constant,
        frozenset(n.id for n in walk(value, ast.Name)),
        isinstance(node, ast.Starred),
    )


def arguments(module: Module, call: ast.Call) -> tuple[Argument, ...]:
    """Return the arguments of *call*, in order; `**mapping` counts as starred, with no keyword."""
    found = [argument(module, node) for node in call.args]
    for keyword in call.keywords:
        made = argument(module, keyword.value, keyword.arg)
        if keyword.arg is None:
            made = Argument(made.text, made.span, None, None, is_constant=False, names=made.names, starred=True)
        found.append(made)
    return tuple(found)


def values_given(call: ast.Call) -> list[ast.expr]:
    """Return the values of all arguments, those of keywords last."""
    return [*call.args, *(keyword.value for keyword in call.keywords)]


def elements_given(call: ast.Call) -> Iterator[ast.expr]:
    """Yield the same, with the elements of tuples and lists in place of these."""
    for value in values_given(call):
        yield from value.elts if isinstance(value, (ast.Tuple, ast.List)) else [value]


def names_in(function: FunctionNode) -> set[str]:
    """Return every name that stands in *function*: its parameters, and what it uses."""
    arguments = {node.arg for node in walk(function, ast.arg)}
    return arguments | {node.id for node in walk(function, ast.Name)}


def defaults_of(args: ast.arguments) -> dict[str, ast.expr]:
    """Return the default values of parameters by the names of these."""
    positional = [arg.arg for arg in (*args.posonlyargs, *args.args)]
    defaults = dict(zip(positional[::-1], args.defaults[::-1]))
    defaults.update((arg.arg, value) for arg, value in zip(args.kwonlyargs, args.kw_defaults) if value is not None)
    return defaults


def constant_of(node: ast.expr) -> tuple[bool, object]:
    """Return whether *node* is a literal, and its value; `"x".encode()` and `b"a" + b"b"` count as literals."""
    if isinstance(node, ast.Constant):
        return True, node.value
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        known, value = constant_of(node.operand)
        if known and isinstance(value, (int, float)):
            return True, -value
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "encode"
        and isinstance(node.func.value, ast.Constant)
        and isinstance(node.func.value.value, str)
    ):
        names = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
        try:
            return True, node.func.value.value.encode(*names)
        except (LookupError, UnicodeError):
            return False, None
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left_known, left = constant_of(node.left)
        right_known, right = constant_of(node.right)
        for kind in (bytes, str, int):
            if left_known and right_known and isinstance(left, kind) and isinstance(right, kind):
                return True, left + right  # type: ignore[operator]
    return False, None


def self_name(function: FunctionNode) -> str:
    """Return the name of the method's first parameter, "" for static and class methods."""
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Name) and decorator.id in ("staticmethod", "classmethod"):
            return ""
    positional = [*function.args.posonlyargs, *function.args.args]
    return positional[0].arg if positional else ""


def self_attribute(node: ast.AST, self_id: str) -> str | None:
    """Return the attribute's name if *node* is `self.NAME`."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == self_id:
        return node.attr
    return None


def is_self_attribute(node: ast.AST, self_id: str, name: str) -> bool:
    """Tell whether *node* is `self.name`."""
    return self_attribute(node, self_id) == name


def is_length_of(node: ast.AST, name: str) -> bool:
    """Tell whether *node* is `len(name)`."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "len"
        and len(node.args) == 1
        and isinstance(node.args[0], ast.Name)
        and node.args[0].id == name
    )


def begins_with(statement: ast.stmt, call: ast.Call) -> bool:
    """Tell whether a statement evaluates *call* once, whatever else it finds, and before it does anything."""
    if isinstance(statement, ast.If):
        return _evaluated_first(statement.test) is call
    if isinstance(statement, ast.For):
        root = statement.iter
    elif isinstance(statement, (ast.Assign, ast.AugAssign, ast.Expr)):
        root = statement.value
    else:
        return False
    parents = parent_map(statement)
    node: ast.AST = call
    while node is not root:
        parent = parents.get(node)
        if parent is None or node in _perhaps_not(parent):
            return False
        node = parent
    return True


def _evaluated_first(test: ast.expr) -> ast.expr:
    """Return what a test comes to first: `x` in `not x`, `x == y`, `x and y` and `(name := x)`."""
    while True:
        if isinstance(test, ast.UnaryOp):
            test = test.operand
        elif isinstance(test, ast.Compare):
            test = test.left
        elif isinstance(test, ast.BoolOp):
            test = test.values[0]
        elif isinstance(test, ast.NamedExpr):
            test = test.value
        else:
            return test


def _perhaps_not(node: ast.AST) -> list[ast.AST]:
    """Return the parts of an expression that it may never evaluate, or more than once."""
    if isinstance(node, (ast.Lambda, ast.IfExp)):
        return [node.body, *([node.orelse] if isinstance(node, ast.IfExp) else [])]
    if isinstance(node, ast.BoolOp):
        return [*node.values[1:]]
    if isinstance(node, ast.Compare):
        return [*node.comparators[1:]]
    if isinstance(node, (ast.ListComp, ast.SetComp, ast.GeneratorExp)):
        return [node.elt, *node.generators[1:]]
    if isinstance(node, ast.DictComp):
        return [node.key, node.value, *node.generators[1:]]
    return [*node.ifs] if isinstance(node, ast.comprehension) else []


def is_docstring(statement: ast.stmt) -> bool:
    """Tell whether *statement* is a string standing alone."""
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


def significant(body: list[ast.stmt]) -> list[ast.stmt]:
    """Return *body* without docstrings and `pass`."""
    return [statement for statement in body if not is_docstring(statement) and not isinstance(statement, ast.Pass)]


def suites(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    """Yield the blocks of a compound statement."""
    for name in _SUITES:
        block = getattr(statement, name, None)
        if block and isinstance(block[0], ast.stmt):
            yield block
    for handler in getattr(statement, "handlers", ()):
        yield handler.body
    for case in getattr(statement, "cases", ()):
        yield case.body


def suite_of(outer: ast.AST, inner: ast.AST) -> list[ast.stmt]:
    """Return the block of *outer* in which *inner* stands; none if it stands elsewhere."""
    for name in _SUITES:
        block = getattr(outer, name, None)
        if isinstance(block, list) and inner in block:
            return block
    return []


def following(outer: ast.AST, inner: ast.AST) -> list[ast.stmt]:
    """Return the statements behind *inner* in its block of *outer*."""
    block = suite_of(outer, inner)
    return block[[statement is inner for statement in block].index(True) + 1 :] if block else []


def own_statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield every statement in *body* and its blocks, nested functions and classes not entered."""
    for statement in body:
        yield statement
        if not isinstance(statement, DEFINITIONS):
            for suite in suites(statement):
                yield from own_statements(suite)


def last_name(node: ast.AST) -> str:
    """Return the last part of a name or an attribute, "" for anything else."""
    return getattr(node, "id", "") or getattr(node, "attr", "")


def local_names(function: FunctionNode) -> set[str]:
    """Return every name that *function* binds: parameters, assignments, loops, imports and the like."""
    args = function.args
    every = [*args.posonlyargs, *args.args, *args.kwonlyargs]
    names = {arg.arg for arg in every}
    names |= {arg.arg for arg in (args.vararg, args.kwarg) if arg}
    for node in walk(function):
        if isinstance(node, ast.Name) and isinstance(node.ctx, (ast.Store, ast.Del)):
            names.add(node.id)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            names.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
        elif isinstance(node, DEFINITIONS) and node is not function:
            names.add(node.name)
    return names


def declared_global(node: ast.AST) -> set[str]:
    """Return the names that a function, or the functions of a file, declare `global`."""
    return {name for statement in walk(node, ast.Global) for name in statement.names}


_SOCKET_ERRORS = ("socket.error", "socket.timeout", "OSError", "IOError", "BlockingIOError", "ConnectionError")


def catches_socket_errors(node: ast.Try) -> bool:
    """Tell whether a `try` catches only what a socket raises, which recv() and send() deal with themselves."""
    kinds = [
        kind
        for handler in node.handlers
        for kind in (handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type])
    ]
    return all(kind is not None and ast.unparse(kind) in _SOCKET_ERRORS for kind in kinds)


def caught_by(handler: ast.ExceptHandler) -> list[str]:
    """Return the names of the exceptions that a handler is for."""
    types = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type] if handler.type else []
    return [last_name(node) for node in types]


def guarded_nodes(function: FunctionNode) -> set[ast.AST]:
    """Return the nodes for whose errors there is an `except` in *function*."""
    tries = [node for node in walk(function, ast.Try) if node.handlers]
    return {inner for node in tries for statement in node.body for inner in walk(statement)}


def asked_names(function: FunctionNode) -> set[str]:
    """Return the names that a function asks something of, before it goes on; "" is among them if it asks at all."""
    tests = [node.test for node in walk(function, (ast.If, ast.While, ast.IfExp, ast.Assert))]
    return {last_name(node) for test in tests for node in walk(test)}
