"""Change what a file imports: old modules to the bridge, or away; new modules in; unused ones out.

This is a second pass over text that place.py has already changed, since only then it shows which names are used.
"""

from __future__ import annotations

import ast
import itertools
from typing import TYPE_CHECKING, Any, cast

import libcst as cst

from asyncore_codemods import legacy
from asyncore_codemods.analyse.values.module_names import GENERATED, STANDING_IN, names_of
from asyncore_codemods.nodes import walk
from asyncore_codemods.rewrite.aliases import alias_targets, dotted, name_of, prefix_of, separated
from asyncore_codemods.rewrite.fold import fold
from asyncore_codemods.rewrite.local_imports import drop_local_imports
from asyncore_codemods.standard import standard_modules

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

PACKAGES = {"concurrent": "concurrent.futures", "aiosmtpd": "aiosmtpd.smtp"}  # name -> what is imported for it
LIBRARIES = ("aiosmtpd.smtp",)  # those that are not of the standard library


def move_to_bridge(text: str) -> str:
    """Return *text* with every import of a removed module turned into one of the bridge's copy."""
    if not any(name in text for name in legacy.MODULES) or not _imports_removed(ast.parse(text)):
        return text
    return cst.parse_module(text).visit(_ToBridge()).code


def _imports_removed(tree: ast.Module) -> bool:
    """Tell whether a removed module is imported anywhere: to find that out is much cheaper than to rewrite it."""
    return any(
        (isinstance(node, ast.ImportFrom) and not node.level and node.module in legacy.MODULES)
        or (isinstance(node, ast.Import) and any(alias.name in legacy.MODULES for alias in node.names))
        for node in walk(tree)
    )


def settle_imports(old: str, new: str, starred: Collection[str] = ()) -> str:
    """Return *new*, rewritten from *old*, importing what it uses and no longer what its author used before.

    Removed modules go, GENERATED modules come as they are needed, and an import whose last use has gone goes too.
    *starred* are the names of modules that star imports give to something else.
    """
    old_tree, new_tree = ast.parse(old), ast.parse(new)
    used = names_used(new_tree)
    unused = names_used(old_tree) - used
    needed = needed_imports(new_tree, old_tree, starred)
    left = drop_local_imports(new, Settler(unused, []).goes)
    if left != new:  # what only a test around them used goes with it
        new, unused = left, names_used(old_tree) - names_used(ast.parse(left))
    folded = fold(new, ast.parse(new))
    result = folded.unfold(Settler(unused, list(needed)).settle(cst.parse_module(folded.text)).code)
    return Settler(unused, needed).settle(cst.parse_module(new)).code if result is None else result


def needed_imports(new: ast.Module, old: ast.Module, starred: Collection[str] = ()) -> list[str]:
    """Return the modules to import for the names that a file, *old* before, uses without having them."""
    used, bound, before = names_loaded(new), names_bound(new), names_loaded(old)
    names = names_of(new, starred)
    candidates = [*GENERATED, *(name for name in STANDING_IN if name not in before)]
    own = sorted(name for name in candidates if name in names.free)
    packages = [name for name, module in PACKAGES.items() if name in used and module not in bound]
    return own + [PACKAGES[name] for name in packages if name not in names.taken]


def names_used(tree: ast.Module) -> set[str]:
    """Return the names that a file refers to."""
    names = names_loaded(tree)
    for node in walk(tree, ast.Constant):  # names in __all__ and in string annotations count as used
        if isinstance(node.value, str) and node.value.isidentifier():
            names.add(node.value)
    return names


def names_loaded(tree: ast.Module) -> set[str]:
    """Return the names whose values a file asks for."""
    return {node.id for node in walk(tree, ast.Name) if isinstance(node.ctx, ast.Load)}


def names_bound(tree: ast.Module) -> set[str]:
    """Return the names that a file's imports give to something."""
    names: set[str] = set()
    for node in tree.body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, (ast.Try, ast.If)):
            for inner in walk(node, (ast.Import, ast.ImportFrom)):
                names |= {alias.asname or alias.name for alias in inner.names}
    return names


