"""Clients and listeners that are made where the loop cannot see them: by a handler or a constructor, say.

`tasks.start(Client())` has such a client run beside what the loop drives, from then on or, where the loop does not
run yet, as soon as it does: that is when asyncore.loop() would have found it in the map.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.families.references import Surroundings
from asyncore_codemods.nodes import CALLABLES, DEFINITIONS, walk
from asyncore_codemods.plan.looping.homes import Home, find_home
from asyncore_codemods.plan.looping.loop_sites import taken_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asyncore_codemods.analyse.looping.startups import Startup
    from asyncore_codemods.index import Module, Project
    from asyncore_codemods.model.programs import ClassMention, LoopSite

_NAMES = ("tasks", "Tasks")  # that the helper takes
_REPEATS = (ast.For, ast.While, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.ClassDef)


class Starting:
    """Tells which of a program's clients and listeners can be started where they are made."""

    def __init__(
        self, project: Project, modules: Sequence[Module], loops: Sequence[LoopSite], startable: frozenset[str]
    ) -> None:
        self.project = project
        self.modules = {str(module.path): module for module in modules}
        self.startable = startable
        self.homes: dict[str, Home] = {}  # where what is started is kept, for each file with a loop
        self.sites = [site for site in loops if not site.is_thread and _is_one(site)]
        if len(loops) > 1 and any(site.polling is not None for site in loops):
            self.sites = []
        for site in self.sites:
            tree = project.module_at(site.place.path).source.tree
            if taken_names(tree, _NAMES) or _acts_early(tree) or not self.runs_once(modules, site.scope):
                self.sites = []
        if len(self.sites) < len(loops):
            self.sites = []

    def can_start(self, name: str, mention: ClassMention, startups: Sequence[Startup]) -> bool:
        """Tell whether the object of class *name* that is made at *mention* can be started there.

        What starts it is kept in the file of the loop, or in one that this imports: the one that makes it.
        """
        place = mention.place
        if not self.sites or name not in self.startable or mention.call is None:
            return False
        if not self._moves_in(place.path):
            return False
        for site in self.sites:
            loop = site.polling.loop.span if site.polling is not None else site.place.span
            is_behind = loop < place.span and not loop.contains(place.span)
            if mention.scope == site.scope and (is_behind or len(self.sites) > 1):
                return False  # when the loop has ended
        moved = [root.inlined for startup in startups for root in startup.roots if root.inlined is not None]
        return not any(one.path == place.path and one.span.contains(place.span) for one in moved)

    def _moves_in(self, path: str) -> bool:
        """Tell whether the helper can be kept where the file *path* can use it, and see to it that it is."""
        loops = {site.place.path for site in self.sites}
        kept = {home.path for home in self.homes.values()}
        if path in kept or (path in loops and self.homes):
            return True
        tree = self.modules[path].source.tree
        if path not in loops and (taken_names(tree, _NAMES) or _acts_early(tree)):
            return False
        if any(home.beside is not None for home in self.homes.values()):
            return False  # two files besides that of the loop would have to import it from each other
        homes = {loop: find_home(self.project, self.modules[loop], self.modules[path]) for loop in sorted(loops)}
        self.homes = {loop: home for loop, home in homes.items() if home is not None} or self.homes
        return None not in homes.values()

    @classmethod
    def runs_once(cls, modules: Sequence[Module], scope: str, seen: frozenset[str] = frozenset()) -> bool:
        """Tell whether *scope* is the module itself, or a function that is called in one place, which runs once."""
        if not scope:
            return True
        name = scope.rpartition(".")[2]
        found = [
            (other, node)
            for other in modules
            for node in walk(other.source.tree)
            if (isinstance(node, ast.Name) and node.id == name)
            or (isinstance(node, ast.Attribute) and node.attr == name)
        ]
        if len(found) != 1 or _is_renamed(modules, name):
            return False
        caller, node = found[0]
        around = Surroundings(caller)
        ancestors = around.ancestors(node)
        functions = [n for n in ancestors if isinstance(n, CALLABLES)]
        inner = ancestors[: ancestors.index(functions[0])] if functions else ancestors
        is_called = isinstance(ancestors[0], ast.Call) and ancestors[0].func is node
        outer = around.scope(node)
        if not is_called or any(isinstance(n, _REPEATS) for n in inner):
            return False
        return outer not in seen and cls.runs_once(modules, outer, seen | {scope})


def _is_one(site: LoopSite) -> bool:
    """Tell whether a loop runs once: not again and again, unless a pass at a time."""
    return not site.in_loop or site.polling is not None


def _is_renamed(modules: Sequence[Module], name: str) -> bool:
    """Tell whether a function goes by another name somewhere: `from bot import run as run_bot`."""
    return any(
        isinstance(node, ast.ImportFrom) and any(alias.name == name and alias.asname for alias in node.names)
        for module in modules
        for node in walk(module.source.tree)
    )


def _acts_early(tree: ast.Module) -> bool:
    """Tell whether a module calls something of its own before its last class, behind which the helper stands."""
    own = {node.name for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    last = max((node.lineno for node in tree.body if isinstance(node, ast.ClassDef)), default=0)
    return any(
        isinstance(inner, ast.Call) and isinstance(inner.func, ast.Name) and inner.func.id in own
        for node in tree.body
        if node.lineno < last and not isinstance(node, DEFINITIONS)
        for inner in walk(node)
    )
