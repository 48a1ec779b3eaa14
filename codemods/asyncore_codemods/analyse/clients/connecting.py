"""Clients: where they connect, how often, and what they have to say before there is a connection.

A client *dials* where it calls connect(): in its constructor, in a method that is called from there, or in one that
a hook calls when a connection has ended, to try again.
"""

from __future__ import annotations

import ast
import ipaddress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.clients.client_construction import read_client_construction
from asyncore_codemods.analyse.clients.dialling import read_repeats
from asyncore_codemods.analyse.clients.taking_over import read_taken
from asyncore_codemods.analyse.clients.told_to_connect import read_told
from asyncore_codemods.analyse.families.hierarchies import dials_of
from asyncore_codemods.analyse.lifetime.twice import is_noticed_twice
from asyncore_codemods.analyse.usage.error_words import goes_on_without
from asyncore_codemods.analyse.usage.holders import gives_itself_away, uses_by_makers
from asyncore_codemods.analyse.values.syntax import self_attribute
from asyncore_codemods.codes import Code
from asyncore_codemods.model.sessions import Reason
from asyncore_codemods.model.uses import Kind
from asyncore_codemods.nodes import walk
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asyncore_codemods.analyse.families.hierarchies import Definition, Hierarchy
    from asyncore_codemods.analyse.lifetime.construction import ConstructionFacts
    from asyncore_codemods.analyse.usage.outside import OutsideUse
    from asyncore_codemods.index.project import ClassEntry
    from asyncore_codemods.model.uses import Use

_INET = ("", "socket.AF_INET", "AF_INET", "socket.AF_INET6", "AF_INET6")
_UNIX = ("socket.AF_UNIX", "AF_UNIX")
_KINDS = ("", "socket.SOCK_STREAM", "SOCK_STREAM")
_NAMES = ("family", "type")  # of the arguments of create_socket()


@dataclass(frozen=True)
class Dial:
    """One call of connect()."""

    place: Place  # the statement, which becomes self.addr = ...
    address: str
    own: str  # what the method calls its object
    method: str  # "" if it is not one of its own
    made: Place | None = None  # then, the call that makes the client


@dataclass
class ConnectFacts:
    """How a client connects."""

    dials: list[Dial] = field(default_factory=list)
    removed: list[Place] = field(default_factory=list)
    family: str = ""  # of internet addresses
    over_tcp: bool = True
    over_unix: bool = False  # connects to a path, or may do so
    again: bool = False  # may connect again when a connection has ended
    in_handlers: bool = False  # and may do so while it handles what it received
    greets: bool = False  # has a handle_connect() of its own
    speaks_first: bool = False  # which sends something
    speaks_early: bool = False  # may send before there is a connection
    produces_early: bool = False  # may be given a producer then
    closes_early: bool = False  # may be closed before
    finishes_early: bool = False  # may be told before to close when all has been sent
    taken: str = ""  # the connection is there already: this is the socket
    seen: list[Place] = field(default_factory=list)  # where others tell it to connect
    early: list[OutsideUse] = field(default_factory=list)  # what others may do with it before it is connected

    @property
    def methods(self) -> set[str]:
        """The methods in which it connects."""
        return {dial.method for dial in self.dials if dial.method}

    @property
    def knows_host(self) -> bool:
        """Whether no name server is asked for the host."""
        return all(_knows_host(dial.address) for dial in self.dials)