class _ToBridge(cst.CSTTransformer):
    """`import asyncore` becomes `from asyncore_bridge import asyncore`, in every form it is written."""

    def visit_SimpleStatementLine(self, node: cst.SimpleStatementLine) -> bool:
        return False  # there is nothing to change in expressions

    def leave_SimpleStatementLine(
        self, original_node: cst.SimpleStatementLine, updated_node: cst.SimpleStatementLine
    ) -> Any:
        body: list[cst.BaseSmallStatement] = []
        changed = False
        for small in updated_node.body:
            made = self._moved(small)
            changed = changed or made is not None
            body += [small] if made is None else made
        if not changed:
            return updated_node
        if len(updated_node.body) == 1:
            lines = [cst.SimpleStatementLine([small]) for small in body]
            lines[0] = lines[0].with_changes(leading_lines=updated_node.leading_lines)
            lines[-1] = lines[-1].with_changes(trailing_whitespace=updated_node.trailing_whitespace)
            return cst.FlattenSentinel(lines) if len(lines) > 1 else lines[0]
        semicolon = cst.Semicolon(whitespace_after=cst.SimpleWhitespace(" "))
        parts = [small.with_changes(semicolon=semicolon) for small in body[:-1]]
        return updated_node.with_changes(body=[*parts, body[-1].with_changes(semicolon=cst.MaybeSentinel.DEFAULT)])

    def _moved(self, small: cst.BaseSmallStatement) -> list[cst.BaseSmallStatement] | None:
        if isinstance(small, cst.ImportFrom):
            name = dotted(small.module)
            if small.relative or name not in legacy.MODULES:
                return None
            return [small.with_changes(module=cst.Attribute(cst.Name(legacy.BRIDGE), cst.Name(name)))]
        if not isinstance(small, cst.Import):
            return None
        kept = [alias for alias in small.names if name_of(alias) not in legacy.MODULES]
        moved = [alias for alias in small.names if name_of(alias) in legacy.MODULES]
        if not moved:
            return None
        bridge = cst.ImportFrom(module=cst.Name(legacy.BRIDGE), names=separated(moved))
        return [small.with_changes(names=separated(kept)), bridge] if kept else [bridge]


