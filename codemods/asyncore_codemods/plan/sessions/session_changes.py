"""Change the methods of sessions: what goes, what takes its place, and what handlers are given."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.families.mixins import hands_all_on
from asyncore_codemods.analyse.input.raw import RawInput
from asyncore_codemods.model.sessions import Delivery, Framing, Replacement
from asyncore_codemods.plan.members import drop_bases, exit_lines
from asyncore_codemods.printer.sessions import dial_lines
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from asyncore_codemods.analyse.families.hierarchies import Hierarchy
    from asyncore_codemods.analyse.output.woken import Woken
    from asyncore_codemods.plan.changes import Changes
    from asyncore_codemods.plan.description import SessionDescription
    from asyncore_codemods.plan.sessions.session_parts import SessionParts


def change_definitions(
    hierarchy: Hierarchy, parts: SessionParts, description: SessionDescription, changes: Changes
) -> None:
    """Note in *changes* all that changes in the methods of *hierarchy*, the uses of its members left out."""
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
    _remove_idle_constructors(hierarchy, changes)
    drop_bases(hierarchy, changes)


def _remove_idle_constructors(hierarchy: Hierarchy, changes: Changes) -> None:
    """Take away those of mixins that would only hand on what they are given."""
    for definition in hierarchy.methods.get("__init__", ()):
        if definition.entry.qualname in hierarchy.mixins and hands_all_on(definition.entry):
            places = [definition.place(statement) for statement in definition.function.body]
            left = [place for place in places if place.span not in changes.of(place.path).removed]
            if len(left) == 1 < len(places) and not definition.function.args.kwonlyargs:
                changes.remove([definition.place(definition.function)])


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