def read_connecting(
    hierarchy: Hierarchy, outside: list[OutsideUse], output: str, handlers: tuple[str, ...]
) -> tuple[ConnectFacts, ConstructionFacts] | list[Reason]:
    """Return how the clients of *hierarchy* connect and are made, or the reasons why that is not understood.

    *output* is the method that sends, *handlers* are those that are given what is received.
    """
    if hierarchy.takes_over:
        return _read_taken_over(hierarchy, outside, output)
    creates, connects = list(hierarchy.uses("create_socket")), dials_of(hierarchy)
    top = hierarchy.top
    whole = Place(str(top.module.path), top.module.source.span(top.node))
    told = [] if connects else read_told(hierarchy, outside)
    sockets = [(hierarchy.place(entry, use), _given(use)) for entry, use in creates]
    sockets += [(one.socket, one.arguments) for one in told or () if one.socket is not None]
    if not sockets:
        return [Reason(Code.CLIENT, "never calls create_socket()", whole)]
    if not connects and (not told or any(use.method != "__init__" for _, use in creates)):
        return [Reason(Code.CLIENT, "never calls connect()", whole)]
    if not creates and any(one.socket is None for one in told or ()):
        return [Reason(Code.CLIENT, "is not told to make its socket before it connects", whole)]
    reasons = _check_calls(hierarchy, creates, connects)
    if reasons:
        return reasons
    facts = ConnectFacts()
    reasons += _read_families(sockets, facts)
    for entry, use in creates:
        facts.removed.append(Place(str(entry.module.path), use.statement))
    for entry, use in connects:
        own = hierarchy.facts[entry.qualname].methods[use.method].self_name
        place = Place(str(entry.module.path), use.statement)
        facts.dials.append(Dial(place, use.arguments[0].text, own, use.method))
    for one in told or ():
        facts.dials.append(Dial(one.statement, one.address, one.client, "", one.made))
        facts.removed += [one.socket] if one.socket is not None else []
        facts.seen += [use.place for use in outside if one.covers(use)]
    if connects:
        reasons += read_repeats(hierarchy, facts, creates, outside, handlers)
    greeting = hierarchy.methods.get("handle_connect", [])
    facts.greets = any(
        hierarchy.facts[d.entry.qualname].methods["handle_connect"].trivial != "pass" for d in greeting
    )
    facts.speaks_first = hierarchy.mentions((output,), "handle_connect")
    _read_early(hierarchy, facts, outside, output)
    construction = read_client_construction(hierarchy)
    if isinstance(construction, list):
        return [*reasons, *construction]
    if construction.socket_parameters and facts.again:
        reasons.append(Reason(Code.CLIENT, "is given accepted connections, and connects again", whole))
    is_heard = facts.greets or is_noticed_twice(hierarchy)  # when asyncore tells it that it is connected, and not
    if not facts.knows_host and goes_on_without(hierarchy, is_heard=is_heard):
        message = "may stay in the map when its host is not found, for the program goes on"
        reasons.append(Reason(Code.CLIENT, message, whole))
    return reasons or (facts, construction)


def _knows_host(address: str) -> bool:
    """Tell whether an address, as it is written, has a host that needs no name server."""
    parsed = ast.parse(address, mode="eval").body if address else None
    host = parsed.elts[0] if isinstance(parsed, ast.Tuple) and parsed.elts else None
    if not isinstance(host, ast.Constant) or not isinstance(host.value, str):
        return False
    if host.value in ("", "localhost"):
        return True
    try:
        ipaddress.ip_address(host.value)
    except ValueError:
        return False
    return True


def _read_early(hierarchy: Hierarchy, facts: ConnectFacts, outside: list[OutsideUse], output: str) -> None:
    facts.early = _early_uses(hierarchy, facts, outside)
    facts.speaks_early = _may_come_early(hierarchy, facts, {output})
    facts.produces_early = _may_come_early(hierarchy, facts, {"push_with_producer"})
    facts.closes_early = facts.again or _may_come_early(hierarchy, facts, {"close", "handle_close"})
    facts.finishes_early = _may_come_early(hierarchy, facts, {"close_when_done"})


