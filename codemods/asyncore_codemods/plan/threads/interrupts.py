"""What handlers of signals raise while the loop runs, and whether it can be raised where the loop stood.

Python raises it wherever the main thread is. In asyncio's event loop that may be anywhere, so that the coroutine
which has taken the loop's place does not see it. `interruptible()` keeps the signal, and calls its handler there.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.families.references import Surroundings, outline_of
from asyncore_codemods.analyse.values.syntax import last_name
from asyncore_codemods.nodes import walk
from asyncore_codemods.plan.threads.signals import (
    ends_program,
    functions_called,
    handlers_given,
    last_step,
    only_sets_flags,
)
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asyncore_codemods.index import Module, Project
    from asyncore_codemods.model.programs import LoopSite


@dataclass(frozen=True)
class OwnException:
    """What some signals' handler raises, which the program catches around its loop."""

    place: Place  # where the handler is set
    signals: frozenset[str]
    names: frozenset[str]  # of the exceptions


def raised_in_loop(project: Project, modules: Sequence[Module], site: LoopSite) -> set[str] | None:
    """Return the signals besides Ctrl-C whose handlers raise something in the loop: `signal.SIGTERM`, say.

    None if it cannot be told what signals do there, or when their handlers are set.
    """
    found: set[str] = set()
    for module in modules:
        for node in walk(module.source.tree):
            name = project.resolve_node(module, node.func) or "" if isinstance(node, ast.Call) else ""
            if not isinstance(node, ast.Call) or not name.startswith("signal.") or not _may_interrupt(module, node):
                continue
            numbers = _numbers(project, module, node)
            raises = name == "signal.signal" and _always_raises(project, module, node)
            if not raises or not numbers or not _is_set_before(module, node, site):
                return None
            found |= numbers
    return found


def handlers_in(module: Module) -> list[ast.FunctionDef]:
    """Return the functions of *module* that nothing but signals calls."""
    named = list(walk(module.source.tree, (ast.Name, ast.Attribute)))
    given = [
        node.args[1]
        for node in walk(module.source.tree, ast.Call)
        if last_name(node.func) == "signal" and len(node.args) == 2
    ]
    names = {last_name(handler) for handler in given}
    elsewhere = {last_name(node) for node in named if node not in given}
    return [function for name in names - elsewhere for function in functions_called(module, name)]


def _may_interrupt(module: Module, call: ast.Call) -> bool:
    """Tell whether a call of something in the module signal may have to do with Ctrl-C, or may raise."""
    name = last_name(call.args[0]) if call.args else ""
    if last_name(call.func) != "signal" or name == "SIGINT" or not name.startswith("SIG"):
        return True
    return last_name(call.args[-1]) != "SIG_IGN" and not only_sets_flags(module, call, ())


def _numbers(project: Project, module: Module, call: ast.Call) -> set[str]:
    """Return the signals that a call is about: one, or each of those of a `for` around it; none if it is others."""
    node = call.args[0]
    numbers = [node]
    for outer in Surroundings(module).ancestors(call):
        if isinstance(outer, ast.For) and isinstance(node, ast.Name) and last_name(outer.target) == node.id:
            numbers = outer.iter.elts if isinstance(outer.iter, (ast.Tuple, ast.List)) else []
    names = {project.resolve_node(module, number) or "" for number in numbers}
    return names if all(name.startswith("signal.SIG") for name in names) else set()


def _always_raises(project: Project, module: Module, call: ast.Call) -> bool:
    """Tell whether a handler raises each time, whatever was interrupted."""
    handler = call.args[1] if len(call.args) == 2 else None
    if handler is None or last_name(handler) in ("SIG_DFL", "SIG_IGN"):
        return False
    if last_name(handler) == "default_int_handler":
        return True
    functions = handlers_given(project, module, handler)
    raises = bool(functions) and all(isinstance(last_step(function), ast.Raise) for function in functions)
    may_return = any(_may_return(function) for function in functions)
    return (raises or ends_program(project, module, call)) and not may_return


def _may_return(function: ast.FunctionDef | ast.Lambda) -> bool:
    """Tell whether a handler need not come to its last statement, or looks at what it has interrupted."""
    arguments = function.args.args
    frame = arguments[-1].arg if arguments else ""
    return any(
        isinstance(node, (ast.Return, ast.Yield, ast.Try)) or (isinstance(node, ast.Name) and node.id == frame)
        for node in walk(function)
    )


def own_exceptions(project: Project, modules: Sequence[Module]) -> list[OwnException]:
    """Return what handlers of signals raise that asyncio would keep to itself if it ran a callback just then."""
    found = []
    for module in modules:
        for node in walk(module.source.tree) if "signal" in module.bindings.values() else ():
            if isinstance(node, ast.Call) and raises_its_own(project, module, node):
                steps = [last_step(function) for function in handlers_given(project, module, node.args[1])]
                raised = [step.exc for step in steps if isinstance(step, ast.Raise) and step.exc is not None]
                names = {last_name(one.func if isinstance(one, ast.Call) else one) for one in raised}
                place = Place(str(module.path), module.source.span(node))
                found.append(OwnException(place, frozenset(_numbers(project, module, node)), frozenset(names)))
    return found


def raises_its_own(project: Project, module: Module, call: ast.Call) -> bool:
    """Tell whether *call* sets a signal handler that always raises an exception of the program's own."""
    if project.resolve_node(module, call.func) != "signal.signal" or ends_program(project, module, call):
        return False
    return _always_raises(project, module, call)


def _is_set_before(module: Module, call: ast.Call, site: LoopSite) -> bool:
    """Tell whether a handler has been set when the loop begins, and is not set again while it runs."""
    scope, path = Surroundings(module).scope(call), str(module.path)
    if scope == site.scope and path == site.place.path:
        return module.source.span(call) < site.place.span
    name = site.scope.rpartition(".")[2]
    calls = [one for one in outline_of(module).calls.get(name, ()) if not Surroundings(module).scope(one)]
    return not scope and all(call.lineno < one.lineno for one in calls)
