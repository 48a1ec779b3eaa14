"""A counted terminator is set once, and never again.

After a frame of n bytes async_chat leaves the terminator at 0, which means that nothing ends a frame any more:
found_terminator() is never called again, and everything that comes is only collected.

## What to do

Call set_terminator() in found_terminator() for the next frame.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.families.views import view_of
from asyncore_codemods.analyse.values.syntax import constant_of
from asyncore_codemods.codes import Code
from asyncore_codemods.idioms.inputs import is_count, terminators
from asyncore_codemods.misuse.families import defines
from asyncore_codemods.nodes import FUNCTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asyncore_codemods.analyse.families.views import ClassView

CODE = Code.COUNTED_ONCE
_ENDS = ("close", "close_when_done", "handle_close")
_AT_THE_END = ("handle_close", "handle_error", "handle_expt", "close")


def find_in_class(view: ClassView) -> Iterator[tuple[ast.AST, str]]:
    """Yield a count after which the family never sets a terminator: in its constructor, or in one of its states."""
    own = [node for node in terminators(view) if is_count(node) and _is_positive(node)]
    if not view.is_chat or len(own) != 1:
        return
    if defines(view, "set_terminator", "get_terminator", "handle_read", "__terminator"):
        return
    family = [view_of(view.project, e) for e in [*view.entry.lineage(), *view.entry.descendants()]]
    uses = [use for one in family for use in one.using("set_terminator", "terminator")]
    # a channel that is closed after that frame, or that another object sees to
    leaves = any(use.name in _ENDS and use.method not in _AT_THE_END for one in family for use in one.uses)
    if leaves or any(_hands_self_on(one) for one in family):
        return
    later = [use for use in uses if use.method != "__init__"]
    if len(uses) == 1 and uses[0].method == "__init__":
        yield own[0], "sets a counted terminator in __init__() and never again"
    elif len(later) == 1 and _is_one_state(view, own[0]):
        yield own[0], "sets a counted terminator in one state of found_terminator(), and none after that frame"


def _is_one_state(view: ClassView, count: ast.expr) -> bool:
    """Tell whether *count* is set by found_terminator(), in one branch that leaves another to do something else."""
    if count not in view.nodes("found_terminator"):
        return False
    node: ast.AST = count
    while not isinstance(node, FUNCTIONS):
        node = view.parents[node]
        if isinstance(node, ast.If):
            return bool(node.orelse) or isinstance(node.body[-1], ast.Return)
    return False


def _is_positive(node: ast.expr) -> bool:
    known, value = constant_of(node)
    return not known or (isinstance(value, int) and value > 0)


def _hands_self_on(view: ClassView) -> bool:
    """Tell whether another object may set the terminator."""
    return any(
        isinstance(node, ast.Call) and any(isinstance(a, ast.Name) and a.id == "self" for a in node.args)
        for node in view.nodes("found_terminator", "collect_incoming_data")
    )
