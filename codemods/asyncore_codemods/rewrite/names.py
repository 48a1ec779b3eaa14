"""Have files import by name what generated code needs of modules whose names mean something else in them.

Templates write `socket.create_server(...)`. Where `socket` is a class, a parameter or anything but the module, this
becomes `create_server(...)`, which the file imports by that name, as its author would have done.
"""

from __future__ import annotations

import ast
import builtins
import importlib
import re
from typing import TYPE_CHECKING, Any, Callable

import libcst as cst

from asyncore_codemods.analyse.values.module_names import names_of
from asyncore_codemods.nodes import DEFINITIONS, is_stored, walk
from asyncore_codemods.rewrite.aliases import dotted, local_name
from asyncore_codemods.rewrite.errors import TakenNameError

if TYPE_CHECKING:
    from collections.abc import Collection

_LINE_END = re.compile(r"(?<=\n)|(?<=\r)(?!\n)")


def spell_out(old: str, new: str, starred: Collection[str] = ()) -> str:
    """Return *new*, rewritten from *old*, with what it needs of modules whose names are taken imported by name.

    Raises TakenNameError where that cannot be done.
    """
    tree = ast.parse(new)
    shadowed = names_of(tree, starred).shadowed
    if not shadowed:
        return new
    before = ast.parse(old)
    known = [(name, node.attr) for node, name, _ in names_of(before, starred).shadowed]
    after = [(name, node.attr) for node, name, _ in shadowed]
    needed: dict[str, list[str]] = {}
    places: list[ast.Attribute] = []
    for node, name, may_be in shadowed:
        use = (name, node.attr)
        if after.count(use) <= known.count(use) or not hasattr(_module(name), node.attr):
            continue  # the author's
        if use in known and may_be:
            continue  # the module after all, as its author knows
        if use in known or not _may_have(name, node.attr, before, tree):
            raise TakenNameError(name)
        places.append(node)
        if node.attr not in needed.setdefault(name, []):
            needed[name].append(node.attr)
    lines = _LINE_END.split(new)
    for node in sorted(places, key=lambda node: (node.lineno, node.col_offset), reverse=True):
        line = lines[node.lineno - 1].encode()
        assert node.end_lineno == node.lineno  # as templates have it
        end = line[node.end_col_offset :]
        lines[node.lineno - 1] = (line[: node.col_offset] + node.attr.encode() + end).decode()
    text = "".join(lines)
    for name, wanted in needed.items():
        missing = sorted(one for one in wanted if not _has(name, one, tree))
        if missing:
            text = _offer(cst.parse_module(text), name, missing).code
    return text


def _module(name: str) -> Any:
    return importlib.import_module("concurrent.futures" if name == "concurrent" else name)


def _may_have(name: str, attribute: str, before: ast.Module, after: ast.Module) -> bool:
    """Tell whether *attribute* can stand for that of the module *name* in a file."""
    given = sum(_names(node, attribute) for node in walk(after))
    if _has(name, attribute, after):
        return given <= _imports(name, attribute, after)
    used = {node.id for tree in (before, after) for node in walk(tree, ast.Name)}
    return not given and attribute not in used and not hasattr(builtins, attribute)


def _names(node: ast.AST, name: str) -> bool:
    """Tell whether *node* gives *name* to something."""
    if isinstance(node, ast.Name):
        return node.id == name and is_stored(node)
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return any((alias.asname or alias.name).split(".")[0] == name for alias in node.names)
    if isinstance(node, ast.arg):
        return node.arg == name
    is_definition = isinstance(node, DEFINITIONS)
    return (is_definition or isinstance(node, ast.ExceptHandler)) and getattr(node, "name", None) == name


def _has(name: str, attribute: str, tree: ast.Module) -> bool:
    """Tell whether a file imports *attribute* from the module *name* by its own name, or by a star."""
    public = getattr(_module(name), "__all__", ())
    return bool(_imports(name, attribute, tree) or (_imports(name, "*", tree) and attribute in public))


def _imports(name: str, attribute: str, tree: ast.Module) -> int:
    """Count the lines of a file that import *attribute* from the module *name* as what it is called."""
    lines = [
        node for node in tree.body if isinstance(node, ast.ImportFrom) and node.module == name and not node.level
    ]
    return sum(any((a.name, a.asname or a.name) == (attribute, attribute) for a in line.names) for line in lines)


def _offer(module: cst.Module, name: str, wanted: list[str]) -> cst.Module:
    """Import *wanted* from the module *name*: in a line that does so already, or in a new one."""
    body: list[Any] = list(module.body)
    at = 0
    for index, statement in enumerate(body):
        small: Any = statement.body[0] if isinstance(statement, cst.SimpleStatementLine) else None
        is_from = isinstance(small, cst.ImportFrom) and not small.relative and len(statement.body) == 1
        if is_from and dotted(small.module) == name and not isinstance(small.names, cst.ImportStar):
            body[index] = statement.with_changes(body=[_with_more(small, wanted)])
            return module.with_changes(body=body)
        if isinstance(small, (cst.Import, cst.ImportFrom)):
            at = index + 1
        elif small is None or at or not (isinstance(small, cst.Expr) and index == 0):
            break
        else:
            at = index + 1
    aliases = [cst.ImportAlias(cst.Name(one)) for one in wanted]
    comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    aliases = [*(alias.with_changes(comma=comma) for alias in aliases[:-1]), aliases[-1]]
    line = cst.SimpleStatementLine([cst.ImportFrom(module=cst.Name(name), names=aliases)])
    return module.with_changes(body=[*body[:at], line, *body[at:]])


def _with_more(small: cst.ImportFrom, wanted: list[str]) -> cst.ImportFrom:
    assert not isinstance(small.names, cst.ImportStar)
    names = list(small.names)
    in_order = [local_name(alias) for alias in names]
    orders: list[Callable[[str], str]] = [str, str.lower]  # isort's, as a rule, or the dictionary's
    order = next((key for key in orders if in_order == sorted(in_order, key=key)), None)
    comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    for one in wanted:
        alias = cst.ImportAlias(cst.Name(one))
        at = len(names)
        if order is not None:
            at = next((i for i, other in enumerate(names) if order(local_name(other)) > order(one)), len(names))
        if at == len(names):
            last = names[-1]
            names[-1] = last.with_changes(comma=comma)
            names.append(alias.with_changes(comma=last.comma))
        else:
            names.insert(at, alias.with_changes(comma=comma))
    return small.with_changes(names=names)
