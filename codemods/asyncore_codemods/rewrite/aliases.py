"""The names in libcst's import statements."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

if TYPE_CHECKING:
    from collections.abc import Sequence


def dotted(node: cst.BaseExpression | None) -> str:
    """Return a dotted name as text, "" for any other expression."""
    if isinstance(node, cst.Name):
        return node.value
    return f"{dotted(node.value)}.{node.attr.value}" if isinstance(node, cst.Attribute) else ""


def name_of(alias: cst.ImportAlias) -> str:
    """Return what an import names, without what stands in front of `import`."""
    return dotted(alias.name)


def local_name(alias: cst.ImportAlias) -> str:
    """Return the name that an import gives to what it imports."""
    if alias.asname is not None and isinstance(alias.asname.name, cst.Name):
        return alias.asname.name.value
    return name_of(alias)


def alias_targets(small: cst.Import | cst.ImportFrom) -> list[tuple[str, str, cst.ImportAlias]]:
    """Return what an import names, but for a star: the dotted path of each, the name it gets, and its node."""
    names = () if isinstance(small.names, cst.ImportStar) else small.names
    prefix = prefix_of(small) if isinstance(small, cst.ImportFrom) else ""
    return [(prefix + name_of(alias), local_name(alias), alias) for alias in names]


def prefix_of(small: cst.ImportFrom) -> str:
    """Return what stands in front of each name that a line of `from ... import` names."""
    return "." * len(small.relative) + dotted(small.module) + "."


def separated(aliases: Sequence[cst.ImportAlias]) -> list[cst.ImportAlias]:
    """Return *aliases* with commas between them."""
    comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    spaced = [alias.with_changes(comma=comma) for alias in aliases[:-1]]
    return [*spaced, aliases[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)]
