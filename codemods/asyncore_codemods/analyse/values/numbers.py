"""What is known of computed lengths: whether they are numbers, whether they can be 0 or negative."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Callable

from asyncore_codemods.analyse.values.syntax import constant_of, parent_map
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from asyncore_codemods.analyse.families.hierarchies import Definition
    from asyncore_codemods.index.modules import Module


def calls(node: ast.expr, name: str) -> bool:
    """Tell whether *node* calls something that is named *name*, in whatever module or object."""
    if not isinstance(node, ast.Call):
        return False
    func = node.func
    return (func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")) == name


def number_like(definition: Definition, node: ast.expr, depth: int) -> bool:
    """Tell whether *node* looks like a number."""
    if depth > 4:
        return False
    if isinstance(node, ast.Constant):
        return isinstance(node.value, int)
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        return name in ("int", "len", "min", "max", "abs", "calcsize", "from_bytes")
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub, ast.Mult, ast.FloorDiv)):
        return number_like(definition, node.left, depth + 1) or number_like(definition, node.right, depth + 1)
    if isinstance(node, ast.Subscript):
        return calls(node.value, "unpack") or calls(node.value, "unpack_from")
    if isinstance(node, ast.Name):
        values = _values_of(definition, node.id)
        return bool(values) and all(number_like(definition, value, depth + 1) for value in values)
    return False


def never_negative(definition: Definition, node: ast.expr, depth: int) -> bool:
    """Tell whether a number is a length, or was read as an unsigned one."""
    if depth > 4:
        return False
    if isinstance(node, ast.Constant):
        return isinstance(node.value, int) and node.value >= 0
    if isinstance(node, ast.Call):
        if calls(node, "from_bytes"):
            return not any(keyword.arg == "signed" for keyword in node.keywords)
        return any(calls(node, name) for name in ("len", "abs", "calcsize"))
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Mult)):
        return never_negative(definition, node.left, depth + 1) and never_negative(
            definition, node.right, depth + 1
        )
    if isinstance(node, ast.Subscript):
        return _is_unsigned(definition.module, node.value)
    if isinstance(node, ast.Name):
        values = _values_of(definition, node.id)
        return bool(values) and all(never_negative(definition, value, depth + 1) for value in values)
    return False


def _is_unsigned(module: Module, node: ast.expr) -> bool:
    """Tell whether *node* unpacks a structure that has no signed numbers."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    if node.func.attr not in ("unpack", "unpack_from"):
        return False
    given = node.args[:1]
    if isinstance(node.func.value, ast.Name) and len(made := module.assigned.get(node.func.value.id, [])) == 1:
        given = made[0].args[:1] if isinstance(made[0], ast.Call) and calls(made[0], "Struct") else []
    known, text = constant_of(given[0]) if given else (False, None)
    if isinstance(text, bytes):
        text = text.decode("latin-1")
    return known and isinstance(text, str) and not set(text) & set("bhilqn")


def _values_of(definition: Definition, name: str) -> list[ast.expr]:
    """Return what a local name is bound to, an unpacked structure standing for its elements."""
    values: list[ast.expr] = []
    for node in walk(definition.function):
        if not isinstance(node, ast.Assign):
            continue
        for target in node.targets:
            if isinstance(target, ast.Name) and target.id == name:
                values.append(node.value)
            elif any(isinstance(inner, ast.Name) and inner.id == name for inner in walk(target)):
                values.append(ast.Subscript(value=node.value, slice=ast.Constant(0), ctx=ast.Load()))
    return values


def is_tested(definition: Definition, node: ast.expr, excludes: Callable[[ast.expr, str], bool]) -> bool:
    """Tell whether *node* stands where an `if` has just excluded something."""
    parents = parent_map(definition.function)
    text = ast.dump(node)
    current: ast.AST = node
    while current in parents:
        parent = parents[current]
        if isinstance(parent, ast.If) and current in parent.body and excludes(parent.test, text):
            return True
        current = parent
    return False


def excludes_negative(test: ast.expr, text: str) -> bool:
    """Tell whether *test*, if it holds, keeps the expression dumped as *text* from being negative."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        return any(excludes_negative(value, text) for value in test.values)
    if isinstance(test, ast.Compare) and ast.dump(test.left) == text and isinstance(test.ops[0], (ast.Gt, ast.GtE)):
        limit = test.comparators[0]
        return isinstance(limit, ast.Constant) and isinstance(limit.value, int) and limit.value >= 0
    return False


def excludes_zero(test: ast.expr, text: str) -> bool:
    """Tell whether *test*, if it holds, keeps the expression dumped as *text* from being 0."""
    if ast.dump(test) == text:
        return True
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        return any(excludes_zero(value, text) for value in test.values)
    if isinstance(test, ast.Compare) and len(test.ops) == 1 and ast.dump(test.left) == text:
        limit = test.comparators[0]
        value = limit.value if isinstance(limit, ast.Constant) else None
        if isinstance(test.ops[0], (ast.Gt, ast.NotEq)):
            return value == 0
        if isinstance(test.ops[0], ast.GtE):
            return value == 1
    return False
