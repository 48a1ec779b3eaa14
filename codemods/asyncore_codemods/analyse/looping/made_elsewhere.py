"""What a loop drives that is made outside the function which runs it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.families.fixtures import fixtures_for, gives
from asyncore_codemods.analyse.looping.repeated import is_made_again
from asyncore_codemods.analyse.looping.roots import Root
from asyncore_codemods.nodes import is_stored, walk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asyncore_codemods.analyse.looping.constructions import Constructions
    from asyncore_codemods.model.programs import LoopSite


def made_elsewhere(made: Constructions, site: LoopSite) -> list[Root]:
    """Return what the loop at *site* drives, if its function makes none of it; empty if that cannot be seen.

    The loop is run by a method of the listener, of the object that keeps it, or beside a global; or it is given
    what it drives.
    """
    if site.owner in made.wanted:
        return [Root(site.self_name, frozenset({site.owner}))]
    kept = _kept_by_holder(made, site)
    if kept:
        return kept
    given = _given_to_function(made) or _given_to_fixture(made) or _global(made)
    return [given] if given is not None else []


def _root(made: Constructions, call: ast.Call, text: str) -> Root:
    return Root(text, frozenset({made.class_of(call)}), [made.made_at(call)], products=made.products_of(call))


def _kept_by_holder(made: Constructions, site: LoopSite) -> list[Root]:
    """The loop is run by a method, and another one has made `self.server`."""
    holder = made.around.parents.get(made.body)
    if not isinstance(holder, ast.ClassDef) or site.self_name != "self":
        return []
    kept = [
        (call, made.target(call, made.around.statement(call)))
        for function in holder.body
        if isinstance(function, ast.FunctionDef) and function is not made.body
        for call in made.within(function)
    ]
    texts = [text for _, text in kept]
    if len({made.around.scope(call) for call, _ in kept}) != 1 or len(set(texts)) != len(texts):
        return []
    if any(made.is_repeated(call) or made.may_miss(call) or not text.startswith("self.") for call, text in kept):
        return []
    entry = made.project.entries.get(id(holder))
    if entry is not None and is_made_again(made.project, made.project.modules.values(), entry):
        return []
    return [_root(made, call, text) for call, text in kept]


def _global(made: Constructions) -> Root | None:
    """The loop is run by a function, for the only thing that the file makes at its top level."""
    calls = made.within(made.module.source.tree) if isinstance(made.body, ast.FunctionDef) else []
    if len(calls) != 1:
        return None
    statement = made.around.statement(calls[0])
    text = made.target(calls[0], statement)
    if not text.isidentifier() or made.is_repeated(calls[0]) or made.problem_of(calls[0], statement):
        return None
    return _root(made, calls[0], text)


def _given_to_fixture(made: Constructions) -> Root | None:
    """The loop is run by a fixture, for what another fixture makes."""
    function = made.body
    found = fixtures_for(made.project, made.module, function) if isinstance(function, ast.FunctionDef) else ()
    for fixture in found:
        calls = made.within(fixture)
        if len(calls) == 1 and calls[0] not in made.products:
            statement = made.around.statement(calls[0])
            if gives(fixture, made.target(calls[0], statement)) and not made.problem_of(calls[0], statement):
                return _root(made, calls[0], fixture.name)
    return None


def _given_to_function(made: Constructions) -> Root | None:
    """`def serve(server): asyncore.loop()`, called in one place with what has been made there."""
    function, tree = made.body, made.module.source.tree
    if not isinstance(function, ast.FunctionDef) or function not in tree.body or function.decorator_list:
        return None
    named = [n for n in walk(tree, ast.Name) if n.id == function.name]
    call = _call_of(made, named[0]) if len(named) == 1 else None
    if call is None:
        return None
    scope = next((n for n in made.around.ancestors(call) if isinstance(n, ast.FunctionDef)), tree)
    calls = made.within(scope)
    if len(calls) != 1 or calls[0].lineno >= call.lineno or made.is_repeated(calls[0]):
        return None
    statement = made.around.statement(calls[0])
    if made.problem_of(calls[0], statement):
        return None
    given = _arguments(call, function, by_thread=call.func is not named[0])
    text = made.target(calls[0], statement)
    names = [name for name, value in given.items() if isinstance(value, ast.Name) and value.id == text]
    stored = {n.id for n in walk(function, ast.Name) if is_stored(n)}
    return _root(made, calls[0], names[0]) if len(names) == 1 and names[0] not in stored else None


def _call_of(made: Constructions, named: ast.Name) -> ast.Call | None:
    """Return the call of a function where that is *named*: `serve(server)`, or Thread(target=serve, ...)."""
    parent = made.around.parents[named]
    if isinstance(parent, ast.keyword) and parent.arg == "target":
        call = made.around.parents[parent]
        is_thread = isinstance(call, ast.Call) and (
            made.project.resolve_node(made.module, call.func) == "threading.Thread"
        )
        return call if is_thread and isinstance(call, ast.Call) else None
    return parent if isinstance(parent, ast.Call) and parent.func is named else None


def _arguments(call: ast.Call, function: ast.FunctionDef, *, by_thread: bool) -> dict[str, ast.expr]:
    """Return what the parameters of *function* are in *call*, or, by a thread, in its `args`."""
    args: Sequence[ast.expr] = call.args
    keywords = {k.arg: k.value for k in call.keywords if k.arg}
    if by_thread:
        passed = keywords.get("args")
        args, keywords = (passed.elts if isinstance(passed, (ast.Tuple, ast.List)) else ()), {}
    return {**dict(zip([arg.arg for arg in function.args.args], args)), **keywords}
