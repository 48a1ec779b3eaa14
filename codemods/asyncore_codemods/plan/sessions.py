"""Decide how a hierarchy of async_chat sessions becomes streams code, or why it does not."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.buffering import read_input, read_pieces
from asyncore_codemods.analyse.construction import ConstructionFacts, read_construction
from asyncore_codemods.analyse.endings import EndingFacts, read_endings
from asyncore_codemods.analyse.framing import read_framing
from asyncore_codemods.codes import Code
from asyncore_codemods.model.sessions import (
    Delivery,
    Framing,
    FramingFacts,
    InputIdiom,
    Reason,
    Replacement,
)
from asyncore_codemods.plan.changes import Changes
from asyncore_codemods.plan.describe import SessionParts, choose_names, describe_session
from asyncore_codemods.plan.members import Overrides, check_members, drop_bases
from asyncore_codemods.plan.needs import read_needs
from asyncore_codemods.plan.session_uses import UseChanger
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from asyncore_codemods.analyse.hierarchies import Hierarchy
    from asyncore_codemods.analyse.outside import OutsideUse
    from asyncore_codemods.plan.description import SessionDescription

_OVERRIDES = Overrides(
    own=frozenset(
        {
            "__init__", "collect_incoming_data", "found_terminator", "handle_close", "handle_error", "close",
            "push", "set_terminator", "get_terminator",  # framing.py has a reason for the last two
        }
    ),
    trivial={"handle_connect": ("pass",), "handle_expt": ("pass", "close"), "readable": ("true",)},
    never_called=frozenset({"handle_connect"}),  # an accepted connection is connected from the start
)  # fmt: skip
_SIZES = ("ac_in_buffer_size", "ac_out_buffer_size")
_FIXED_ATTRIBUTES = frozenset({"use_encoding", "encoding", "connected", "socket", "accepting", "connecting"})


@dataclass
class SessionPlan:
    """A hierarchy that can be rewritten: what to write, and what to change on the way."""

    hierarchy: Hierarchy
    description: SessionDescription
    construction: ConstructionFacts
    changes: Changes


def plan_session(
    hierarchy: Hierarchy, outside: list[OutsideUse], *, interruptible: bool
) -> SessionPlan | list[Reason]:
    """Return the plan for *hierarchy*, or every reason against it.

    *interruptible* says that the program goes on after Ctrl-C, so that hooks must not run when it is cancelled.
    """
    changes = Changes()
    reasons = check_members(hierarchy, _OVERRIDES, changes) + _check_attributes(hierarchy, changes)
    parts = _read_parts(hierarchy, outside, reasons)
    if parts is None or reasons:
        return reasons
    description = describe_session(hierarchy, parts, outside, interruptible=interruptible)
    reasons += parts.needs.reasons + choose_names(hierarchy, parts.construction, description)
    reasons += UseChanger(hierarchy, parts, description, changes).run()
    if reasons:
        return reasons
    _change_definitions(hierarchy, parts, description, changes)
    return SessionPlan(hierarchy, description, parts.construction, changes)


def _check_attributes(hierarchy: Hierarchy, changes: Changes) -> list[Reason]:
    reasons = []
    for member in hierarchy.members:
        for attribute in hierarchy.facts[member.qualname].attributes:
            place = Place(str(member.module.path), attribute.statement)
            if attribute.name in _SIZES:
                changes.remove([place])
            elif attribute.name in _FIXED_ATTRIBUTES:
                code = Code.TEXT_MODE if "encoding" in attribute.name else Code.INTERNALS
                reasons.append(Reason(code, f"sets {attribute.name} in the class body", place))
    return reasons


def _read_parts(hierarchy: Hierarchy, outside: list[OutsideUse], reasons: list[Reason]) -> SessionParts | None:
    framing = read_framing(hierarchy)
    gathering: InputIdiom | Reason | None = None
    if isinstance(framing, FramingFacts):
        nothing = framing.framing is Framing.NOTHING
        gathering = read_pieces(hierarchy) if nothing else read_input(hierarchy)
    endings = read_endings(hierarchy)
    construction = read_construction(hierarchy)
    for part in (framing, endings, construction):
        if isinstance(part, list):
            reasons += part
    if isinstance(gathering, Reason):
        reasons.append(gathering)
    if (
        isinstance(framing, FramingFacts)
        and isinstance(gathering, InputIdiom)
        and isinstance(endings, EndingFacts)
        and isinstance(construction, ConstructionFacts)
    ):
        needs = read_needs(hierarchy, outside, {gathering.attribute} - {""})
        return SessionParts(framing, gathering, endings, construction, needs)
    return None


def _change_definitions(
    hierarchy: Hierarchy, parts: SessionParts, description: SessionDescription, changes: Changes
) -> None:
    framing, gathering, construction = parts.framing, parts.gathering, parts.construction
    changes.remove([*framing.removed, *gathering.removed, *construction.removed])
    changes.rewrite([*framing.assigned, *gathering.rewritten])
    changes.replace([*framing.read, *gathering.replaced, *construction.replaced])
    changes.resize(construction.arguments)
    changes.resize([Replacement(place, "reader, writer") for place in construction.parameters])
    if gathering.delivery is Delivery.PARAMETER:
        for definition in hierarchy.methods.get("found_terminator", ()):
            place = definition.place(definition.function)
            changes.of(place.path).parameters[place.span] = f"{definition.self_name}, {gathering.parameter}"
    if description.discards:
        _remove_empty(hierarchy, "collect_incoming_data", changes)
    if framing.framing is Framing.NOTHING:
        _remove_empty(hierarchy, "found_terminator", changes)  # never called
    drop_bases(hierarchy, changes)


def _remove_empty(hierarchy: Hierarchy, name: str, changes: Changes) -> None:
    for definition in hierarchy.methods.get(name, ()):
        method = hierarchy.facts[definition.entry.qualname].methods[name]
        if method.trivial == "pass" and isinstance(definition.function, ast.FunctionDef):
            changes.remove([definition.place(definition.function)])
