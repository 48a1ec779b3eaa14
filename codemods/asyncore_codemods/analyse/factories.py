"""Which session classes a listener can mean when it calls something that is not a class's own name."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.callables import Callables
from asyncore_codemods.analyse.references import Surroundings
from asyncore_codemods.analyse.syntax import self_attribute
from asyncore_codemods.model.programs import Mention
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from asyncore_codemods.analyse.construction import SocketParameter
    from asyncore_codemods.analyse.hierarchies import Definition, Hierarchy
    from asyncore_codemods.analyse.references import References
    from asyncore_codemods.index import Module
    from asyncore_codemods.index.project import Project
    from asyncore_codemods.model.programs import ClassMention


class Factories:
    """Resolves `Session(...)`, `self.handler_class(...)` and what is passed to the listener's constructor.

    *sockets* are the parameters of the sessions' constructors that are the connection's socket.
    """

    def __init__(
        self,
        project: Project,
        sessions: list[Hierarchy],
        references: References,
        sockets: dict[str, SocketParameter],
    ) -> None:
        self.project = project
        self.callables = Callables(project, self._class_named, sockets)
        self.names = {name for hierarchy in sessions for name in hierarchy.names}
        self.references = references

    def of(self, hierarchy: Hierarchy, definition: Definition, func: ast.expr) -> frozenset[str] | None:
        """Return the session classes that calling *func* in *definition* can make, None if that is unknown."""
        name = self._named(definition, func)
        if name is not None:
            return frozenset({name})
        attribute = self_attribute(func, definition.self_name)
        if attribute is not None and attribute not in hierarchy.methods:
            return self._kept_in(hierarchy, attribute)
        return None

    def _named(self, definition: Definition, node: ast.expr) -> str | None:
        return self._class_named(definition.module, node)

    def _class_named(self, module: Module, node: ast.expr) -> str | None:
        target = self.project.resolve_node(module, node)
        entry = self.project.class_at(target, module) if target else None
        return entry.qualname if entry is not None and entry.qualname in self.names else None

    def _kept_in(self, hierarchy: Hierarchy, attribute: str) -> frozenset[str] | None:
        found: set[str] = set()
        for member in hierarchy.members:
            for statement in member.node.body:
                if isinstance(statement, ast.Assign) and any(
                    isinstance(t, ast.Name) and t.id == attribute for t in statement.targets
                ):
                    target = self.project.resolve_node(member.module, statement.value)
                    entry = self.project.class_at(target, member.module) if target else None
                    if entry is not None and entry.qualname in self.names:
                        found.add(entry.qualname)
                    elif not (isinstance(statement.value, ast.Constant) and statement.value.value is None):
                        return None
        for definition in hierarchy.definitions():
            for node in walk(definition.function):
                if isinstance(node, ast.Assign) and any(
                    self_attribute(t, definition.self_name) == attribute for t in node.targets
                ):
                    passed = self._assigned(hierarchy, definition, node.value)
                    if passed is None:
                        return None
                    found |= passed
        return frozenset(found) or None

    def _assigned(self, hierarchy: Hierarchy, definition: Definition, value: ast.expr) -> frozenset[str] | None:
        """Return the classes that `self.handler = value` can keep."""
        name = self._named(definition, value)
        if name is not None:
            return frozenset({name})
        if definition.function.name != "__init__" or not isinstance(value, ast.Name):
            return None
        parameters = hierarchy.facts[definition.entry.qualname].methods["__init__"].parameters
        for index, parameter in enumerate(parameters):
            if parameter.name == value.id and not parameter.starred:
                return self._passed(hierarchy, definition, index, parameter.name)
        return None

    def _passed(self, hierarchy: Hierarchy, definition: Definition, index: int, name: str) -> frozenset[str] | None:
        """Return the classes that callers of the constructor pass as its parameter *name*."""
        found: set[str] = set()
        makers = [
            mention
            for listener in hierarchy.names
            for mention in self.references.mentions.get(listener, ())
            if mention.mention is Mention.CONSTRUCTED
        ]
        passed = {
            (mention.place.path, mention.statement): session
            for session in self.names
            for mention in self.references.mentions.get(session, ())
            if mention.mention is Mention.PASSED
            and mention.owner in hierarchy.names
            and mention.stored_as in (str(index), name)
        }
        default = _default_of(definition, name)
        for maker in makers:
            session = passed.get((maker.place.path, maker.statement))
            if session is None:
                session = self._made_by(maker, index, name)
            if session is None and default is not None:
                session = self._named(definition, default)
            if session is None:
                return None
            found.add(session)
        return frozenset(found) or None

    def _made_by(self, maker: ClassMention, index: int, name: str) -> str | None:
        """Return the class that what *maker* passes for the parameter makes objects of."""
        module = next(m for m in self.project.modules.values() if str(m.path) == maker.place.path)
        if maker.call is None:
            return None
        call = Surroundings(module).call_at(maker.call)
        given: dict[object, ast.expr] = dict(enumerate(call.args))
        given.update({keyword.arg: keyword.value for keyword in call.keywords})
        value = given.get(name, given.get(index))
        starred = any(isinstance(arg, ast.Starred) for arg in call.args)
        return self.callables.class_made_by(module, value) if value is not None and not starred else None


def _default_of(definition: Definition, name: str) -> ast.expr | None:
    args = definition.function.args
    positional = [*args.posonlyargs, *args.args]
    offset = len(positional) - len(args.defaults)
    for index, arg in enumerate(positional):
        if arg.arg == name and index >= offset:
            return args.defaults[index - offset]
    return next((d for a, d in zip(args.kwonlyargs, args.kw_defaults) if a.arg == name), None)
