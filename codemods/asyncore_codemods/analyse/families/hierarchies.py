"""A legacy class of the project together with everything derived from it: what converts together or not at all."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.families.classes import ClassFacts, read_class
from asyncore_codemods.analyse.families.mixins import (
    find_mixins,
    given_by_decorators,
    logs,
    names_of_mixin,
    serves_only,
)
from asyncore_codemods.analyse.values.assigned_methods import has_other_name, methods_of
from asyncore_codemods.analyse.values.chosen import chosen_prefix
from asyncore_codemods.analyse.values.syntax import self_attribute, self_name
from asyncore_codemods.model.uses import Kind
from asyncore_codemods.nodes import walk
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from asyncore_codemods.analyse.looping.private_map import PrivateMap
    from asyncore_codemods.index.modules import FunctionNode, Module
    from asyncore_codemods.index.project import ClassEntry, Project
    from asyncore_codemods.model.uses import Argument, Use
    from asyncore_codemods.spans import Span


@dataclass(frozen=True)
class Definition:
    """One definition of a method, in one class of a hierarchy."""

    entry: ClassEntry
    function: FunctionNode

    @property
    def module(self) -> Module:
        """The module of the class."""
        return self.entry.module

    @property
    def self_name(self) -> str:
        """What the method calls its object."""
        return self_name(self.function)

    def place(self, node: ast.AST) -> Place:
        """Return the place of a node of this method."""
        return Place(str(self.module.path), self.module.source.span(node))

    def __hash__(self) -> int:
        return hash(id(self.function))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Definition) and other.function is self.function


@dataclass
class Hierarchy:
    """The topmost legacy class of the project and its descendants, and the mixins that only they have."""

    project: Project
    top: ClassEntry
    members: list[ClassEntry]
    facts: dict[str, ClassFacts] = field(default_factory=dict)
    methods: dict[str, list[Definition]] = field(default_factory=dict)
    mixins: set[str] = field(default_factory=set)  # qualified names of base classes that are not channels
    private_map: PrivateMap | None = None  # that all channels of the program live in
    walked: frozenset[Place] = frozenset()  # where the map is looked through for the sessions of a class
    is_looked_for: bool = False  # whether those are its own
    looks_for_itself: bool = False  # and one that ends may find itself there, until it is closed
    bases: list[ClassEntry] = field(default_factory=list)  # members above the topmost, which others share
    given: set[str] = field(default_factory=set)  # attributes that others set: decorators, say
    mixed_in: set[str] = field(default_factory=set)  # names in mixins that others share
    # mixins whose handle_error() is for others, and whether that is all they have
    spared: dict[ClassEntry, bool] = field(default_factory=dict)
    is_crossed: bool = False  # threads ask its objects for something, perhaps before there is a connection
    takes_over: bool = False  # its objects are given connections that the program has made
    is_thread: bool = False  # its object is the thread that the loop runs in
    closed_at_last: set[Place] = field(default_factory=set)  # by what, once that thread has ended
    closed_apart: set[Place] = field(default_factory=set)  # by what, in other threads that wait for its end

    @property
    def channels(self) -> list[ClassEntry]:
        """The members that are channels themselves."""
        return [member for member in self.members if member.qualname not in self.mixins]

    @property
    def constructors(self) -> list[Definition]:
        """The constructors of channels; those of mixins are called by them."""
        return [d for d in self.methods.get("__init__", ()) if d.entry.qualname not in self.mixins]

    @property
    def root(self) -> str:
        """The removed class that the hierarchy derives from."""
        return self.top.root or ""

    @property
    def names(self) -> set[str]:
        """The qualified names of all members."""
        return {member.qualname for member in self.members}

    @property
    def own_names(self) -> set[str]:
        """What the author has named: the methods and attributes of all members, and of their mixins."""
        own = self.mixed_in | set(self.methods)
        for facts in self.facts.values():
            own |= {write.name for write in facts.writes} | {attribute.name for attribute in facts.attributes}
        return own

    def handed_on(self, path: str, call: Use) -> list[Argument]:
        """Return what *call* gives to the base class's constructor, but for None and the map that goes."""
        return [
            given
            for given in call.arguments
            if not (given.is_constant and given.constant is None) and not self.is_map(path, given.span)
        ]

    def is_map(self, path: str, span: Span) -> bool:
        """Tell whether an argument is the map that all channels of the program live in."""
        place = Place(path, span)
        return place in self.walked or (self.private_map is not None and self.private_map.covers(place))

    def has_for_all(self, entry: ClassEntry) -> bool:
        """Tell whether what *entry* defines is defined for every member."""
        return entry is self.top or entry in self.bases or self.has_in_front(entry)

    def has_in_front(self, entry: ClassEntry) -> bool:
        """Tell whether *entry* is a mixin of the topmost member."""
        return entry.qualname in self.mixins and entry in self.top.parents

    def overrides(self, name: str) -> bool:
        """Tell whether any member defines *name* itself."""
        return name in self.methods

    def uses(self, *names: str) -> Iterator[tuple[ClassEntry, Use]]:
        """Yield the uses of some inherited names (of all, if none is given), with the class they are in."""
        inherited = legacy.inherited_names(self.root) | {"__init__"}
        for member in self.members:
            is_mixin = member.qualname in self.mixins  # in front of others, whose methods super() gets to
            for use in self.facts[member.qualname].uses:
                # super() calls the author's own methods, too
                is_inherited = use.name in inherited or (not is_mixin and reaches_removed_class(member, use))
                if use.name in names or (not names and is_inherited):
                    yield member, use

    def definitions(self) -> Iterator[Definition]:
        """Yield every method of every member."""
        for defined in self.methods.values():
            yield from defined

    @property
    def superfluous(self) -> list[Place]:
        """The statements that say what another one says, too."""
        facts = [(str(member.module.path), self.facts[member.qualname]) for member in self.members]
        return [Place(path, span) for path, found in facts for span in found.superfluous]

    def place(self, entry: ClassEntry, use: Use) -> Place:
        """Return where a use is."""
        return Place(str(entry.module.path), use.span)

    def run_as(self, name: str) -> list[Definition]:
        """Return the methods called *name*, and those that take its place on it, by `self.name = self.other`."""
        found = list(self.methods.get(name, ()))
        for definition in self.definitions() if any(u.kind is Kind.WRITE for _, u in self.uses(name)) else ():
            own = definition.self_name
            for node in walk(definition.function, ast.Assign):
                if any(self_attribute(t, own) == name for t in node.targets):
                    found += self.methods.get(self_attribute(node.value, own) or "", ())
        return found

    def mentions(self, names: Container[str | None], *methods: str) -> bool:
        """Tell whether what *methods* run uses one of the attributes *names* of its object."""
        return any(
            self_attribute(node, definition.self_name) in names
            for definition in self.reachable(*methods)
            for node in walk(definition.function)
        )

    def reachable(self, *names: str) -> set[Definition]:
        """Return every method that can run when the named ones are called.

        Where the next method is chosen at run time (getattr, a method kept in an attribute), that is all of them.
        """
        found: set[Definition] = set()
        queue = [definition for name in names for definition in self.run_as(name)]
        while queue:
            definition = queue.pop()
            if definition in found:
                continue
            found.add(definition)
            called, dynamic = _self_calls(definition, self.methods)
            if dynamic:
                queue += list(self.definitions())
            queue += [other for name in called for other in self.methods.get(name, ())]
        return found


