"""Decide what becomes of a whole program: its listeners, their sessions and the loop that drives them.

A program is a set of modules that import each other. Until converted and bridged classes can share a loop, it is
rewritten as a whole or moved to the bridge as a whole: one class that must stay keeps the others with it.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.factories import Factories
from asyncore_codemods.analyse.hierarchies import Hierarchy, build_hierarchy
from asyncore_codemods.analyse.loops import read_loops
from asyncore_codemods.analyse.outside import outside_uses
from asyncore_codemods.analyse.references import References, read_references
from asyncore_codemods.analyse.startups import Startup, read_startup
from asyncore_codemods.codes import Code
from asyncore_codemods.model.programs import LoopSite, Mention, ModuleUse
from asyncore_codemods.model.sessions import Reason
from asyncore_codemods.plan.changes import Changes
from asyncore_codemods.plan.datagrams import DatagramPlan, plan_datagram
from asyncore_codemods.plan.listeners import ListenerPlan, is_listener, plan_listener
from asyncore_codemods.plan.sessions import SessionPlan, plan_session
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from collections.abc import Iterable

    from asyncore_codemods.analyse.hierarchies import Definition
    from asyncore_codemods.analyse.outside import OutsideUse
    from asyncore_codemods.index import Module, Project

_PASSES = ("asyncore.poll", "asyncore.poll2", "asyncore.poll3")
_PARALLEL = {
    "threading": "threads",
    "_thread": "threads",
    "thread": "threads",
    "concurrent": "threads",
    "multiprocessing": "processes",
}


@dataclass
class HierarchyPlan:
    """What becomes of one hierarchy: streams if there is no reason against it, else the bridge."""

    hierarchy: Hierarchy
    role: str
    plan: SessionPlan | ListenerPlan | DatagramPlan | None = None
    reasons: list[Reason] = field(default_factory=list)


@dataclass
class ProgramPlan:
    """What becomes of a program."""

    modules: list[Module]
    hierarchies: list[HierarchyPlan]
    reasons: list[Reason] = field(default_factory=list)  # that concern the program as a whole
    startups: list[Startup] = field(default_factory=list)
    changes: Changes = field(default_factory=Changes)
    removed_uses: list[ModuleUse] = field(default_factory=list)

    @property
    def converts(self) -> bool:
        """Whether the program is rewritten."""
        return bool(self.hierarchies) and not self.reasons and not any(h.reasons for h in self.hierarchies)


def plan_program(project: Project, modules: list[Module]) -> ProgramPlan:
    """Return a plan for the program that consists of *modules*."""
    return _Planner(project, modules).plan()


def programs_of(project: Project) -> list[list[Module]]:
    """Return the programs of *project*: groups of modules that import each other."""
    group: dict[Module, int] = {module: index for index, module in enumerate(project.modules.values())}
    for module in project.modules.values():
        for imported in project.imported_modules(module):
            old, new = group[imported], group[module]
            if old != new:
                group = {other: new if number == old else number for other, number in group.items()}
    programs: dict[int, list[Module]] = {}
    for module, number in group.items():
        programs.setdefault(number, []).append(module)
    return [sorted(modules, key=lambda m: str(m.path)) for modules in programs.values()]


class _Planner:
    def __init__(self, project: Project, modules: list[Module]) -> None:
        self.project = project
        self.modules = modules
        self.references: References = read_references(project, modules)
        self.loops: list[LoopSite] = read_loops(project, modules)
        self.outside: list[OutsideUse] = []
        self.unplanned: set[str] = set()  # the listeners that cannot be rewritten
        self.result = ProgramPlan(modules, [])

    def plan(self) -> ProgramPlan:
        tops = [
            entry
            for entry in self.project.classes.values()
            if entry.module in self.modules and entry.root and not any(p.root for p in entry.parents)
        ]
        self.result.hierarchies = [
            HierarchyPlan(hierarchy, _role(hierarchy))
            for hierarchy in (build_hierarchy(self.project, t) for t in tops)
        ]
        if not self.result.hierarchies:
            self._check_uses()
            return self.result
        self._check_program()
        self._plan_classes()
        self._plan_loops()
        self._check_editable()
        if self.result.converts:
            for planned in self.result.hierarchies:
                assert planned.plan is not None
                self.result.changes.merge(planned.plan.changes)
        return self.result

    def _whole(self, hierarchy: Hierarchy) -> Place:
        top = hierarchy.top
        return Place(str(top.module.path), top.module.source.span(top.node))

    # -- the program

    def _check_program(self) -> None:
        for module in self.modules:
            if not any(imported for imported in module.imports if legacy.is_legacy(imported.target)) and not any(
                h.hierarchy.top.module is module for h in self.result.hierarchies
            ):
                continue
            for imported in module.imports:
                if legacy.is_legacy(imported.target) and not imported.at_top and module.editable:
                    place = Place(str(module.path), module.source.span(imported.node))
                    name = legacy.canonical(imported.target)
                    self._reason(Code.ASYNCORE_USE, f"the program imports {name} inside a block", place)
                kind = _PARALLEL.get(imported.target.split(".")[0])
                if kind:
                    self._reason(
                        Code.THREADS,
                        f"the program runs {kind}",
                        Place(str(module.path), module.source.span(imported.node)),
                    )
        self._check_signals()
        self._check_uses()

    def _check_signals(self) -> None:
        for module in self.modules:
            for node in ast.walk(module.source.tree):
                if not isinstance(node, ast.Call):
                    continue
                target = self.project.resolve_node(module, node.func)
                place = Place(str(module.path), module.source.span(node))
                if target in ("os.fork", "os.forkpty"):
                    self._reason(Code.THREADS, "the program forks", place)
                elif target == "signal.signal" and not _ends_program(module, node):
                    self._reason(Code.THREADS, "the program handles signals", place)

    def _check_uses(self) -> None:
        scopes = {(site.place.path, site.scope): site for site in self.loops}
        said: set[tuple[str, str]] = set()
        for use in self.references.uses:
            if use.name == "asyncore.loop" and use.call is not None:
                continue
            site = scopes.get((use.place.path, use.scope))
            if (
                use.name == "asyncore.close_all"
                and use.alone
                and site is not None
                and site.place.span < use.place.span
            ):
                self.result.removed_uses.append(use)
                continue
            if (use.place.path, use.name) not in said:
                said.add((use.place.path, use.name))
                self._reason(Code.ASYNCORE_USE, f"the program uses {use.name}", use.place)

    def _reason(self, code: Code, message: str, place: Place) -> None:
        reason = Reason(code, message, place)
        if reason not in self.result.reasons:
            self.result.reasons.append(reason)

    # -- the classes

    def _plan_classes(self) -> None:
        sessions = [h for h in self.result.hierarchies if h.role == "session"]
        clients = [h for h in self.result.hierarchies if h.role == "client"]
        listeners = [h for h in self.result.hierarchies if h.role == "listener"]
        self.outside = outside_uses(self.project, self.modules)
        interruptible = any(site.guarded for site in self.loops) or _catches_interrupts(self.modules)
        ends_with_errors = not any(site.guarded for site in self.loops)
        run_names: dict[str, str] = {}
        for planned in [*sessions, *clients]:
            result = plan_session(
                planned.hierarchy,
                self.outside,
                interruptible=interruptible,
                connects=planned.role == "client",
                may_raise=planned.role == "client" and ends_with_errors,
            )
            _record(planned, result)
            run = result.description.run if isinstance(result, SessionPlan) else "run"
            run_names.update(dict.fromkeys(planned.hierarchy.names, run))
        factories = Factories(self.project, [h.hierarchy for h in sessions], self.references)
        accepted: set[tuple[str, object]] = set()
        for planned in listeners:
            hierarchy = planned.hierarchy

            def sessions_of(
                definition: Definition, func: ast.expr, hierarchy: Hierarchy = hierarchy
            ) -> frozenset[str] | None:
                return factories.of(hierarchy, definition, func)

            listening = plan_listener(hierarchy, self.outside, sessions_of, run_names)
            _record(planned, listening)
            if isinstance(listening, ListenerPlan):
                accepted |= {(s.call.path, s.call.span) for s in listening.facts.accept.sites}
                if len({run_names[name] for s in listening.facts.accept.sites for name in s.classes}) > 1:
                    planned.reasons.append(
                        Reason(
                            Code.LISTENER,
                            "makes sessions whose run() methods differ in name",
                            self._whole(hierarchy),
                        )
                    )
        for planned in self.result.hierarchies:
            if planned.role == "datagram":
                _record(planned, plan_datagram(planned.hierarchy, self.outside))
            elif planned.role not in ("session", "listener", "client"):
                planned.reasons.append(_role_reason(planned, self._whole(planned.hierarchy)))
        self.unplanned = {m.name for h in listeners if h.plan is None for m in h.hierarchy.members}
        for planned in sessions:
            self._check_session_mentions(planned, accepted, {n for h in listeners for n in h.hierarchy.names})

    def _check_session_mentions(
        self, planned: HierarchyPlan, accepted: set[tuple[str, object]], listeners: set[str]
    ) -> None:
        made = False
        for name in planned.hierarchy.names:
            for mention in self.references.mentions.get(name, ()):
                known = mention.mention in (Mention.BASE, Mention.BASE_CALL, Mention.ATTRIBUTE, Mention.CHECKED)
                if mention.mention is Mention.CONSTRUCTED:
                    # a listener with reasons of its own need not be blamed for its sessions as well
                    in_listener = mention.scope.rpartition(".")[0] in self.unplanned
                    known = in_listener or (mention.place.path, mention.call) in accepted
                    made = made or known
                elif mention.mention in (Mention.STORED, Mention.PASSED):
                    known = mention.owner in listeners
                    made = made or known
                if not known:
                    planned.reasons.append(
                        Reason(
                            Code.CONSTRUCTION,
                            "is made or passed on outside a listener's accept method",
                            mention.place,
                        )
                    )
        if not made and not planned.reasons:
            planned.reasons.append(
                Reason(
                    Code.CONSTRUCTION, "is never made by a listener of this program", self._whole(planned.hierarchy)
                )
            )

    # -- the loops

    def _plan_loops(self) -> None:
        names = {
            name: "client" if h.role == "client" else "server"
            for h in self.result.hierarchies
            if h.role in ("listener", "client", "datagram")
            for name in h.hierarchy.names
        }
        if not self.loops:
            self._explain_missing_loop()
            return
        if not names:
            return  # what the loop drives has reasons of its own
        attributed: set[tuple[str, object]] = set()
        by_self = False
        for site in self.loops:
            for problem in site.problems:
                self._reason(problem.code, problem.message, problem.place)
            module = next(m for m in self.modules if str(m.path) == site.place.path)
            startup = read_startup(self.project, module, site, names)
            if isinstance(startup, Reason):
                self._reason(startup.code, startup.message, startup.place)
                continue
            self.result.startups.append(startup)
            for root in startup.roots:
                attributed |= {(place.path, place.span) for place in root.calls}
                by_self = by_self or not root.calls
        if len(self.result.startups) == len(self.loops):
            self._check_root_mentions(names, attributed, by_self=by_self)

    def _explain_missing_loop(self) -> None:
        driven = False
        for use in self.references.uses:
            if use.name == "asyncore.loop":
                self._reason(Code.LOOP, "the program passes asyncore.loop() on, to a thread perhaps", use.place)
                driven = True
            elif use.name in _PASSES:
                self._reason(Code.LOOP, f"the program runs single passes with {use.name}()", use.place)
                driven = True
        if not driven:
            place = self._whole(self.result.hierarchies[0].hierarchy)
            self._reason(Code.NO_LOOP, "nothing in the project runs asyncore.loop()", place)

    def _check_root_mentions(
        self, names: Iterable[str], attributed: set[tuple[str, object]], *, by_self: bool
    ) -> None:
        known = (Mention.BASE, Mention.BASE_CALL, Mention.ATTRIBUTE, Mention.CHECKED)
        made = 0
        for name in names:
            for mention in self.references.mentions.get(name, ()):
                if mention.mention is Mention.CONSTRUCTED:
                    made += 1
                    if (mention.place.path, mention.call) not in attributed and not by_self:
                        self._reason(
                            Code.LOOP,
                            "the program makes a listener or client where its loop cannot be seen",
                            mention.place,
                        )
                elif mention.mention not in known:
                    self._reason(
                        Code.CONSTRUCTION, "the program passes the class of a listener or client on", mention.place
                    )
        if by_self and made != 1:
            message = "the loop is run by one of several objects that it drives"
            self._reason(Code.LOOP, message, self.loops[0].place)

    def _check_editable(self) -> None:
        if not self.result.converts:
            return
        files = {path for h in self.result.hierarchies if h.plan for path in h.plan.changes.files}
        files |= {site.place.path for site in self.loops}
        for module in self.modules:
            if str(module.path) in files and not module.editable:
                place = Place(str(module.path), module.source.span(module.source.tree.body[0]))
                self._reason(Code.OUTSIDE, f"part of the program is in {module.path}, which was not given", place)


def _record(planned: HierarchyPlan, result: SessionPlan | ListenerPlan | DatagramPlan | list[Reason]) -> None:
    if isinstance(result, list):
        planned.reasons += [reason for index, reason in enumerate(result) if reason not in result[:index]]
    else:
        planned.plan = result


def _role(hierarchy: Hierarchy) -> str:
    """Return what a hierarchy is for."""
    root = hierarchy.root
    if root in (legacy.SMTP_SERVER, legacy.SMTP_CHANNEL) or root.startswith("smtpd."):
        return "smtp"
    if root == legacy.FILE_DISPATCHER:
        return "file"
    if is_listener(hierarchy):
        return "listener" if root == legacy.DISPATCHER else "odd listener"
    datagram = any(
        any(argument.text.endswith("SOCK_DGRAM") for argument in use.arguments)
        for _, use in hierarchy.uses("create_socket")
    )
    if datagram:
        return "datagram"
    if any(True for _ in hierarchy.uses("connect", "create_socket")):
        return "client"
    return "session"


def _role_reason(planned: HierarchyPlan, place: Place) -> Reason:
    code, message = {
        "smtp": (Code.SMTPD, "is a mail server"),
        "file": (Code.FILE_DISPATCHER, "watches a file or a pipe"),
        "odd listener": (Code.LISTENER, "accepts connections, but is not a plain dispatcher"),
    }[planned.role]
    return Reason(code, message, place)


def _catches_interrupts(modules: list[Module]) -> bool:
    """Tell whether the program deals with Ctrl-C somewhere."""
    return any(
        isinstance(node, ast.ExceptHandler)
        and node.type is not None
        and any(isinstance(n, ast.Name) and n.id == "KeyboardInterrupt" for n in ast.walk(node.type))
        for module in modules
        for node in ast.walk(module.source.tree)
    )


def _ends_program(module: Module, call: ast.Call) -> bool:
    """Tell whether a signal handler does nothing but end the program, or is one of signal's own."""
    if len(call.args) != 2:
        return False
    handler = call.args[1]
    if isinstance(handler, ast.Attribute) and handler.attr in ("SIG_DFL", "SIG_IGN", "default_int_handler"):
        return True
    body: list[ast.stmt] = []
    if isinstance(handler, ast.Lambda):
        body = [ast.Expr(handler.body)]
    elif isinstance(handler, ast.Name) and handler.id in module.functions:
        body = module.functions[handler.id].body
    if not body:
        return False
    last = body[-1]
    if isinstance(last, ast.Raise):
        name = last.exc.func if isinstance(last.exc, ast.Call) else last.exc
        return isinstance(name, ast.Name) and name.id in ("KeyboardInterrupt", "SystemExit")
    return (
        isinstance(last, ast.Expr)
        and isinstance(last.value, ast.Call)
        and ast.unparse(last.value.func) in ("sys.exit", "exit", "os._exit")
    )
