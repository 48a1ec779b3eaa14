"""What keeps a whole program on the bridge: threads, signals, and uses that only the old loop can serve."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.families.references import Surroundings as Positions
from asyncore_codemods.analyse.families.tricks import tricks_of
from asyncore_codemods.analyse.looping.behind import leavings
from asyncore_codemods.analyse.values.syntax import parent_map
from asyncore_codemods.codes import Code
from asyncore_codemods.model.programs import Mention
from asyncore_codemods.model.sessions import Reason
from asyncore_codemods.nodes import walk
from asyncore_codemods.plan.stand_ins import is_exit, stand_ins
from asyncore_codemods.plan.threads.interrupts import raises_its_own
from asyncore_codemods.plan.threads.reach import Touched, handlers_of, started_by
from asyncore_codemods.plan.threads.signal_reach import DataHandlers
from asyncore_codemods.plan.threads.signals import HANDLES_SIGNALS, ends_program, only_sets_flags
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from asyncore_codemods.analyse.families.hierarchies import Hierarchy
    from asyncore_codemods.analyse.families.references import References
    from asyncore_codemods.analyse.looping.behind import Leaving
    from asyncore_codemods.analyse.looping.private_map import PrivateMap
    from asyncore_codemods.index import Module
    from asyncore_codemods.index.modules import ImportedName
    from asyncore_codemods.model.programs import LoopSite, ModuleUse
    from asyncore_codemods.model.sessions import Replacement
    from asyncore_codemods.plan.threads.reach import Reach, Region
    from asyncore_codemods.plan.threads.threads import Threads

_PARALLEL = {
    "threading": "threads",
    "_thread": "threads",
    "thread": "threads",
    "concurrent": "threads",
    "multiprocessing": "processes",
}
_SEEN_ELSEWHERE = ("assigns", "sets", "calls")  # as uses of the removed modules
RUNS_THREADS = "the program runs threads"
# What goes on working as it is, whatever becomes of the classes: from the bridge, where it is still used.
HARMLESS = frozenset({"asynchat.simple_producer", "asyncore.compact_traceback"})


class Surroundings:
    """Reads what a program does beside its classes."""

    def __init__(self, reach: Reach, references: References, loops: list[LoopSite]) -> None:
        self.reach = reach
        self.project = reach.project
        self.modules = reach.modules
        self.references = references
        self.loops = loops
        self.reasons: list[Reason] = []
        self.walked: set[Place] = set()  # where the map is looked through for the sessions of a class
        self.private_map: PrivateMap | None = None  # that all channels live in
        self.closes_more = False  # a class has its own close(), which may be called by close_all()
        self.replaced: list[Replacement] = []  # names of removed modules that others stand in for
        self.closing_uses: list[ModuleUse] = []  # close_all() behind a loop: nothing is left to close then
        self.starts: dict[Reason, list[Region]] = {}  # the code behind a reason, where that can be told
        self.aside: set[Reason] = set()  # those of modules that know nothing of channels

    def check(self, hierarchies: Sequence[Hierarchy], threads: Threads, loops: ast.expr | None) -> None:
        """Look at the modules that have something to do with *hierarchies*; *loops* is the thread of the loop."""
        self.closes_more = any(hierarchy.overrides("close") for hierarchy in hierarchies)
        for module in self.modules:
            if not any(imported for imported in module.imports if legacy.is_legacy(imported.target)) and not any(
                h.top.module is module for h in hierarchies
            ):
                self._check_helper(module, threads, loops)
                continue
            for imported in module.imports:
                if legacy.is_legacy(imported.target) and module.editable and not _may_go(module, imported):
                    place = Place(str(module.path), module.source.span(imported.node))
                    name = legacy.canonical(imported.target)
                    self._reason(Code.ASYNCORE_USE, f"the program imports {name} inside a block", place)
                kind = _PARALLEL.get(imported.target.split(".")[0])
                if kind and not (imported.target.startswith("threading") and threads.are_harmless(module, loops)):
                    self._reason(
                        Code.THREADS,
                        RUNS_THREADS if kind == "threads" else f"the program runs {kind}",
                        Place(str(module.path), module.source.span(imported.node)),
                        started_by(self.project, module, self.modules) if kind == "threads" else None,
                    )
            for node, what in tricks_of(self.project, module):
                if not what.startswith(_SEEN_ELSEWHERE):
                    place = Place(str(module.path), module.source.span(node))
                    self._reason(Code.TRICK, f"the program {what}", place)
        self._check_signals(hierarchies)
        self.check_uses()

    def _check_helper(self, module: Module, threads: Threads, loops: ast.expr | None) -> None:
        """Look at a module that has no classes of ours, but may have threads that are given their objects."""
        for imported in module.imports:
            kind = _PARALLEL.get(imported.target.split(".")[0])
            harmless = imported.target.startswith("threading") and threads.are_harmless(module, loops)
            if kind == "threads" and not harmless:
                place = Place(str(module.path), module.source.span(imported.node))
                starts = started_by(self.project, module, self.modules)
                starts = [(module, module.source.tree)] if starts is None else starts
                self._reason(Code.THREADS, RUNS_THREADS, place, starts)
                self.aside.add(Reason(Code.THREADS, RUNS_THREADS, place))

    def _check_signals(self, hierarchies: Sequence[Hierarchy]) -> None:
        with_data: DataHandlers | None = None
        for module in self.modules:
            for node in walk(module.source.tree, ast.Call):
                target = self.project.resolve_node(module, node.func)
                place = Place(str(module.path), module.source.span(node))
                if target in ("os.fork", "os.forkpty") and not self._is_before_loop(module, node):
                    self._reason(Code.THREADS, "the program forks", place)
                elif target == "signal.signal" and not (
                    ends_program(self.project, module, node)
                    or only_sets_flags(module, node, hierarchies)
                    or raises_its_own(self.project, module, node)  # for which a loop has to be prepared
                ):
                    with_data = with_data or DataHandlers(self.reach, hierarchies, self.loops)
                    if not with_data.leaves_channels_alone(module, node):
                        self._reason(Code.THREADS, HANDLES_SIGNALS, place, handlers_of(module, node))

    def _is_before_loop(self, module: Module, fork: ast.Call) -> bool:
        """Tell whether a program forks before it makes anything, to become a daemon for instance."""
        path, scope = str(module.path), Positions(module).scope(fork)
        span = module.source.span(fork)
        made = any(
            mention.mention is Mention.CONSTRUCTED and mention.place.path == path and mention.place.span < span
            for mentions in self.references.mentions.values()
            for mention in mentions
            if mention.scope == scope
        )
        return not made and any(
            site.place.path == path and site.scope == scope and not site.owner and span < site.place.span
            for site in self.loops
        )

    def check_uses(self) -> None:
        """Look at the uses of removed modules that are not classes being derived from."""
        for module in self.modules:
            for node, name in _modules_as_values(module):
                place = Place(str(module.path), module.source.span(node))
                self._reason(Code.ASYNCORE_USE, f"the program uses {name} as a value", place)
        left = leavings(self.modules, self.loops)
        said: set[tuple[str, str]] = set()
        replaced = stand_ins(self.project, self.modules, self.references.uses)
        self.replaced = list(replaced.values())
        for use in self.references.uses:
            if use in replaced or use.place in self.walked:
                continue
            if (use.name == "asyncore.loop" and use.call is not None) or use.name in HARMLESS:
                continue
            if any(_covers(site, use) for site in self.loops):
                continue
            if use.name == "asyncore.loop" and any(
                site.is_thread and site.place.path == use.place.path and site.place.span.contains(use.place.span)
                for site in self.loops
            ):
                continue
            before = [one for one in left.get((use.place.path, use.scope), ()) if one.span < use.place.span]
            closes = use.name == "asyncore.close_all" and use.alone
            if closes and before and all(self._has_closed_all(one) for one in before):
                self.closing_uses.append(use)
                continue
            if (use.place.path, use.name) not in said:
                said.add((use.place.path, use.name))
                own = self.private_map is not None and self.private_map.covers(use.place)
                what = "looks at its socket map" if own else f"uses {use.name}"
                self._reason(Code.ASYNCORE_USE, f"the program {what}", use.place)

    def _has_closed_all(self, leaving: Leaving) -> bool:
        """Tell whether nothing is left to close behind a loop, and nothing of the author's runs if it is."""
        site = leaving.site
        if not leaving.is_sure or site.is_thread or (site.is_apart and site.polling is None):
            return False
        return not (self.closes_more and (site.guarded or site.polling is not None))

    def of_some(self, hierarchies: Sequence[Hierarchy]) -> dict[Reason, list[Hierarchy]]:
        """Return the reasons that concern some of *hierarchies* only, or none, each with those.

        What looks at a flag between the passes of its loop may be told so by a signal, or, if that loop runs in a
        thread, by anything.
        """
        if not self.starts:
            return {}
        polled = [site for site in self.loops if site.polling is not None]
        is_apart = any(site.is_thread for site in self.loops) or any(site.is_apart for site in polled)
        reader = Touched(self.reach)
        found = {}
        for reason, starts in self.starts.items():
            is_told = is_apart or (polled and reason.message == HANDLES_SIGNALS)
            if is_told and reason not in self.aside:
                continue
            reached = self.reach.of(starts)
            if reason.message == HANDLES_SIGNALS and reached.leaves:
                continue  # which would end the loop, wherever that is
            touched = [hierarchy for hierarchy in hierarchies if reader.touches(reached, hierarchy)]
            if len(touched) < len(hierarchies):
                found[reason] = touched
        return found

    def _reason(self, code: Code, message: str, place: Place, starts: list[Region] | None = None) -> None:
        reason = Reason(code, message, place)
        if reason not in self.reasons:
            self.reasons.append(reason)
            if starts is not None:
                self.starts[reason] = starts