def build_hierarchy(project: Project, top: ClassEntry, base: ClassEntry | None = None) -> Hierarchy:
    """Return the hierarchy below *top*, and perhaps a *base* that it shares, with the facts of every member."""
    channels, bases = [top, *top.descendants()], [base] if base is not None else []
    mixins = find_mixins(project, channels)
    known = [mixin for mixin in mixins if serves_only(mixin, channels) or logs(mixin)]
    members = [*channels, *known, *bases]
    hierarchy = Hierarchy(project, top, members, mixins={mixin.qualname for mixin in mixins}, bases=bases)
    hierarchy.mixed_in = {name for mixin in mixins if mixin not in known for name in names_of_mixin(mixin)}
    for member in members:
        _read_member(hierarchy, member)
    _forget_default_hook(hierarchy)
    return hierarchy


def take_in(hierarchy: Hierarchy, mixin: ClassEntry) -> None:
    """Have one of the mixins that others share as well change with *hierarchy*."""
    hierarchy.members.append(mixin)
    _read_member(hierarchy, mixin)


def _read_member(hierarchy: Hierarchy, member: ClassEntry) -> None:
    inherited = legacy.inherited_names(member.root or hierarchy.root) | {"__init__"}
    given = given_by_decorators(hierarchy.project, member)
    hierarchy.given |= given
    hierarchy.facts[member.qualname] = read_class(hierarchy.project, member, inherited - given)
    for function in methods_of(member.node):
        hierarchy.methods.setdefault(function.name, []).append(Definition(member, function))


