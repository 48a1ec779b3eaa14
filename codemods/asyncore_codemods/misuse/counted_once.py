"""A counted terminator is set once, and never again.

After a frame of n bytes async_chat leaves the terminator at 0, which means that nothing ends a frame any more:
found_terminator() is never called again, and everything that comes is only collected.

## What to do

Call set_terminator() in found_terminator() for the next frame.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.syntax import constant_of
from asyncore_codemods.analyse.views import view_of
from asyncore_codemods.codes import Code
from asyncore_codemods.idioms.inputs import is_count, terminators
from asyncore_codemods.misuse.families import defines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asyncore_codemods.analyse.views import ClassView

CODE = Code.COUNTED_ONCE


def find_in_class(view: ClassView) -> Iterator[tuple[ast.AST, str]]:
    """Yield the count, if all that the family ever sets is counts, and those in constructors."""
    own = list(terminators(view))
    if not view.is_chat or len(own) != 1 or not is_count(own[0]) or not _is_positive(own[0]):
        return
    if defines(view, "set_terminator", "get_terminator", "handle_read", "__terminator"):
        return
    family = [view_of(view.project, e) for e in [*view.entry.lineage(), *view.entry.descendants()]]
    uses = [use for one in family for use in one.using("set_terminator", "terminator")]
    ends = {"close", "close_when_done", "handle_close"}
    leaves = any(use.name in ends and use.method == "found_terminator" for one in family for use in one.uses)
    handed_on = any(_hands_self_on(one) for one in family)
    if len(uses) == 1 and uses[0].method == "__init__" and not leaves and not handed_on:
        yield own[0], "sets a counted terminator in __init__() and never again"


def _is_positive(node: ast.expr) -> bool:
    known, value = constant_of(node)
    return not known or (isinstance(value, int) and value > 0)


def _hands_self_on(view: ClassView) -> bool:
    """Tell whether another object may set the terminator."""
    return any(
        isinstance(node, ast.Call) and any(isinstance(a, ast.Name) and a.id == "self" for a in node.args)
        for node in view.nodes("found_terminator", "collect_incoming_data")
    )
