"""readable() as flow control: whether it comes to nothing where run() waits until what was said is sent."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from asyncore_codemods.analyse.families.classes import trivial_call
from asyncore_codemods.analyse.values.evaluate import UNKNOWN, Evaluator, NotPlainError
from asyncore_codemods.analyse.values.syntax import self_attribute, significant
from asyncore_codemods.index.modules import assigned_by
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from asyncore_codemods.analyse.families.hierarchies import Definition, Hierarchy

LOGS = frozenset({"debug", "info", "warning", "error", "exception", "critical", "log"})  # methods of a logger
EMPTY: tuple[Any, ...] = (b"", "", [])  # a buffer, of bytes or of text, or a queue
_CONNECTED: dict[str, Any] = {"connected": True, "connecting": False}
_OPPOSITES = ((ast.Is, ast.IsNot), (ast.Eq, ast.NotEq), (ast.Lt, ast.GtE), (ast.Gt, ast.LtE), (ast.In, ast.NotIn))


def asked(definition: Definition) -> ast.expr | None:
    """Return what a predicate returns, if that is all it does but for giving it a name and logging it."""
    body = significant(definition.function.body)
    first, last = body[0] if body else None, body[-1] if body else None
    if isinstance(first, ast.Assign) and isinstance(last, ast.Return) and isinstance(last.value, ast.Name):
        named = [ast.unparse(target) for target in first.targets] == [last.value.id]
        return first.value if named and all(map(is_log, body[1:-1])) else None
    return last.value if isinstance(last, ast.Return) and all(map(is_log, body[:-1])) else None


def is_log(statement: ast.stmt) -> bool:
    """Tell whether a statement tells a logger something, perhaps only if something is so."""
    if isinstance(statement, ast.If):
        calls = [node.func for node in walk(statement.test, ast.Call)]
        plain = all(isinstance(func, ast.Name) and func.id in ("len", "bool") for func in calls)
        return plain and all(map(is_log, [*statement.body, *statement.orelse]))
    call = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(call, ast.Call) and logs(call.func)


def logs(func: ast.AST) -> bool:
    """Tell whether *func*, which is called, is a method of a logger."""
    return isinstance(func, ast.Attribute) and func.attr in LOGS and "log" in ast.unparse(func.value)


def attributes_of(hierarchy: Hierarchy, definition: Definition, node: ast.AST) -> set[str] | None:
    """Return the object's own attributes that *node* looks at, None if it looks at anything else but constants."""
    own, names = definition.self_name, set()
    for inner in walk(node):
        if isinstance(inner, ast.Attribute):
            name = self_attribute(inner, own)
            if name is None or name in hierarchy.methods:
                return None
            names.add(name)
        elif isinstance(inner, ast.Name) and inner.id != own:
            if inner.id not in ("len", "bool") and constant_named(definition, inner) is None:
                return None
        elif isinstance(inner, ast.Call) and not (
            isinstance(inner.func, ast.Name) and inner.func.id in ("len", "bool")
        ):
            return None
    return names


def constant_named(definition: Definition, node: ast.expr) -> ast.expr | None:
    """Return the constant that a global name stands for."""
    assigned = definition.module.assigned.get(node.id, []) if isinstance(node, ast.Name) else []
    fixed = len(assigned) == 1 and not any(isinstance(n, (ast.Call, ast.Name)) for n in walk(assigned[0]))
    return assigned[0] if fixed else None


def class_constants(hierarchy: Hierarchy) -> dict[str, Any]:
    """Return the attributes that a class body sets to something known, and that no method changes.

    And those that asyncore has, as they are once there is a connection, and as long as there is.
    """
    plain = Evaluator("", {})
    changed = {write.name for member in hierarchy.members for write in hierarchy.facts[member.qualname].writes}
    known = {name: value for name, value in _CONNECTED.items() if name not in changed}
    for member in hierarchy.members:
        for statement in member.node.body:
            for target, value in assigned_by(statement) if isinstance(statement, ast.Assign) else ():
                if isinstance(target, ast.Name) and target.id not in changed:
                    known[target.id] = UNKNOWN if target.id in known else _known(plain, value)
    return {name: value for name, value in known.items() if value is not UNKNOWN}


def _known(evaluator: Evaluator, node: ast.expr) -> Any:
    try:
        return evaluator.value(node, {})
    except NotPlainError:
        return UNKNOWN


def holds_when(hierarchy: Hierarchy, definition: Definition, attributes: dict[str, Any]) -> bool | None:
    """Return what a predicate comes to where some *attributes* are known, None if that is not known."""
    test = asked(definition)
    return None if test is None else comes_to(hierarchy, definition, _own_part(definition, test), attributes)


def _own_part(definition: Definition, test: ast.expr) -> ast.expr:
    """Return a predicate without the inherited one, which a channel of asynchat may always leave out."""
    if not isinstance(test, ast.BoolOp) or not isinstance(test.op, ast.And):
        return test
    own = [
        operand
        for operand in test.values
        if not isinstance(operand, ast.Call) or trivial_call(definition.function, operand) != "inherited"
    ]
    return ast.copy_location(ast.BoolOp(test.op, own), test) if own else test


def waits_for_output(hierarchy: Hierarchy, attribute: str) -> bool:
    """Tell whether readable() is true once what is in an attribute is sent, which is what run() waits for."""
    defined = hierarchy.methods.get("readable", ())
    return bool(defined) and all(
        any(holds_when(hierarchy, definition, {attribute: empty}) for empty in EMPTY) for definition in defined
    )


def comes_to(
    hierarchy: Hierarchy, definition: Definition, test: ast.expr, attributes: dict[str, Any]
) -> bool | None:
    """Return what a *test* in a method comes to where some *attributes* are known, None if that is not known."""
    known = {**class_constants(hierarchy), **attributes}
    value = _known(Evaluator(definition.self_name, known, lambda n: constant_named(definition, n)), test)
    return None if value is UNKNOWN else bool(value)


def is_opposite(one: Definition, other: Definition) -> bool:
    """Tell whether one predicate is true whenever the other is false, as they are written."""
    first, second = asked(one), asked(other)
    return first is not None and second is not None and _is_opposite(_plain(first), _plain(second))


def _plain(node: ast.expr) -> ast.expr:
    """Return *node* without a bool() around it."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "bool" and node.args:
        return node.args[0]
    return node


def _is_opposite(one: ast.expr, other: ast.expr) -> bool:
    for this, that in ((one, other), (other, one)):
        if isinstance(this, ast.UnaryOp) and isinstance(this.op, ast.Not):
            return ast.dump(_plain(this.operand)) == ast.dump(that)
    if isinstance(one, ast.Compare) and isinstance(other, ast.Compare) and len(one.ops) == len(other.ops) == 1:
        kinds = {type(one.ops[0]), type(other.ops[0])}
        same = ast.dump(one.left) == ast.dump(other.left)
        same = same and ast.dump(one.comparators[0]) == ast.dump(other.comparators[0])
        return same and any(kinds == set(pair) for pair in _OPPOSITES)
    return False
