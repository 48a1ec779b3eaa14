"""Make sure of a rewritten file before it may be written.

Nothing here trusts the code that made the change: the new text must compile, must not mention what it was freed
of, must not change again, and must equal the old text everywhere outside the planned places.
"""

from __future__ import annotations

import ast
import builtins
import re
import symtable
import warnings
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.nodes import FUNCTIONS, is_stored, walk
from asyncore_codemods.rewrite.errors import RewriteError
from asyncore_codemods.rewrite.imports import move_to_bridge
from asyncore_codemods.spans import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from asyncore_codemods.analyse.families.hierarchies import Hierarchy
    from asyncore_codemods.plan.changes import FileChanges

_LINE_END = re.compile(r"(?<=\n)|(?<=\r)(?!\n)")


OLDEST = (3, 9)  # the oldest Python that the results may be for


class VerificationError(RewriteError):
    """A rewritten file that is not fit to be written."""


def verify_bridged(old: str, new: str, path: str, target: tuple[int, int] = OLDEST) -> None:
    """Check a file of which only the imports have moved."""
    _compiles(old, new, path, target)
    if move_to_bridge(new) != new:
        raise VerificationError("a second run would change it again")
    lines = {
        number
        for node in walk(ast.parse(old), (ast.Import, ast.ImportFrom))
        for number in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    _untouched(old, new, lines)


def verify_shared(old: str, new: str, path: str, changes: FileChanges, target: tuple[int, int] = OLDEST) -> None:
    """Check a file in which something stays on the bridge, and something has become asyncio's."""
    _compiles(old, new, path, target)
    if move_to_bridge(new) != new:
        raise VerificationError("a removed module is still imported")
    _knows_names(old, new)
    _untouched(old, new, _planned_lines(old, changes))


def verify_streams(old: str, new: str, path: str, changes: FileChanges, target: tuple[int, int] = OLDEST) -> None:
    """Check a file that has been rewritten to plain asyncio."""
    _compiles(old, new, path, target)
    tree = ast.parse(new)
    for node in walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module or ""]
        else:
            continue
        for name in names:
            if legacy.is_legacy(name) or name == legacy.BRIDGE:
                raise VerificationError(f"it still imports {name} in line {node.lineno}")
    bound = {node.id for node in walk(tree, ast.Name) if is_stored(node)}
    for node in walk(tree, ast.Name):
        if node.id in legacy.MODULES and node.id not in bound:
            raise VerificationError(f"it still refers to {node.id} in line {node.lineno}")
    _knows_names(old, new)
    _untouched(old, new, _planned_lines(old, changes))


def verify_classes(hierarchies: Iterable[Hierarchy], texts: Mapping[str, str]) -> None:
    """Check that rewritten classes use nothing of what they inherited; *texts* are the new files by path."""
    for hierarchy in hierarchies:
        bodies = []
        others = {mixin.name for mixin in hierarchy.spared}  # which change with those whose hook they have
        for member in hierarchy.members:
            tree = ast.parse(texts.get(str(member.module.path), member.module.source.text))
            bodies += [node for node in walk(tree, ast.ClassDef) if node.name == member.name]
        inherited = set(legacy.inherited_names(hierarchy.root)) - hierarchy.given
        gone = inherited.difference(*map(_defined_names, bodies))
        for body in (one for one in bodies if one.name not in others):
            for node in _uses_of_self(body):
                if node.attr in gone:
                    raise VerificationError(f"{body.name} would still use self.{node.attr}")


def _defined_names(body: ast.ClassDef) -> set[str]:
    """Return the names that a class defines, and those that its methods give to the object."""
    names = {node.attr for node in _uses_of_self(body) if is_stored(node)}
    for statement in body.body:
        if isinstance(statement, FUNCTIONS):
            names.add(statement.name)
        names |= {node.id for node in walk(statement, ast.Name) if _is_bound(node, statement)}
    return names


def _is_bound(node: ast.Name, statement: ast.stmt) -> bool:
    return isinstance(statement, (ast.Assign, ast.AnnAssign)) and isinstance(node.ctx, ast.Store)


def _uses_of_self(body: ast.ClassDef) -> Iterator[ast.Attribute]:
    for function in body.body:
        if isinstance(function, FUNCTIONS) and function.args.args:
            own = function.args.args[0].arg
            for node in walk(function, ast.Attribute):
                if isinstance(node.value, ast.Name) and node.value.id == own:
                    yield node


