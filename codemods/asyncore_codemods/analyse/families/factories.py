"""Which session classes a listener can mean when it calls something that is not a class's own name."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.families.callables import Callables
from asyncore_codemods.analyse.families.references import Surroundings
from asyncore_codemods.analyse.values.syntax import defaults_of, self_attribute
from asyncore_codemods.model.programs import Mention
from asyncore_codemods.nodes import is_none, is_stored, walk

if TYPE_CHECKING:
    from asyncore_codemods.analyse.families.hierarchies import Definition, Hierarchy
    from asyncore_codemods.analyse.families.references import References
    from asyncore_codemods.analyse.lifetime.construction import SocketParameter
    from asyncore_codemods.index import Module
    from asyncore_codemods.index.project import Project
    from asyncore_codemods.model.programs import ClassMention
    from asyncore_codemods.spans import Place


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
        self.chosen: list[Place] = []  # where a method that makes sessions names those that it chooses from

    def of(self, hierarchy: Hierarchy, definition: Definition, func: ast.expr) -> frozenset[str] | None:
        """Return the session classes that calling *func* in *definition* can make, None if that is unknown."""
        name = self._named(definition, func)
        if name is not None:
            return frozenset({name})
        chosen = self._chosen(definition, func)
        if chosen:
            return chosen
        attribute = self_attribute(func, definition.self_name)
        if attribute is not None and attribute not in hierarchy.methods:
            return self._kept_in(hierarchy, attribute, may_lack=_is_asked(definition, func))
        made = self.callables.classes_made_by(definition.module, func) if attribute is None else frozenset()
        return made or None

    def _chosen(self, definition: Definition, func: ast.expr) -> frozenset[str]:
        """Return the classes that a method chooses from: `kind = Loud if loud else Quiet`, then `kind(sock)`."""
        values = [func]
        if isinstance(func, ast.Name):
            bound = [node for node in walk(definition.function, ast.Name) if node.id == func.id]
            calls = {id(call.func) for call in walk(definition.function, ast.Call)}
            assigned = {
                id(statement.targets[0]): statement.value
                for statement in walk(definition.function, ast.Assign)
                if len(statement.targets) == 1
            }
            if func.id in (arg.arg for arg in walk(definition.function.args, ast.arg)) or any(
                id(node) not in (assigned if is_stored(node) else calls) for node in bound
            ):
                return frozenset()
            values = [assigned[id(node)] for node in bound if is_stored(node)]
        options = [option for value in values for option in _alternatives(value)]
        names = [self._named(definition, option) for option in options]
        if None in names:
            return frozenset()
        self.chosen += [definition.place(option) for option in options]
        return frozenset(name for name in names if name is not None)

    def _named(self, definition: Definition, node: ast.expr) -> str | None:
        return self._class_named(definition.module, node)

    def _class_named(self, module: Module, node: ast.expr) -> str | None:
        entry = self.project.class_named(module, node)
        return entry.qualname if entry is not None and entry.qualname in self.names else None

    def _kept_in(self, hierarchy: Hierarchy, attribute: str, *, may_lack: bool) -> frozenset[str] | None:
        found: set[str] = set()
        for member in hierarchy.members:
            for statement in member.node.body:
                if isinstance(statement, ast.Assign) and any(
                    isinstance(t, ast.Name) and t.id == attribute for t in statement.targets
                ):
                    entry = self.project.class_named(member.module, statement.value)
                    if entry is not None and entry.qualname in self.names:
                        found.add(entry.qualname)
                    elif not is_none(statement.value):
                        return None
        for definition in hierarchy.definitions():
            for node in walk(definition.function, ast.Assign):
                if any(self_attribute(t, definition.self_name) == attribute for t in node.targets):
                    passed = self._assigned(hierarchy, definition, node, may_lack=may_lack)
                    if passed is None:
                        return None
                    found |= passed
        return frozenset(found) or None

    def _assigned(
        self, hierarchy: Hierarchy, definition: Definition, statement: ast.Assign, *, may_lack: bool
    ) -> frozenset[str] | None:
        """Return the classes that `self.handler = value` can keep, none if that happens for no object.

        `self.handler = value or Session` and `if value: self.handler = value` may be given none, and so may a plain
        assignment if it *may lack* one: if it is used only where there is one.
        """
        value, other = statement.value, frozenset[str]()
        if isinstance(value, ast.BoolOp) and isinstance(value.op, ast.Or) and len(value.values) == 2:
            named = self._named(definition, value.values[1])
            value, other = value.values[0], frozenset({named}) if named is not None else other
        name = self._named(definition, value)
        if name is not None:
            return frozenset({name})
        if definition.function.name != "__init__" or not isinstance(value, ast.Name):
            return None
        may_lack = may_lack or bool(other) or _is_guarded(definition, statement, value.id)
        parameters = hierarchy.facts[definition.entry.qualname].methods["__init__"].parameters
        for index, parameter in enumerate(parameters):
            if parameter.name == value.id and not parameter.starred:
                passed = self._passed(hierarchy, definition, index, parameter.name, may_lack=may_lack)
                return None if passed is None else passed | other
        return None

    def _passed(
        self, hierarchy: Hierarchy, definition: Definition, index: int, name: str, *, may_lack: bool
    ) -> frozenset[str] | None:
        """Return the classes that callers pass for the parameter *name*, which they *may lack*."""
        found: set[str] = set()
        makers = [
            mention
            for listener in sorted(hierarchy.names)
            for mention in self.references.mentions.get(listener, ())
            if mention.mention is Mention.CONSTRUCTED
        ]
        passed = {
            (mention.place.path, mention.statement): session
            for session in sorted(self.names)
            for mention in self.references.mentions.get(session, ())
            if mention.mention is Mention.PASSED
            and mention.owner in hierarchy.names
            and mention.stored_as in (str(index), name)
        }
        default = defaults_of(definition.function.args).get(name)
        for maker in makers:
            session = passed.get((maker.place.path, maker.statement))
            made = self._made_by(maker, index, name) if session is None else frozenset()
            if made:
                found |= made
                continue
            if session is None and default is not None:
                session = self._named(definition, default)
            if session is None and not (may_lack and self._lacks(maker, index, name) and is_none(default)):
                return None
            found |= {session} if session is not None else set()
        return frozenset(found) if found or may_lack else None

    def _lacks(self, maker: ClassMention, index: int, name: str) -> bool:
        """Tell whether *maker* gives nothing for the parameter."""
        call = self._call_of(maker)
        if call is None or any(isinstance(arg, ast.Starred) for arg in call.args):
            return False
        return len(call.args) <= index and all(k.arg not in (None, name) for k in call.keywords)

    def _made_by(self, maker: ClassMention, index: int, name: str) -> frozenset[str]:
        """Return the classes that what *maker* passes for the parameter makes objects of."""
        call = self._call_of(maker)
        if call is None or any(isinstance(arg, ast.Starred) for arg in call.args):
            return frozenset()
        given: dict[object, ast.expr] = dict(enumerate(call.args))
        given.update({keyword.arg: keyword.value for keyword in call.keywords})
        value = given.get(name, given.get(index))
        module = self.project.module_at(maker.place.path)
        return self.callables.classes_made_by(module, value) if value is not None else frozenset()

    def _call_of(self, maker: ClassMention) -> ast.Call | None:
        module = self.project.module_at(maker.place.path)
        return None if maker.call is None else Surroundings(module).call_at(maker.call)


def _alternatives(value: ast.expr) -> list[ast.expr]:
    """Return what a value may be: `a if x else b` is either."""
    if isinstance(value, ast.IfExp):
        return [*_alternatives(value.body), *_alternatives(value.orelse)]
    return [value]


def _is_guarded(definition: Definition, statement: ast.Assign, name: str) -> bool:
    """Tell whether a statement runs only if the parameter *name* is given."""
    for node in walk(definition.function, ast.If):
        if statement in node.body:
            test = node.test
            if (
                isinstance(test, ast.Compare)
                and isinstance(test.ops[0], ast.IsNot)
                and is_none(test.comparators[0])
            ):
                test = test.left
            return isinstance(test, ast.Name) and test.id == name
    return False


def _is_asked(definition: Definition, func: ast.expr) -> bool:
    """Tell whether *func*, an attribute, is called only where it is not None: the method asks around it."""
    text = ast.unparse(func)
    for node in walk(definition.function, ast.If):
        inside = [any(func in walk(statement) for statement in block) for block in (node.body, node.orelse)]
        if any(inside) and {"some": inside[0], "none": inside[1]}.get(_asks_for(node.test, text), False):
            return True
    return False


def _asks_for(test: ast.expr, text: str) -> str:
    """Return "some" if *test* is true where *text* is not None, "none" for the opposite, "" for anything else."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return {"some": "none", "none": "some"}.get(_asks_for(test.operand, text), "")
    if isinstance(test, ast.Compare) and len(test.ops) == 1 and is_none(test.comparators[0]):
        asks = {ast.IsNot: "some", ast.Is: "none"}.get(type(test.ops[0]), "")
        return asks if ast.unparse(test.left) == text else ""
    return "some" if ast.unparse(test) == text else ""
