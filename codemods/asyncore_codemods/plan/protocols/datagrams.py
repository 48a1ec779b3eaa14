"""Decide how a dispatcher on a datagram socket becomes an asyncio.DatagramProtocol, or why it does not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.datagrams import DatagramFacts, read_datagrams
from asyncore_codemods.analyse.families.hierarchies import reaches_removed_class
from asyncore_codemods.analyse.lifetime.endings import EndingFacts, read_endings
from asyncore_codemods.analyse.lifetime.log_output import log_output
from asyncore_codemods.analyse.usage.effects import CLOSERS, follows
from asyncore_codemods.codes import Code
from asyncore_codemods.model.sessions import Reason
from asyncore_codemods.model.uses import Kind
from asyncore_codemods.plan.description import DatagramDescription
from asyncore_codemods.plan.members import Overrides, check_members, class_place
from asyncore_codemods.plan.protocols.protocols import FINISHED, RECEIVE, ProtocolPlanner
from asyncore_codemods.plan.sessions.describe import is_inherited
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from asyncore_codemods.analyse.families.hierarchies import Hierarchy
    from asyncore_codemods.analyse.output.woken import Woken
    from asyncore_codemods.analyse.usage.outside import OutsideUse
    from asyncore_codemods.index.project import ClassEntry
    from asyncore_codemods.model.uses import Use
    from asyncore_codemods.plan.changes import Changes

_OVERRIDES = Overrides(
    own=frozenset({"__init__", "handle_read", "handle_write", "writable", "handle_close", "handle_error", "close"}),
    never_called=frozenset({"handle_connect"}),  # on Python 3, unless connect() is
    trivial={
        "handle_connect": ("pass",),
        "handle_expt": ("pass", "close"),
        "handle_accept": ("pass",),
        "handle_close": ("close",),
        "readable": ("true",),
    },
)
_SETUP = ("create_socket", "set_reuse_addr", "bind", "connect")
_CLOSING = ("close", "handle_close", "handle_error")


@dataclass
class DatagramPlan:
    """A class that can be rewritten: what to write, and what to change on the way."""

    hierarchy: Hierarchy
    description: DatagramDescription
    changes: Changes


def plan_datagram(
    hierarchy: Hierarchy, outside: list[OutsideUse], *, is_closed_early: bool = False
) -> DatagramPlan | list[Reason]:
    """Return the plan for *hierarchy*, or every reason against it; it may be closed before it receives anything."""
    planner = _Planner(hierarchy, outside)
    planner.waits = is_closed_early or hierarchy.mentions(_CLOSING, "__init__", "handle_connect")
    return planner.plan()


class _Planner(ProtocolPlanner):
    base = "asyncio.DatagramProtocol"

    def __init__(self, hierarchy: Hierarchy, outside: list[OutsideUse]) -> None:
        super().__init__(hierarchy, outside)
        self.keeps_address = False
        self.sends = False  # it keeps a send() of its own
        self.waits = False  # it may be closed before it receives anything

    def plan(self) -> DatagramPlan | list[Reason]:
        """Return the plan, or the reasons."""
        self.reasons += check_members(self.hierarchy, _OVERRIDES, self.changes)
        facts = read_datagrams(self.hierarchy, self.outside)
        endings = read_endings(self.hierarchy, may_raise=False)
        if isinstance(endings, EndingFacts) and endings.reports:
            self._reason(Code.HANDLE_ERROR, "calls handle_error() itself", class_place(self.hierarchy.top))
        self.reasons += endings if isinstance(endings, list) else []
        if isinstance(facts, Reason):
            return [*self.reasons, facts]
        if isinstance(endings, list):
            return self.reasons
        top = self.hierarchy.top
        description = DatagramDescription(top.name, class_place(top), size=facts.size, polls=facts.polls)
        description.starts, description.closes_on_empty = facts.starts, facts.closes_on_empty
        own_send = "send" in self.hierarchy.methods
        self.sends = facts.closes_on_empty and not own_send and self.hierarchy.mentions(("send",), "handle_read")
        description.sends = self.sends
        description.connects = any(True for _ in self.hierarchy.uses("connect"))
        self.waits = description.waits = self.waits or facts.woken is not None
        if description.connects and facts.catches:  # which is told of a peer that is not there
            self._reason(Code.DATAGRAM, "catches what goes wrong with a connected socket", class_place(top))
        description.handles_error = endings.overrides_handle_error
        description.shows = bool(log_output(self.hierarchy.project).statements)
        description.handles_close = endings.overrides_handle_close
        hooks = ("handle_close", "handle_error")
        description.defaults = {name for name in hooks if is_inherited(self.hierarchy, name)}
        if follows(self.hierarchy, ("handle_read", "handle_write"), CLOSERS, frozenset({"socket"})):
            self._reason(Code.DATAGRAM, "uses its socket after it has closed it", class_place(top))
        self._check_outside(facts)
        self._choose_names(description)
        if facts.woken is not None:
            self._wake(facts.woken, description)
        self._change_definitions(facts)
        self._change_uses(facts, endings)
        if self.reasons:
            return self.reasons
        self._change_bases()
        return DatagramPlan(self.hierarchy, description, self.changes)

    def _check_outside(self, facts: DatagramFacts) -> None:
        inherited = legacy.inherited_names(self.hierarchy.root)
        for use in self.outside:
            if not use.may_be(self.hierarchy.names):
                continue
            if use.name == facts.queue:
                self._reason(Code.BUFFER, f"may have its queue {use.name} used from outside", use.place)
            elif use.name == "addr":
                self.keeps_address = True
            elif use.name in inherited - {"close", "socket"} - set(self.hierarchy.methods) and use.receivers:
                self._reason(Code.EXTERNAL_USE, f"its {use.name} is used from outside", use.place)

    def _wake(self, woken: Woken, description: DatagramDescription) -> None:
        """Have the event loop call what sends, behind everything that gives it something to send."""
        own = set(self.hierarchy.methods) | self._own_names(Code.DATAGRAM, set())
        description.flush = next(n for n in ("flush", "send_queued", "send_what_is_queued") if n not in own)
        call = (
            f"if {{0}}.transport is not None:\n    asyncio.get_running_loop().call_soon({{0}}.{description.flush})"
        )
        for place, receiver in woken.statements:
            self.changes.of(place.path).appended[place.span] = call.format(receiver)
        for place, receiver in woken.methods:
            self.changes.of(place.path).body_starts[place.span] = call.format(receiver)

    def _choose_names(self, description: DatagramDescription) -> None:
        own = self._own_names(Code.DATAGRAM, {"datagram_received"})
        description.can_run = "run" not in own
        description.serve = next(n for n in ("serve_forever", "serve", "serve_datagrams") if n not in own)
        description.finished = next(n for n in FINISHED if n not in own)
        description.receive = next(n for n in RECEIVE if n not in own)

    def _change_definitions(self, facts: DatagramFacts) -> None:
        self.changes.remove(facts.removed)
        self.changes.unwrap(facts.unwrapped)
        self.changes.replace(facts.replaced)
        self.changes.replace(facts.used)
        self.changes.rewrite(facts.rewritten)
        for place, parameters in facts.definitions:
            self.changes.of(place.path).parameters[place.span] = parameters

    def _change_uses(self, facts: DatagramFacts, endings: EndingFacts) -> None:
        for step in ("create_socket", "bind", "connect"):
            count = sum(1 for _ in self.hierarchy.uses(step))
            if count > 1 or (step == "create_socket" and not count):
                self._reason(Code.DATAGRAM, f"does not call {step}() once", class_place(self.hierarchy.top))
        for entry, use in self.hierarchy.uses():
            place = self.hierarchy.place(entry, use)
            changed = (r.place.span for r in (*facts.rewritten, *facts.used))
            gone = [*self.changes.of(place.path).removed, *changed]
            if any(span.contains(use.span) for span in gone):
                continue
            if use.name in _SETUP:
                self._change_setup(use, place)
            elif use.name == "__init__":
                self._change_constructor(entry, use, place)
            elif use.name == "send" and use.kind is Kind.CALL and "send" not in self.hierarchy.methods:
                if not self.sends:
                    self.changes.of(place.path).expressions[use.span] = "self.socket.send"
            elif use.name in _CLOSING:
                self._change_ending(use, place, endings)
            elif use.name == "socket" and use.kind is Kind.READ:
                if use.tail in ("close", "connect", "detach", "recv", "shutdown", "recvfrom"):
                    self._reason(Code.SOCKET, f"calls self.socket.{use.tail}()", place)
            elif use.name == "addr" and use.kind is Kind.READ:
                self.keeps_address = True
            elif use.name != "addr" or use.kind is not Kind.WRITE:
                self._change_other(use, place)

    def _change_setup(self, use: Use, place: Place) -> None:
        if use.kind is not Kind.CALL or not use.alone or use.deferred:
            self._reason(Code.DATAGRAM, f"uses {use.name}() as a value", place)
            return
        file = self.changes.of(place.path)
        texts = ", ".join(f"{a.keyword}={a.text}" if a.keyword else a.text for a in use.arguments)
        if use.name == "create_socket":
            wait = ["self.transport = None  # until it receives"] if self.waits else []
            file.statements[use.statement] = "\n".join([f"self.socket = socket.socket({texts})", *wait])
        elif use.name == "set_reuse_addr":
            option = "socket.SOL_SOCKET, socket.SO_REUSEADDR, 1"
            file.statements[use.statement] = f"self.socket.setsockopt({option})"
        else:
            keep = [f"self.addr = {texts}"] if self.keeps_address else []
            told = ["self.handle_connect()"] if use.name == "connect" and self._is_told() else []
            file.statements[use.statement] = "\n".join([*keep, f"self.socket.{use.name}({texts})", *told])

    def _is_told(self) -> bool:
        """Tell whether a handle_connect() does something, which is called as soon as the socket knows its peer."""
        definitions = self.hierarchy.methods.get("handle_connect", ())
        facts = (self.hierarchy.facts[d.entry.qualname].methods["handle_connect"] for d in definitions)
        return any(method.trivial != "pass" for method in facts)

    def _change_constructor(self, entry: ClassEntry, use: Use, place: Place) -> None:
        if use.kind is not Kind.BASE_CALL or not reaches_removed_class(entry, use):
            return
        given = self.hierarchy.handed_on(place.path, use)
        if given:
            code = Code.MAP if given[0].keyword == "map" or len(use.arguments) > 1 else Code.DATAGRAM
            self._reason(code, "passes a socket or a map to the base class's __init__()", place)
        elif use.alone:
            self.changes.remove([Place(place.path, use.statement)])
