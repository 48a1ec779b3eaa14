"""Mail servers that have a socket map each, for the loop that they run themselves, in a thread as a rule.

`self.socket_map = {}` is given to SMTPServer's constructor, which hands it on to its sessions, and to the loop in
another method: what is in the map is this server's, and nothing else. serve_forever() serves just that.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.families.references import Surroundings
from asyncore_codemods.analyse.looping.private_map import PrivateMap, is_new_map
from asyncore_codemods.analyse.mail.mail_construction import POSITIONS
from asyncore_codemods.analyse.values.syntax import self_attribute, values_given
from asyncore_codemods.nodes import walk
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from asyncore_codemods.analyse.families.hierarchies import Hierarchy
    from asyncore_codemods.index import Module, Project

_LOOP_POSITION = 2


def read_mail_maps(servers: Iterable[Hierarchy], modules: Iterable[Module]) -> PrivateMap | None:
    """Return the maps of those *servers* that have one each, None if there is no such server."""
    found, modules = PrivateMap(), list(modules)
    for hierarchy in servers:
        name = _attribute(hierarchy)
        own = _Reader(hierarchy, name).read(modules) if name else None
        if own is not None:
            found.uses |= own.uses
            found.statements += own.statements
    return found if found.uses and all(_is_own(hierarchy.project, m, found) for m in modules) else None


def _is_own(project: Project, module: Module, found: PrivateMap) -> bool:
    """Tell whether every loop of *module* is given a map that was *found*."""
    around = Surroundings(module)
    for node in walk(module.source.tree, (ast.Name, ast.Attribute)):
        if project.resolve_node(module, node) == "asyncore.loop":
            call = around.parents[node]
            given = values_given(call) if isinstance(call, ast.Call) else []
            if not any(found.covers(Place(str(module.path), module.source.span(value))) for value in given):
                return False
    return True


def _attribute(hierarchy: Hierarchy) -> str:
    """Return the name of the attribute that the topmost class gives to SMTPServer's constructor as its map."""
    if any(hierarchy.overrides(name) for name in legacy.ACCEPTING):
        return ""  # which make sessions that live in asyncore's own map
    for entry, use in hierarchy.uses("__init__"):
        position = POSITIONS.index("map")
        for index, given in enumerate(use.arguments):
            is_map = given.keyword == "map" or (not given.keyword and index == position)
            own, _, name = given.text.partition(".")
            if is_map and entry is hierarchy.top and own == "self" and name.isidentifier():
                return name
    return ""


class _Reader:
    """Looks at every mention of the attribute."""

    def __init__(self, hierarchy: Hierarchy, name: str) -> None:
        self.hierarchy = hierarchy
        self.name = name
        self.functions = {id(definition.function): definition for definition in hierarchy.definitions()}
        self.result = PrivateMap()

    def read(self, modules: Iterable[Module]) -> PrivateMap | None:
        """Return the map, None if something else is done with it."""
        for module in modules:
            around = Surroundings(module)
            for node in self._mentions(module):
                if not self._take(module, around, node):
                    return None
        return self.result if len(self.result.statements) == 1 else None

    def _mentions(self, module: Module) -> Iterator[ast.Attribute]:
        for node in walk(module.source.tree, ast.Attribute):
            if node.attr == self.name:
                yield node

    def _take(self, module: Module, around: Surroundings, node: ast.Attribute) -> bool:
        """Note what becomes of a mention; tell whether it is understood."""
        inside = [n for n in around.ancestors(node) if isinstance(n, (ast.FunctionDef, ast.Lambda))]
        definition = self.functions.get(id(inside[0])) if inside else None
        if definition is None or self_attribute(node, definition.self_name) != self.name:
            return False
        parent = around.parents[node]
        if isinstance(parent, ast.Assign):
            self.result.statements.append(Place(str(module.path), module.source.span(parent)))
            is_plain = parent.targets == [node] and is_new_map(parent.value)
            return is_plain and parent in definition.function.body and definition.function.name == "__init__"
        call = around.parents[parent] if isinstance(parent, ast.keyword) else parent
        if not isinstance(call, ast.Call):
            return False
        self.result.uses.add(Place(str(module.path), module.source.span(node)))
        target = self.hierarchy.project.resolve_node(module, call.func) or ""
        if target == "asyncore.loop":
            return parent is not call or call.args.index(node) == _LOOP_POSITION
        is_super = isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Call)
        return definition.function.name == "__init__" and (is_super or legacy.is_legacy(target))