class Settler:
    """Takes imports away and puts new ones where the author would have."""

    def __init__(self, unused: set[str], needed: list[str], *, keeps_legacy: bool = False) -> None:
        self.unused = unused
        self.needed = [name for name in needed if name not in LIBRARIES]
        self.libraries = [name for name in needed if name in LIBRARIES]
        self.keeps_legacy = keeps_legacy  # removed modules are used as before, from the bridge

    def settle(self, module: cst.Module) -> cst.Module:
        """Settle every import; the new ones join what is sorted, or stand where the first removed one stood."""
        body: list[Any] = list(module.body)
        settled = [self._settle(statement) for statement in body]
        names = _neighbours(body, settled)
        is_sorted = sorted(names) == names
        result: list[Any] = []
        handed: dict[int, int] = {}
        for index, old in enumerate(body):
            if settled[index] is not None:
                result.append(settled[index])
            elif self.needed and (not names or not is_sorted or _has_comment(old)):
                made = [self._line(name) for name in self.needed]
                self.needed = []
                result += [made[0].with_changes(leading_lines=old.leading_lines), *made[1:]]
            else:
                self._hand_on(old, index, settled, handed)
        for name in self.needed:
            result = self._insert(result, name, names, is_sorted=is_sorted)
            names.append(name)
        for name in self.libraries:
            result = self._insert_library(result, name)
        if body and settled[0] is None and result and not module.header:
            result[0] = result[0].with_changes(leading_lines=_without_blanks(result[0].leading_lines))
        return module.with_changes(body=result)

    @staticmethod
    def _line(name: str) -> cst.SimpleStatementLine:
        return cst.SimpleStatementLine([cst.Import([_alias(name)])])

    @staticmethod
    def _hand_on(old: Any, index: int, settled: list[Any], handed: dict[int, int]) -> None:
        """Give what stands in front of a removed import (a comment, a blank line) to the statement behind it.

        *handed* says how many lines a statement has been given already: they come first.
        """
        at = next((i for i in range(index + 1, len(settled)) if settled[i] is not None), index)
        following = settled[at]
        if following is None or not old.leading_lines:
            return
        if _has_comment(old):
            lines, given = list(following.leading_lines), handed.get(at, 0)
            lines[given:given] = old.leading_lines
            handed[at] = given + len(old.leading_lines)
            settled[at] = following.with_changes(leading_lines=lines)
        elif isinstance(following, cst.SimpleStatementLine) and not following.leading_lines:
            settled[at] = following.with_changes(leading_lines=old.leading_lines)

    def _settle(self, statement: Any) -> Any:
        """Return the line of imports without what has gone, None if nothing is left, or the statement itself."""
        if not isinstance(statement, cst.SimpleStatementLine):
            return statement
        small = [self._small(one, is_alone=len(statement.body) == 1) for one in statement.body]
        if all(new is old for new, old in zip(small, statement.body)):
            return statement
        left = [one for one in small if one is not None]
        if not left:
            return None
        left[-1] = left[-1].with_changes(semicolon=cst.MaybeSentinel.DEFAULT)
        return statement.with_changes(body=left)

    def _small(self, small: Any, *, is_alone: bool) -> Any:
        """Return one import without what has gone, None if nothing is left, or the statement itself."""
        if not isinstance(small, (cst.Import, cst.ImportFrom)):
            return small
        if isinstance(small.names, cst.ImportStar):
            assert isinstance(small, cst.ImportFrom)
            goes = legacy.is_legacy(prefix_of(small).rstrip(".")) and not self.keeps_legacy
            return None if goes else small
        kept = [alias for target, name, alias in alias_targets(small) if not self.goes(target, name)]
        if len(kept) == len(small.names):
            return small
        if not kept:
            return None
        names = separated(kept)
        if isinstance(small, cst.Import) and is_alone and len(small.names) > 1 and self._shares_lines(small):
            names = self._with_needed(small, kept)
        return small.with_changes(names=names)

    def _shares_lines(self, small: cst.Import) -> bool:
        return any(legacy.is_legacy(name_of(alias)) for alias in small.names)

    def _with_needed(self, small: cst.Import, kept: list[cst.ImportAlias]) -> list[cst.ImportAlias]:
        """In `import sys, asyncore, socket`, put what is needed where the removed module stood."""
        names: list[cst.ImportAlias] = []
        for alias in small.names:
            if alias in kept:
                names.append(alias)
            elif legacy.is_legacy(name_of(alias)) and self.needed:
                names += [_alias(name) for name in self.needed]
                self.needed = []
        return separated(names)

    def goes(self, target: str, local: str) -> bool:
        """Tell whether an import of *target* under the name *local* is taken away."""
        is_unused = local.split(".", maxsplit=1)[0] in self.unused
        return is_unused or (legacy.is_legacy(target) and not self.keeps_legacy)

    def _insert_library(self, body: list[Any], name: str) -> list[Any]:
        """Put the import of a library behind the imports among which asyncio's is, with a line between them."""
        at = next((i + 1 for i, s in enumerate(body) if "asyncio" in _imported(s)), _after_docstring(body))
        while at < len(body) and _imported(body[at]) and not body[at].leading_lines:
            at += 1
        line = self._line(name).with_changes(leading_lines=[cst.EmptyLine(indent=False)])
        return [*body[:at], line, *body[at:]]

    def _insert(self, body: list[Any], name: str, among: Collection[str], *, is_sorted: bool) -> list[Any]:
        plain = [(index, found) for index, found in enumerate(map(_plain_import, body)) if found and found in among]
        standard = [(index, found) for index, found in plain if _is_standard(body[index])]
        if not plain:
            at = _after_docstring(body)
        elif not standard:
            at = plain[0][0]  # libraries come behind
        elif is_sorted:
            at = next((index for index, found in standard if found > name), standard[-1][0] + 1)
        else:
            at = standard[-1][0] + 1
        while at and _is_bridge_import(body[at - 1]):
            at -= 1  # the standard library's modules come first
        line = self._line(name)
        if at < len(body) and (_plain_import(body[at]) or _is_bridge_import(body[at])):
            is_own = bool(_plain_import(body[at])) and not _is_standard(body[at])
            if not (is_own and at and _is_standard(body[at - 1])):  # or else it is the last of those in front
                line = line.with_changes(leading_lines=body[at].leading_lines)
            body[at] = body[at].with_changes(leading_lines=[cst.EmptyLine(indent=False)] if is_own else ())
        if at < len(body) and not _imported(body[at]) and not body[at].leading_lines:
            lines = 2 if isinstance(body[at], (cst.FunctionDef, cst.ClassDef)) else 1
            body[at] = body[at].with_changes(leading_lines=[cst.EmptyLine(indent=False)] * lines)
        return [*body[:at], line, *body[at:]]