def _forget_default_hook(hierarchy: Hierarchy) -> None:
    """A handle_close() that only closes is what the class would inherit anyway."""
    hooks = hierarchy.methods.get("handle_close", [])
    aliased = any(has_other_name(member.node, "handle_close") for member in hierarchy.members)
    if (
        hooks
        and not aliased
        and all(hierarchy.facts[d.entry.qualname].methods["handle_close"].trivial == "close" for d in hooks)
    ):
        del hierarchy.methods["handle_close"]


def base_calls(hierarchy: Hierarchy, name: str) -> Iterator[tuple[ClassEntry, Use]]:
    """Yield the calls of *name* through a base class that is one of the removed ones."""
    for entry, use in hierarchy.uses(name):
        if use.kind is Kind.BASE_CALL and reaches_removed_class(entry, use):
            yield entry, use


def dials_of(hierarchy: Hierarchy) -> list[tuple[ClassEntry, Use]]:
    """Return where connections are begun: by connect(), or by the base class's in one of the author's own."""
    return list(base_calls(hierarchy, "connect") if hierarchy.overrides("connect") else hierarchy.uses("connect"))


def reaches_removed_class(entry: ClassEntry, use: Use) -> bool:
    """Tell whether a call through the base class lands in a removed class, not in one of the project."""
    if use.through and use.through != "super":
        if use.through in legacy.CLASSES:
            return True
        start = [member for member in entry.lineage() if member.qualname == use.through]
        if not any(member.root for member in start):
            return False
    else:
        start = entry.parents
    for parent in start:
        for ancestor in parent.lineage():
            if any(function.name == use.name for function in methods_of(ancestor.node)):
                return False
    return True


def _self_calls(definition: Definition, methods: dict[str, list[Definition]]) -> tuple[set[str], bool]:
    """Return the names a method calls or reads on its object, and whether it chooses some at run time."""
    names: set[str] = set()
    dynamic = False
    own = definition.self_name
    for node in walk(definition.function):
        name = self_attribute(node, own)
        if name is not None:
            names.add(name)
        if isinstance(node, ast.Call):
            called = self_attribute(node.func, own)
            if called is not None and called not in methods and called not in _HARMLESS:
                dynamic = dynamic or called not in legacy.inherited_names(legacy.SMTP_CHANNEL)
            if isinstance(node.func, ast.Name) and node.func.id in ("getattr", "vars") and node.args:
                first = node.args[0]
                if isinstance(first, ast.Name) and first.id == own:
                    prefix = chosen_prefix(node, definition.function)
                    dynamic = dynamic or not prefix
                    names |= {name for name in methods if name.startswith(prefix)}
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Call):
            func = node.value.func
            if isinstance(func, ast.Name) and func.id == "super":
                names.add(node.attr)
    return names, dynamic


_HARMLESS = frozenset({"__class__"})
