"""What the rest of the program asks of a session, and what of it must go on existing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.input.terminators import handles_text
from asyncore_codemods.codes import Code
from asyncore_codemods.model.sessions import Reason
from asyncore_codemods.plan.members import has_own

if TYPE_CHECKING:
    from asyncore_codemods.analyse.families.hierarchies import Hierarchy
    from asyncore_codemods.analyse.usage.outside import OutsideUse

_UNUSED = ("closing",)  # asyncore has that, and never looks at it
_DATA = frozenset({"debug", "connected", "accepting", "connecting", "closing", "addr", "socket", "terminator"})

_BEFORE = frozenset({"bind", "listen", "accept"})  # what cannot be done with a connection
_TO_CONNECT = frozenset({"connect", "create_socket"})  # nor these, with one that was accepted
# How many arguments asyncore's own methods take
_TAKES = {
    **dict.fromkeys(("close", "close_when_done", "discard_buffers", "get_terminator", "initiate_send"), 0),
    **dict.fromkeys(("handle_close", "handle_connect", "handle_error", "handle_expt", "handle_read"), 0),
    **dict.fromkeys(("handle_accept", "handle_write", "readable", "writable", "found_terminator"), 0),
    **dict.fromkeys(("collect_incoming_data", "push", "push_with_producer", "set_terminator", "send", "recv"), 1),
}


@dataclass
class Needs:
    """The inherited names that others use."""

    methods: set[str] = field(default_factory=set)  # that must go on existing
    address: bool = False
    flag: bool = False
    hook_called: bool = False
    reasons: list[Reason] = field(default_factory=list)


def read_needs(
    hierarchy: Hierarchy, outside: list[OutsideUse], buffers: set[str], kept: frozenset[str], *, connects: bool
) -> Needs:
    """Return what *outside* asks of *hierarchy*.

    *buffers* are attributes that will be gone or change their meaning, *kept* the methods that can stay; *connects*
    says that objects need not have been accepted.
    """
    needs = Needs()
    inherited = legacy.inherited_names(hierarchy.root) - hierarchy.given
    inherited -= {name for name in _UNUSED if has_own(hierarchy, name)}
    own = {w.name for m in hierarchy.members for w in hierarchy.facts[m.qualname].writes}
    own |= set(hierarchy.methods)
    for use in outside:
        is_unknown = use.receivers is None
        if use.may_be(hierarchy.names) and not (is_unknown and _is_anothers(hierarchy, use, connects=connects)):
            _add(needs, use, hierarchy, inherited, own, buffers, kept)
    return needs


def _is_anothers(hierarchy: Hierarchy, use: OutsideUse, *, connects: bool) -> bool:
    """Tell whether a use would fail for a channel: by its arguments, or since that has a connection, or methods."""
    if use.is_data and use.name in {*_TAKES, *_BEFORE, "log", "log_info"} and use.name not in hierarchy.given:
        return not hierarchy.overrides(use.name)
    if use.call is None or hierarchy.overrides(use.name):
        return False
    if use.is_text and use.name == "send" and not handles_text(hierarchy):
        return True  # a socket takes bytes
    if use.name in _BEFORE:
        return not any(True for _ in hierarchy.uses("create_socket", "connect"))
    if use.name in _TO_CONNECT and not connects:
        return True
    takes = _TAKES.get(use.name, use.given)
    # `some_class.push(session, data)` has one more
    return use.given is not None and takes is not None and use.given not in (takes, takes + 1)


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