def _alias(name: str) -> cst.ImportAlias:
    return cst.ImportAlias(cast("cst.Name | cst.Attribute", cst.parse_expression(name)))


def _without_blanks(lines: Sequence[cst.EmptyLine]) -> list[cst.EmptyLine]:
    """Return the lines above the first statement of a file: no blank ones in front."""
    return list(itertools.dropwhile(lambda line: line.comment is None, lines))


def _is_bridge_import(statement: Any) -> bool:
    if not isinstance(statement, cst.SimpleStatementLine) or len(statement.body) != 1:
        return False
    small = statement.body[0]
    return isinstance(small, cst.ImportFrom) and dotted(small.module).split(".")[0] == legacy.BRIDGE


def _imported(statement: Any) -> list[str]:
    """Return the modules that a line of imports names."""
    if not isinstance(statement, cst.SimpleStatementLine):
        return []
    small = statement.body[0]
    if isinstance(small, cst.ImportFrom):
        return ["." * len(small.relative) + dotted(small.module)]
    return [name_of(alias) for alias in small.names] if isinstance(small, cst.Import) else []


def _has_comment(statement: Any) -> bool:
    """Tell whether a comment stands above a statement."""
    return any(line.comment is not None for line in statement.leading_lines)


def _plain_import(statement: Any) -> str:
    """Return NAME for a line that is `import NAME` and nothing else."""
    if isinstance(statement, cst.SimpleStatementLine) and len(statement.body) == 1:
        small = statement.body[0]
        if isinstance(small, cst.Import) and len(small.names) == 1:
            return name_of(small.names[0])
    return ""


def _is_standard(statement: Any) -> bool:
    """Tell whether a statement is `import NAME` and nothing else, of a module of the standard library."""
    return _plain_import(statement).partition(".")[0] in standard_modules()


def _neighbours(body: list[Any], settled: list[Any]) -> list[str]:
    """Return the modules imported in the block of the first import that goes, or else the standard ones of all."""
    first = next((i for i, statement in enumerate(settled) if statement is None), len(body))
    start, stop = first, first + 1
    while 0 < start < len(body) and not body[start].leading_lines and _imported(body[start - 1]):
        start -= 1
    while stop < len(body) and not body[stop].leading_lines and _imported(body[stop]):
        stop += 1
    block, everywhere = (
        [name for name in map(_plain_import, statements) if name] for statements in (settled[start:stop], settled)
    )
    return block or [name for name in everywhere if name.partition(".")[0] in standard_modules()] or everywhere


def _after_docstring(body: Sequence[Any]) -> int:
    at = 0
    for statement in body:
        if not isinstance(statement, cst.SimpleStatementLine):
            break
        small = statement.body[0]
        is_docstring = isinstance(small, cst.Expr) and isinstance(
            small.value, (cst.SimpleString, cst.ConcatenatedString)
        )
        is_future = isinstance(small, cst.ImportFrom) and dotted(small.module) == "__future__"
        if not (is_docstring or is_future):
            break
        at += 1
    return at
