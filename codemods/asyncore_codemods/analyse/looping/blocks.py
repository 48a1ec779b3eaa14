"""Which statements have to go into a coroutine together with a loop, and whether they can.

What stands around asyncore.loop(), a `try` for instance, and what follows it, may have to run while the event loop
still does. These statements become a coroutine where they stand, and asyncio.run() gets that.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.families.references import Surroundings
from asyncore_codemods.analyse.values.syntax import declared_global, local_names
from asyncore_codemods.model.programs import Block
from asyncore_codemods.nodes import CALLABLES, SCOPES, walk
from asyncore_codemods.spans import Place, Span

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from asyncore_codemods.index import Module

_BLOCKS = ("body", "orelse", "finalbody")
_NAMES = ("serve", "run_until_stopped", "serve_until_stopped")
_AWARE_OF_SCOPE = frozenset({"locals", "vars", "globals", "exec", "eval", "super", "dir"})


def read_block(
    module: Module,
    call: ast.Call,
    later: Sequence[ast.AST],
    around: ast.stmt | None = None,
    needed: Collection[str] = (),
) -> Block | None:
    """Return the statements from the one that holds *call* up to the last one that holds something of *later*.

    *around* is a statement that has to be among them, and *needed* are names that must have their values before.
    None means that they cannot be moved.
    """
    reader = _Reader(module, call, [*later, *([around] if around is not None else [])])
    reader.is_polled = around is not None
    reader.needed = needed
    return reader.read()


class _Reader:
    def __init__(self, module: Module, call: ast.Call, later: Sequence[ast.AST]) -> None:
        self.module = module
        self.surroundings = Surroundings(module)
        self.call = call
        self.later = later
        functions = [n for n in self.surroundings.ancestors(call) if isinstance(n, CALLABLES)]
        self.function: ast.AST = functions[0] if functions else module.source.tree
        self.at_top = not functions
        self.is_polled = False
        self.needed: Collection[str] = ()

    def read(self) -> Block | None:
        found = self._statements()
        if found is None or isinstance(self.function, (ast.AsyncFunctionDef, ast.Lambda)):
            return None
        block, first, last = found
        first = self._with_preparations(block, first, last)
        while self.is_polled and last + 1 < len(block) and _closes(block[last + 1]):
            last += 1
        returns: list[ast.AST] = []
        is_outermost = block is getattr(self.function, "body", None) and not self.at_top
        if is_outermost and self._returns(block[first : last + 1]):
            last = len(block) - 1  # so that they return from both alike
            returns = self._returns(block[first:])
        statements = block[first : last + 1]
        if any(self._cannot_move(statement, returns) for statement in statements):
            return None
        shared = self._shared(statements)
        name = self._free_name()
        if shared is None or not name:
            return None
        spans = [self.module.source.span(statement) for statement in statements]
        whole = Span(*spans[0].start, spans[-1].end_line, spans[-1].end_column)
        made = Block(Place(str(self.module.path), whole), name, shared)
        made.returns = any(isinstance(node, ast.Return) and node.value is not None for node in returns)
        made.is_endless = isinstance(statements[-1], ast.While) and self._is_endless(statements[-1])
        return made

    def _is_endless(self, loop: ast.While) -> bool:
        is_true = isinstance(loop.test, ast.Constant) and bool(loop.test.value)
        return is_true and not any(isinstance(node, ast.Break) for node in walk(loop))

    def _statements(self) -> tuple[list[ast.stmt], int, int] | None:
        """Return the innermost block that holds all of them, with where they begin and end in it."""
        for outer in self.surroundings.ancestors(self.call):
            for name in _BLOCKS:
                block = getattr(outer, name, None)
                if not isinstance(block, list):
                    continue
                places = [
                    next((i for i, s in enumerate(block) if node is s or node in walk(s)), None)
                    for node in (self.call, *self.later)
                ]
                known = [place for place in places if place is not None]
                if len(known) == len(places):
                    return (block, known[0], max(known)) if known[0] == min(known) else None
            if outer is self.function:
                return None
        return None

    # -- what comes along

    def _with_preparations(self, block: list[ast.stmt], first: int, last: int) -> int:
        """Take along what is set just before, if only these statements have use for it: `last = time.time()`."""
        while first > 0:
            before = block[first - 1]
            target = before.targets[0] if isinstance(before, ast.Assign) and len(before.targets) == 1 else None
            moved = [node for statement in block[first : last + 1] for node in walk(statement)]
            if not isinstance(target, ast.Name) or target.id in self.needed or not self._is_plain(before):
                return first
            own = [*moved, *walk(before)]
            uses = [n for n in walk(self.function, ast.Name) if n.id == target.id]
            if not any(n in own and isinstance(n.ctx, ast.Store) and n is not target for n in uses):
                return first  # not changed: as well left where it is
            if not all(node in own for node in uses):
                return first
            first -= 1
        return first

    @staticmethod
    def _is_plain(statement: ast.stmt) -> bool:
        return not any(isinstance(n, (ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr)) for n in walk(statement))

    # -- whether they can go

    def _returns(self, statements: Sequence[ast.stmt]) -> list[ast.AST]:
        return [n for statement in statements for n in self._own_nodes(statement) if isinstance(n, ast.Return)]

    @staticmethod
    def _own_nodes(statement: ast.stmt) -> list[ast.AST]:
        """Return the nodes of a statement but for those of functions in it."""
        inner = list(walk(statement, SCOPES))
        nested = {id(n) for function in inner for n in walk(function) if n is not function}
        return [node for node in walk(statement) if id(node) not in nested]

    def _cannot_move(self, statement: ast.stmt, returns: Sequence[ast.AST]) -> bool:
        if any(isinstance(n, ast.Name) and n.id in (*_AWARE_OF_SCOPE, "__class__") for n in walk(statement)):
            return True
        for node in self._own_nodes(statement):
            if node in returns:
                continue
            if isinstance(
                node, (ast.Return, ast.Yield, ast.YieldFrom, ast.Await, ast.Global, ast.Nonlocal, ast.Import)
            ):
                return True
            if isinstance(node, (ast.ImportFrom, ast.ClassDef, ast.AsyncFunctionDef, ast.FunctionDef)):
                return True
            if isinstance(node, (ast.Break, ast.Continue)) and not self._stays_inside(node, statement):
                return True
        return False

    def _stays_inside(self, leap: ast.AST, statement: ast.stmt) -> bool:
        within = list(walk(statement))
        loops = [n for n in self.surroundings.ancestors(leap) if isinstance(n, (ast.For, ast.While))]
        return bool(loops) and loops[0] in within

    def _shared(self, statements: Sequence[ast.stmt]) -> str | None:
        """Return the declaration of what the statements bind for others; None if that cannot be said."""
        own = {id(node) for statement in statements for node in walk(statement)}
        bound = {n.id for s in statements for n in walk(s, ast.Name) if self._is_bound(n)}
        bound |= {n.name for s in statements for n in walk(s, ast.ExceptHandler) if n.name}
        others = [
            n for n in walk(self.function, ast.Name) if id(n) not in own and not (self.at_top and self._is_local(n))
        ]
        declared = {
            name for n in walk(self.function, (ast.Global, ast.Nonlocal)) if id(n) not in own for name in n.names
        }
        used = {n.id for n in others} | declared
        names = sorted(bound & used)
        if not names:
            return ""
        if self.at_top:
            return f"global {', '.join(names)}"
        given = {n.id for n in others if isinstance(n.ctx, ast.Store)} | {
            arg.arg for arg in walk(self.function, ast.arg)
        }
        if declared & set(names) or not set(names) <= given:
            return None
        return f"nonlocal {', '.join(names)}"

    def _free_name(self) -> str:
        tree = self.module.source.tree
        taken = {n.id for n in walk(tree, ast.Name)} | {n.arg for n in walk(tree, ast.arg)}
        taken |= {n.name for n in tree.body if isinstance(n, (ast.FunctionDef, ast.ClassDef))}
        names = ("main", *_NAMES) if self.at_top else _NAMES
        return next((name for name in names if name not in taken), "")

    def _is_bound(self, node: ast.Name) -> bool:
        """Tell whether a statement gives *node* a value, which a comprehension keeps to itself."""
        if isinstance(node.ctx, ast.Load):
            return False
        return not any(isinstance(n, ast.comprehension) for n in self.surroundings.ancestors(node))

    def _is_local(self, node: ast.Name) -> bool:
        functions = self.surroundings.functions(node)
        return any(node.id in local_names(function) - declared_global(function) for function in functions)


def _closes(statement: ast.stmt) -> bool:
    """Tell whether a statement is nothing but `server.close()`."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "close"
