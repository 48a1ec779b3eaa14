"""Objects that gather their output, and hand it over once it is complete: requests that are told to be done().

    request.push(header)
    request.push(body)
    request.done()      # pushes a producer of all of it

What such an object adds to is no longer added to when a producer goes through it, if nobody goes on adding behind
the call that hands it over.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.values.assigned_methods import methods_of
from asyncore_codemods.analyse.values.flow import PathWalker
from asyncore_codemods.analyse.values.syntax import self_attribute, self_name
from asyncore_codemods.nodes import FUNCTIONS, walk

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from asyncore_codemods.index.modules import FunctionNode, Module
    from asyncore_codemods.index.project import ClassEntry


def is_complete(
    modules: Sequence[Module], entry: ClassEntry, attribute: str, handing: Sequence[tuple[FunctionNode, ast.Call]]
) -> bool:
    """Tell whether nobody adds to an *attribute* of *entry*'s objects any more when it has been handed over.

    *handing* are the calls that do so, which make a producer of it, with the functions they stand in.
    """
    methods = methods_of(entry.node)
    known = all(any(method is function for method in methods) for function, _ in handing)
    if not handing or not known or entry.root or any(True for _ in entry.descendants()):
        return False
    everywhere = [node for module in modules for node in walk(module.source.tree)]
    own = {id(node) for method in methods for node in walk(method) if self_attribute(node, self_name(method))}
    if any(isinstance(n, ast.Attribute) and n.attr == attribute and id(n) not in own for n in everywhere):
        return False
    adds = _closure(methods, {m.name for m in methods if m.name != "__init__" and _names(m, attribute)})
    hands = _closure(methods, {function.name for function, _ in handing})
    functions = [node for node in everywhere if isinstance(node, FUNCTIONS)]
    calls = [call for _, call in handing]
    return not any(
        _goes_on(function, lambda n: _calls(n, hands), lambda n: _calls(n, adds | hands)) for function in functions
    ) and not any(
        _goes_on(
            function,
            lambda n: any(n is call for call in calls),
            lambda n: isinstance(n, ast.Attribute) and n.attr in {attribute, *adds},
        )
        for function, _ in handing
    )


def _closure(methods: Sequence[FunctionNode], names: set[str]) -> set[str]:
    """Return *names*, and those of the methods that call them."""
    while True:
        more = {
            method.name
            for method in methods
            for node in walk(method)
            if self_attribute(node, self_name(method)) in names
        }
        if more <= names:
            return names
        names = names | more


def _names(method: FunctionNode, attribute: str) -> bool:
    return any(self_attribute(node, self_name(method)) == attribute for node in walk(method))


def _calls(node: ast.AST, names: set[str]) -> bool:
    return isinstance(node, ast.Call) and getattr(node.func, "attr", "") in names


def _goes_on(function: FunctionNode, first: Callable[[ast.AST], bool], then: Callable[[ast.AST], bool]) -> bool:
    """Tell whether *then* may hold for something that a function does behind what *first* holds for."""
    found: list[ast.AST] = []

    def step(node: ast.AST, state: str) -> frozenset[str]:
        found.extend(inner for inner in walk(node) if state == "behind" and then(inner))
        return frozenset({"behind" if any(first(inner) for inner in walk(node)) else state})

    walker: PathWalker[str] = PathWalker(step)
    walker.exits_of(function.body, frozenset({"before"}))
    return bool(found)
