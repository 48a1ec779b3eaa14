"""Where a program closes what it is about to serve before its loop runs, or in case it never does.

`except OSError: server.close()` in front of the loop, or a `finally` that also covers what comes before it.
asyncore's close() closed the socket whenever it was called; a rewritten one has a server, or a transport, only
once it serves.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.families.references import Surroundings
from asyncore_codemods.analyse.values.syntax import own_statements
from asyncore_codemods.nodes import DEFINITIONS, FUNCTIONS, walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from asyncore_codemods.analyse.families.hierarchies import Hierarchy
    from asyncore_codemods.analyse.usage.outside import OutsideUse
    from asyncore_codemods.index import Module, Project
    from asyncore_codemods.index.modules import FunctionNode
    from asyncore_codemods.model.programs import LoopSite
    from asyncore_codemods.spans import Place, Span

_CLOSING = ("close", "handle_close", "del_channel")


def closed_early(
    project: Project, hierarchies: Sequence[Hierarchy], sites: Sequence[LoopSite], uses: Iterable[OutsideUse]
) -> list[Hierarchy]:
    """Return those of *hierarchies* whose objects may be closed when their loop may not have run."""
    methods = [
        definition.place(definition.function)
        for hierarchy in hierarchies
        for definition in hierarchy.definitions()
        if not definition.function.name.startswith("__")
    ]
    return [
        hierarchy
        for hierarchy in hierarchies
        if any(_may_be_early(project, place, sites, methods) for place in _closings(hierarchy, sites, uses))
    ]


def _closings(hierarchy: Hierarchy, sites: Sequence[LoopSite], uses: Iterable[OutsideUse]) -> Iterator[Place]:
    """Yield the places where an object is closed, or a method of its own is called that closes it."""
    closers = {"close"}
    for entry, use in hierarchy.uses("close", "handle_close"):
        place = hierarchy.place(entry, use)
        bodies = (definition.place(definition.function) for definition in hierarchy.methods.get(use.method, ()))
        runs_loop = any(body.contains(site.place) for body in bodies for site in sites)
        if runs_loop or use.method.startswith("__"):
            yield place
        elif not use.method.startswith("handle_"):
            closers.add(use.method)
    names = set(hierarchy.names)
    yield from (use.place for use in uses if use.name in closers and use.may_be(names))


def _may_be_early(project: Project, place: Place, sites: Sequence[LoopSite], methods: Iterable[Place]) -> bool:
    """Tell whether what stands at *place* may run before the loop does, or in case it never does.

    What runs the loop says itself what comes first. *methods*, of what the loop drives, are called by it. Of
    everything else nobody knows.
    """
    module = project.module_at(place.path)
    home = _innermost(module, place.span)
    loops = [
        site for site in sites if site.place.path == place.path and _innermost(module, site.place.span) is home
    ]
    if loops:
        early = _early_statements(module, home.body, loops)
        return any(module.source.span(statement).contains(place.span) for statement in early)
    return not any(method.contains(place) for method in methods)


def _innermost(module: Module, span: Span) -> FunctionNode | ast.Module:
    around = [node for node in walk(module.source.tree, FUNCTIONS) if module.source.span(node).contains(span)]
    return max(around, key=lambda node: node.lineno, default=module.source.tree)


def is_never_closed(project: Project, listener: Hierarchy, uses: Iterable[OutsideUse], site: LoopSite) -> bool:
    """Tell whether nothing closes *listener* while the loop at *site* runs: what follows that may."""
    if any(True for _ in listener.uses(*_CLOSING)):
        return False
    module = project.module_at(site.place.path)
    around = Surroundings(module)
    inside = around.ancestors(around.call_at(site.place.span))
    home = next((node for node in inside if isinstance(node, FUNCTIONS)), module.source.tree)
    behind = [
        module.source.span(node) for node in walk(home, ast.stmt) if module.source.span(node) > site.statement
    ]
    return not any(
        use.name in _CLOSING
        and use.may_be(set(listener.names))
        and not (use.place.path == site.place.path and any(span.contains(use.place.span) for span in behind))
        for use in uses
    )


def _early_statements(module: Module, body: list[ast.stmt], loops: Sequence[LoopSite]) -> list[ast.AST]:
    """Return the statements of a function that run before its loop does, or if that never comes to run."""

    def runs_loop(statement: ast.stmt) -> bool:
        return any(module.source.span(statement).contains(site.statement) for site in loops)

    statements = [s for s in own_statements(body) if not isinstance(s, DEFINITIONS)]
    first = next((index for index, s in enumerate(statements) if runs_loop(s) and not hasattr(s, "body")), 0)
    early: list[ast.AST] = [s for s in statements[:first] if not runs_loop(s)]
    for statement in statements:
        if isinstance(statement, ast.Try) and any(map(runs_loop, statement.body[1:])):
            early += [*(s for handler in statement.handlers for s in handler.body), *statement.finalbody]
        if isinstance(statement, ast.With) and any(map(runs_loop, statement.body[1:])):
            early += [item.context_expr for item in statement.items]  # closing(server)
    return early
