"""Decide how a hierarchy of sessions becomes streams code, or why it does not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.families.hierarchies import base_calls
from asyncore_codemods.analyse.input.counting import counts_and_sends, read_counting
from asyncore_codemods.analyse.input.predicates import waits_for_output
from asyncore_codemods.analyse.input.raw import RawInput
from asyncore_codemods.analyse.lifetime.noting import read_note
from asyncore_codemods.analyse.output.holding_back import QUEUES
from asyncore_codemods.analyse.output.pairs import Paired
from asyncore_codemods.analyse.output.writing import WriteBuffer
from asyncore_codemods.codes import Code
from asyncore_codemods.model.sessions import Delivery, InputIdiom, Reason
from asyncore_codemods.model.uses import Kind
from asyncore_codemods.plan.changes import Changes
from asyncore_codemods.plan.members import Overrides, check_members
from asyncore_codemods.plan.sessions.connected import may_close_at_once
from asyncore_codemods.plan.sessions.describe import choose_names, describe_session
from asyncore_codemods.plan.sessions.kinds import RAW, SessionKind, kind_of
from asyncore_codemods.plan.sessions.session_changes import change_definitions
from asyncore_codemods.plan.sessions.session_parts import PartsReader, read_output
from asyncore_codemods.plan.sessions.session_uses import UseChanger
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from asyncore_codemods.analyse.families.hierarchies import Hierarchy
    from asyncore_codemods.analyse.lifetime.construction import ConstructionFacts
    from asyncore_codemods.analyse.usage.outside import OutsideUse
    from asyncore_codemods.plan.description import SessionDescription
    from asyncore_codemods.plan.sessions.session_parts import SessionParts

_AT_ONCE = ("close", "handle_close")  # what closes a connection without waiting for output
_FRAME_METHODS = ("found_terminator", "collect_incoming_data", "_get_data")  # which see half a frame, or make one
_ENCODING = ("use_encoding", "encoding")
_FIXED_ATTRIBUTES = frozenset({"use_encoding", "encoding", "connected", "socket", "accepting", "connecting"})


@dataclass
class SessionPlan:
    """A hierarchy that can be rewritten: what to write, and what to change on the way."""

    hierarchy: Hierarchy
    description: SessionDescription
    construction: ConstructionFacts
    changes: Changes


def plan_session(
    hierarchy: Hierarchy,
    outside: list[OutsideUse],
    *,
    interruptible: bool,
    exits: bool = False,
    connects: bool = False,
    is_awaited: bool = False,
    may_raise: bool = False,
    paired: Paired | None = None,
) -> SessionPlan | list[Reason]:
    """Return the plan for *hierarchy*, or every reason against it.

    *interruptible* says that the program goes on after Ctrl-C, so that hooks must not run when it is cancelled;
    *exits* that a handler may end it.
    *connects* says that it is a client, not made by a listener; *is_awaited* that what ends a client ends asyncio's
    loop, too; *may_raise* that an exception from its handle_error(), which leaves the loop, ends the program.
    *paired* is its part in the buffers that it shares.
    """
    changes = Changes()
    kind, paired = kind_of(hierarchy, outside), paired or Paired()
    output: WriteBuffer | Reason | None = paired.write_buffer if kind is RAW else None
    if output is None and kind is RAW:
        output = read_output(paired.plain or hierarchy, outside, connects=connects)
    overrides = _overrides(hierarchy, kind, output)
    adds = _adds_to_others(hierarchy, paired)
    if adds is not None and isinstance(output, WriteBuffer):
        if output.pulling is not None and paired.is_sent_to:
            return [Reason(Code.BUFFER, "adds to the output buffers of others, and looks at its own", adds)]
        output.may_drop = output.may_drop or hierarchy.mentions(_AT_ONCE, "handle_read", "handle_connect")
    if paired.waits:
        overrides = replace(overrides, trivial={**overrides.trivial, "readable": ("true", "")})
    reasons = check_members(hierarchy, overrides, changes) + _check_attributes(hierarchy, changes)
    note = read_note(hierarchy) if kind.is_chat else None
    changes.remove([note] if note is not None else [])
    gone = [Place(path, span) for path, file in changes.files.items() for span in file.removed]
    ends = {"may_raise": may_raise} if connects and is_awaited else {"may_exit": may_raise}
    parts = PartsReader(hierarchy, kind, outside, paired, connects=connects).read(output, gone, ends)
    if reasons or isinstance(parts, list):
        return reasons + (parts if isinstance(parts, list) else [])
    description = describe_session(hierarchy, parts, outside, interruptible=interruptible)
    reasons += _check_sizes(hierarchy, description, changes)
    description.exits = exits and (description.connection is None or description.connection.accepts)
    description.notes = note is not None
    reasons += _check_output(parts, description) + _check_errors(parts, description)
    reasons += parts.needs.reasons + choose_names(hierarchy, parts, description)
    reasons += UseChanger(hierarchy, parts, description, changes).run()
    reasons += _check_connected(hierarchy, description)
    if reasons:
        return reasons
    change_definitions(hierarchy, parts, description, changes)
    return SessionPlan(hierarchy, description, parts.construction, changes)


def _check_output(parts: SessionParts, description: SessionDescription) -> list[Reason]:
    """Return what speaks against how a session sends, together with how it reads and connects."""
    reasons = []
    if parts.write_buffer is not None and parts.write_buffer.speech is not None and not description.farewell:
        message = "closes when it has sent what it has to say, but is not left alone meanwhile"
        reasons.append(Reason(Code.DISPATCHER, message, description.place))
    if isinstance(parts.gathering, RawInput) and parts.gathering.goes_on and not description.detects:
        reasons.append(parts.gathering.goes_on)
    dialled = parts.connecting
    if dialled is not None and dialled.finishes_early and dialled.speaks_first and description.connects_again:
        message = "may be told to close when done before there is a connection, and greets"
        reasons.append(Reason(Code.CLIENT, message, description.place))
    return reasons


def _check_errors(parts: SessionParts, description: SessionDescription) -> list[Reason]:
    """Return what speaks against going on after an error of the author's own methods."""
    stays = "handle_error() does not close the channel on every path, and"
    pulled = description.connects_again or description.pull or parts.paired.write_buffer is not None
    if (description.goes_on or description.hangs_up) and pulled:
        return [Reason(Code.HANDLE_ERROR, f"{stays} more happens then than waiting", description.place)]
    if description.goes_on and parts.kind.is_chat and not _survives_errors(parts.gathering):
        return [Reason(Code.HANDLE_ERROR, f"{stays} data can be collected again then", description.place)]
    return []


