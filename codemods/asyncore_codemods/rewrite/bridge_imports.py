"""Settle the imports of a file in which some things stay on the bridge and others have become asyncio's."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

import libcst as cst

from asyncore_codemods import legacy
from asyncore_codemods.rewrite.aliases import dotted, local_name, separated
from asyncore_codemods.rewrite.imports import (
    Settler,
    move_to_bridge,
    names_bound,
    names_used,
    needed_imports,
)
from asyncore_codemods.rewrite.local_imports import drop_local_imports

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

BRIDGE_NAMES = ("until_empty",)


def share_imports(old: str, new: str, shared: Collection[str] = (), starred: Collection[str] = ()) -> str:
    """Return *new*, rewritten from *old*, with the bridge's copies of what it still uses of the removed modules.

    What is no longer used goes, GENERATED modules and BRIDGE_NAMES come as they are needed. *shared* are names that
    other files import from this one, *starred* those of modules that star imports give to something else.
    """
    tree = ast.parse(new)
    used, bound = names_used(tree), names_bound(tree)
    unused = ((names_used(ast.parse(old)) | set(legacy.MODULES)) - used) - set(shared)
    needed = needed_imports(tree, ast.parse(old), starred)
    moved = drop_local_imports(move_to_bridge(new), Settler(unused, [], keeps_legacy=True).goes)
    module = cst.parse_module(moved)
    wanted = [name for name in BRIDGE_NAMES if name in used and name not in bound]
    module = _offer(module, wanted, unused)
    return Settler(unused, needed, keeps_legacy=True).settle(module).code


def _offer(module: cst.Module, wanted: list[str], unused: set[str]) -> cst.Module:
    """Import *wanted* from the bridge: in a line that does so already, or in a new one behind the last such."""
    if not wanted:
        return module
    body: list[Any] = list(module.body)
    lines = [index for index, statement in enumerate(body) if _from_bridge(statement)]
    for index in sorted(lines, key=lambda index: not _offers(body[index], "asyncore")):
        small = body[index].body[0]
        if dotted(small.module) == legacy.BRIDGE and not isinstance(small.names, cst.ImportStar):
            kept = [alias for alias in small.names if local_name(alias) not in unused]
            names = _sorted([*kept, *_aliases(wanted)])
            body[index] = body[index].with_changes(body=[small.with_changes(names=names)])
            return module.with_changes(body=body)
    line = cst.SimpleStatementLine(
        [cst.ImportFrom(module=cst.Name(legacy.BRIDGE), names=separated(_aliases(wanted)))]
    )
    # without a line of the bridge, the old modules are imported in blocks only
    imports = lines or [i for i, statement in enumerate(body) if _has_import(statement)]
    at = max(imports, default=-1) + 1
    return module.with_changes(body=[*body[:at], line, *body[at:]])


def _from_bridge(statement: Any) -> bool:
    return (
        isinstance(statement, cst.SimpleStatementLine)
        and len(statement.body) == 1
        and isinstance(statement.body[0], cst.ImportFrom)
        and not statement.body[0].relative
        and dotted(statement.body[0].module).split(".")[0] == legacy.BRIDGE
    )


def _offers(line: Any, name: str) -> bool:
    names = line.body[0].names
    return not isinstance(names, cst.ImportStar) and any(alias.evaluated_name == name for alias in names)


def _has_import(statement: Any) -> bool:
    if isinstance(statement, cst.SimpleStatementLine):
        return any(isinstance(small, (cst.Import, cst.ImportFrom)) for small in statement.body)
    return isinstance(statement, cst.Try)


def _aliases(names: Iterable[str]) -> list[cst.ImportAlias]:
    return [cst.ImportAlias(cst.Name(name)) for name in names]


def _sorted(aliases: list[cst.ImportAlias]) -> list[cst.ImportAlias]:
    return separated(sorted(aliases, key=local_name))