def _read_taken_over(
    hierarchy: Hierarchy, outside: list[OutsideUse], output: str
) -> tuple[ConnectFacts, ConstructionFacts] | list[Reason]:
    """Return how a client takes over a connection: handle_connect() is never called for it."""
    taken = read_taken(hierarchy)
    if isinstance(taken, list):
        return taken
    facts = ConnectFacts(taken=taken[0])
    _read_early(hierarchy, facts, outside, output)
    early = _early(hierarchy, {"__init__"}, facts.early)
    for entry, use in hierarchy.uses("socket"):
        if any(d.entry is entry and d.function.name == use.method for d in early):
            message = "uses its socket before its streams are opened"
            return [Reason(Code.SOCKET, message, hierarchy.place(entry, use))]
    for entry, use in hierarchy.uses("connected"):
        message = "is given a connection, and looks whether it is connected"
        return [Reason(Code.INTERNALS, message, hierarchy.place(entry, use))]
    return facts, taken[1]


# -- the calls


def _check_calls(
    hierarchy: Hierarchy, creates: list[tuple[ClassEntry, Use]], connects: list[tuple[ClassEntry, Use]]
) -> list[Reason]:
    reasons = []
    for most, calls in ((2, creates), (1, connects)):
        for entry, use in calls:
            place = hierarchy.place(entry, use)
            if (
                not use.is_call
                or (use.name != "connect" and use.kind is not Kind.CALL)
                or not use.alone
                or use.deferred
            ):
                reasons.append(Reason(Code.CLIENT, f"uses {use.name}() as a value", place))
            elif len(use.arguments) > most or any(argument.starred for argument in use.arguments):
                reasons.append(Reason(Code.CLIENT, f"passes unusual arguments to {use.name}()", place))
            elif use.name == "connect" and not use.arguments:
                reasons.append(Reason(Code.CLIENT, "passes unusual arguments to connect()", place))
    if reasons:
        return reasons
    for calls in (creates, connects):
        for index, (entry, use) in enumerate(calls):
            for other, earlier in calls[:index]:
                if use.method == earlier.method and not (
                    entry is other and _are_alternatives(hierarchy, entry, use, earlier)
                ):
                    message = f"calls {use.name}() more than once in {use.method}()"
                    reasons.append(Reason(Code.CLIENT, message, hierarchy.place(entry, use)))
    for entry, use in connects:
        before = [c for other, c in creates if other is entry and c.method == use.method]
        made_at_once = len(creates) == 1 and creates[0][1].method == "__init__"
        if before and not any(create.statement < use.statement for create in before):
            reasons.append(Reason(Code.CLIENT, "connects before it makes its socket", hierarchy.place(entry, use)))
        elif not before and not (made_at_once and len(connects) == 1):
            message = "connects in another method than it makes its socket in"
            reasons.append(Reason(Code.CLIENT, message, hierarchy.place(entry, use)))
    return reasons


def _are_alternatives(hierarchy: Hierarchy, entry: ClassEntry, one: Use, other: Use) -> bool:
    """Tell whether two calls stand in the branches of one `if`, so that only one of them is made."""
    function = next(d.function for d in hierarchy.methods[one.method] if d.entry is entry)
    span = entry.module.source.span
    for node in walk(function, ast.If):
        sides = [
            {use.statement for use in (one, other) if any(span(s).contains(use.statement) for s in branch)}
            for branch in (node.body, node.orelse)
        ]
        if sides[0] and sides[1] and sides[0] != sides[1]:
            return True
    return False


def _given(use: Use) -> tuple[tuple[str | None, str], ...]:
    return tuple((given.keyword, given.text) for given in use.arguments)


def _read_families(
    sockets: Sequence[tuple[Place, tuple[tuple[str | None, str], ...]]], facts: ConnectFacts
) -> list[Reason]:
    """Read what create_socket() is given, call by call."""
    families = set()
    for place, arguments in sockets:
        family, kind = _family_of(arguments)
        if len(arguments) > len(_NAMES) or family not in (*_INET, *_UNIX) or kind not in _KINDS:
            return [Reason(Code.CLIENT, "connects by something else than TCP or a Unix socket", place)]
        families.add(family)
    inet = families - set(_UNIX)
    if len({family or "socket.AF_INET" for family in inet}) > 1:
        return [Reason(Code.CLIENT, "connects by IPv4 or IPv6", sockets[0][0])]
    facts.family = next(iter(inet), "")
    facts.over_tcp, facts.over_unix = bool(inet), bool(families & set(_UNIX))
    return []


