"""Every place that drives the map, in whatever way, and how it stops doing so."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.values.syntax import parent_map
from asyncore_codemods.model.inventory import LoopEnd, LoopModel, Where
from asyncore_codemods.nodes import DEFINITIONS, is_stored, walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from asyncore_codemods.index.modules import Module
    from asyncore_codemods.index.project import Project

LOOPS = ("asyncore.loop", "asyncore.poll", "asyncore.poll2", "asyncore.poll3")
POSITIONS = ("timeout", "use_poll", "map", "count")  # of what asyncore.loop() is given
_CATCHES = {
    "KeyboardInterrupt": LoopEnd.INTERRUPT,
    "SystemExit": LoopEnd.INTERRUPT,
    "BaseException": LoopEnd.INTERRUPT,
    "ExitNow": LoopEnd.EXIT_NOW,
}


def arguments_by_name(call: ast.Call, positions: Sequence[str] = POSITIONS) -> dict[str, ast.expr]:
    """Return the arguments of a call by name, `**` for those that cannot be told."""
    named = {keyword.arg or "**": keyword.value for keyword in call.keywords}
    return {**dict(zip(positions, call.args)), **named}


def read_loop_calls(project: Project, module: Module) -> Iterator[LoopModel]:
    """Yield every call of asyncore.loop() and its relatives, a thread that has it for a target included."""
    parents = parent_map(module.source.tree)
    for node in walk(module.source.tree, (ast.Name, ast.Attribute)):
        if is_stored(node):
            continue
        target = project.resolve_node(module, node)
        if target not in LOOPS:
            continue
        parent = parents.get(node)
        if isinstance(parent, ast.Call) and parent.func is node:
            yield _describe(module, target, parent, parents)
        elif isinstance(parent, ast.keyword) and parent.arg == "target":
            thread = parents[parent]
            assert isinstance(thread, ast.Call)
            loop = _describe(module, target, thread, parents)
            loop.in_thread, loop.ends = True, [LoopEnd.EMPTY]
            yield loop


def _describe(module: Module, target: str, call: ast.Call, parents: dict[ast.AST, ast.AST]) -> LoopModel:
    chain = list(_ancestors(call, parents))
    scopes = [n for n in chain if isinstance(n, DEFINITIONS)]
    loops = [n for n in chain if isinstance(n, (ast.While, ast.For))]
    in_thread = any(isinstance(n, ast.ClassDef) and _is_thread(n) for n in scopes)
    return LoopModel(
        target,
        Where(str(module.path), call.lineno),
        ".".join(scope.name for scope in reversed(scopes)),
        [ast.unparse(node) for node in [*call.args, *call.keywords]],
        _ends(target, call, chain, loops),
        in_while=bool(loops),
        in_thread=in_thread,
    )


def _ancestors(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> Iterator[ast.AST]:
    """Yield what is around *node* up to the end of its function, then the classes and functions around that."""
    current = parents.get(node)
    left = False
    while current is not None:
        is_scope = isinstance(current, DEFINITIONS)
        if not left or is_scope:
            yield current
        left = left or is_scope
        current = parents.get(current)


def _ends(target: str, call: ast.Call, chain: list[ast.AST], loops: list[ast.While | ast.For]) -> list[LoopEnd]:
    ends: list[LoopEnd] = []
    counted = any(k.arg == "count" for k in call.keywords) or len(call.args) > 3 or target != "asyncore.loop"
    for loop in loops:
        endless = isinstance(loop, ast.While) and isinstance(loop.test, ast.Constant) and bool(loop.test.value)
        leaves = any(isinstance(n, (ast.Break, ast.Return)) for n in walk(loop))
        ends.append(LoopEnd.NEVER if endless and not leaves else LoopEnd.CONDITION)
    if not loops:
        ends.append(LoopEnd.COUNT if counted else LoopEnd.EMPTY)
    for node in chain:
        for handler in node.handlers if isinstance(node, ast.Try) else ():
            types = list(walk(handler.type)) if handler.type else []
            caught = {n.attr if isinstance(n, ast.Attribute) else getattr(n, "id", "") for n in types}
            caught |= {"BaseException"} if handler.type is None else set()
            ends += [_CATCHES[name] for name in sorted(caught & set(_CATCHES))]
    return list(dict.fromkeys(ends))


def _is_thread(node: ast.ClassDef) -> bool:
    return any(ast.unparse(base).rpartition(".")[2] in ("Thread", "Process") for base in node.bases)
