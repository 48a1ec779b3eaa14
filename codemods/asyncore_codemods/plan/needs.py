"""What the rest of the program asks of a session, and what of it must go on existing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.codes import Code
from asyncore_codemods.model.sessions import Reason

if TYPE_CHECKING:
    from asyncore_codemods.analyse.hierarchies import Hierarchy
    from asyncore_codemods.analyse.outside import OutsideUse

_DATA = frozenset({"debug", "connected", "accepting", "connecting", "closing", "addr", "socket", "terminator"})


@dataclass
class Needs:
    """The inherited names that others use."""

    methods: set[str] = field(default_factory=set)  # that must go on existing
    address: bool = False
    flag: bool = False
    hook_called: bool = False
    reasons: list[Reason] = field(default_factory=list)


def read_needs(hierarchy: Hierarchy, outside: list[OutsideUse], buffers: set[str], kept: frozenset[str]) -> Needs:
    """Return what *outside* asks of *hierarchy*.

    *buffers* are attributes that will be gone or change their meaning, *kept* the methods that can stay.
    """
    needs = Needs()
    inherited = legacy.inherited_names(hierarchy.root) - hierarchy.given
    own = {w.name for m in hierarchy.members for w in hierarchy.facts[m.qualname].writes}
    own |= set(hierarchy.methods)
    for use in outside:
        if use.may_be(hierarchy.names):
            _add(needs, use, hierarchy, inherited, own, buffers, kept)
    return needs


def _add(
    needs: Needs,
    use: OutsideUse,
    hierarchy: Hierarchy,
    inherited: frozenset[str],
    own: set[str],
    buffers: set[str],
    kept: frozenset[str],
) -> None:
    if use.name in buffers:
        needs.reasons.append(Reason(Code.BUFFER, f"its buffer {use.name} may be read from outside", use.place))
    elif use.name not in inherited or (use.call is not None and use.name in _DATA):
        return  # nothing inherited, or not ours: data is not called
    elif use.stored and use.name not in ("addr", "debug"):
        needs.reasons.append(Reason(Code.EXTERNAL_USE, f"its {use.name} may be set from outside", use.place))
    elif use.name in kept:
        needs.methods.add(use.name)
    elif use.name == "addr":
        needs.address = True
    elif use.name == "connected":
        needs.flag = True
    elif use.name == "handle_close" and hierarchy.overrides("handle_close"):
        needs.hook_called = True
    elif use.name not in own:
        needs.reasons.append(Reason(Code.EXTERNAL_USE, f"may have its {use.name} used from outside", use.place))