def _family_of(arguments: tuple[tuple[str | None, str], ...]) -> tuple[str, str]:
    given = {name or _NAMES[min(index, 1)]: text for index, (name, text) in enumerate(arguments)}
    return given.get("family", ""), given.get("type", "")


# -- what comes before there is a connection


def _early_uses(hierarchy: Hierarchy, facts: ConnectFacts, outside: list[OutsideUse]) -> list[OutsideUse]:
    """Return the uses that others may make of a client before there is a connection, or between two."""
    made = uses_by_makers(hierarchy, outside)
    if facts.again or hierarchy.is_crossed or gives_itself_away(hierarchy, _early(hierarchy, facts.methods, made)):
        return outside
    return made


def _may_come_early(hierarchy: Hierarchy, facts: ConnectFacts, names: set[str]) -> bool:
    """Tell whether one of *names* may be called before there is a connection: by the constructor, or by others."""
    called = {use.name for use in facts.early if use.call is not None and use.may_be(hierarchy.names)}
    return bool(names & called) or any(
        self_attribute(node, definition.self_name) in names
        for definition in _early(hierarchy, facts.methods, facts.early)
        for node in walk(definition.function)
    )


def runs_early(hierarchy: Hierarchy, facts: ConnectFacts) -> set[Definition]:
    """Return the methods that may run before there is a connection."""
    return _early(hierarchy, facts.methods, facts.early)


def _early(hierarchy: Hierarchy, methods: set[str], outside: list[OutsideUse]) -> set[Definition]:
    """Return the methods that may run before there is a connection; *methods* are those that connect."""
    called = {use.name for use in outside if use.call is not None and use.may_be(hierarchy.names)}
    hooks = {"handle_close", "handle_error", "close"}
    return hierarchy.reachable("__init__", *methods, *(called & set(hierarchy.methods) - hooks))


def read_early_output(hierarchy: Hierarchy, facts: ConnectFacts, written: list[Place]) -> Reason | None:
    """See whether anything is put into the output buffer, in the *written* places, before there is a connection."""
    for definition in _early(hierarchy, facts.methods, facts.early):
        whole = definition.place(definition.function)
        for place in written:
            if place.path == whole.path and whole.span.contains(place.span):
                facts.speaks_early = True
                if facts.again and definition.function.name in facts.methods:
                    return Reason(Code.CLIENT, "adds to its output before it connects again", place)
    return None


# -- what is left of a connection


def starts_anew(hierarchy: Hierarchy, facts: ConnectFacts, buffer: str, *, changes: bool) -> bool:
    """Tell whether a client that connects again has forgotten the half of a frame that it had got before.

    *buffer* is the attribute that frames are gathered in; *changes* says that so does the terminator.
    """
    hooks = {*facts.methods, "handle_close", "handle_connect"} - {"__init__"}
    forgotten: set[str] = set()
    for name in hooks:
        for definition in hierarchy.methods.get(name, ()):
            for statement in definition.function.body:
                forgotten |= _forgets(statement, definition.self_name)
    wanted = {buffer, "set_terminator"} if changes else {buffer}
    return bool(buffer) and wanted <= forgotten


def _forgets(statement: ast.stmt, own: str) -> set[str]:
    """Return the attributes that a statement empties, and "set_terminator" if it calls that."""
    targets: list[ast.expr] = []
    if isinstance(statement, ast.Assign):
        targets = statement.targets
    elif isinstance(statement, ast.Delete):
        targets = [target.value for target in statement.targets if isinstance(target, ast.Subscript)]
    elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        func = statement.value.func
        if self_attribute(func, own) == "set_terminator":
            return {"set_terminator"}
        if isinstance(func, ast.Attribute) and func.attr == "clear":
            targets = [func.value]
    return {name for target in targets for name in [self_attribute(target, own)] if name}
