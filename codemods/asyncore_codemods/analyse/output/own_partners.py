"""Whether everyone has a partner to themselves, so that only one waits for each.

Before Python 3.10, asyncio has but one task wait for a writer. A partner is one's own if it is made for one:
`self.far = Far(self)`, or `near.far, far.near = far, near` where a listener has just made the two.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from asyncore_codemods.analyse.families.constructions import Made, argument_of, constructions, home_of
from asyncore_codemods.analyse.values.syntax import (
    last_name,
    parent_map,
    self_attribute,
    self_name,
    values_given,
)
from asyncore_codemods.index.modules import assigned_by
from asyncore_codemods.nodes import is_none, walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from asyncore_codemods.analyse.families.hierarchies import Hierarchy
    from asyncore_codemods.index.modules import FunctionNode, Module
    from asyncore_codemods.index.project import ClassEntry

_LOOPS = (ast.For, ast.AsyncFor, ast.While, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


class _Home(NamedTuple):
    """A function, and the class that it is a method of."""

    module: Module
    function: FunctionNode
    entry: ClassEntry | None


def have_their_own(hierarchy: Hierarchy, link: str, others: Sequence[Hierarchy]) -> bool:
    """Tell whether no two objects of *hierarchy* have one of the *others* as their attribute *link*."""
    return _Reader(hierarchy, link, others).reads()


class _Reader:
    def __init__(self, hierarchy: Hierarchy, link: str, others: Sequence[Hierarchy]) -> None:
        self.project = hierarchy.project
        self.hierarchy = hierarchy
        self.link = link
        self.names = {name for other in others for name in other.names}
        self.followed: set[tuple[FunctionNode, str]] = set()

    def reads(self) -> bool:
        given = list(self._given())
        return all(home is not None and self._is_own(home, target.value, value) for home, target, value in given)

    def _given(self) -> Iterator[tuple[_Home | None, ast.Attribute, ast.expr]]:
        """Yield where somebody is given a partner, and which one."""
        for module in self.project.modules.values():
            parents = parent_map(module.source.tree)
            for node in walk(module.source.tree):
                for target, value in assigned_by(node) if isinstance(node, ast.Assign) else ():
                    if not isinstance(target, ast.Attribute) or target.attr != self.link or is_none(value):
                        continue
                    function, entry = home_of(self.project, node, parents)
                    home = _Home(module, function, entry) if function is not None else None
                    if home is None or not self._is_anothers(home, target):
                        yield home, target, value

    def _is_anothers(self, home: _Home, target: ast.Attribute) -> bool:
        """Tell whether this is an attribute of something else, of the same name."""
        is_own = home.entry is not None and ast.unparse(target.value) == self_name(home.function)
        return is_own and home.entry not in self.hierarchy.members

    def _is_own(self, home: _Home, one: ast.expr | None, partner: ast.expr) -> bool:
        """Tell whether *partner* is made for *one*, which is None where that has no name."""
        if any(isinstance(node, _LOOPS) for node in walk(home.function)):
            return False
        if isinstance(partner, ast.Call):
            return self._makes(home, partner)
        if not isinstance(partner, ast.Name):
            return False
        if home.entry is not None and partner.id == self_name(home.function):
            is_kept = isinstance(one, ast.Attribute) and ast.unparse(one.value) == partner.id
            return is_kept or home.function.name == "__init__" or self._is_kept(home, one)
        made = [v for t, v in _assigned_in(home) if isinstance(t, ast.Name) and t.id == partner.id]
        if made:
            return self._is_handed_on_once(home, partner.id) and all(
                isinstance(value, ast.Call) and self._makes(home, value) for value in made
            )
        return home.entry is not None and self._is_given(home, partner.id)

    def _is_kept(self, home: _Home, one: ast.expr | None) -> bool:
        """Tell whether whoever gets an object as its partner becomes the partner of that."""
        return one is not None and any(
            self_attribute(target, self_name(home.function)) and ast.unparse(value) == ast.unparse(one)
            for target, value in _assigned_in(home)
        )

    def _makes(self, home: _Home, call: ast.Call) -> bool:
        entry = self.project.class_named(home.module, call.func)
        return entry is not None and entry.qualname in self.names

    def _is_handed_on_once(self, home: _Home, name: str) -> bool:
        """Tell whether what a function has made becomes the partner of no more than one."""
        calls = [node for node in walk(home.function, ast.Call) if self._makes(home, node)]
        given = [value for target, value in _assigned_in(home) if isinstance(target, ast.Attribute)]
        given += [value for call in calls for value in values_given(call)]
        return [getattr(value, "id", "") for value in given].count(name) <= 1

    def _is_given(self, home: _Home, name: str) -> bool:
        """Tell whether all who call a method give the object a partner of its own."""
        if (home.function, name) in self.followed:
            return True  # comes from where the others come from
        self.followed.add((home.function, name))
        made = self._calls(home)
        for one in made or ():
            partner = argument_of(one, home.function, name)
            if partner is None or one.function is None:
                return False
            statement = parent_map(one.function).get(one.call)
            kept = statement.targets[0] if isinstance(statement, ast.Assign) else None
            if not is_none(partner) and not self._is_own(_Home(one.module, one.function, one.entry), kept, partner):
                return False
        return made is not None

    def _calls(self, home: _Home) -> list[Made] | None:
        """Return who calls a method, None if there may be more."""
        assert home.entry is not None
        if home.function.name == "__init__":
            return constructions(self.project).of(home.entry)
        found = []
        for module in self.project.modules.values():
            parents = parent_map(module.source.tree)
            for node in walk(module.source.tree):
                if last_name(node) != home.function.name:
                    continue
                call = parents.get(node)
                if not isinstance(call, ast.Call) or call.func is not node:
                    return None
                found.append(Made(module, *home_of(self.project, node, parents), call))
        return found


def _assigned_in(home: _Home) -> Iterator[tuple[ast.expr, ast.expr]]:
    for node in walk(home.function):
        yield from assigned_by(node) if isinstance(node, ast.Assign) else ()
