"""A `while` that would run the loop again if an exception ended it, though none does but those that end both.

    while True:
        try:
            asyncore.loop()
        except KeyboardInterrupt:
            break
        except Exception:
            log.exception("once more")

asyncore gives exceptions to handle_error(). As long as no handler raises past that, the loop is run once. Without
a `try`, it is run again only when there is nothing left.

`while self.running: asyncore.loop()` is another matter: it may not run the loop at all, and stays.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.looping.aftermath import NEVER_LEAVE_A_LOOP
from asyncore_codemods.analyse.looping.map_questions import asks_for_map
from asyncore_codemods.analyse.values.flow import leaves
from asyncore_codemods.index.modules import dotted_name
from asyncore_codemods.nodes import SCOPES, walk

if TYPE_CHECKING:
    from asyncore_codemods.analyse.families.references import Surroundings
    from asyncore_codemods.index import Module, Project

_LOOPS = (ast.For, ast.While, ast.AsyncFor)
_OF_FLAGS = (ast.Name, ast.Attribute, ast.UnaryOp, ast.BoolOp)


@dataclass
class Again:
    """Such a `while`, and what goes with it."""

    loop: ast.While
    is_endless: bool  # it would go on if the loop ended because there is nothing left
    goes_on: bool  # a handler would have it go on
    ended: list[ast.stmt] = field(default_factory=list)  # the `break` and `continue` that belong to it


def while_of(around: Surroundings, statement: ast.stmt) -> ast.While | None:
    """Return the `while` that does nothing but *statement*, if there is one."""
    loop = around.parents.get(statement)
    is_all = isinstance(loop, ast.While) and loop.body == [statement] and not loop.orelse
    return loop if isinstance(loop, ast.While) and is_all else None


def read_again(
    project: Project, module: Module, around: Surroundings, statement: ast.stmt, call: ast.Call
) -> Again | None:
    """Return the `while` around *statement*, the loop's *call*, or a `try` with that; None if it does more."""
    tried = around.parents.get(statement)
    whole = tried if isinstance(tried, ast.Try) else statement
    loop = while_of(around, whole)
    if loop is None:
        return None
    if isinstance(tried, ast.Try) and (tried.body != [statement] or tried.orelse or tried.finalbody):
        return None
    if not isinstance(statement, ast.Expr) or statement.value is not call:
        return None
    is_endless = isinstance(loop.test, ast.Constant) and bool(loop.test.value)
    if not is_endless and not asks_for_map(project, module, loop.test):
        return None
    found = Again(loop, is_endless, goes_on=False)
    for handler in tried.handlers if isinstance(tried, ast.Try) else ():
        last = handler.body[-1]
        if not leaves(last) and not isinstance(last, ast.Break):
            if not catches_nothing(handler.type):
                return None
            found.goes_on = True
        found.ended += _ending(handler)
    if any(not _is_last(around, one) for one in found.ended):
        return None
    return found


def is_asked_first(around: Surroundings, statement: ast.stmt, call: ast.Call) -> bool:
    """Tell whether *statement*, the loop's *call*, is all that a `while` does as long as a flag is up."""
    loop = while_of(around, statement)
    if loop is None:
        return False
    asked = [node for node in walk(loop.test, ast.expr) if not isinstance(node, _OF_FLAGS)]
    is_told = all(isinstance(n, ast.Call) and ast.unparse(n).endswith(".is_set()") for n in asked)
    return is_told and isinstance(statement, ast.Expr) and statement.value is call


def catches_nothing(kind: ast.expr | None) -> bool:
    """Tell whether a handler is only for what asyncore gives to handle_error()."""
    kinds = kind.elts if isinstance(kind, ast.Tuple) else [kind] if kind is not None else []
    return bool(kinds) and all(_catch(one) in NEVER_LEAVE_A_LOOP for one in kinds)


def _catch(kind: ast.expr) -> str:
    name = dotted_name(kind) or ""
    return "OSError" if name in ("socket.error", "select.error") else name


def _ending(handler: ast.ExceptHandler) -> list[ast.stmt]:
    """Return the `break` and `continue` that belong to the `while` around *handler*."""
    inner = {id(node) for other in walk(handler, (*_LOOPS, *SCOPES)) for node in walk(other)}
    return [n for n in walk(handler, (ast.Break, ast.Continue)) if id(n) not in inner]


def _is_last(around: Surroundings, statement: ast.stmt) -> bool:
    """Tell whether a handler ends with *statement*, which can go then."""
    parent = around.parents[statement]
    return isinstance(parent, ast.ExceptHandler) and parent.body[-1] is statement
