"""What is known of computed lengths: whether they are numbers, whether they can be 0 or negative."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Callable

from asyncore_codemods.analyse.values.syntax import constant_of, parent_map
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from asyncore_codemods.analyse.families.hierarchies import Definition
    from asyncore_codemods.index.modules import Module

# The characters in the format of a structure, with their numbers; those of bytes and flags, and of lengths.
_FORMAT = re.compile(r"(\d*)\s*([a-zA-Z?])")
_NO_NUMBERS = frozenset("scp?efd")
_UNSIGNED = frozenset("BHILQN")


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
        if name in ("min", "max"):
            return bool(node.args) and all(number_like(definition, value, depth + 1) for value in node.args)
        return name in ("int", "len", "abs", "calcsize", "from_bytes")
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub, ast.Mult, ast.FloorDiv)):
        return number_like(definition, node.left, depth + 1) or number_like(definition, node.right, depth + 1)
    if isinstance(node, ast.Subscript):
        code = _unpacked(definition.module, node)
        return code is not None and code not in _NO_NUMBERS
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
        return _unpacked(definition.module, node) in _UNSIGNED
    if isinstance(node, ast.Name):
        values = _values_of(definition, node.id)
        return bool(values) and all(never_negative(definition, value, depth + 1) for value in values)
    return False


def _unpacked(module: Module, node: ast.Subscript) -> str | None:
    """Return the format character of an element of an unpacked structure: `struct.unpack("!HI", data)[1]`.

    That is "" for an unknown one, and None if *node* is none.
    """
    call = node.value
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
        return None
    if call.func.attr not in ("unpack", "unpack_from"):
        return None
    given = call.args[:1]
    made = module.assigned.get(call.func.value.id, []) if isinstance(call.func.value, ast.Name) else []
    if len(made) == 1:
        given = made[0].args[:1] if isinstance(made[0], ast.Call) and calls(made[0], "Struct") else []
    known, text = constant_of(given[0]) if given else (False, None)
    if isinstance(text, bytes):
        text = text.decode("latin-1")
    which = node.slice.value if isinstance(node.slice, ast.Constant) else None
    if not known or not isinstance(text, str):
        return ""
    codes = "".join(code * int(1 if code in "sp" else times or 1) for times, code in _FORMAT.findall(text))
    codes = codes.replace("x", "")
    if not isinstance(which, int):
        return next((code for code in codes if code in _NO_NUMBERS), "")  # it may be that one
    return codes[which] if which < len(codes) else ""


def _values_of(definition: Definition, name: str) -> list[ast.expr]:
    """Return what a local name is bound to, an unpacked structure standing for its elements."""
    values: list[ast.expr] = []
    for node in walk(definition.function, ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Name) and target.id == name:
                values.append(node.value)
            elif any(isinstance(inner, ast.Name) and inner.id == name for inner in walk(target)):
                which = ast.Constant(_position_of(name, target))
                values.append(ast.Subscript(value=node.value, slice=which, ctx=ast.Load()))
    return values


def _position_of(name: str, target: ast.expr) -> int | None:
    """Return which element is bound to a name by *target*, None if that cannot be told."""
    elements = target.elts if isinstance(target, (ast.Tuple, ast.List)) else []
    names = [element.id if isinstance(element, ast.Name) else "" for element in elements]
    is_plain = names.count(name) == 1 and not any(isinstance(element, ast.Starred) for element in elements)
    return names.index(name) if is_plain else None


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
