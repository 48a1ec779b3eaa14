"""Decide how a listener becomes an asyncio server, or why it does not."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.families.hierarchies import reaches_removed_class
from asyncore_codemods.analyse.families.mixins import hands_on_to_channel, kept_for_mixins
from asyncore_codemods.analyse.listening.accept_errors import failing, may_fail, may_fail_behind
from asyncore_codemods.analyse.listening.listeners import read_listener
from asyncore_codemods.analyse.listening.socket_setup import read_given
from asyncore_codemods.analyse.listening.told_to_listen import read_told_setups
from asyncore_codemods.analyse.usage.error_words import tells_why_not_bound
from asyncore_codemods.analyse.values.syntax import self_attribute
from asyncore_codemods.codes import Code
from asyncore_codemods.model.sessions import Reason
from asyncore_codemods.model.uses import Kind
from asyncore_codemods.nodes import walk
from asyncore_codemods.plan.changes import Changes
from asyncore_codemods.plan.description import ListenerDescription
from asyncore_codemods.plan.listener_errors import check_errors, guard, told_errors
from asyncore_codemods.plan.members import Overrides, check_members, drop_bases, has_own, rewrite_log_call
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from asyncore_codemods.analyse.families.hierarchies import Definition, Hierarchy
    from asyncore_codemods.analyse.listening.socket_uses import SessionResolver
    from asyncore_codemods.analyse.usage.outside import OutsideUse
    from asyncore_codemods.index.project import ClassEntry, Project
    from asyncore_codemods.model.programs import AcceptFacts, AcceptSite, ListenerFacts, SocketSetup
    from asyncore_codemods.model.uses import Use
    from asyncore_codemods.spans import Span

_OVERRIDES = Overrides(
    own=frozenset({"__init__", *legacy.ACCEPTING, "handle_error"}),
    may_hand_on=True,
    never_called=frozenset({"handle_close"}),  # asyncore did, after an exception in handle_accept()
    trivial={
        "handle_connect": ("pass",),
        "handle_close": ("pass", "close"),
        "handle_read": ("pass",),
        "handle_write": ("pass",),
        "readable": ("true", "inherited", "accepting"),
        "writable": ("false", "true", "inherited"),
    },
    urgent=True,  # which no listener ever gets
)
_SETUP = {"create_socket", "set_reuse_addr", "bind", "listen", "accept", "__init__"}
_SILENT = frozenset({"handle_connect", "handle_read", "handle_write"})
_CALLABLE = ("handle_accepted", "handle_error")
_OWN_WAYS = ("send", "recv")  # which asyncore never calls on a listener: an author's own are methods like any other
_SESSION_NAMES = ("session", "handler", "channel", "connection")


@dataclass
class ListenerPlan:
    """A listener that can be rewritten: what to write, and what to change on the way."""

    hierarchy: Hierarchy
    description: ListenerDescription
    facts: ListenerFacts
    changes: Changes


def plan_listener(
    hierarchy: Hierarchy,
    outside: list[OutsideUse],
    sessions_of: SessionResolver,
    run_names: dict[str, str],
    *,
    may_raise: bool,
) -> ListenerPlan | list[Reason]:
    """Return the plan for *hierarchy*, or every reason against it.

    *run_names* says what the run() method of each session class is called, *may_raise* that what handle_error()
    raises ends the program.
    """
    return _Planner(hierarchy, outside, sessions_of, run_names, may_raise=may_raise).plan()


class _Planner:
    def __init__(
        self,
        hierarchy: Hierarchy,
        outside: list[OutsideUse],
        sessions_of: SessionResolver,
        run_names: dict[str, str],
        *,
        may_raise: bool,
    ) -> None:
        self.hierarchy = hierarchy
        self.may_raise = may_raise
        self.outside = outside
        self.sessions_of = sessions_of
        self.run_names = run_names
        self.reasons: list[Reason] = []
        self.changes = Changes()
        self.keeps_address = False
        self.closes = False
        self.closes_itself = self.closes_apart = False  # in the thread of its loop, and in others
        self.has_own_close = False
        self.closing: list[tuple[Place, str]] = []  # of the inherited one there, and its object
        self.adds_to_close: list[Definition] = []  # each close() of a subclass
        self.hands_on_close: set[str] = set()  # those of them that call the inherited one
        self.hears_errors = False  # something calls its handle_error()
        self.told: list[SocketSetup] = []  # how others set it up
        self.own_ways: set[str] = set()  # of what a listener's socket cannot do
        self.given = read_given(hierarchy)  # its socket, which somebody else has set up

    def plan(self) -> ListenerPlan | list[Reason]:
        self.told = read_told_setups(self.hierarchy, self.outside)
        facts = read_listener(self.hierarchy, self.sessions_of, self._used_outside(), self.told)
        dead = self._dead(facts)
        closes = self.hierarchy.methods.get("close", [])
        self.has_own_close = len(closes) == 1 and closes[0].entry is self.hierarchy.top
        self.adds_to_close = [] if any(one.entry is self.hierarchy.top for one in closes) else closes
        has_close = self.has_own_close or bool(self.adds_to_close)
        understood = _OVERRIDES.own | {"close"} if has_close else _OVERRIDES.own
        self.own_ways = {
            name
            for name in _OWN_WAYS
            if any(self.hierarchy.has_for_all(one.entry) for one in self.hierarchy.methods.get(name, ()))
        }
        overrides = replace(_OVERRIDES, own=understood, never_called=_OVERRIDES.never_called | dead | self.own_ways)
        self.reasons += check_members(self.hierarchy, overrides, self.changes)
        self._remove(dead)
        self.hears_errors = self.hierarchy.overrides("handle_error") and "handle_error" not in dead
        self._check_outside()
        if isinstance(facts, list):
            return [*facts, *self.reasons]
        if self.hears_errors:
            self.reasons += check_errors(self.hierarchy, facts, may_raise=self.may_raise)
            self._check_errors_behind(facts)
        elif self.hierarchy.spared and "handle_error" not in dead:
            message = "shares its handle_error() with sessions, and may fail to make one"
            self._reason(Code.HANDLE_ERROR, message, facts.accepts[0].place)
        elif not self.hierarchy.overrides("handle_error"):
            self._check_failing()
        self._read_uses()
        for one in closes if has_close else ():
            if not self.closing and one.entry.qualname not in self.hands_on_close:
                message = "its close() does not call the base class's close()"
                self._reason(Code.CLOSE_OVERRIDE, message, one.place(one.function))
        top = self.hierarchy.top
        if self.given is not None and self.keeps_address:
            message = "is given its socket, and asked for the address that only bind() would have kept"
            self._reason(Code.LISTENER, message, Place(str(top.module.path), top.module.source.span(top.node)))
        if self.closes_apart and (self.closes_itself or has_close):
            message = "is closed by the thread of its loop, and by others"
            self._reason(Code.THREADS, message, min(self.hierarchy.closed_apart))
        if self.reasons:
            return self.reasons
        description = ListenerDescription(
            top.name, Place(str(top.module.path), top.module.source.span(top.node)), facts.accepts[0].method
        )
        description.closes = self.closes or has_close
        description.closing = self.closing
        description.has_threads = self.closes_apart
        own = self.hierarchy.own_names
        description.serve = next(n for n in ("serve_forever", "serve", "serve_connections") if n not in own)
        description.can_run = "run" not in own
        description.stopping = next(n for n in ("stopping", "stop_requested", "end_requested") if n not in own)
        description.server = next(n for n in ("server", "asyncio_server", "stream_server") if n not in own)
        if self.given is not None and not self.given.steps:
            description.constructor = [f"self.socket = {self.given.given}"]
        self._change(facts, description.server)
        return ListenerPlan(self.hierarchy, description, facts, self.changes)

    def _reason(self, code: Code, message: str, place: Place) -> None:
        self.reasons.append(Reason(code, message, place))

    def _used_outside(self) -> set[str]:
        return {use.name for use in self.outside if use.may_be(self.hierarchy.names)}

    def _check_errors_behind(self, facts: ListenerFacts) -> None:
        """A session that has been made lives on, whatever goes wrong behind that."""
        methods = self.hierarchy.methods
        accepting = [*methods.get("handle_accept", ()), *methods.get("handle_accepted", ())]
        for accept in facts.accepts:
            for site in accept.sites:
                own = next(d for d in accepting if d.place(d.function) == accept.place)
                if may_fail_behind(self.hierarchy, own, self.sessions_of, site.statement):
                    message = f"overrides handle_error(), and {accept.method}() may fail behind making a session"
                    self._reason(Code.HANDLE_ERROR, message, site.statement)

    def _check_failing(self) -> None:
        """Where nothing deals with its errors, asyncore closes a listener that could not make a session."""
        for name in legacy.ACCEPTING:
            for definition in self.hierarchy.methods.get(name, ()):
                place = failing(self.hierarchy, definition, self.sessions_of)
                if place is not None:
                    self._reason(Code.LISTENER, f"may fail to make a session in {name}(), which closes it", place)

    def _dead(self, facts: ListenerFacts | list[Reason]) -> frozenset[str]:
        """Return the hooks that nobody calls: a listener neither reads nor writes, and may have no errors."""
        names = set(_SILENT)
        defined = [self.hierarchy.methods.get(name, []) for name in legacy.ACCEPTING]
        accepting = [definition for definitions in defined for definition in definitions]
        if not isinstance(facts, list) and not any(
            may_fail(self.hierarchy, definition, self.sessions_of) for definition in accepting
        ):
            names.add("handle_error")
        names |= {"handle_accepted"} if all(defined) else set()
        names -= self._used_outside()
        names -= self.hierarchy.project.once(_texts)  # getattr(server, "handle_write")
        called = {use.name for _, use in self.hierarchy.uses(*names) if use.method not in names}
        return frozenset(names - called)

    def _remove(self, names: frozenset[str]) -> None:
        for member in self.hierarchy.members:
            facts, path = self.hierarchy.facts[member.qualname], str(member.module.path)
            gone = [method.span for name, method in facts.methods.items() if name in names]
            gone += [attribute.statement for attribute in facts.attributes if attribute.name in names]
            self.changes.remove([Place(path, span) for span in gone])

    def _check_outside(self) -> None:
        inherited = legacy.inherited_names(self.hierarchy.root)
        for use in self.outside:
            if not use.may_be(self.hierarchy.names) or use.name not in inherited or self._is_told(use):
                continue
            if use.name in ("log", "log_info") and has_own(self.hierarchy, use.name):
                continue
            if use.name == "close":
                self._note_close(use.place)
            elif use.name == "addr":
                self.keeps_address = True
            elif self.given is not None and any(place.contains(use.place) for place in self.given.announced):
                continue
            elif use.name != "socket" and use.receivers is not None and use.name not in self.hierarchy.methods:
                self._reason(Code.EXTERNAL_USE, f"its {use.name} is used from outside", use.place)

    def _is_told(self, use: OutsideUse) -> bool:
        """Tell whether a use is one of those by which others set up the socket."""
        return any(place.contains(use.place) for setup in self.told for _, place, _ in setup.steps)

    def _note_close(self, place: Place) -> None:
        """Note a call of close(), by the thread of the loop or by others that wait for its end."""
        if place in self.hierarchy.closed_apart:
            self.closes_apart = self.closes = True
        elif place not in self.hierarchy.closed_at_last:
            self.closes_itself = self.closes = True

    def _close_sockets(self) -> None:
        """Close the socket alone where nothing serves any more."""
        for place in self.hierarchy.closed_at_last:
            text = self.hierarchy.project.module_at(place.path).source.cut(place.span)
            self.changes.of(place.path).expressions[place.span] = f"{text.removesuffix('close')}socket.close"

    def _read_uses(self) -> None:
        self._check_constructors()
        self._close_sockets()
        removed = self.changes
        for entry, use in self.hierarchy.uses():
            place = self.hierarchy.place(entry, use)
            in_removed = any(span.contains(use.span) for span in removed.of(place.path).removed)
            if (
                in_removed
                or self.hierarchy.is_map(place.path, use.span)
                or (use.name in _SETUP and use.name != "__init__")
            ):
                continue
            if use.name == "__init__":
                self._read_constructor(entry, use, place)
            elif use.name == "set_socket" and self.given is not None:
                continue
            elif use.name == "close" and use.kind is Kind.CALL:
                if use.method == "__init__":
                    self._reason(Code.LISTENER, f"closes itself in {use.method}()", place)
                self._note_close(place)
            elif use.name == "close" and self._is_inherited_close(entry, use):
                self.closing.append((Place(place.path, use.statement), self._self_name(entry, use)))
            elif use.name == "close" and self._is_close_of_base(entry, use):
                self.hands_on_close.add(entry.qualname)
                if use.through in legacy.CLASSES:
                    self.changes.of(place.path).statements[use.statement] = "super().close()"
            elif use.name == "addr" and use.kind is Kind.READ:
                self.keeps_address = True
            elif self.given is not None and any(said.contains(place) for said in self.given.announced):
                continue
            elif use.name in _CALLABLE and use.kind is Kind.CALL and use.name in self.hierarchy.methods:
                continue  # the author's own
            elif use.name in self.own_ways and use.kind in (Kind.CALL, Kind.READ):
                continue
            elif use.name == "socket" and use.kind is Kind.READ:
                accepts = use.tail == "accept" and use.method == "handle_accept"  # read with the rest of that
                if use.tail in ("close", "accept", "shutdown", "recv", "send", "detach") and not accepts:
                    self._reason(Code.SOCKET, f"calls self.socket.{use.tail}()", place)
            elif (use.name in ("addr", "debug", "closing") and use.kind is Kind.WRITE) or (
                use.name in ("log", "log_info")
                and use.kind is not Kind.BASE_CALL
                and has_own(self.hierarchy, use.name)
            ):
                continue
            elif use.name in ("log", "log_info"):
                reason = rewrite_log_call(place.path, use, self.changes)
                self.reasons += [reason] if reason else []
            elif use.name == "handle_close" and use.kind is Kind.BASE_CALL and use.method == "handle_close":
                self.changes.of(place.path).expressions[use.span] = "self.close"
                self.closes = True
            elif use.name == "handle_close" and use.kind is Kind.CALL and self._has_own_ending():
                if not self.hierarchy.overrides(use.name):  # it does nothing but close, and goes
                    self.changes.of(place.path).expressions[use.span] = f"{self._self_name(entry, use)}.close"
                    self.closes = True
            else:
                self._reason(Code.INTERNALS, f"uses {use.name}, which only asyncore has", place)

    def _is_inherited_close(self, entry: ClassEntry, use: Use) -> bool:
        """Tell whether the author's close() calls that of the removed class, in a statement of its own."""
        own = self.has_own_close and use.method == "close" and use.alone and not use.deferred and not use.arguments
        return own and use.kind is Kind.BASE_CALL and reaches_removed_class(entry, use)

    def _is_close_of_base(self, entry: ClassEntry, use: Use) -> bool:
        """Tell whether the close() of a subclass calls the one it inherits, which is written for it."""
        plain = use.alone and not use.deferred and not use.arguments and use.kind is Kind.BASE_CALL
        return plain and any(one.entry is entry for one in self.adds_to_close) and use.method == "close"

    def _has_own_ending(self) -> bool:
        """Tell whether the topmost class has a handle_close() of its own, which others may still replace."""
        return "handle_close" in self.hierarchy.facts[self.hierarchy.top.qualname].methods

    def _self_name(self, entry: ClassEntry, use: Use) -> str:
        return self.hierarchy.facts[entry.qualname].methods[use.method].self_name

    def _check_constructors(self) -> None:
        """A constructor that does not call the base class's makes no listener of its object."""
        called = {
            entry.qualname
            for entry, use in self.hierarchy.uses("__init__")
            if use.kind is Kind.BASE_CALL and use.method == "__init__"
        }
        for definition in self.hierarchy.constructors:
            if definition.entry.qualname not in called:
                name, place = definition.entry.name, definition.place(definition.function)
                self._reason(Code.LISTENER, f"{name}.__init__() does not call the base class's __init__()", place)

    def _read_constructor(self, entry: ClassEntry, use: Use, place: Place) -> None:
        if use.kind is not Kind.BASE_CALL:
            return
        if not reaches_removed_class(entry, use):
            if hands_on_to_channel(entry, self.hierarchy.mixins) and kept_for_mixins(use) != list(use.arguments):
                self._reason(Code.LISTENER, "passes a socket or a map on through a mixin", place)
            return
        given = self.hierarchy.handed_on(place.path, use)
        if given and self.given is None:
            code = Code.MAP if given[0].keyword == "map" or len(use.arguments) > 1 else Code.LISTENER
            self._reason(code, "passes a socket or a map to the base class's __init__()", place)
        elif not use.alone:
            self._reason(Code.LISTENER, "uses what __init__() returns", place)
        elif given:
            return  # it is where the socket comes from
        else:
            self.changes.remove([Place(place.path, use.statement)])

    # -- the changes

    def _change(self, facts: ListenerFacts, server: str) -> None:
        for setup in facts.setups:
            self._change_setup(setup)
        for accept in facts.accepts:
            self._change_accept(accept, server)
        self.changes.rewrite(told_errors(self.hierarchy) if self.hears_errors else ())
        drop_bases(self.hierarchy, self.changes)

    def _change_setup(self, setup: SocketSetup) -> None:
        if setup in self.told:
            self.hierarchy.given |= {"socket", "addr"} if self.keeps_address else {"socket"}
        file = self.changes.of(setup.module)
        file.imports.add("socket")
        spans = {name: place.span for name, place in setup.statements.items()}
        # socket.create_server() has words of its own for what bind() raises.
        whole = setup.plain and not tells_why_not_bound(self.hierarchy)
        if whole and not self._touches_socket(setup.module, spans):
            address, lines = self._kept_address(setup.address, setup.owner)
            backlog = f", backlog={setup.backlog}" if setup.backlog else ""
            lines.append(f"{setup.owner}.socket = socket.create_server({address}{backlog})")
            file.statements[spans["bind"]] = "\n".join(lines)
            file.stands_for.update((span, spans["bind"]) for name, span in spans.items() if name != "bind")
            file.removed |= file.stands_for.keys()
            return
        self.changes.forget(setup.announced)
        for name, place, given in setup.steps:
            self.changes.of(place.path).statements[place.span] = self._step(name, given, setup.owner)

    def _step(self, name: str, given: tuple[str, ...], own: str) -> str:
        """Return what becomes of one of the calls, each for itself."""
        if name == "create_socket" and self.given is not None:
            return f"self.socket = {self.given.given}"
        if name == "create_socket":
            return f"{own}.socket = socket.socket({', '.join(given)})"
        if name == "set_reuse_addr":
            return f"{own}.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)"
        if name == "listen":
            return f"{own}.socket.listen({', '.join(given)})"
        address, lines = self._kept_address(given[0], own)
        return "\n".join([*lines, f"{own}.socket.bind({address})"])

    def _kept_address(self, address: str, own: str) -> tuple[str, list[str]]:
        """Return the address to bind to, and what keeps it for those who ask."""
        if self.keeps_address and not any(use.kind is Kind.WRITE for _, use in self.hierarchy.uses("addr")):
            return f"{own}.addr", [f"{own}.addr = {address}"]
        return address, []

    def _touches_socket(self, path: str, spans: dict[str, Span]) -> bool:
        """Tell whether the socket is used between its creation and listen()."""
        first, last = spans["create_socket"], spans["listen"]
        return any(
            str(entry.module.path) == path and first < use.statement < last
            for entry, use in self.hierarchy.uses("socket")
        )

    def _closes_in(self, accept: AcceptFacts) -> bool:
        """Tell whether a method may close the listener: asyncio may have accepted more connections by then."""
        methods = self.hierarchy.methods
        own = next(d for d in methods[accept.method] if d.place(d.function) == accept.place)
        called = {self_attribute(node, own.self_name) or "" for node in walk(own.function)} & set(methods)
        closing = {"close"} if "handle_close" in methods else {"close", "handle_close"}
        if self.hears_errors:
            called |= {"handle_error"}
        return any(
            self_attribute(node, definition.self_name) in closing
            for definition in {own, *self.hierarchy.reachable(*called)}
            for node in walk(definition.function)
        )

    def _change_accept(self, accept: AcceptFacts, server: str) -> None:
        file = self.changes.of(accept.place.path)
        file.parameters[accept.place.span] = f"{accept.self_name}, reader, writer"
        self.changes.remove(accept.removed)
        self.changes.replace(accept.replaced)
        self.changes.resize(accept.resized)
        self.changes.make_coroutines([accept.place, *accept.coroutines])
        for place in accept.left:
            self.changes.of(place.path).appended[place.span] = "return"
        for place in accept.dropped:
            self.changes.of(place.path).prepended[place.span] = "writer.close()"
        for place in accept.dropped_at_end:
            behind = self.changes.of(place.path).appended
            leaves = place.span in behind
            close = "writer.close()  # unless a session has" if accept.sites or accept.awaited else "writer.close()"
            behind[place.span] = "writer.close()\nreturn" if leaves else close
        self.changes.make_awaited(accept.awaited)
        self.changes.unwrap(accept.unwrapped)
        starts = []
        if self._closes_in(accept):
            starts += [
                f"if not {accept.self_name}.{server}.is_serving():  # it closed when it got another connection",
                "    writer.transport.abort()",
                "    return",
            ]
        if accept.address:
            starts.append(f'{accept.address} = writer.get_extra_info("peername")')
        if starts:
            file.body_starts[accept.place.span] = "\n".join(starts)
        if self.hears_errors:
            file.guarded[accept.place.span] = guard(accept)
        for site in accept.sites:
            self._change_site(site, accept.names, apart=self.hears_errors)

    def _change_site(self, site: AcceptSite, names: frozenset[str], *, apart: bool) -> None:
        file = self.changes.of(site.call.path)
        self.changes.resize([site.sock])
        run = {self.run_names[name] for name in site.classes}.pop()
        if site.is_statement and site.is_last and not apart:
            file.wrapped[site.statement.span] = "await ", f".{run}()"
            return
        target = site.target
        if not target:
            target = next(name for name in _SESSION_NAMES if name not in names)
            if site.is_statement:
                file.wrapped[site.statement.span] = f"{target} = ", ""
            else:
                file.hoisted[site.call.span] = target
        assert site.run_after is not None
        file.appended[site.run_after.span] = f"await {target}.{run}()"


def is_listener(hierarchy: Hierarchy) -> bool:
    """Tell whether a hierarchy accepts connections."""
    accepts = any(True for _ in hierarchy.uses("listen", "accept")) or hierarchy.overrides("handle_accepted")
    if not accepts and not any(use.tail in ("accept", "listen") for _, use in hierarchy.uses("socket")):
        return False  # a handle_accept() that only says that it was called
    if any(hierarchy.overrides(name) for name in legacy.ACCEPTING):
        return any(
            not (isinstance(d.function, ast.FunctionDef) and _is_pass(d.function))
            for name in legacy.ACCEPTING
            for d in hierarchy.methods.get(name, ())
        )
    return any(True for _ in hierarchy.uses("listen", "accept"))


def _is_pass(function: ast.FunctionDef) -> bool:
    return all(
        isinstance(statement, (ast.Pass, ast.Expr))
        and not any(isinstance(node, ast.Call) for node in walk(statement))
        for statement in function.body
    )


def _texts(project: Project) -> set[str]:
    """Return every string that stands in *project*."""
    nodes = (node for module in project.modules.values() for node in walk(module.source.tree))
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
