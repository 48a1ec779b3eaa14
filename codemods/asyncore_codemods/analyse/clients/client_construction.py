"""How a client is made: without a socket, or, where one class serves both ends of a connection, perhaps with one.

`def __init__(self, sock=None)` is the constructor of such a class: a listener gives it a new connection's socket,
and a subclass that gives it none connects.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.families.either_call import asked_name, missed_name, read_either_call
from asyncore_codemods.analyse.families.hierarchies import reaches_removed_class
from asyncore_codemods.analyse.families.mixins import hands_on_to_channel, split_between
from asyncore_codemods.analyse.lifetime.construction import ConstructionFacts, SocketParameter
from asyncore_codemods.analyse.lifetime.spare import spare_parameter
from asyncore_codemods.analyse.values.syntax import names_in, parent_map
from asyncore_codemods.codes import Code
from asyncore_codemods.model.sessions import Reason, Replacement
from asyncore_codemods.model.uses import Kind
from asyncore_codemods.nodes import walk
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from asyncore_codemods.analyse.families.hierarchies import Definition, Hierarchy
    from asyncore_codemods.index.project import ClassEntry
    from asyncore_codemods.model.uses import Argument, Use


def read_client_construction(hierarchy: Hierarchy) -> ConstructionFacts | list[Reason]:
    """Return how the clients of *hierarchy* are made, or the reasons why that is not understood."""
    return _Reader(hierarchy).read()


class _Reader:
    def __init__(self, hierarchy: Hierarchy) -> None:
        self.hierarchy = hierarchy
        self.reasons: list[Reason] = []
        self.constructors = {d.entry.qualname: d for d in hierarchy.methods.get("__init__", ())}
        self.facts = ConstructionFacts(defined=hierarchy.top.qualname in self.constructors)

    def read(self) -> ConstructionFacts | list[Reason]:
        names: set[str] = set()
        for definition in self.constructors.values():
            names |= names_in(definition.function)
        self.facts.names = frozenset(names)
        for member in self.hierarchy.channels:  # topmost first
            self._member(member)
        top = self.hierarchy.top
        if not self.facts.base_calls and not self.reasons:
            place = Place(str(top.module.path), top.module.source.span(top.node))
            self.reasons.append(Reason(Code.CONSTRUCTION, "does not call the base class's __init__()", place))
        return self.reasons or self.facts

    def _member(self, member: ClassEntry) -> None:
        if member.qualname not in self.constructors:
            inherited = [self.facts.socket_parameters.get(parent.qualname) for parent in member.parents]
            for parameter in inherited:
                if parameter is not None:
                    self.facts.socket_parameters[member.qualname] = parameter
            return
        uses = self.hierarchy.facts[member.qualname].uses
        calls = [use for use in uses if use.name == "__init__" and use.kind is Kind.BASE_CALL]
        either = read_either_call(self.constructors[member.qualname], calls)
        if either is not None:
            self.facts.take(either)
            calls = [either.call]
        for use in [*(use for use in uses if use.name == "set_socket"), *calls]:
            if use.name == "set_socket":
                self._fail(member, use, "calls set_socket()", Code.SOCKET)
            elif use.through == "super" and hands_on_to_channel(member, self.hierarchy.mixins):
                given, left = split_between(member.module, use)
                self._base_of_all(member, given)
                self.facts.mixin_calls[Place(str(member.module.path), use.statement)] = left
            elif reaches_removed_class(member, use):
                self._base_of_all(member, use)
            else:
                self._base_in_project(member, use)

    def _fail(self, member: ClassEntry, use: Use, message: str, code: Code = Code.CLIENT) -> None:
        self.reasons.append(Reason(code, message, self.hierarchy.place(member, use)))

    def _base_of_all(self, member: ClassEntry, use: Use) -> None:
        path = str(member.module.path)
        wanted = [a for a in use.arguments if not self.hierarchy.is_map(path, a.span)]  # what is one for all, goes
        given = [a for a in self.hierarchy.handed_on(path, use) if not self._is_spare(member, use, a)]
        wanted = [a for a in wanted if a in given or a.is_constant]
        message = "passes a socket or a map to the base class's __init__()"
        if not use.alone:
            self._fail(member, use, "uses what __init__() returns")
            return
        if given:
            named_map = given[0].keyword == "map" or len(wanted) > 1
            if named_map or not self._hands_on(member, use, given[0]):
                self._fail(member, use, message, Code.MAP if named_map else Code.CLIENT)
                return
        self.facts.base_calls.append(self.facts.kept.get(use.statement, Place(path, use.statement)))

    def _is_spare(self, member: ClassEntry, use: Use, given: Argument) -> bool:
        """Tell whether an argument is a parameter for a map that nobody gives; note that it goes."""
        is_map = (given.keyword or ("sock", "map")[min(use.arguments.index(given), 1)]) == "map"
        spare = spare_parameter(self.hierarchy, member, given.text) if is_map else None
        if spare is not None:
            self.facts.arguments.append(Replacement(spare, ""))
        return spare is not None

    def _base_in_project(self, member: ClassEntry, use: Use) -> None:
        """`Base.__init__(self, ...)`, where Base is a class of the project: with its socket, or without one."""
        base = next((p for p in member.parents if p.qualname in self.facts.socket_parameters), None)
        if base is None:
            return
        wanted = self.facts.socket_parameters[base.qualname]
        for index, given in enumerate(use.arguments):
            if given.starred:
                self._fail(member, use, "passes on its arguments with a star")
            elif given.keyword != wanted.name and (given.keyword is not None or index != wanted.index):
                continue
            elif not (given.is_constant and given.constant is None) and not self._hands_on(member, use, given):
                self._fail(member, use, "passes its socket on in a way that is not understood")
            else:
                value = given.text if given.is_constant else ""
                pair = value or "reader", value or "writer"
                text = "reader={}, writer={}" if given.keyword else "{}, {}"
                self.facts.arguments.append(
                    Replacement(Place(str(member.module.path), given.span), text.format(*pair))
                )

    def _hands_on(self, member: ClassEntry, use: Use, given: Argument) -> bool:
        """Tell whether an argument is a parameter that serves for nothing else; note that it becomes two."""
        definition = self.constructors[member.qualname]
        parameters = self.hierarchy.facts[member.qualname].methods["__init__"].parameters
        for index, parameter in enumerate(parameters):
            if parameter.name != given.text or parameter.starred or parameter.keyword_only:
                continue
            if parameter.default not in (None, "None") or not self._serves_only(definition, use, given.text):
                return False
            place = Place(str(member.module.path), parameter.span)
            text = "reader, writer" if parameter.default is None else "reader=None, writer=None"
            self.facts.socket_parameters[member.qualname] = SocketParameter(given.text, place, index)
            self.facts.arguments.append(Replacement(place, text))
            return True
        return False

    def _serves_only(self, definition: Definition, use: Use, name: str) -> bool:
        """Tell whether a parameter is only handed on by *use*, and asked for; then the writer is asked for."""
        source, parents = definition.module.source, parent_map(definition.function)
        asked = []
        for node in walk(definition.function, ast.Name):
            if node.id == name and not use.statement.contains(source.span(node)):
                test = node if isinstance(parents[node], ast.If) else parents[node]
                if not isinstance(parents.get(test), ast.If) or not isinstance(test, ast.expr):
                    return False
                if name not in (asked_name(test), missed_name(test)):
                    return False
                asked.append(Replacement(definition.place(node), "writer"))
        self.facts.replaced += asked
        return True
