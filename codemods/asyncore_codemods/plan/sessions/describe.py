"""Condense the facts of a session into its description: the loop, its end, and the methods that must stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.input.raw import leaves_at_once
from asyncore_codemods.analyse.lifetime.endings import Left
from asyncore_codemods.analyse.lifetime.freeing import shows_when_freed
from asyncore_codemods.analyse.lifetime.hook_errors import may_miss
from asyncore_codemods.analyse.lifetime.log_output import log_output
from asyncore_codemods.analyse.output.told import is_told_to_send
from asyncore_codemods.analyse.usage.effects import ends_in_silence, is_quiet, pushes_after_close
from asyncore_codemods.analyse.usage.error_words import tells_why_not_connected
from asyncore_codemods.codes import Code
from asyncore_codemods.model.sessions import Delivery, Framing, Reason
from asyncore_codemods.model.uses import Kind
from asyncore_codemods.plan.description import ConnectionDescription, Dialled, Ending, SessionDescription
from asyncore_codemods.plan.members import class_place
from asyncore_codemods.plan.sessions.kinds import RAW, SENDING_CHAT

if TYPE_CHECKING:
    from asyncore_codemods.analyse.clients.connecting import ConnectFacts
    from asyncore_codemods.analyse.families.hierarchies import Hierarchy
    from asyncore_codemods.analyse.output.pairs import Paired
    from asyncore_codemods.analyse.output.pulling import Pulling
    from asyncore_codemods.analyse.output.writing import WriteBuffer
    from asyncore_codemods.analyse.usage.outside import OutsideUse
    from asyncore_codemods.plan.sessions.session_parts import SessionParts

_NAMES = {
    "reader": ("reader", "stream_reader"),
    "writer": ("writer", "stream_writer"),
    "run": ("run", "serve", "run_session"),
}
_PULL = ("flush", "send_pending", "write_all")
_TURNS = ("take_turns", "read_and_write", "serve_in_turns")
_END = ("end_session", "finish_session", "say_goodbye")
_QUEUED = ("queued", "queued_output", "waiting_output")
_SENDING = ("sending", "sending_task", "sender")
_SEND_QUEUED = ("send_queued", "send_queued_output", "send_what_waits")
_SEND_ALL = ("send_all", "send_from", "send_producer")


def describe_session(
    hierarchy: Hierarchy, parts: SessionParts, outside: list[OutsideUse], *, interruptible: bool
) -> SessionDescription:
    """Return the description of *hierarchy*."""
    endings, framing, needs, output = parts.endings, parts.framing, parts.needs, parts.kind.output
    closes, pushes = parts.may_close, _pushes(hierarchy, parts)
    quiet = _is_quiet(hierarchy, parts, outside)
    whole_frames = framing.framing is not Framing.NOTHING
    connects = parts.connecting is not None
    heard = getattr(parts.gathering, "goes_on", None) is not None  # the hook is, though nothing else may be
    reads_flag = _reads_flag(hierarchy, parts)
    noticed = endings.is_hooked or reads_flag
    description = SessionDescription(
        hierarchy.top.name,
        class_place(hierarchy.top),
        framing.framing,
        framing.terminator,
        parts.gathering.delivery,
        unit="line" if framing.is_lines else "frame",
        may_be_empty=framing.may_be_empty,
        only_counts=framing.only_counts,
        one_shot=framing.one_shot,
        checks=framing.checks,
        guard_empty=parts.gathering.guard_empty,
        # A client's run() must not end before what it has sent is out, since the program may end with it.
        while_open=closes and not connects and (quiet or not whole_frames),
        drains=pushes or parts.paired.waits,
        detects=noticed and pushes and (heard or not quiet) and not parts.has_buffer and parts.pulling is None,
        may_flush=parts.may_flush,
        hard_close=bool(endings.explicit or needs.hook_called) or "close" in needs.methods,
        forgets=shows_when_freed(hierarchy),
        interruptible=interruptible,
        keeps_address=needs.address and not connects and not assigns(hierarchy, "addr"),
        outside_methods=set(needs.methods),
        output=output,
        handler=parts.kind.handlers[-1],
        size=getattr(parts.gathering, "size", "65536"),
        measures=getattr(parts.gathering, "measures", False),
        at_end=getattr(parts.gathering, "at_end", False),
        at_end_first=getattr(parts.gathering, "first", False),
        may_fail=getattr(parts.gathering, "may_fail", False),
        reads=getattr(parts.gathering, "reads", True),
        decode=getattr(parts.gathering, "decode", ""),
        is_text=framing.is_text and not framing.encodes,
        reads_text=framing.is_text and not parts.gathering.text_by_frame,
        waits="found_terminator" in parts.producing.names,
        asks_late=parts.producing.tells,
        queued=_QUEUED[0] if parts.producing.queued else "",
    )
    if parts.pulling is not None:
        _describe_pulling(parts.pulling, description)
        sends = any(use.method != "handle_write" for _, use in hierarchy.uses(output))
        description.sends = sends or (parts.write_buffer is not None and hierarchy.root != legacy.DISPATCHER)
    _describe_pair(parts.paired, description)
    if parts.connecting is not None:
        description.connection = _connection_of(hierarchy, parts, parts.connecting, description)
        if parts.connecting.again:
            description.detects = False  # the hook would connect again in the middle of a handler
    _choose_flag(parts, description, reads_flag=reads_flag)
    guards = closes and pushes and (whole_frames or connects) and not description.while_open
    guards = guards or is_told_to_send(hierarchy, outside, output)
    guards = guards and not parts.has_buffer  # what was put there is written where it was put
    guards = guards and (parts.pulling is None or description.sends)  # nor does anybody else send
    _choose_methods(hierarchy, parts, description, guards=guards)
    _choose_ending(hierarchy, parts, description, quiet=quiet)
    _choose_input(hierarchy, parts, description)
    is_sent_past = parts.has_buffer and any(u.name == "send" and u.may_be(hierarchy.names) for u in outside)
    if is_sent_past and Code.UNSENT not in description.differences:
        description.differences.append(Code.UNSENT)  # the buffer does not keep what others have it send
    return description


def _pushes(hierarchy: Hierarchy, parts: SessionParts) -> bool:
    """Tell whether a session sends anything, or may be told to."""
    output, producing = parts.kind.output, parts.producing
    says = any(True for _ in hierarchy.uses(output)) or output in parts.needs.methods or parts.has_buffer
    return says or bool(producing.pushed or producing.waited_for or producing.queued or parts.pulling)


def _reads_flag(hierarchy: Hierarchy, parts: SessionParts) -> bool:
    """Tell whether anything looks at whether a session is connected."""
    if hierarchy.is_looked_for and parts.may_flush:
        return True  # what is to close stays in asyncore's map until all is sent
    return hierarchy.looks_for_itself or any(use.kind is Kind.READ for _, use in hierarchy.uses("connected"))


def _choose_flag(parts: SessionParts, description: SessionDescription, *, reads_flag: bool) -> None:
    """Choose whether a session keeps in mind that it is connected, and what asks for that."""
    endings, needs, connects = parts.endings, parts.needs, parts.connecting is not None
    is_closed = needs.hook_called or "close" in needs.methods
    explicit = bool(endings.explicit) or is_closed
    if endings.after_error - {Left.CLOSED}:  # what ends the connection later must know whether it has ended already
        explicit = explicit or any(use.method == "handle_error" for _, use in endings.in_hooks)
    description.while_live = connects and explicit and parts.framing.framing is Framing.NOTHING
    description.flag = (
        needs.flag
        or reads_flag
        or description.detects
        or (endings.is_hooked and explicit)
        or (parts.connecting is not None and parts.connecting.closes_early)
        or description.finishes
        or description.while_live
        or (description.at_end and parts.may_close)  # no end comes after close()
    )
    description.others_close = is_closed and description.flag and not connects
    if endings.is_hooked and parts.may_flush and description.detects and not connects:
        # Who sees the end of the connection may end the program, with Ctrl-C say: asyncore's hook has run by then.
        description.end = _END[0]


def _connection_of(
    hierarchy: Hierarchy, parts: SessionParts, connecting: ConnectFacts, description: SessionDescription
) -> ConnectionDescription:
    connection = _describe_connection(connecting, parts.write_buffer)
    if description.queued:
        _queue_early(connecting, connection)
    connection.accepts = bool(parts.construction.socket_parameters)
    description.keeps_address = connection.accepts and parts.needs.address and not assigns(hierarchy, "addr")
    connection.keeps_connected = parts.needs.flag
    connection.told_why = tells_why_not_connected(hierarchy)
    connection.waits = "handle_connect" in parts.producing.names
    return connection


def _describe_pair(paired: Paired, description: SessionDescription) -> None:
    description.partner, description.may_be_alone = paired.partner, paired.may_be_alone
    description.is_waited_for, description.finishes = paired.is_waited_for, paired.finishes
    # two that wait for one writer are too many for Python 3.9
    description.is_left_waiting = paired.is_left_waiting or (paired.is_waited_for and not paired.partner)
    description.detects = description.detects and not paired.is_sent_to  # a buffer never told whether it was


def _describe_pulling(pulling: Pulling, description: SessionDescription) -> None:
    description.pull = "pull"
    description.woken = pulling.woken is not None
    description.asks, description.gates, description.turns = pulling.asks, pulling.gates, pulling.turns
    description.starts, description.once = pulling.starts or pulling.once, pulling.once
    description.hard_close = False  # handle_write() closes when everything is sent, and that may not be out yet


def _describe_connection(connecting: ConnectFacts, write_buffer: WriteBuffer | None) -> ConnectionDescription:
    description = ConnectionDescription(
        connecting.family or "socket.AF_INET",
        over_tcp=connecting.over_tcp,
        over_unix=connecting.over_unix,
        greets=connecting.greets,
        closes_early=connecting.closes_early,
        knows_host=connecting.knows_host,
        dialled=[Dialled(dial.place, dial.own, dial.made) for dial in connecting.dials],
        told=bool(connecting.seen),
        taken=connecting.taken,
        again=connecting.again,
        in_handlers=connecting.in_handlers,
    )
    description.writes = write_buffer is not None and write_buffer.once
    if write_buffer is not None and write_buffer.request:
        description.request = write_buffer.attribute
    if connecting.speaks_early:
        description.unsent = "unsent"
    if connecting.finishes_early:
        description.finished = "finished"
    return description


def _queue_early(connecting: ConnectFacts, description: ConnectionDescription) -> None:
    """Have whatever is sent before there is a connection wait where it may wait later, too."""
    description.unsent = description.finished = ""
    description.queues = connecting.speaks_early or connecting.produces_early or connecting.finishes_early


def _is_quiet(hierarchy: Hierarchy, parts: SessionParts, outside: list[OutsideUse]) -> bool:
    return (
        not parts.needs.methods
        and not parts.endings.overrides_handle_error
        and not parts.endings.reports
        and not parts.endings.overrides_close
        and not hierarchy.overrides(parts.kind.output)
        and is_quiet(hierarchy, outside, parts.handlers)
        and not pushes_after_close(hierarchy, parts.handlers)
    )


def assigns(hierarchy: Hierarchy, name: str) -> bool:
    """Tell whether the class gives itself an attribute that it would otherwise inherit."""
    return any(use.kind is Kind.WRITE and use.method == "__init__" for _, use in hierarchy.uses(name)) or any(
        attribute.name == name
        for member in hierarchy.members
        for attribute in hierarchy.facts[member.qualname].attributes
    )


def writer_of(hierarchy: Hierarchy) -> str:
    """Return what the attribute for the writer will be called, if there is a free name."""
    own = hierarchy.own_names
    return next((name for name in _NAMES["writer"] if name not in own), "writer")


def choose_names(hierarchy: Hierarchy, parts: SessionParts, description: SessionDescription) -> list[Reason]:
    """Give reader, writer and run() names that are free; return reasons if there are none."""
    reasons = []
    own = hierarchy.own_names
    wanted: list[tuple[object, str, tuple[str, ...]]] = [
        (description, field, candidates) for field, candidates in _NAMES.items()
    ]
    if description.queued:
        wanted += [
            (description, "queued", _QUEUED),
            (description, "sending", _SENDING),
            (description, "send_queued", _SEND_QUEUED),
        ]
    if parts.producing.waited_for:
        wanted.append((description, "send_all", _SEND_ALL))
    if description.pull:
        wanted.append((description, "pull", _TURNS if description.turns else _PULL))
    if description.end:
        wanted.append((description, "end", _END))
    if description.connection is not None:
        own |= {use.name for _, use in hierarchy.uses("addr") if use.kind is Kind.WRITE}
        addresses = ("addr", "address", "peer_address")
        sockets = ("sock", "taken_socket", "connected_socket")
        wanted.append((description.connection, "address", sockets if description.connection.taken else addresses))
        if description.flag:
            wanted.append((description.connection, "closed", ("closed", "has_ended")))
        if description.connection.unsent:
            wanted.append((description.connection, "unsent", ("unsent", "unsent_data")))
        if description.connection.finished:
            wanted.append((description.connection, "finished", ("finished", "has_finished")))
        if description.connection.again:
            wanted.append((description.connection, "connecting", ("connecting", "is_connecting")))
            wanted.append((description.connection, "attempt", ("run_connection", "run_once")))
    for holder, attribute, candidates in wanted:
        free = [name for name in candidates if name not in own]
        if free:
            setattr(holder, attribute, free[0])
        else:
            message = f"already has attributes called {', '.join(candidates)}"
            reasons.append(Reason(Code.CONSTRUCTION, message, description.place))
    for name in sorted(parts.construction.names & {"reader", "writer"}):
        message = f"uses the name {name} in its constructor"
        reasons.append(Reason(Code.CONSTRUCTION, message, description.place))
    return reasons


def _choose_methods(
    hierarchy: Hierarchy, parts: SessionParts, description: SessionDescription, *, guards: bool
) -> None:
    output = description.output
    description.methods = set(parts.needs.methods)
    if parts.write_buffer is not None and parts.write_buffer.fills:
        description.methods.discard(output)  # there is one
    early = description.connection is not None and bool(description.connection.unsent)
    if description.detects or guards or early or (description.is_text and description.drains):
        description.methods.add(output)
    if any(use.kind is Kind.READ for _, use in hierarchy.uses(output)) and not hierarchy.overrides(output):
        description.methods.add(output)  # passed on as a bound method
    if is_inherited(hierarchy, output):
        description.methods.add(output)  # and a subclass calls it with super()
        description.generated_output = output
    elif hierarchy.overrides(output) and output in description.methods:
        description.generated_output = f"_{output}"
    else:
        description.generated_output = output
    connects = description.connection is not None
    if description.connection is not None and description.connection.finished:
        description.methods |= {output, "close_when_done"}
    if description.queued:
        description.methods |= {output, "push_with_producer"}
        description.methods |= {"close_when_done"} if description.may_flush else set()
    drops = description.hard_close and description.may_flush  # which is too much for one expression
    if (description.flag or connects or drops) and not parts.endings.overrides_close:
        description.methods.add("close")
    if description.end:
        description.methods.add("close_when_done")
    description.methods -= set(hierarchy.methods) - {output}
    if is_inherited(hierarchy, "close"):
        description.methods.add("close")
        description.hard_close = True  # as where a subclass calls that of its base class
    description.keeps_close = "close" in description.methods or parts.endings.overrides_close
    greets = parts.connecting is not None and parts.connecting.greets
    hooks = ("handle_close", "handle_error", *(["handle_connect"] if greets else []))
    description.defaults = {name for name in hooks if is_inherited(hierarchy, name)}


def is_inherited(hierarchy: Hierarchy, name: str) -> bool:
    """Tell whether subclasses override an inherited method, which others of the hierarchy may go without."""
    definitions = hierarchy.methods.get(name, [])
    return bool(definitions) and not any(
        definition.entry is hierarchy.top or hierarchy.has_in_front(definition.entry) for definition in definitions
    )


def _choose_ending(
    hierarchy: Hierarchy, parts: SessionParts, description: SessionDescription, *, quiet: bool
) -> None:
    endings = parts.endings
    hooked = True
    description.tells = hierarchy.overrides("log_info")
    description.shows = bool(log_output(hierarchy.project).statements)
    if endings.overrides_handle_close:
        description.hook_method = "handle_close"
    elif endings.overrides_close or description.flag or description.connection is not None:
        description.hook_method = "close"
    else:
        hooked = False
    description.goes_on = endings.goes_on
    description.may_end = bool(endings.after_error - {Left.OPEN})
    description.hangs_up = not endings.goes_on and Left.CLOSING in endings.after_error
    if endings.overrides_handle_error and not endings.goes_on:
        description.ending = Ending.HANDLERS
        asks_again = any(use.method == "handle_error" for _, use in endings.in_hooks if use.name == "handle_close")
        description.hook_may_fail = endings.overrides_handle_close and not asks_again and may_miss(hierarchy)
    elif not hooked and not description.tells and not description.at_end_first:
        description.ending = Ending.CLOSE
    elif (
        quiet
        and not description.at_end
        and not description.interruptible
        and description.connection is None
        and not description.tells
        and ends_in_silence(hierarchy)
    ):
        description.ending = Ending.HOOK_FINALLY
    else:
        description.ending = Ending.HOOK_AFTER


def _choose_input(hierarchy: Hierarchy, parts: SessionParts, description: SessionDescription) -> None:
    handlers = hierarchy.methods.get(description.handler, [])
    speech = parts.write_buffer.speech if parts.write_buffer is not None else None
    description.discards = speech is not None or (
        parts.gathering.delivery is Delivery.PIECES
        and all(hierarchy.facts[d.entry.qualname].methods[description.handler].trivial == "pass" for d in handlers)
    )
    description.farewell = (
        description.discards and not description.queued and _says_all_at_once(hierarchy, parts, description)
    )
    if description.farewell:
        description.methods.discard(description.output)
    if description.drains:
        reads_on = [] if description.farewell or description.queued else [Code.BACKPRESSURE]
        description.differences = [*reads_on, Code.FLUSH_ON_EOF]
    if parts.framing.is_text:
        description.differences.append(Code.AS_UTF8)
    if parts.gathering.text_by_frame:
        description.differences.append(Code.TEXT_BY_FRAME)
    if description.goes_on and (parts.kind.is_chat or description.connection is not None):
        description.differences.append(Code.AFTER_ERROR)
    sends_on = parts.kind is SENDING_CHAT and description.may_flush
    swaps = getattr(parts.gathering, "swaps", None) is not None
    if parts.endings.left_open or sends_on or swaps:
        description.differences.append(Code.AT_END)
    if _sends_unsent(hierarchy, parts, description):
        description.differences.append(Code.UNSENT)
    if description.connection is not None:
        description.differences.append(Code.CONNECT)
        if description.connection.again:
            description.differences.append(Code.RECONNECT)


def _sends_unsent(hierarchy: Hierarchy, parts: SessionParts, description: SessionDescription) -> bool:
    """Tell whether something goes out that asyncore dropped.

    A dispatcher's send() drops what the kernel does not take, and close() drops what asynchat, or
    dispatcher_with_send, still has queued; by then, rewritten code has drained what earlier messages pushed. It
    calls a handle_write() of the author's again, instead of sending what is still queued.
    """
    if parts.pulling is not None:
        return any(use.method != "handle_write" for _, use in [*parts.endings.hard, *parts.endings.hooks_called])
    if parts.write_buffer is not None and (parts.write_buffer.may_drop or parts.write_buffer.once):
        return True
    buffered = parts.has_buffer or (description.farewell and not description.speaks and not parts.endings.hard)
    sends = description.output == "send" and hierarchy.root != legacy.DISPATCHER_WITH_SEND
    if description.drains and sends and not buffered:
        return True
    queues = parts.kind.is_chat or hierarchy.root == legacy.DISPATCHER_WITH_SEND
    if queues and any(use.tail == "shutdown" for _, use in hierarchy.uses("socket")):
        return True
    return description.drains and queues and description.hard_close


def _says_all_at_once(hierarchy: Hierarchy, parts: SessionParts, description: SessionDescription) -> bool:
    """Tell whether the constructor pushes and closes, and nothing else ever happens to the channel."""
    endings = parts.endings
    speech = parts.write_buffer.speech if parts.write_buffer is not None else None
    if speech is not None:
        description.speaks = speech.method
    simple = description.ending is Ending.CLOSE and not description.flag and not description.outside_methods
    if not simple or endings.goes_on:
        return False
    leaves = parts.kind is RAW and leaves_at_once(hierarchy) and not endings.hooks_called and not endings.reports
    if endings.explicit and not leaves:
        return False
    if speech is not None:
        return description.connection is None
    closing = endings.hard if leaves else endings.soft
    if not closing:
        return False
    constructors = hierarchy.methods.get("__init__", [])
    body = [d.module.source.span(statement) for d in constructors for statement in d.function.body]
    return not pushes_after_close(hierarchy, parts.kind.handlers) and all(
        use.method == "__init__" and use.alone and use.statement in body for _, use in closing
    )
