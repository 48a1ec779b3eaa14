"""`nil, t, v, tbinfo = asyncore.compact_traceback()` in error handlers, as sys.exc_info() says the same."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.values.syntax import parent_map
from asyncore_codemods.model.sessions import Replacement
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asyncore_codemods.analyse.families.hierarchies import Definition, Hierarchy

COMPACT_TRACEBACK = "asyncore.compact_traceback"
_FRAMES = """\
{} = " ".join(
    f"[{{frame.filename}}|{{frame.name}}|{{frame.lineno}}]"
    for frame in traceback.extract_tb(sys.exc_info()[2])
)"""


def replaced_tracebacks(hierarchy: Hierarchy) -> Iterator[Replacement]:
    """Yield what the statements become that take apart what compact_traceback() returns."""
    for definition in hierarchy.definitions():
        parents = parent_map(definition.function)
        for node in walk(definition.function, ast.Call):
            if _is_compact_traceback(hierarchy, definition, node):
                statement = parents.get(node)
                text = _replacement(definition, statement) if isinstance(statement, ast.Assign) else ""
                if text and isinstance(statement, ast.Assign):
                    yield Replacement(definition.place(statement), text)


def _is_compact_traceback(hierarchy: Hierarchy, definition: Definition, node: ast.Call) -> bool:
    target = hierarchy.project.resolve_node(definition.module, node.func)
    return target == COMPACT_TRACEBACK and not node.args and not node.keywords


def _replacement(definition: Definition, statement: ast.Assign) -> str:
    """Return the statements that stand for *statement*, "" if it is not the usual one."""
    targets = statement.targets[0]
    if len(statement.targets) != 1 or not isinstance(targets, ast.Tuple) or len(targets.elts) != 4:
        return ""
    where, kind, value, frames = targets.elts
    if not all(isinstance(node, ast.Name) for node in (kind, value, frames)) or _is_read(definition, where):
        return ""
    lines = []
    if _is_read(definition, kind) or _is_read(definition, value):
        lines.append(f"{ast.unparse(kind)}, {ast.unparse(value)} = sys.exc_info()[:2]")
    if _is_read(definition, frames):
        lines.append(_FRAMES.format(ast.unparse(frames)))
    return "\n".join(lines) or "pass"


def _is_read(definition: Definition, target: ast.expr) -> bool:
    """Tell whether a method reads a name of *target*, or could in a way that is not seen."""
    names = {node.id for node in walk(target, ast.Name)}
    plain = all(isinstance(node, (ast.Name, ast.Tuple, ast.Store)) for node in walk(target))
    return not plain or any(
        isinstance(node, ast.Name) and node.id in names and isinstance(node.ctx, ast.Load)
        for node in walk(definition.function)
    )
