"""Decide how a hierarchy of sessions becomes streams code, or why it does not."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.clients.connecting import (
    ConnectFacts,
    read_connecting,
    read_early_output,
    starts_anew,
)
from asyncore_codemods.analyse.families.hierarchies import base_calls
from asyncore_codemods.analyse.input.buffering import read_input, read_pieces
from asyncore_codemods.analyse.input.counting import counts_and_sends, read_counting
from asyncore_codemods.analyse.input.framing import handles_text, read_framing
from asyncore_codemods.analyse.input.piecewise import asks_for_the_rest, read_piecewise, set_from_outside
from asyncore_codemods.analyse.input.predicates import EMPTY, holds_when
from asyncore_codemods.analyse.input.raw import RawInput, read_raw_input
from asyncore_codemods.analyse.input.text_mode import encodes_output, encodes_terminators, why_not_text
from asyncore_codemods.analyse.lifetime.construction import ConstructionFacts, read_construction
from asyncore_codemods.analyse.lifetime.endings import EndingFacts, Left, read_endings
from asyncore_codemods.analyse.lifetime.last_words import read_last_words
from asyncore_codemods.analyse.lifetime.noting import read_note
from asyncore_codemods.analyse.output.pairs import Paired
from asyncore_codemods.analyse.output.producing import ProducingFacts, read_producing
from asyncore_codemods.analyse.output.pulling import read_pulling
from asyncore_codemods.analyse.output.taking_all import read_sent
from asyncore_codemods.analyse.output.with_send import read_with_send
from asyncore_codemods.analyse.output.writing import WriteBuffer, read_write_buffer, unless_closing
from asyncore_codemods.codes import Code
from asyncore_codemods.model.sessions import Delivery, Framing, FramingFacts, InputIdiom, Reason, Replacement
from asyncore_codemods.model.uses import Kind
from asyncore_codemods.nodes import walk
from asyncore_codemods.plan.changes import Changes
from asyncore_codemods.plan.connected import may_close_at_once
from asyncore_codemods.plan.describe import SessionParts, choose_names, describe_session, writer_of
from asyncore_codemods.plan.kinds import RAW, SessionKind, kind_of
from asyncore_codemods.plan.members import Overrides, check_members, class_place, drop_bases, exit_lines
from asyncore_codemods.plan.needs import read_needs
from asyncore_codemods.plan.session_uses import UseChanger
from asyncore_codemods.printer.sessions import dial_lines
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from asyncore_codemods.analyse.families.hierarchies import Hierarchy
    from asyncore_codemods.analyse.output.woken import Woken
    from asyncore_codemods.analyse.usage.outside import OutsideUse
    from asyncore_codemods.plan.description import SessionDescription

_AT_ONCE = ("close", "handle_close")  # what closes a connection without waiting for output
_FRAME_METHODS = ("found_terminator", "collect_incoming_data", "_get_data")  # which see half a frame, or make one
_SIZES = ("ac_in_buffer_size", "ac_out_buffer_size")
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
    output = (
        (paired.write_buffer or _read_output(paired.plain or hierarchy, outside, connects)) if kind is RAW else None
    )
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
    parts = _read_parts(hierarchy, kind, outside, output, reasons, gone, paired, connects=connects, ends=ends)
    if parts is None or reasons:
        return reasons
    description = describe_session(hierarchy, parts, outside, interruptible=interruptible)
    reasons += _check_sizes(hierarchy, description, changes)
    description.exits = exits and (description.connection is None or description.connection.accepts)
    description.notes = note is not None
    if parts.write_buffer is not None and parts.write_buffer.speech is not None and not description.farewell:
        message = "closes when it has sent what it has to say, but is not left alone meanwhile"
        reasons.append(Reason(Code.DISPATCHER, message, description.place))
    if isinstance(parts.gathering, RawInput) and parts.gathering.goes_on and not description.detects:
        reasons.append(parts.gathering.goes_on)
    again = description.connection is not None and description.connection.again
    dialled = parts.connecting
    may_finish = dialled is not None and dialled.finishes_early and dialled.speaks_first
    if may_finish and again:
        message = "may be told to close when done before there is a connection, and greets"
        reasons.append(Reason(Code.CLIENT, message, description.place))
    if (description.goes_on or description.hangs_up) and (again or description.pull or paired.write_buffer):
        message = "handle_error() does not close the channel on every path, and more happens then than waiting"
        reasons.append(Reason(Code.HANDLE_ERROR, message, description.place))
    elif description.goes_on and kind.is_chat and not _survives_errors(parts.gathering):
        message = "handle_error() does not close the channel on every path, and data can be collected again then"
        reasons.append(Reason(Code.HANDLE_ERROR, message, description.place))
    reasons += parts.needs.reasons + choose_names(hierarchy, parts, description)
    reasons += UseChanger(hierarchy, parts, description, changes).run()
    connection = description.connection
    if connection is not None and connection.keeps_connected and connection.waits:
        message = "is asked whether it is connected, which it would not be before its producers are sent"
        reasons.append(Reason(Code.PRODUCER, message, description.place))
    if connection is not None and connection.keeps_connected and may_close_at_once(hierarchy):
        message = "is asked whether it is connected, and may close in handle_connect()"
        reasons.append(Reason(Code.INTERNALS, message, description.place))
    if reasons:
        return reasons
    _change_definitions(hierarchy, parts, description, changes)
    return SessionPlan(hierarchy, description, parts.construction, changes)


def _overrides(hierarchy: Hierarchy, kind: SessionKind, output: WriteBuffer | Reason | None) -> Overrides:
    """Return the overrides that are understood; what asks about the output is, where the output is."""
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
    elif output.attribute and _waits_for_output(hierarchy, output.attribute):
        trivial["readable"] = (*trivial["readable"], "")
    return replace(kind.overrides, own=own, trivial=trivial)


def _waits_for_output(hierarchy: Hierarchy, attribute: str) -> bool:
    """Tell whether readable() is true once everything is sent, which is what run() waits for."""
    defined = hierarchy.methods.get("readable", ())
    return bool(defined) and all(
        any(holds_when(hierarchy, definition, {attribute: empty}) for empty in EMPTY) for definition in defined
    )


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
    for name in _SIZES:
        uses = list(hierarchy.uses(name))
        set_in = [
            (member, Place(str(member.module.path), attribute.statement))
            for member in hierarchy.members
            for attribute in hierarchy.facts[member.qualname].attributes
            if attribute.name == name
        ]
        is_set = bool(set_in) or any(use.kind is Kind.WRITE for _, use in uses)
        if name == _SIZES[0] and description.delivery is Delivery.PIECEWISE and is_set:
            if not any(hierarchy.has_for_all(member) for member, _ in set_in):
                return [Reason(Code.BUFFER, f"handles what comes in pieces, and sets {name}", description.place)]
            description.piece_size = f"self.{name}"
        elif all(use.kind is Kind.WRITE for _, use in uses):
            changes.remove([place for _, place in set_in])
    return []


def _read_parts(
    hierarchy: Hierarchy,
    kind: SessionKind,
    outside: list[OutsideUse],
    write_buffer: WriteBuffer | Reason | None,
    reasons: list[Reason],
    gone: list[Place],
    paired: Paired,
    *,
    connects: bool,
    ends: dict[str, bool],
) -> SessionParts | None:
    made = read_connecting(hierarchy, outside, kind.output, kind.handlers) if connects else None
    connecting = made[0] if isinstance(made, tuple) else None
    if connecting is not None:
        connecting.speaks_early = connecting.speaks_early or paired.is_sent_to
        connecting.closes_early = connecting.closes_early or paired.finishes
        connecting.finishes_early = connecting.finishes_early or paired.finishes_early
    only_connects = isinstance(made, tuple) and not made[1].socket_parameters
    framing, gathering = _read_input(hierarchy, kind, outside, connecting, only_connects=only_connects)
    pulling = write_buffer.pulling if isinstance(write_buffer, WriteBuffer) else None
    if pulling is not None and pulling.once:
        pulling.once = connecting is not None  # an accepted session is connected from the start
        if pulling.once and not only_connects:
            message = "handle_write() is called when it is connected, and some of its connections are accepted"
            reasons.append(Reason(Code.CLIENT, message, class_place(hierarchy.top)))
    measures = isinstance(gathering, RawInput) and gathering.measures
    if pulling is not None and pulling.turns and (connecting is not None or paired.ties or measures):
        message = "closes when it has nothing to send, and connects, has a partner, or reads what is missing"
        reasons.append(Reason(Code.DISPATCHER, message, class_place(hierarchy.top)))
    if pulling is not None and not pulling.reads:
        gathering = RawInput(Delivery.PIECES, reads=False)
    if pulling is not None and connecting is not None and connecting.again:
        message = "connects again, and does more in handle_write() than send a buffer"
        reasons.append(Reason(Code.CLIENT, message, class_place(hierarchy.top)))
    if connecting is not None and isinstance(write_buffer, WriteBuffer) and write_buffer.attribute:
        written = [replacement.place for replacement in write_buffer.rewritten]
        problem = read_early_output(hierarchy, connecting, written)
        reasons += [problem] if problem is not None else []
    dead = gathering.removed if isinstance(gathering, InputIdiom) else []
    if isinstance(write_buffer, WriteBuffer) and write_buffer.speech is not None:
        gathering = InputIdiom(Delivery.PIECES)
        dead = write_buffer.removed
    called = any(use.name == "handle_close" and use.may_be(hierarchy.names) for use in outside)
    endings = read_endings(hierarchy, [*gone, *dead], hook_called=called, **ends)
    construction = made[1] if isinstance(made, tuple) else made or read_construction(hierarchy)
    producing = read_producing(hierarchy, outside)
    for part in (framing, endings, construction, producing):
        if isinstance(part, list):
            reasons += part
    last_words = read_last_words(hierarchy, outside) if kind.is_chat else None
    reasons += [part for part in (gathering, write_buffer, last_words) if isinstance(part, Reason)]
    if (
        isinstance(framing, FramingFacts)
        and isinstance(gathering, InputIdiom)
        and isinstance(endings, EndingFacts)
        and isinstance(construction, ConstructionFacts)
        and isinstance(producing, ProducingFacts)
        and not isinstance(write_buffer, Reason)
    ):
        buffers = {gathering.attribute, write_buffer.attribute if write_buffer else ""} - {""}
        produces = bool(producing.waited_for or producing.pushed or producing.queued)
        if produces and encodes_terminators(hierarchy):
            encoded = "has asynchat encode what its producers have"
            reasons.append(Reason(Code.TEXT_MODE, encoded, class_place(hierarchy.top)))
        if producing.queued:
            reasons += _cannot_queue(hierarchy, kind, framing, endings, connecting, paired)
        if framing.is_text:
            framing.encodes = encodes_output(hierarchy, outside, kind.output)
            reasons += why_not_text(hierarchy, gathering, producing, kind.output, encodes=framing.encodes)
        told = connecting.seen if connecting is not None else []
        others = [use for use in outside if use.place not in told]
        needs = read_needs(hierarchy, others, buffers, kind.kept)
        needs.methods |= {kind.output} if paired.is_sent_to else set()
        needs.methods |= {"close_when_done"} if paired.finishes else set()
        parts = SessionParts(
            framing, gathering, endings, construction, needs, kind, write_buffer, connecting, producing, paired
        )
        if kind is RAW and not parts.has_buffer:
            parts.sent = read_sent(hierarchy, writer_of(hierarchy))
        return parts
    return None


def _cannot_queue(
    hierarchy: Hierarchy,
    kind: SessionKind,
    framing: FramingFacts,
    endings: EndingFacts,
    connecting: ConnectFacts | None,
    paired: Paired,
) -> list[Reason]:
    """Return why a session cannot have a task that sends its producers."""
    goes_on = bool(endings.after_error - {Left.CLOSED}) and endings.overrides_handle_error
    told = {
        "is no async_chat": not kind.is_chat,
        "sends producers, and connects again": connecting is not None and connecting.again,
        "sends producers, and goes on after an error of theirs": goes_on,
        "sends producers, and shares its output": paired != Paired(),
        "sends producers, and text": framing.is_text,
        "finishes in the way of asynchat, whatever its producers have": any(
            use.name == "close_when_done" for _, use in endings.base
        ),
    }
    whole = class_place(hierarchy.top)
    return [Reason(Code.PRODUCER, message, whole) for message, holds in told.items() if holds]


def _read_input(
    hierarchy: Hierarchy,
    kind: SessionKind,
    outside: list[OutsideUse],
    connecting: ConnectFacts | None,
    *,
    only_connects: bool,
) -> tuple[FramingFacts | list[Reason], InputIdiom | Reason | None]:
    if kind is RAW:
        return FramingFacts(Framing.NOTHING), read_raw_input(hierarchy, outside, connects=only_connects)
    gathering = read_input(hierarchy, is_text=handles_text(hierarchy))
    if read_note(hierarchy) is not None:
        message = "notes when it reads, and gathers its frames in an unusual way"
        gathering = read_piecewise(hierarchy, Reason(Code.COLLECT, message, class_place(hierarchy.top)))
    elif isinstance(gathering, Reason):
        gathering = read_piecewise(hierarchy, gathering)
    setter = set_from_outside(hierarchy, outside)
    meddling = _meddling(hierarchy, outside, setter)
    piecewise = isinstance(gathering, InputIdiom) and gathering.delivery is Delivery.PIECEWISE
    if meddling is not None and not piecewise:
        gathering = read_piecewise(hierarchy, meddling)
    elif isinstance(gathering, InputIdiom) and (
        asks_for_the_rest(hierarchy) or _is_read(outside, hierarchy, gathering.attribute)
    ):
        wanted = read_piecewise(hierarchy, Reason(Code.TERMINATOR, "", class_place(hierarchy.top)))
        gathering = wanted if isinstance(wanted, InputIdiom) else gathering
    piecewise = isinstance(gathering, InputIdiom) and gathering.delivery is Delivery.PIECEWISE
    any_kind = setter is not None and setter.name in ("set_terminator", "terminator")
    framing = read_framing(hierarchy, check_all=piecewise, any_kind=any_kind)
    if not isinstance(framing, FramingFacts):
        return framing, None
    if connecting is not None and connecting.again and isinstance(gathering, InputIdiom) and not piecewise:
        changes = framing.framing not in (Framing.CONSTANT, Framing.NOTHING)
        if not starts_anew(hierarchy, connecting, gathering.attribute, changes=changes):
            whole = class_place(hierarchy.top)
            message = "goes on with half a frame when it has connected again"
            gathering = read_piecewise(hierarchy, Reason(Code.CLIENT, message, whole))
            framing = read_framing(hierarchy, check_all=True, any_kind=any_kind)
            if not isinstance(framing, FramingFacts):
                return framing, None
    if framing.framing is Framing.NOTHING:
        return framing, read_pieces(hierarchy)
    if not _may_find(hierarchy):
        message = "never says what to do when a terminator is found"
        return framing, Reason(Code.COLLECT, message, class_place(hierarchy.top))
    return framing, gathering


def _may_find(hierarchy: Hierarchy) -> bool:
    """Tell whether there is a found_terminator(), however it comes about."""
    return (
        hierarchy.overrides("found_terminator")
        or any(True for _ in hierarchy.uses("found_terminator"))
        or any(getattr(n, "name", "") == "found_terminator" for m in hierarchy.members for n in walk(m.node))
    )


def _survives_errors(gathering: InputIdiom) -> bool:
    """Tell whether collecting cannot raise: asynchat would hand over the same data once more."""
    framed = gathering.delivery in (Delivery.PARAMETER, Delivery.KEPT, Delivery.SIGNAL)
    return framed and not gathering.undecodable


def _adds_to_others(hierarchy: Hierarchy, paired: Paired) -> Place | None:
    """Return where a session adds to a buffer that may be its own or another's of its class."""
    places = [d.place(d.function) for d in hierarchy.reachable("handle_read", "handle_connect")]
    return next((r.place for r in paired.rewritten if any(place.contains(r.place) for place in places)), None)


