"""Tests of the Python version, as programs had them that ran on Python 2: each has one answer for all of ours."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.values.evaluate import ORDER, UNKNOWN
from asyncore_codemods.spelt_out import bare_test

if TYPE_CHECKING:
    from asyncore_codemods.index import Module
    from asyncore_codemods.index.project import Project

_OLDEST, _NEWEST = (3, 9, 0), (3, 999, 0)  # of the versions that rewritten code runs on
_KNOWN = {"six.PY2": False, "six.PY3": True}


def version_test(project: Project, module: Module, test: ast.expr) -> bool | None:
    """Return how a test of the Python version comes out, None if it is another test, or comes out differently."""
    test = bare_test(test)
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        inner = version_test(project, module, test.operand)
        return None if inner is None else not inner
    if isinstance(test, ast.Compare) and len(test.ops) == 1 and type(test.ops[0]) in ORDER:
        compare = ORDER[type(test.ops[0])]
        answers = {
            compare(left, right)
            for left, right in (
                (_value(project, module, test.left, version), _value(project, module, test.comparators[0], version))
                for version in (_OLDEST, _NEWEST)
            )
            if type(left) is type(right) and UNKNOWN not in (left, right)
        }
        return answers.pop() if len(answers) == 1 else None
    target = project.resolve_node(module, test) or ""
    if target in _KNOWN:
        return _KNOWN[target]
    return _constant(project, module, test.id) if isinstance(test, ast.Name) else None


def chosen_by_version(project: Project, module: Module, node: ast.expr) -> ast.expr:
    """Return what `b"".join(parts) if PY3 else "".join(parts)` is on our versions; other nodes stay."""
    if isinstance(node, ast.IfExp):
        outcome = version_test(project, module, node.test)
        if outcome is not None:
            return chosen_by_version(project, module, node.body if outcome else node.orelse)
    return node


def _constant(project: Project, module: Module, name: str) -> bool | None:
    """`PY3 = sys.version_info >= (3,)` at the top of a module."""
    values = [
        statement.value
        for statement in module.source.tree.body
        if isinstance(statement, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id == name for target in statement.targets)
    ]
    return version_test(project, module, values[0]) if len(values) == 1 else None


def _value(project: Project, module: Module, node: ast.expr, version: tuple[int, ...]) -> object:
    """Return what an operand is on one version of Python, UNKNOWN if that has nothing to do with it."""
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        return node.value
    if isinstance(node, ast.Tuple) and all(
        isinstance(e, ast.Constant) and isinstance(e.value, int) for e in node.elts
    ):
        return ast.literal_eval(node)
    if isinstance(node, ast.Subscript) and _is_version(project, module, node.value):
        try:
            index = ast.literal_eval(node.slice)
        except ValueError:
            lower, upper = getattr(node.slice, "lower", None), getattr(node.slice, "upper", None)
            if lower is None and isinstance(upper, ast.Constant) and isinstance(upper.value, int):
                return version[: upper.value]
            return UNKNOWN
        return version[index] if isinstance(index, int) and index < len(version) else UNKNOWN
    if isinstance(node, ast.Attribute) and node.attr == "major" and _is_version(project, module, node.value):
        return version[0]
    return version if _is_version(project, module, node) else UNKNOWN


def _is_version(project: Project, module: Module, node: ast.expr) -> bool:
    return project.resolve_node(module, node) == "sys.version_info"
