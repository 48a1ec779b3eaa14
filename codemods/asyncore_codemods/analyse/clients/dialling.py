"""When a client dials: once, when it is made or told to, or again when a connection has ended.

It may be told to by a method that connects, or by one that *leads* there: `run()` calls `initiate_connect()`, which
connects.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.clients.both_ends import read_choice
from asyncore_codemods.analyse.values.flow import PathWalker
from asyncore_codemods.analyse.values.syntax import parent_map, self_attribute
from asyncore_codemods.codes import Code
from asyncore_codemods.model.sessions import Reason
from asyncore_codemods.nodes import CALLABLES, walk

if TYPE_CHECKING:
    from asyncore_codemods.analyse.clients.connecting import ConnectFacts
    from asyncore_codemods.analyse.families.hierarchies import Definition, Hierarchy
    from asyncore_codemods.analyse.usage.outside import OutsideUse
    from asyncore_codemods.index import Module
    from asyncore_codemods.index.project import ClassEntry
    from asyncore_codemods.model.uses import Use
    from asyncore_codemods.spans import Place

_HOOKS = ("handle_close", "handle_error")
_LOOPS = (ast.For, ast.While, ast.comprehension)


def read_repeats(
    hierarchy: Hierarchy,
    facts: ConnectFacts,
    creates: list[tuple[ClassEntry, Use]],
    outside: list[OutsideUse],
    handlers: tuple[str, ...],
) -> list[Reason]:
    """See whether the client connects once, when it is made, or again when a connection has ended."""
    entry, create = creates[0]
    place = hierarchy.place(entry, create)
    others = facts.methods - {"__init__"}
    if any(_is_passed_on(hierarchy, name) for name in others):
        return [Reason(Code.CLIENT, "passes on the method that connects", place)]
    hooks = {d.function.name for d in hierarchy.reachable(*_HOOKS)} & others
    handling = {d.function.name for d in hierarchy.reachable(*handlers, "handle_connect")} & others
    leading = _leading(hierarchy, others, handlers)
    told = [use for use in outside if use.name in others | leading.methods and use.may_be(hierarchy.names)]
    begins = ("__init__" in facts.methods) + leading.first + _most_calls(hierarchy, told)
    if not begins and others:
        where = " and ".join(sorted(others))
        return [Reason(Code.CLIENT, f"connects in {where}(), which is not called where it is made", place)]
    if begins != 1 or leading.unclear & {use.name for use in outside if use.may_be(hierarchy.names)}:
        return [Reason(Code.CLIENT, "may connect again, or later than when it is made", place)]
    facts.in_handlers = bool(handling)
    dials = [] if read_choice(hierarchy) else [dial.place for dial in facts.dials]
    facts.again = bool(hooks or handling) or not _always(hierarchy, [*dials, *leading.steps])
    if facts.again and creates[0][1].method not in facts.methods:
        return [Reason(Code.CLIENT, "connects in another method than it makes its socket in", place)]
    return []


@dataclass
class _Leading:
    """The methods that lead to those that connect."""

    methods: set[str] = field(default_factory=set)
    steps: list[Place] = field(default_factory=list)  # the statements in them that do
    unclear: set[str] = field(default_factory=set)  # those of which not each call may lead there, or more than once
    first: int = 0  # how often a constructor leads there, at most


def _leading(hierarchy: Hierarchy, others: set[str], handlers: tuple[str, ...]) -> _Leading:
    """Return which methods lead to *others*; those that hooks and handlers run connect again."""
    found = _Leading()
    names = set(hierarchy.methods) - others - {*_HOOKS, "__init__"}
    names = {name for name in names if {d.function.name for d in hierarchy.reachable(name)} & others}
    later = {d.function.name for d in hierarchy.reachable(*_HOOKS, *handlers, "handle_connect")}
    for name in sorted(names):
        steps = [step for definition in hierarchy.methods[name] for step in _steps(definition, others | names)]
        if len(steps) == 1 and len(hierarchy.methods[name]) == 1 and name not in later:
            found.methods.add(name)
            found.steps += steps
        else:
            found.unclear.add(name)
    constructors = {d.entry.qualname: _steps(d, others | names) for d in hierarchy.methods.get("__init__", ())}
    for member in hierarchy.members:
        run = [constructors.get(one.qualname, []) for one in member.lineage()]
        found.first = max(found.first, sum(map(len, run)))
    return found


def _steps(definition: Definition, names: set[str]) -> list[Place]:
    """Return the statements that mention *names*; one in a loop counts twice."""
    parents = parent_map(definition.function)
    found = []
    for node in walk(definition.function):
        if self_attribute(node, definition.self_name) in names:
            around: list[ast.AST] = [node]
            while around[-1] is not definition.function:
                around.append(parents[around[-1]])
            statement = next(one for one in around if isinstance(one, ast.stmt))
            repeats = any(isinstance(one, (*_LOOPS, ast.Lambda)) for one in around)
            found += [definition.place(statement)] * (1 + repeats)
    return found


def _most_calls(hierarchy: Hierarchy, calls: list[OutsideUse]) -> int:
    """Return how often one object may be told to connect: objects with names of their own are others."""
    names = []
    for use in calls:
        module = hierarchy.project.module_at(use.place.path)
        name = module.source.cut(use.place.span).partition(".")[0]
        names += [name] * (1 + _is_repeated(module, use, name))
    plain = all(use.receivers is not None and use.receivers <= hierarchy.names for use in calls)
    return max((names.count(name) for name in names), default=0) if plain else len(names)


def _is_repeated(module: Module, use: OutsideUse, name: str) -> bool:
    """Tell whether a loop goes round *use* again with what the variable *name* held before."""
    parents = parent_map(module.source.tree)
    attributes = (n for n in walk(module.source.tree, ast.Attribute))
    node = next((n for n in attributes if module.source.span(n) == use.place.span), None)
    if node is None:  # who uses a library calls its methods as often as they like
        return True
    around: list[ast.AST] = [node]
    while around[-1] in parents and not isinstance(around[-1], CALLABLES):
        around.append(parents[around[-1]])
    return any(
        isinstance(loop, (ast.For, ast.While))
        and not any(isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Store) for n in walk(loop))
        for loop in around
        if isinstance(node.value, (ast.Name, ast.Attribute))
    )


def _is_passed_on(hierarchy: Hierarchy, name: str) -> bool:
    """Tell whether a method is used as a value: a timer may call it, or another thread."""
    for definition in hierarchy.definitions():
        parents = parent_map(definition.function)
        for node in walk(definition.function):
            if self_attribute(node, definition.self_name) == name:
                call = parents[node]
                if not (isinstance(call, ast.Call) and call.func is node):
                    return True
    return False


def _always(hierarchy: Hierarchy, places: list[Place]) -> bool:
    """Tell whether the methods that have the statements at *places* get to one of them on every path."""
    wanted = {(place.path, place.span) for place in places}

    def always(definition: Definition) -> bool:
        def step(node: ast.AST, state: str) -> frozenset[str]:
            place = definition.place(node)
            return frozenset({"dialled" if (place.path, place.span) in wanted else state})

        walker: PathWalker[str] = PathWalker(step)
        return walker.exits(definition.function, frozenset({"not yet"})) <= {"dialled"}

    return all(
        always(definition)
        for definition in hierarchy.definitions()
        if any(
            definition.place(definition.function).path == path
            and definition.place(definition.function).span.contains(span)
            for path, span in wanted
        )
    )