def _meddling(hierarchy: Hierarchy, outside: list[OutsideUse], setter: OutsideUse | None) -> Reason | None:
    """Return how others may change, or end, a frame that is still to come."""
    if setter is not None:
        return Reason(Code.EXTERNAL_USE, "its terminator may be set from outside", setter.place)
    for use in outside:
        if use.name in _FRAME_METHODS and use.may_be(hierarchy.names):
            return Reason(Code.EXTERNAL_USE, f"its {use.name}() may be called from outside", use.place)
    return None


def _is_read(outside: list[OutsideUse], hierarchy: Hierarchy, buffer: str) -> bool:
    """Tell whether others look at the buffer, which therefore has to stay."""
    return any(use.name == buffer and use.may_be(hierarchy.names) for use in outside)


def _read_output(hierarchy: Hierarchy, outside: list[OutsideUse], connects: bool) -> WriteBuffer | Reason | None:
    """Return the output buffer that a plain dispatcher keeps; the others have one already, or none."""
    if hierarchy.root == legacy.DISPATCHER:
        writer = writer_of(hierarchy)
        output = read_write_buffer(hierarchy, writer)
        if isinstance(output, Reason):
            pulling = read_pulling(hierarchy, outside, writer)
            if pulling is not None:
                return WriteBuffer("", pulling.removed, pulling.rewritten, pulling=pulling)
        elif output is not None and not connects:
            unless_closing(hierarchy, outside, output)
        return output
    output = read_with_send(hierarchy, outside, writer_of(hierarchy))
    if isinstance(output, WriteBuffer) and output.pulling is not None:
        output.removed += output.pulling.removed
    return output