def _modules_as_values(module: Module) -> Iterator[tuple[ast.Name, str]]:
    """Yield where a removed module is named by itself: `if asyncore is None`, `loop = asyncore`."""
    parents = parent_map(module.source.tree)
    for node in walk(module.source.tree, ast.Name):
        if isinstance(node.ctx, ast.Load):
            means = module.bindings.get(node.id, "")
            if means in legacy.MODULES and not isinstance(parents[node], ast.Attribute):
                yield node, means


def _may_go(module: Module, imported: ImportedName) -> bool:
    """Tell whether an import can be taken away where it stands: with a `try` around it, if that is all it tries."""
    outer = parent_map(module.source.tree).get(imported.node)
    if isinstance(outer, ast.Try):
        return imported.node in outer.body and not outer.finalbody
    return not isinstance(outer, ast.ExceptHandler)


def _covers(site: LoopSite, use: ModuleUse) -> bool:
    """Tell whether *use* is part of a polled or repeated loop: a single pass, or a question for the map."""
    asks = [one.carried or one.place for one in site.last]
    asks += [ask.place for ask in site.polling.asks] if site.polling is not None else []
    passes = [site.place] if use.name != "asyncore.loop" else []
    passes += [site.polling.carried] if site.polling is not None and site.polling.carried is not None else []
    if site.around is not None:
        asks.append(site.around)
    return any(p.path == use.place.path and p.span.contains(use.place.span) for p in (*asks, *passes))


def catches_interrupts(modules: list[Module]) -> bool:
    """Tell whether the program deals with Ctrl-C, or another way to leave the loop, somewhere."""
    return any(
        isinstance(node, ast.ExceptHandler)
        and node.type is not None
        and any((isinstance(n, ast.Name) and n.id == "KeyboardInterrupt") or is_exit(n) for n in walk(node.type))
        for module in modules
        for node in walk(module.source.tree)
    )


def leaves_from_handlers(hierarchies: Iterable[Hierarchy]) -> bool:
    """Tell whether a method ends the program, or its loop, with other sessions open."""
    return any(
        is_exit(node)
        for hierarchy in hierarchies
        for definition in hierarchy.definitions()
        for node in walk(definition.function)
    )
