"""How a session is made: which constructor argument is the socket, and what else is done with it."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.clients.kept_sockets import OPTIONS, is_asked, is_private, kept_attribute
from asyncore_codemods.analyse.families.either_call import EitherCall, read_either_call
from asyncore_codemods.analyse.families.hierarchies import reaches_removed_class
from asyncore_codemods.analyse.families.mixins import hands_on_to_channel, split_between
from asyncore_codemods.analyse.lifetime.set_early import set_too_early
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
    from asyncore_codemods.model.uses import Use
    from asyncore_codemods.spans import Span

_QUESTIONS = {"getpeername": "peername", "getsockname": "sockname"}


@dataclass
class SocketParameter:
    """The constructor parameter that is the socket: its name, its place, its position behind self."""

    name: str
    place: Place
    index: int


@dataclass
class ConstructionFacts:
    """The constructors of a hierarchy of sessions."""

    defined: bool  # whether the topmost class has an __init__ of its own
    base_calls: list[Place] = field(default_factory=list)  # statements that become self.reader = reader, ...
    mixin_calls: dict[Place, str] = field(default_factory=dict)  # the mixins' constructors, which stay called there
    parameters: list[Place] = field(default_factory=list)  # each becomes `reader, writer`
    removed: list[Place] = field(default_factory=list)  # set_socket()
    unwrapped: list[Place] = field(default_factory=list)  # an `if` whose first branch does for both
    kept: dict[Span, Place] = field(default_factory=dict)  # that branch, by the whole
    replaced: list[Replacement] = field(default_factory=list)
    arguments: list[Replacement] = field(default_factory=list)  # one argument that becomes two
    socket_parameters: dict[str, SocketParameter] = field(default_factory=dict)  # by qualified class name
    names: frozenset[str] = frozenset()  # every name that the constructors bind

    def take(self, either: EitherCall) -> None:
        """Note that of two calls one remains."""
        self.kept[either.choice.span] = either.kept
        self.unwrapped.append(either.choice)
        self.removed.append(Place(either.choice.path, either.other.statement))


def read_construction(hierarchy: Hierarchy) -> ConstructionFacts | list[Reason]:
    """Return the facts, or the reasons why the constructors are not understood."""
    return _Reader(hierarchy).read()


class _Reader:
    def __init__(self, hierarchy: Hierarchy) -> None:
        self.hierarchy = hierarchy
        self.reasons: list[Reason] = []
        own = [d for d in hierarchy.methods.get("__init__", ()) if d.entry is hierarchy.top]
        self.facts = ConstructionFacts(defined=bool(own))

    def read(self) -> ConstructionFacts | list[Reason]:
        names: set[str] = set()
        for member in self.hierarchy.channels:  # topmost first
            definition = next((d for d in self.hierarchy.methods.get("__init__", ()) if d.entry is member), None)
            if definition is not None:
                names |= names_in(definition.function)
                self._constructor(member, definition)
            elif member is not self.hierarchy.top:
                self._inherit(member)
        self.facts.names = frozenset(names)
        return self.reasons or self.facts

    def _fail(self, place: Place, message: str, code: Code = Code.CONSTRUCTION) -> None:
        self.reasons.append(Reason(code, message, place))

    def _inherit(self, member: ClassEntry) -> None:
        for parent in member.parents:
            if parent.qualname in self.facts.socket_parameters:
                self.facts.socket_parameters[member.qualname] = self.facts.socket_parameters[parent.qualname]

    def _constructor(self, member: ClassEntry, definition: Definition) -> None:
        place = definition.place(definition.function)
        uses = [use for use in self.hierarchy.facts[member.qualname].uses if use.method == "__init__"]
        calls = [
            use
            for use in uses
            if use.name == "__init__" and use.kind is Kind.BASE_CALL and use.through not in self.hierarchy.mixins
        ]
        either = read_either_call(definition, calls)
        if either is not None:
            self.facts.take(either)
            calls = [either.call]
        if len(calls) != 1:
            how = (
                "calls more than one base class constructor"
                if calls
                else "does not call the base class's __init__()"
            )
            self._fail(place, f"{member.name}.__init__() {how}")
            return
        call = calls[0]
        if (
            not call.alone
            or call.deferred
            or call.statement
            not in [definition.module.source.span(statement) for statement in definition.function.body]
        ):
            self._fail(place, f"{member.name}.__init__() calls the base class's __init__() under a condition")
            return
        handed_on = hands_on_to_channel(member, self.hierarchy.mixins)
        if handed_on and call.through == "super" and either is None:
            self._base_behind_mixins(member, definition, call, uses)
        elif reaches_removed_class(member, call):
            self._base_of_all(member, definition, call, uses)
        else:
            self._base_in_project(member, definition, call)

    def _base_of_all(self, member: ClassEntry, definition: Definition, call: Use, uses: list[Use]) -> None:
        """`async_chat.__init__(self, sock)`, or without a socket and set_socket(sock) later."""
        path = str(definition.module.path)
        early = set_too_early(self.hierarchy.project, definition, call)
        if early is not None:
            what = f"sets {early.attr} before the base class's __init__(), which sets it anew"
            self._fail(definition.place(early), what)
        socket = ""
        for index, given in enumerate(call.arguments):
            name = given.keyword or ("sock", "map")[min(index, 1)]
            if given.starred or index > 1:
                self._fail(Place(path, call.span), "passes unusual arguments to the base class's __init__()")
                return
            if given.is_constant and given.constant is None:
                continue
            if name == "map" and self.hierarchy.is_map(path, given.span):
                continue
            if name == "map":
                spare = spare_parameter(self.hierarchy, member, given.text)
                if spare is None:
                    self._fail(Place(path, call.span), f"lives in a socket map of its own ({given.text})", Code.MAP)
                    return
                self.facts.arguments.append(Replacement(spare, ""))
                continue
            socket = given.text
        self.facts.base_calls.append(self.facts.kept.get(call.statement, Place(path, call.statement)))
        for use in uses:
            if use.name != "set_socket":
                continue
            if use.kind is not Kind.CALL or not use.alone or len(use.arguments) != 1 or socket:
                self._fail(Place(path, use.span), "calls set_socket() in an unusual way")
                return
            if self.hierarchy.root == legacy.ASYNC_CHAT:
                message = "takes its socket with set_socket(): to asyncore that is not connected, and sends nothing"
                self._fail(Place(path, use.span), message)
                return
            socket = use.arguments[0].text
            self.facts.removed.append(Place(path, use.statement))
        self._parameter(member, definition, socket, [call, *[u for u in uses if u.name == "set_socket"]])

    def _base_behind_mixins(self, member: ClassEntry, definition: Definition, call: Use, uses: list[Use]) -> None:
        """`super().__init__(sock, limit=3)`, which gets to the removed class by way of mixins that hand on."""
        given, left = split_between(definition.module, call)
        self._base_of_all(member, definition, given, uses)
        self.facts.mixin_calls[Place(str(definition.module.path), call.statement)] = left

    def _base_in_project(self, member: ClassEntry, definition: Definition, call: Use) -> None:
        """`Base.__init__(self, sock, ...)`, where Base is another session of the project."""
        path = str(definition.module.path)
        base = next((p for p in member.parents if p.qualname in self.facts.socket_parameters), None)
        if base is None:
            self._fail(Place(path, call.span), "passes its socket on in a way that is not understood")
            return
        wanted = self.facts.socket_parameters[base.qualname]
        passed = None
        for index, given in enumerate(call.arguments):
            if given.starred and passed is None and index <= wanted.index:
                found = self._passed_on(member, definition, given.text, wanted, index)
                if found is None:
                    self._fail(Place(path, call.span), "passes on its arguments with a star")
                else:
                    self.facts.socket_parameters[member.qualname] = found
                return
            if given.keyword == wanted.name or (given.keyword is None and index == wanted.index):
                passed = given
        if passed is None:
            self._fail(Place(path, call.span), "does not pass a socket to its base class")
            return
        text = "reader=reader, writer=writer" if passed.keyword else "reader, writer"
        self.facts.arguments.append(Replacement(Place(path, passed.span), text))
        self._parameter(member, definition, passed.text, [call])

    def _passed_on(
        self, member: ClassEntry, definition: Definition, star: str, wanted: SocketParameter, index: int
    ) -> SocketParameter | None:
        """`Base.__init__(self, *args)`, where nothing else is done with what is given: the socket is among that."""
        parameters = self.hierarchy.facts[member.qualname].methods["__init__"].parameters
        named = [node for node in walk(definition.function, ast.Name) if node.id == star]
        for before, parameter in enumerate(parameters):
            if parameter.starred and not parameter.keyword_only and parameter.name == star and len(named) == 1:
                place = Place(str(definition.module.path), parameter.span)
                return SocketParameter(wanted.name, place, wanted.index - index + before)
        return None

    def _parameter(self, member: ClassEntry, definition: Definition, socket: str, calls: list[Use]) -> None:
        parameters = self.hierarchy.facts[member.qualname].methods["__init__"].parameters
        place = definition.place(definition.function)
        found: SocketParameter | None = None
        for index, parameter in enumerate(parameters):
            if parameter.name == socket and not parameter.starred and not parameter.keyword_only:
                found = SocketParameter(socket, Place(place.path, parameter.span), index)
                if parameter.default is not None and any(p.default is not None for p in parameters[:index]):
                    self._fail(
                        found.place, f"has a socket parameter with a default value ({socket}={parameter.default})"
                    )
        if found is None:
            self._fail(place, f"{member.name}.__init__() does not hand its base class a socket that it was given")
            return
        self.facts.socket_parameters[member.qualname] = found
        self.facts.parameters.append(found.place)
        self._other_uses(definition, socket, calls)

    def _other_uses(self, definition: Definition, socket: str, calls: list[Use]) -> None:
        parents = parent_map(definition.function)
        known = [call.statement if call.statement in self.facts.kept else call.call for call in calls]
        source = definition.module.source
        for node in walk(definition.function):
            if not (isinstance(node, ast.Name) and node.id == socket):
                continue
            parent = parents[node]
            outer = parents.get(parent)
            if any(span is not None and span.contains(source.span(node)) for span in known):
                continue
            if isinstance(parent, ast.Attribute) and isinstance(outer, ast.Call) and outer.func is parent:
                if parent.attr in _QUESTIONS and not outer.args:
                    text = f'writer.get_extra_info("{_QUESTIONS[parent.attr]}")'
                    self.facts.replaced.append(Replacement(definition.place(outer), text))
                    continue
                if parent.attr in OPTIONS:
                    self.facts.replaced.append(
                        Replacement(definition.place(node), 'writer.get_extra_info("socket")')
                    )
                    continue
                if parent.attr == "setblocking":
                    self.facts.removed.append(definition.place(parents[outer]))
                    continue
            kept = kept_attribute(self.hierarchy, definition, node, parents)
            is_spare = kept == "socket" or (is_private(kept) and not is_asked(self.hierarchy, kept))
            if is_spare and parent in definition.function.body:
                # where the base class has put it already, or nobody looks
                self.facts.removed.append(definition.place(parent))
                continue
            if kept and kept != "socket":
                self.facts.replaced.append(Replacement(definition.place(node), 'writer.get_extra_info("socket")'))
                continue
            self._fail(definition.place(node), f"keeps or uses the socket it is given ({source.segment(parent)})")