def _check_connected(hierarchy: Hierarchy, description: SessionDescription) -> list[Reason]:
    """Return what speaks against a client that is asked whether it is connected."""
    connection, reasons = description.connection, []
    if connection is None or not connection.keeps_connected:
        return []
    if connection.waits:
        message = "is asked whether it is connected, which it would not be before its producers are sent"
        reasons.append(Reason(Code.PRODUCER, message, description.place))
    if may_close_at_once(hierarchy):
        message = "is asked whether it is connected, and may close in handle_connect()"
        reasons.append(Reason(Code.INTERNALS, message, description.place))
    return reasons


def _overrides(hierarchy: Hierarchy, kind: SessionKind, output: WriteBuffer | Reason | None) -> Overrides:
    """Return the overrides that are understood; what asks about the output is, where the output is."""
    if _reads_on_when_sent(hierarchy):
        trivial = {**kind.overrides.trivial, "readable": (*kind.overrides.trivial["readable"], "")}
        kind = replace(kind, overrides=replace(kind.overrides, trivial=trivial))
    if kind.is_chat and read_note(hierarchy) is not None:
        return replace(kind.overrides, own=kind.overrides.own | {"handle_read"})
    if kind is RAW:
        counts = {"recv"} if read_counting(hierarchy) is not None else set()
        sends = hierarchy.methods.get("send", ())
        counts |= {"send"} if sends and all(counts_and_sends(hierarchy, d) for d in sends) else set()
        kind = replace(kind, overrides=replace(kind.overrides, own=kind.overrides.own | counts))
    if any(True for _ in base_calls(hierarchy, "connect")):
        kind = replace(kind, overrides=replace(kind.overrides, own=kind.overrides.own | {"connect"}))
    if not isinstance(output, WriteBuffer):
        return kind.overrides
    own, trivial = kind.overrides.own | ({"send"} if output.fills else set()), dict(kind.overrides.trivial)
    if output.speech is not None:
        trivial["readable"] = (*trivial["readable"], "false")  # one that only speaks need not be readable
    elif output.pulling is not None:
        own |= {"readable"}
        trivial = {name: forms for name, forms in trivial.items() if name not in ("readable", "writable")}
    elif output.attribute and waits_for_output(hierarchy, output.attribute):
        trivial["readable"] = (*trivial["readable"], "")
    return replace(kind.overrides, own=own, trivial=trivial)