def _change_definitions(
    hierarchy: Hierarchy, parts: SessionParts, description: SessionDescription, changes: Changes
) -> None:
    framing, gathering, construction = parts.framing, parts.gathering, parts.construction
    changes.remove(construction.removed)
    changes.remove_input([*framing.removed, *gathering.removed])
    if gathering.delivery is Delivery.PARAMETER:
        changes.remove_input(_declarations(hierarchy, gathering.attribute))
    changes.unwrap(construction.unwrapped)
    changes.rewrite([*framing.assigned, *gathering.rewritten])
    changes.rewrite([Replacement(d.place(node), exit_lines(d, node)) for d, node in parts.endings.raised])
    changes.replace([*framing.read, *gathering.replaced, *construction.replaced])
    changes.unwrap(gathering.unwrapped)
    changes.resize(construction.arguments)
    changes.resize([Replacement(place, "reader, writer") for place in construction.parameters])
    changes.make_coroutines(parts.producing.coroutines)
    changes.make_awaited(parts.producing.awaited)
    if isinstance(gathering, RawInput) and gathering.counting is not None:
        for definition in hierarchy.methods["handle_read"]:
            place = definition.place(definition.function)
            noted = gathering.counting.noted(definition.self_name, gathering.parameter)
            changes.of(place.path).body_starts[place.span] = noted
    if parts.write_buffer is not None:
        changes.forget(parts.write_buffer.removed)
        changes.rewrite(_through_method(parts.write_buffer.rewritten, description))
    for sent in parts.sent:
        changes.forget(sent.removed)
        changes.unwrap(sent.unwrapped)
        changes.replace(sent.replaced)
        changes.rewrite(_through_method(sent.rewritten, description, always=True))
    if parts.pulling is not None:
        changes.replace(parts.pulling.replaced)
        changes.unwrap(parts.pulling.unwrapped)
        if parts.pulling.woken is not None:
            _wake(parts.pulling.woken, description, changes)
    changes.forget(parts.paired.removed)
    changes.rewrite(parts.paired.rewritten)
    if parts.connecting is not None:
        changes.remove(parts.connecting.removed)
        for dial in parts.connecting.dials:
            text = dial_lines(description, dial.address, dial.own, dial.method)
            changes.rewrite([Replacement(dial.place, text)])
    if gathering.parameter:
        for definition in hierarchy.methods.get(parts.kind.handlers[0], ()):
            place = definition.place(definition.function)
            kind = "str" if description.decode or description.reads_text else "bytes"
            frame = f"{gathering.parameter}: {kind}"  # without the type where the author gives none
            changes.of(place.path).parameters[place.span] = f"{definition.self_name}, {frame}"
    if description.discards:
        _remove_empty(hierarchy, description.handler, changes)
    if framing.framing is Framing.NOTHING and parts.kind.is_chat:
        _remove_empty(hierarchy, "found_terminator", changes)  # never called
    drop_bases(hierarchy, changes)


