"""What the names of modules stand for where a file uses them: the module, something else, or nothing yet."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Union

from asyncore_codemods import legacy
from asyncore_codemods.nodes import CALLABLES, DEFINITIONS, SCOPES, children, is_stored, once, walk

if TYPE_CHECKING:
    from collections.abc import Collection

    from asyncore_codemods.index import Module, Project

# Modules that generated code refers to by name.
GENERATED = ("asyncio", "codecs", "collections", "contextlib", "logging", "signal", "socket", "sys", "traceback")
STANDING_IN = ("errno", "os", "select", "time", "warnings")  # for what asyncore had imported: see plan/stand_ins.py
MODULES = (*GENERATED, *STANDING_IN, "concurrent")
# The ends of modules' names -> what a star import of them gives that is not the module so called.
_STARS = {"select": "select", "signal": "signal", "socket": "socket", "ssl": "socket", "time": "time"}
_Scope = Union[ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda]


@dataclass
class _Bound:
    """What a scope gives to names: True for the module that is called so, False for anything else."""

    is_function: bool
    given: dict[str, list[bool]] = field(default_factory=dict)
    elsewhere: set[str] = field(default_factory=set)  # names declared global or nonlocal

    def add(self, name: str | None, *, is_module: bool = False) -> None:
        if name is not None:
            self.given.setdefault(name, []).append(is_module)


@dataclass
class Names:
    """What the names of MODULES stand for where a file uses them."""

    free: set[str] = field(default_factory=set)  # used somewhere without being anything there
    taken: set[str] = field(default_factory=set)  # something else in some scope
    shadowed: list[tuple[ast.Attribute, str, bool]] = field(default_factory=list)  # `name.x`, not of the module


def names_of(tree: ast.Module, starred: Collection[str] = ()) -> Names:
    """Return what MODULES stand for in a file whose star imports give the names *starred* to something else."""
    names = Names()
    outer = _bound_in(tree)
    for scope in walk(tree, CALLABLES):
        inner = once(_bound_in, scope)
        for name in inner.elsewhere & inner.given.keys():
            outer.given.setdefault(name, []).extend(inner.given[name])
    for name in starred:
        outer.given.setdefault(name, []).insert(0, False)
    _look(tree, [outer], names)
    return names


def _look(scope: _Scope, around: list[_Bound], names: Names) -> None:
    names.taken |= {name for name, given in around[-1].given.items() if name in MODULES and not all(given)}
    for node in once(_inside, scope):
        if isinstance(node, SCOPES):
            kept = [around[0], *(bound for bound in around[1:] if bound.is_function)]
            _look(node, [*kept, once(_bound_in, node)], names)
        elif isinstance(node, ast.Attribute) and _is_load(node.value):
            assert isinstance(node.value, ast.Name)
            given = _given(node.value.id, around)
            if not all(given):
                names.shadowed.append((node, node.value.id, any(given)))
        elif _is_load(node):
            assert isinstance(node, ast.Name)
            if not _given(node.id, around):
                names.free.add(node.id)


def _is_load(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in MODULES


def _given(name: str, around: list[_Bound]) -> list[bool]:
    for bound in reversed(around[1:]):
        if name in bound.elsewhere:
            break
        if name in bound.given:
            return bound.given[name]
    return around[0].given.get(name, [])


def _inside(scope: _Scope) -> list[ast.AST]:
    """Return the nodes of a scope, those that begin another one included, but not what is inside those."""
    found = children(scope)
    for node in found:  # which grows meanwhile
        if not isinstance(node, SCOPES):
            found += children(node)
    return found


def _bound_in(scope: _Scope) -> _Bound:
    bound = _Bound(isinstance(scope, CALLABLES))
    for node in once(_inside, scope):
        if isinstance(node, DEFINITIONS):
            bound.add(node.name)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, ast.Name) and is_stored(node):
            bound.add(node.id)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                name = alias.asname or alias.name.split(".")[0]
                bound.add(name, is_module=alias.asname in (None, alias.name))
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names if not _is_legacy(node) else ():
                bound.add(alias.asname or alias.name)
        elif isinstance(node, (ast.Global, ast.Nonlocal)):
            bound.elsewhere |= set(node.names)
        elif isinstance(node, ast.ExceptHandler) or type(node).__name__ in ("MatchAs", "MatchStar"):
            bound.add(node.name)  # type: ignore[attr-defined]  # of Python 3.10
        elif type(node).__name__ == "MatchMapping":
            bound.add(node.rest)  # type: ignore[attr-defined]  # of Python 3.10
    return bound


def _is_legacy(node: ast.ImportFrom) -> bool:
    """Tell whether an import is of a removed module, whose own imports are the modules that they are called."""
    return not node.level and (legacy.is_legacy(node.module or "") or (node.module or "") == legacy.BRIDGE)


def starred_names(project: Project, module: Module) -> set[str]:
    """Return which of MODULES star imports of *module* give to something that is not the module so called."""
    return _by_end(module) | _from_project(project, module, set())


def _by_end(module: Module) -> set[str]:
    ends = (star.split(".")[-1] for star in module.stars)
    return {_STARS[end] for end in ends if end in _STARS}


def _from_project(project: Project, module: Module, seen: set[str]) -> set[str]:
    found: set[str] = set()
    for star in module.stars:
        other = project.find_module(star, module)
        if other is not None and star not in seen:
            seen.add(star)
            bound = _bound_in(other.source.tree).given
            found |= {name for name in MODULES if not all(bound.get(name, ()))}
            found |= _by_end(other) | _from_project(project, other, seen)
    return found