def _reads_on_when_sent(hierarchy: Hierarchy) -> bool:
    """Tell whether readable() is true once all is sent that asyncore has queued, for which run() waits."""
    queue = QUEUES.get(hierarchy.root, "")
    return waits_for_output(hierarchy, queue) and not any(True for _ in hierarchy.uses("push_with_producer"))


def _check_attributes(hierarchy: Hierarchy, changes: Changes) -> list[Reason]:
    reasons = []
    for member in hierarchy.members:
        for attribute in hierarchy.facts[member.qualname].attributes:
            place = Place(str(member.module.path), attribute.statement)
            if attribute.name in _ENCODING and attribute.value.is_constant:
                if not any(True for _ in hierarchy.uses(attribute.name)):
                    changes.remove([place])
            elif attribute.name in _FIXED_ATTRIBUTES:
                code = Code.TEXT_MODE if "encoding" in attribute.name else Code.INTERNALS
                reasons.append(Reason(code, f"sets {attribute.name} in the class body", place))
    return reasons


def _check_sizes(hierarchy: Hierarchy, description: SessionDescription, changes: Changes) -> list[Reason]:
    """Forget how much asynchat was to read and send at once, unless pieces are handled that are no larger."""
    for name in legacy.SIZES:
        uses = list(hierarchy.uses(name))
        set_in = [
            (member, Place(str(member.module.path), attribute.statement))
            for member in hierarchy.members
            for attribute in hierarchy.facts[member.qualname].attributes
            if attribute.name == name
        ]
        is_set = bool(set_in) or any(use.kind is Kind.WRITE for _, use in uses)
        is_seen = description.delivery is Delivery.PIECEWISE or (
            description.delivery is Delivery.PIECES and description.handler == "collect_incoming_data"
        )
        if name == legacy.SIZES[0] and is_seen and not description.discards and is_set:
            if not any(hierarchy.has_for_all(member) for member, _ in set_in):
                return [Reason(Code.BUFFER, f"handles what comes in pieces, and sets {name}", description.place)]
            description.piece_size = f"self.{name}"
            if description.delivery is Delivery.PIECES:
                description.size = description.piece_size
        elif all(use.kind is Kind.WRITE for _, use in uses):
            changes.remove([place for _, place in set_in])
    return []


def _survives_errors(gathering: InputIdiom) -> bool:
    """Tell whether collecting cannot raise: asynchat would hand over the same data once more."""
    framed = gathering.delivery in (Delivery.PARAMETER, Delivery.KEPT, Delivery.SIGNAL)
    return framed and not gathering.undecodable


def _adds_to_others(hierarchy: Hierarchy, paired: Paired) -> Place | None:
    """Return where a session adds to a buffer that may be its own or another's of its class."""
    places = [d.place(d.function) for d in hierarchy.reachable("handle_read", "handle_connect")]
    return next((r.place for r in paired.rewritten if any(place.contains(r.place) for place in places)), None)
