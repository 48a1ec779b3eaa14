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
    from collections.abc import Iterable, Sequence

    from asyncore_codemods.analyse.families.hierarchies import Hierarchy
    from asyncore_codemods.analyse.usage.outside import OutsideUse
    from asyncore_codemods.index import Module, Project
    from asyncore_codemods.model.programs import LoopSite

_CLOSING = ("close", "handle_close", "del_channel")


def early_closes(
    modules: Iterable[Module], sites: Sequence[LoopSite], uses: Iterable[OutsideUse]
) -> list[OutsideUse]:
    """Return those of *uses* that close an object of a known class when its loop may not have run."""
    closing = [use for use in uses if use.name == "close" and use.call is not None and use.receivers]
    found: list[OutsideUse] = []
    for module in modules if closing else ():
        here = [use for use in closing if use.place.path == str(module.path)]
        loops = [site for site in sites if site.place.path == str(module.path)]
        if not here or not loops:
            continue
        tree = module.source.tree
        for scope in (tree, *walk(tree, FUNCTIONS)):
            early = _early_statements(module, scope.body, loops)
            spans = [module.source.span(statement) for statement in early]
            found += [use for use in here if any(span.contains(use.place.span) for span in spans)]
    return found


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
