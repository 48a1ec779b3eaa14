"""Containers that a loop looks at, and that its function gives to the objects it makes: `Check(port, results)`.

Their class keeps the container in an attribute (`self.results = results`), by which its methods change it, or give
it to others: a listener to its sessions, say.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Union

from asyncore_codemods.analyse.families.mixins import constructing, constructor_of
from asyncore_codemods.analyse.families.references import Surroundings
from asyncore_codemods.analyse.usage.containers import UnseenError, change_of, mentions_of
from asyncore_codemods.analyse.values.syntax import self_attribute, self_name
from asyncore_codemods.index.modules import assigned_by
from asyncore_codemods.nodes import is_stored, walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from asyncore_codemods.index import Module, Project
    from asyncore_codemods.index.modules import FunctionNode

_Mention = Union[ast.Name, ast.Attribute]


@dataclass(frozen=True)
class Change:
    """A statement that changes a container, and the functions around it, the innermost first."""

    module: Module
    statement: ast.stmt
    functions: list[FunctionNode]


def changes_followed(
    project: Project, modules: Sequence[Module], module: Module, mentions: Iterable[_Mention]
) -> list[Change]:
    """Return the changes of the container of *mentions*, there and by those that it is given to.

    Raises UnseenError if it may change unseen.
    """
    reader = _Reader(project, modules, [(module, node) for node in mentions if not is_stored(node)])
    return list(reader.read())


@dataclass
class _Reader:
    project: Project
    modules: Sequence[Module]
    mentions: list[tuple[Module, _Mention]]  # of the container, which become more as it is given away
    attributes: set[str] = field(default_factory=set)  # that keep it
    keeping: list[ast.stmt] = field(default_factory=list)  # the statements by which they do

    def read(self) -> Iterator[Change]:
        assigned = []
        for module, node in self.mentions:
            around = Surroundings(module)
            if is_stored(node):
                assigned.append(around.statement(node))
                continue
            try:
                change = change_of(around, node)
            except UnseenError:
                self._keep(module, around, node)
                continue
            if change is not None:
                yield Change(module, change, around.functions(node))
        if not all(statement in self.keeping for statement in assigned):
            raise UnseenError  # the attribute may be given another one

    def _keep(self, module: Module, around: Surroundings, node: ast.expr) -> None:
        """Follow the attribute in which the constructor that is given *node* keeps it."""
        given = around.parents[node]
        call = around.parents[given] if isinstance(given, ast.keyword) else given
        entry = self.project.class_named(module, call.func) if isinstance(call, ast.Call) else None
        home = constructing(entry) if entry is not None else None
        constructor = constructor_of(home) if home is not None else None
        if home is None or constructor is None or not isinstance(call, ast.Call):
            raise UnseenError
        parameters = [arg.arg for arg in (*constructor.args.posonlyargs, *constructor.args.args)][1:]
        index = next((i for i, argument in enumerate(call.args) if argument is node), len(parameters))
        starred = any(isinstance(one, ast.Starred) for one in call.args[: index + 1])
        name = given.arg if isinstance(given, ast.keyword) else "".join(parameters[index : index + 1])
        uses = [use for use in walk(constructor, ast.Name) if use.id == name]
        kept = {
            value: (statement, self_attribute(target, self_name(constructor)))
            for statement in walk(constructor, ast.Assign)
            for target, value in assigned_by(statement)
            if value in uses
        }
        if starred or not kept:
            raise UnseenError
        for statement, attribute in kept.values():
            if attribute is None:
                raise UnseenError
            self.keeping.append(statement)
            self._follow(attribute)
        self.mentions += [(home.module, use) for use in uses if use not in kept]

    def _follow(self, attribute: str) -> None:
        if attribute not in self.attributes:
            self.attributes.add(attribute)
            for module in self.modules:
                mentions = mentions_of(module.source.tree, attribute, is_attribute=True)
                self.mentions += [(module, node) for node in mentions]
