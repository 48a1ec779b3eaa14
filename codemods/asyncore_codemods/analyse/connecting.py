"""Clients: where they connect, and what they have to say before there is a connection."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.construction import ConstructionFacts
from asyncore_codemods.analyse.hierarchies import reaches_removed_class
from asyncore_codemods.analyse.syntax import self_attribute
from asyncore_codemods.codes import Code
from asyncore_codemods.model.sessions import Reason
from asyncore_codemods.model.uses import Kind
from asyncore_codemods.nodes import walk
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from asyncore_codemods.analyse.hierarchies import Hierarchy
    from asyncore_codemods.analyse.outside import OutsideUse
    from asyncore_codemods.model.uses import Use

_FAMILIES = ("", "socket.AF_INET", "AF_INET", "socket.AF_INET6", "AF_INET6")
_KINDS = ("", "socket.SOCK_STREAM", "SOCK_STREAM")


@dataclass
class ConnectFacts:
    """How a client connects."""

    method: str  # the method that calls create_socket() and connect()
    removed: list[Place] = field(default_factory=list)
    connect: Place | None = None  # the statement that becomes self.addr = ...
    address: str = ""
    family: str = ""
    greets: bool = False  # has a handle_connect() of its own
    speaks_early: bool = False  # may send before there is a connection
    closes_early: bool = False  # may be closed before


def read_connecting(
    hierarchy: Hierarchy, outside: list[OutsideUse], output: str
) -> tuple[ConnectFacts, ConstructionFacts] | list[Reason]:
    """Return how the clients of *hierarchy* connect and are made, or the reasons why that is not understood."""
    uses = {name: list(hierarchy.uses(name)) for name in ("create_socket", "connect")}
    top = hierarchy.top
    whole = Place(str(top.module.path), top.module.source.span(top.node))
    for name, found in uses.items():
        if len(found) != 1:
            message = f"calls {name}() more than once" if found else f"never calls {name}()"
            return [Reason(Code.CLIENT, message, whole)]
    (entry, create), (other, connect) = uses["create_socket"][0], uses["connect"][0]
    reasons = _check_calls(hierarchy, create, connect)
    if entry is not other or create.method != connect.method:
        reasons.append(Reason(Code.CLIENT, "connects in another method than it makes its socket in", whole))
    facts = ConnectFacts(create.method)
    facts.removed.append(Place(str(entry.module.path), create.statement))
    facts.connect = Place(str(entry.module.path), connect.statement)
    facts.address = connect.arguments[0].text if connect.arguments else ""
    facts.family, kind = _family_of(create)
    if facts.family not in _FAMILIES or kind not in _KINDS:
        reasons.append(Reason(Code.CLIENT, "connects by something else than TCP", hierarchy.place(entry, create)))
    if _connects_again(hierarchy, create.method, outside):
        reasons.append(Reason(Code.CLIENT, "may connect again", hierarchy.place(entry, create)))
    connects = hierarchy.methods.get("handle_connect", [])
    facts.greets = any(
        hierarchy.facts[d.entry.qualname].methods["handle_connect"].trivial != "pass" for d in connects
    )
    facts.speaks_early = _may_come_early(hierarchy, facts.method, outside, {output})
    facts.closes_early = _may_come_early(hierarchy, facts.method, outside, {"close", "handle_close"})
    if _may_come_early(hierarchy, facts.method, outside, {"close_when_done"}):
        message = "may be told to close when done before there is a connection"
        reasons.append(Reason(Code.CLIENT, message, hierarchy.place(entry, create)))
    construction = _read_constructors(hierarchy, reasons)
    return reasons or (facts, construction)


def _connects_again(hierarchy: Hierarchy, method: str, outside: list[OutsideUse]) -> bool:
    """Tell whether a client connects at another time than when it is made, and perhaps more than once."""
    if method == "__init__":
        return False
    called = [use for use in outside if use.name == method and use.may_be(hierarchy.names)]
    by_constructor = any(
        self_attribute(node, definition.self_name) == method
        for definition in hierarchy.methods.get("__init__", ())
        for node in walk(definition.function)
    )
    others = [name for name in hierarchy.methods if name not in ("__init__", method)]
    again = any(d.function.name == method for d in hierarchy.reachable(*others))
    return again or len(called) + by_constructor != 1


def _check_calls(hierarchy: Hierarchy, create: Use, connect: Use) -> list[Reason]:
    path = str(hierarchy.top.module.path)
    reasons = []
    for use in (create, connect):
        place = Place(path, use.span)
        if not use.is_call or not use.alone or use.deferred:
            reasons.append(Reason(Code.CLIENT, f"uses {use.name}() as a value", place))
    if len(connect.arguments) != 1 or connect.arguments[0].starred:
        reasons.append(Reason(Code.CLIENT, "passes unusual arguments to connect()", Place(path, connect.span)))
    if len(create.arguments) > 2 or any(argument.starred for argument in create.arguments):
        reasons.append(Reason(Code.CLIENT, "passes unusual arguments to create_socket()", Place(path, create.span)))
    if not create.statement < connect.statement:
        reasons.append(Reason(Code.CLIENT, "connects before it makes its socket", Place(path, connect.span)))
    return reasons


def _family_of(create: Use) -> tuple[str, str]:
    family = kind = ""
    for index, given in enumerate(create.arguments):
        if (given.keyword or ("family", "type")[min(index, 1)]) == "family":
            family = given.text
        else:
            kind = given.text
    return family, kind


def _may_come_early(hierarchy: Hierarchy, method: str, outside: list[OutsideUse], names: set[str]) -> bool:
    """Tell whether one of *names* may be called before there is a connection: by the constructor, or by others."""
    called = {use.name for use in outside if use.call is not None and use.may_be(hierarchy.names)}
    hooks = {"handle_connect", "handle_close", "handle_error", "close"}
    early = hierarchy.reachable("__init__", method, *(called & set(hierarchy.methods) - hooks))
    return bool(names & called) or any(
        self_attribute(node, definition.self_name) in names
        for definition in early
        for node in walk(definition.function)
    )


def _read_constructors(hierarchy: Hierarchy, reasons: list[Reason]) -> ConstructionFacts:
    own = [d for d in hierarchy.methods.get("__init__", ()) if d.entry is hierarchy.top]
    facts = ConstructionFacts(defined=bool(own))
    names: set[str] = set()
    for definition in hierarchy.methods.get("__init__", ()):
        names |= {n.arg for n in walk(definition.function) if isinstance(n, ast.arg)}
        names |= {n.id for n in walk(definition.function) if isinstance(n, ast.Name)}
    facts.names = frozenset(names)
    for entry, use in hierarchy.uses("__init__", "set_socket"):
        place = hierarchy.place(entry, use)
        if use.name == "set_socket":
            reasons.append(Reason(Code.SOCKET, "calls set_socket()", place))
        elif use.kind is not Kind.BASE_CALL or not reaches_removed_class(entry, use):
            continue
        elif any(not (a.is_constant and a.constant is None) for a in use.arguments):
            named_map = use.arguments[0].keyword == "map" or len(use.arguments) > 1
            code = Code.MAP if named_map else Code.CLIENT
            reasons.append(Reason(code, "passes a socket or a map to the base class's __init__()", place))
        elif not use.alone:
            reasons.append(Reason(Code.CLIENT, "uses what __init__() returns", place))
        else:
            facts.base_calls.append(Place(place.path, use.statement))
    if not facts.base_calls and not reasons:
        top = hierarchy.top
        place = Place(str(top.module.path), top.module.source.span(top.node))
        reasons.append(Reason(Code.CONSTRUCTION, "does not call the base class's __init__()", place))
    return facts