def _compiles(old: str, new: str, path: str, target: tuple[int, int]) -> None:
    """Raise unless *new* compiles here, and is syntax of the *target* version if *old* is."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(new, path, "exec", dont_inherit=True)
        except (SyntaxError, ValueError) as error:
            raise VerificationError(f"the result does not compile: {error}") from error
        try:
            ast.parse(new, path, feature_version=target)
        except SyntaxError as error:
            if _parses(old, target):
                version = ".".join(map(str, target))
                raise VerificationError(f"the result is not valid Python {version}: {error}") from error


def _parses(text: str, version: tuple[int, int]) -> bool:
    try:
        ast.parse(text, feature_version=version)
    except SyntaxError:
        return False
    return True


def _knows_names(old: str, new: str) -> None:
    """Raise if *new* mentions a name that nothing in it binds, and *old* does not do so as well."""
    unknown = _unknown_names(new) - _unknown_names(old)
    if unknown:
        raise VerificationError(f"it would refer to {min(unknown)}, which is nothing there")


def _unknown_names(text: str) -> set[str]:
    """Return the names that functions and classes take to be the module's, without being so."""
    mentioned: set[str] = set()
    bound: set[str] = {*dir(builtins), "__annotations__", "__file__", "__path__"}
    scopes = [symtable.symtable(text, "", "exec")]
    for scope in scopes:
        scopes += scope.get_children()
        at_top = scope.get_type() == "module"
        for symbol in scope.get_symbols():
            is_bound = symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()
            if is_bound and (at_top or symbol.is_declared_global()):
                bound.add(symbol.get_name())
            elif symbol.is_referenced() and (at_top or symbol.is_global()):
                mentioned.add(symbol.get_name())
    return mentioned - bound


def _planned_lines(old: str, changes: FileChanges) -> set[int]:
    """Return the numbers of the lines that a plan may change, comments above removed statements included."""
    spans: list[Span] = []
    for name in changes.__dataclass_fields__:
        value: Iterable[object] = getattr(changes, name)
        if name not in ("functions", "imports", "methods", "after_class", "coroutines"):
            spans += [span for span in value if isinstance(span, Span)]
        elif name == "coroutines":
            spans += [Span(span.line, 0, span.line, 0) for span in changes.coroutines]
    headers = {span for name in ("parameters", "body_starts", "bases") for span in getattr(changes, name)}
    headers -= changes.guarded.keys()  # all of those is moved to the right
    lines: set[int] = set()
    texts = ["", *_LINE_END.split(old)]
    for span in spans:
        last = span.line if span in headers else span.end_line
        lines |= set(range(_first_above(texts, span.line), last + 1))
    for node in walk(ast.parse(old)):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            lines |= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
        if isinstance(node, ast.Try) and any(isinstance(one, (ast.Import, ast.ImportFrom)) for one in node.body):
            lines |= _with_comments(texts, node)  # what it tries may be to go
        if isinstance(node, ast.If) and _only_imports(node, lines):
            lines |= _with_comments(texts, node)
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and any(span.line == node.lineno for span in headers):
            lines |= set(range(node.lineno, node.body[0].lineno + 1))
    return lines


def _with_comments(texts: list[str], node: ast.stmt) -> set[int]:
    """Return the numbers of a statement's lines, and of those of what is said above it."""
    return set(range(_first_above(texts, node.lineno), (node.end_lineno or node.lineno) + 1))


def _first_above(texts: list[str], line: int) -> int:
    """Return the number of the first of the blank lines and comments above a *line*, which are to be *texts*."""
    above = line - 1
    while 0 < above < len(texts) and (not texts[above].strip() or texts[above].lstrip().startswith("#")):
        above -= 1
    return above + 1


def _only_imports(node: ast.If, planned: set[int]) -> bool:
    """Tell whether an `if` and its `else` have nothing but imports, and what goes in lines that are *planned*."""
    statements = [*node.body, *node.orelse]
    has_imports = any(isinstance(one, (ast.Import, ast.ImportFrom)) for one in walk(node))
    return has_imports and all(
        isinstance(one, (ast.Import, ast.ImportFrom, ast.Pass))
        or (isinstance(one, ast.If) and _only_imports(one, planned))
        or (isinstance(one, ast.Expr) and one.lineno in planned)
        for one in statements
    )


def _untouched(old: str, new: str, allowed: set[int]) -> None:
    """Raise unless all lines of *old* but the allowed ones are in *new*, in the same order, byte for byte."""
    lines = _LINE_END.split(new)
    after, last = iter(lines), lines[-1]  # `in` moves on to the line it finds; the last may have lost its end
    for number, line in enumerate(_LINE_END.split(old), 1):
        if number not in allowed and line.strip() and line not in after and line.rstrip("\r\n") != last:
            raise VerificationError(f"line {number} would change without need")