def _declarations(hierarchy: Hierarchy, attribute: str) -> list[Place]:
    """Return where class bodies give the type of an *attribute*, and no value."""
    return [
        Place(str(member.module.path), member.module.source.span(statement))
        for member in hierarchy.members
        for statement in member.node.body
        if isinstance(statement, ast.AnnAssign)
        and statement.value is None
        and isinstance(statement.target, ast.Name)
        and statement.target.id == attribute
    ]


def _wake(woken: Woken, description: SessionDescription, changes: Changes) -> None:
    """Have the event loop call what sends, behind everything that gives it something to send.

    Not before a client has its connection, which may be before there is a loop: run() calls it then.
    """
    call = f"asyncio.get_running_loop().call_soon({{0}}.{description.pull})"
    if description.connection is not None:
        call = f"if {{0}}.{description.writer} is not None:\n    {call}"
    for place, receiver in woken.statements:
        changes.of(place.path).appended[place.span] = call.format(receiver)
    for place, own in woken.methods:
        changes.of(place.path).body_starts[place.span] = call.format(own)


def _through_method(
    written: list[Replacement], description: SessionDescription, *, always: bool = False
) -> list[Replacement]:
    """Have what may be sent before there is a connection go through the method that keeps it until then.

    Or have it *always* go through that method, if there is one.
    """
    early = description.connection is not None and bool(description.connection.unsent)
    if not early and not (always and description.output in description.methods):
        return written
    write, send = f".{description.writer}.write(", f".{description.generated_output}("
    return [replace(one, text=one.text.replace(write, send, 1)) for one in written]


def _remove_empty(hierarchy: Hierarchy, name: str, changes: Changes) -> None:
    for definition in hierarchy.methods.get(name, ()):
        method = hierarchy.facts[definition.entry.qualname].methods[name]
        if method.trivial == "pass" and isinstance(definition.function, ast.FunctionDef):
            changes.remove([definition.place(definition.function)])
