"""Decide how the loops of a program come to drive what has been rewritten, beside what stays on the bridge."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field, replace
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.families.references import Surroundings
from asyncore_codemods.analyse.looping.aftermath import uses_after
from asyncore_codemods.analyse.looping.loops import PASSES
from asyncore_codemods.analyse.looping.processes import is_only_run_as_main, may_meet, process_of
from asyncore_codemods.analyse.looping.repeated import is_repeated
from asyncore_codemods.analyse.looping.startups import Startup, read_startup
from asyncore_codemods.codes import Code
from asyncore_codemods.model.programs import Mention
from asyncore_codemods.model.sessions import Reason
from asyncore_codemods.plan.looping.moving import Moving
from asyncore_codemods.plan.looping.starting import Starting
from asyncore_codemods.plan.threads.interrupts import own_exceptions
from asyncore_codemods.plan.threads.signals import HANDLES_SIGNALS
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asyncore_codemods.analyse.families.hierarchies import Hierarchy
    from asyncore_codemods.analyse.families.references import References
    from asyncore_codemods.index import Module, Project
    from asyncore_codemods.model.programs import ClassMention, LoopSite
    from asyncore_codemods.plan.looping.homes import Home

ROOTS = ("listener", "client", "datagram", "file", "mail server")
_CALLED = {"client": "client", "file": "pipe"}  # what variables for them are called; for all others, servers
_HARMLESS = (Mention.BASE, Mention.BASE_CALL, Mention.ATTRIBUTE, Mention.CHECKED)


@dataclass
class Drive:
    """What the loops drive, why they cannot, and which hierarchies they cannot be seen to drive.

    Clients that are made elsewhere are `started` there.
    """

    startups: list[Startup] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)
    own: list[tuple[Hierarchy, Reason]] = field(default_factory=list)
    started: list[tuple[Hierarchy, Place]] = field(default_factory=list)  # what runs beside, and where it is made
    homes: dict[str, Home] = field(default_factory=dict)  # the file that keeps what is started, by that of a loop
    alone: set[str] = field(default_factory=set)  # classes that run the loop themselves, and nobody here makes


@dataclass
class Driving:
    """Reads what the loops of a program drive."""

    project: Project
    modules: list[Module]
    references: References
    loops: list[LoopSite]
    accepted: frozenset[tuple[str, object]] = frozenset()  # the calls by which listeners make their sessions
    may_be_alone: bool = False  # what runs the loop itself may come to run nothing but itself
    fails: bool = False  # a handler may end the loop, and leave connections open in asyncore's map

    def drive(self, members: Sequence[tuple[Hierarchy, str]], startable: frozenset[str]) -> Drive:
        """Return how the loops drive *members*, hierarchies with their roles.

        Objects of the classes that are *startable* can be run by a call where they are made.
        """
        result = Drive()
        for site in self.loops:
            site.block = None
        roots = [(hierarchy, role) for hierarchy, role in members if role in ROOTS]
        names = {name: _CALLED.get(role, "server") for hierarchy, role in roots for name in sorted(hierarchy.names)}
        if not self.loops:
            self._explain_missing_loop(result, members[0][0])
        if not self.loops or not names:
            return result  # without names, what the loop drives has reasons of its own
        self._read_startups(result, names)
        if len(result.startups) == len(self.loops):
            starting = Starting(self.project, self.modules, self.loops, startable)
            self._check_roots(result, roots, starting)
            result.homes = starting.homes
            self._check_aftermath(result, roots, startable)
        return result

    def _read_startups(self, result: Drive, names: dict[str, str]) -> None:
        """Find what each loop drives, of the classes *names*, or why that cannot be seen."""
        for site in self.loops:
            result.reasons += [problem for problem in site.problems if problem not in result.reasons]
            module = self.project.module_at(site.place.path)
            startup = read_startup(self.project, module, site, names, self.loops)
            if isinstance(startup, Reason):
                result.reasons.append(startup)
            else:
                result.startups.append(startup)

    def _check_aftermath(
        self, result: Drive, roots: Sequence[tuple[Hierarchy, str]], startable: frozenset[str]
    ) -> None:
        """See to it that what is done with connections behind a loop can be done in a coroutine."""
        closed = frozenset(
            name
            for hierarchy, role in roots
            if role in ("listener", "mail server") and not hierarchy.overrides("close")
            for name in sorted(hierarchy.names)
        )
        moving = Moving(self.project, self.modules, self.loops, startable, starts=bool(result.started))
        raised = own_exceptions(self.project, self.modules)
        caught = frozenset(name for one in raised for name in one.names)
        mail = [role == "mail server" for _, role in roots]
        for aftermath in uses_after(self.project, self.modules, result.startups, closed, caught):
            result.reasons += dict.fromkeys(aftermath.unsent)
            if all(mail) and aftermath.startup.site.polling is not None:
                result.reasons += moving.move(replace(aftermath, reasons=[], statements=[]), is_one_of_many=True)
            elif any(mail) and aftermath.startup.site.polling is None:
                result.reasons += dict.fromkeys(aftermath.reasons)
            else:
                result.reasons += moving.move(aftermath)
        result.reasons += [
            Reason(Code.THREADS, HANDLES_SIGNALS, one.place)
            for one in raised
            if not all(site.block is not None and one.signals <= {*site.block.signals} for site in self.loops)
        ]

    def _explain_missing_loop(self, result: Drive, first: Hierarchy) -> None:
        for use in self.references.uses:
            if use.name == "asyncore.loop":
                message = "the program passes asyncore.loop() on, to a thread perhaps"
                result.reasons.append(Reason(Code.LOOP, message, use.place))
            elif use.name in PASSES:
                message = f"the program runs single passes with {use.name}()"
                result.reasons.append(Reason(Code.LOOP, message, use.place))
        for module in self.modules:
            for imported in module.imports:
                if imported.target == f"{legacy.BRIDGE}.until_empty":
                    message = "the program's loop is asyncio's already, and serves the map with until_empty()"
                    place = Place(str(module.path), module.source.span(imported.node))
                    result.reasons.append(Reason(Code.LOOP, message, place))
        if not result.reasons:
            place = Place(str(first.top.module.path), first.top.module.source.span(first.top.node))
            result.reasons.append(Reason(Code.NO_LOOP, "nothing in the project runs asyncore.loop()", place))

    def _check_roots(self, result: Drive, roots: Sequence[tuple[Hierarchy, str]], starting: Starting) -> None:
        """Make sure that a loop drives every listener and client that is ever made."""
        result.reasons += self._driven_twice(result.startups)
        calls = [place for startup in result.startups for root in startup.roots for place in root.calls]
        attributed = {(place.path, place.span) for place in calls}
        roots_alone = [root for startup in result.startups for root in startup.roots if not root.calls]
        selves = {name for root in roots_alone for name in root.classes}
        made: list[ClassMention] = []  # what may make the object that runs the loop, but for what is made instead
        unseen = [startup.unseen for startup in result.startups if startup.unseen is not None]
        for hierarchy, _ in roots:
            for name, mention in self._named_mentions(hierarchy):
                if (mention.place.path, mention.call) in self.accepted:
                    continue
                if mention.mention is Mention.CONSTRUCTED:
                    is_self = self._is_one_of(name, selves)
                    made += [mention] * is_self
                    if (mention.place.path, mention.call) in attributed or is_self:
                        continue
                    if mention.call is not None and starting.can_start(name, mention, result.startups):
                        result.started.append((hierarchy, Place(mention.place.path, mention.call)))
                    elif unseen:
                        result.reasons += [reason for reason in unseen if reason not in result.reasons]
                    else:
                        message = "is made where the loop that drives it cannot be seen"
                        result.own.append((hierarchy, Reason(Code.LOOP, message, mention.place)))
                elif mention.mention not in _HARMLESS:
                    message = "is passed on as a class, though it is a listener or client: call it by its name"
                    result.own.append((hierarchy, Reason(Code.CONSTRUCTION, message, mention.place)))
        clients = {name for hierarchy, role in roots if role == "client" for name in hierarchy.names}
        if selves and not made and not selves & clients and self.may_be_alone:
            result.alone = selves
        elif selves and not made and not selves & clients:
            message = "nothing in the project makes what runs asyncore.loop() for itself, and perhaps for others"
            result.reasons.append(Reason(Code.NO_LOOP, message, self.loops[0].place))
        elif (
            selves
            and self._are_several(made)
            and not self._are_threads(result.startups)
            and not _have_maps(roots, selves)
        ):
            message = "nothing in the project makes the object that runs the loop, so there may be several"
            if made:
                where = dict.fromkeys(f"{Path(one.place.path).name}:{one.place.span.line}" for one in made)
                message = f"the loop is run by one of several objects that it drives: {' and '.join(where)}"
            result.reasons.append(Reason(Code.LOOP, message, (made[-1] if made else self.loops[0]).place))
        if not result.started:
            result.reasons += [reason for reason in unseen if reason not in result.reasons]

    def _are_several(self, made: Sequence[ClassMention]) -> bool:
        """Tell whether the constructions *made* may make other than one object in a process."""
        pairs = combinations(made, 2)
        meet = any(not self._are_alternatives(one, other) and self._may_meet(one, other) for one, other in pairs)
        return not made or meet or any(map(self._is_made_again, made))

    def _may_meet(self, one: ClassMention, other: ClassMention) -> bool:
        """Tell whether two constructions may come together in one process."""
        places = []
        for mention in (one, other):
            module = self.project.module_at(mention.place.path)
            if mention.call is None:
                return True
            places.append((module, Surroundings(module).call_at(mention.call)))
        return may_meet(self.project, places[0], places[1])

    def _is_made_again(self, mention: ClassMention) -> bool:
        """Tell whether a construction may make one object after the other."""
        module = self.project.module_at(mention.place.path)
        if mention.call is None:
            return False
        call = Surroundings(module).call_at(mention.call)
        as_main = is_only_run_as_main(self.project, module, call)  # another program's main() is another
        modules = [module] if as_main else process_of(self.project, self.modules, module)
        whole = [site for site in self.loops if site.polling is None and not (site.is_apart or site.guarded)]
        runs = set() if self.fails else {site.scope.rpartition(".")[2] for site in whole}
        return is_repeated(self.project, modules, module, call, runs)

    def _are_alternatives(self, one: ClassMention, other: ClassMention) -> bool:
        """Tell whether two constructions stand in the branches of one `if`, so that only one of them is made."""
        if one.place.path != other.place.path or one.call is None or other.call is None:
            return False
        around = Surroundings(self.project.module_at(one.place.path))
        paths = [around.ancestors(around.call_at(span)) for span in (one.call, other.call)]
        for node in paths[0]:
            if isinstance(node, ast.If) and node in paths[1]:
                sides = [
                    next((name for name in ("body", "orelse") if any(n in path for n in getattr(node, name))), "")
                    for path in paths
                ]
                return bool(sides[0]) and bool(sides[1]) and sides[0] != sides[1]
        return False

    def _is_one_of(self, name: str, classes: set[str]) -> bool:
        """Tell whether a class is one of *classes*, or derives from one."""
        entry = self.project.classes.get(name)
        return entry is not None and any(one.qualname in classes for one in entry.lineage())

    def _are_threads(self, startups: Sequence[Startup]) -> bool:
        """Tell whether the objects that run the loop are threads and mail servers: each of them serves itself."""
        owners = [self.project.classes.get(startup.site.owner) for startup in startups]
        return all(
            owner is not None and (owner.root or "").startswith("smtpd.") and owner.is_thread for owner in owners
        )

    def _driven_twice(self, startups: Sequence[Startup]) -> list[Reason]:
        """Return why loops in several functions cannot all drive what one of them would find closed."""
        scopes: dict[object, str] = {}
        reasons = []
        selves = {name for startup in startups for root in startup.roots if not root.calls for name in root.classes}
        for startup in startups:
            site = startup.site
            for root in startup.roots:
                objects: list[object] = [*root.calls]  # and, of those that run the loop themselves, their class
                objects += [one for one in sorted(selves) if any(self._is_one_of(n, {one}) for n in root.classes)]
                for made in objects:
                    if scopes.setdefault(made, site.scope) != site.scope:
                        message = "the program runs the loop in several functions for the same objects"
                        reasons.append(Reason(Code.LOOP, message, site.place))
        return reasons

    def _mentions(self, hierarchy: Hierarchy) -> list[ClassMention]:
        return [mention for _, mention in self._named_mentions(hierarchy)]

    def _named_mentions(self, hierarchy: Hierarchy) -> list[tuple[str, ClassMention]]:
        return [(name, one) for name in sorted(hierarchy.names) for one in self.references.mentions.get(name, ())]

    # -- beside the bridge

    def share(self, bridged: Sequence[Hierarchy]) -> list[Reason]:
        """Return why one event loop cannot serve rewritten classes and the *bridged* ones alike.

        until_empty() serves what is in the map when the loop starts, and what that makes in its turn. Anything
        that joins an empty map later would find nobody who serves it.
        """
        if any(site.block is not None for site in self.loops):
            message = "the program does more in its loop than run it, and some of its classes stay on the bridge"
            return [Reason(Code.LOOP, message, site.place) for site in self.loops[:1]]
        if len(self.loops) != 1:
            message = "the program runs several loops, while some of its classes stay on the bridge"
            return [Reason(Code.LOOP, message, site.place) for site in self.loops[:1]]
        makers = {(str(m.module.path), m.name) for hierarchy in bridged for m in hierarchy.members}
        reasons = []
        for hierarchy in bridged:
            for mention in self._mentions(hierarchy):
                if not self._is_served(mention, makers):
                    message = f"{hierarchy.top.name} stays on the bridge, and may be made while the loop runs"
                    reasons.append(Reason(Code.LOOP, message, mention.place))
        return reasons

    def _is_served(self, mention: ClassMention, makers: set[tuple[str, str]]) -> bool:
        """Tell whether an object that is made here is in the map before the loop, or made by one that is."""
        if mention.mention in _HARMLESS:
            return True
        site, place = self.loops[0], mention.place
        if (place.path, mention.scope.split(".")[0]) in makers:
            return True
        if mention.mention in (Mention.STORED, Mention.PASSED):
            return any(mention.owner.endswith(f".{name}") or mention.owner == name for _, name in makers)
        if mention.mention is not Mention.CONSTRUCTED:
            return False
        beside = place.path == site.place.path and mention.scope == site.scope
        return not mention.scope or (beside and place.span < site.place.span and not site.in_loop)


def _have_maps(roots: Sequence[tuple[Hierarchy, str]], selves: set[str]) -> bool:
    """Tell whether each object that runs a loop has a socket map of its own, with what is its own in it."""
    maps = [hierarchy.private_map for hierarchy, _ in roots]
    return all(one is not None and one.owner is not None and selves == {one.owner.qualname} for one in maps)
