"""Output from producers: asked for data as the peer takes it, which a coroutine does by waiting.

`push_with_producer(p)` queues p behind what has been pushed, and what is pushed later queues behind p. A handler
that waits until p has been sent keeps that order, as long as nobody else sends on the same channel meanwhile.
Handlers on the way to such a call become coroutines; where the way cannot be seen whole, the class stays on the
bridge. An `asynchat.simple_producer` has all its data from the start: to send it is a push().
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.families.hierarchies import dials_of
from asyncore_codemods.analyse.output.producers import interference, producers_of, progress_of, tells
from asyncore_codemods.analyse.output.queueing import is_sent_from_outside, why_not_queued
from asyncore_codemods.analyse.usage.effects import leaves_no_trace
from asyncore_codemods.analyse.values.assigned_methods import is_assigned, methods_of
from asyncore_codemods.analyse.values.chosen import chosen_prefix
from asyncore_codemods.analyse.values.flow import statements_after
from asyncore_codemods.analyse.values.syntax import parent_map, self_attribute
from asyncore_codemods.analyse.values.tables import Table, calls_of, read_tables
from asyncore_codemods.codes import Code
from asyncore_codemods.model.sessions import Reason
from asyncore_codemods.model.uses import Kind
from asyncore_codemods.nodes import is_none, walk
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asyncore_codemods.analyse.families.hierarchies import Definition, Hierarchy
    from asyncore_codemods.analyse.usage.outside import OutsideUse
    from asyncore_codemods.index.project import ClassEntry
    from asyncore_codemods.model.uses import Use

NAME = "push_with_producer"
_SIMPLE = "asynchat.simple_producer"
_STARTS = ("found_terminator", "handle_connect")  # what run() can wait for
_HARMLESS_ERRORS = frozenset(
    {"TypeError", "ValueError", "KeyError", "IndexError", "LookupError", "AttributeError", "UnicodeError"}
    | {"UnicodeDecodeError", "NameError", "ZeroDivisionError", "ArithmeticError", "AssertionError", "StopIteration"}
)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp)


@dataclass
class ProducingFacts:
    """How the producers of a class are sent."""

    pushed: list[tuple[ClassEntry, Use, str]] = field(default_factory=list)  # simple ones, with their data
    waited_for: list[tuple[ClassEntry, Use]] = field(default_factory=list)
    coroutines: list[Place] = field(default_factory=list)  # methods that must wait
    awaited: list[Place] = field(default_factory=list)  # calls of such methods
    names: set[str] = field(default_factory=set)  # of those methods
    tells: bool = False  # they print or log something when they are asked for more
    queued: bool = False  # nobody waits: a task sends them


def read_producing(hierarchy: Hierarchy, outside: list[OutsideUse]) -> ProducingFacts | list[Reason]:
    """Return how producers are sent, or the reasons why that is not understood.

    A handler that waits for its producer is the plainest way. Where that would be noticed, a task sends them.
    """
    from_outside = is_sent_from_outside(hierarchy, outside)
    waiting = _Reader(hierarchy, outside).read()
    if not from_outside and not isinstance(waiting, list):
        return waiting
    reasons = why_not_queued(hierarchy, outside)
    if not reasons:
        return ProducingFacts(queued=True)
    return waiting if isinstance(waiting, list) else reasons


def simple_data(hierarchy: Hierarchy, definition: Definition, value: ast.expr) -> ast.expr | None:
    """Return x for `asynchat.simple_producer(x)`, whatever its buffer size."""
    if not isinstance(value, ast.Call) or not value.args or isinstance(value.args[0], ast.Starred):
        return None
    named = hierarchy.project.resolve_node(definition.module, value.func)
    return value.args[0] if named is not None and legacy.canonical(named) == _SIMPLE else None


class _Reader:
    def __init__(self, hierarchy: Hierarchy, outside: list[OutsideUse]) -> None:
        self.hierarchy = hierarchy
        self.outside = outside
        self.progress = progress_of(producers_of(hierarchy.project))
        self.connects = any(True for _ in dials_of(hierarchy))  # an accepted connection is never told of it
        self.facts = ProducingFacts()
        self.reasons: list[Reason] = []
        self.tables: list[Table] = []

    def read(self) -> ProducingFacts | list[Reason]:
        waiting: set[str] = set()
        self.tables = (
            read_tables(self.hierarchy, self.outside) if any(True for _ in self.hierarchy.uses(NAME)) else []
        )
        for entry, use in self.hierarchy.uses(NAME):
            place = self.hierarchy.place(entry, use)
            if use.kind is not Kind.CALL or not use.alone or len(use.arguments) != 1 or use.deferred:
                self._fail(place, "calls push_with_producer() in an unusual way")
                continue
            definition = next(d for d in self.hierarchy.methods[use.method] if d.entry is entry)
            calls = list(walk(definition.function, ast.Call))
            call = next(node for node in calls if definition.module.source.span(node) == use.call)
            data = simple_data(self.hierarchy, definition, call.args[0])
            if data is not None:
                self.facts.pushed.append((entry, use, definition.module.source.segment(data)))
            else:
                self.facts.waited_for.append((entry, use))
                self.facts.awaited.append(definition.place(call))
                waiting.add(use.method)
                if not self._can_wait(call, parent_map(definition.function), definition):
                    self._fail(place, "waits for a producer where that is noticed by more than its peer")
        if waiting and not self.reasons:
            self._check_producers()
            self._follow(waiting)
        return self.reasons or self.facts

    def _fail(self, place: Place, message: str) -> None:
        self.reasons.append(Reason(Code.PRODUCER, message, place))

    def _check_producers(self) -> None:
        """See to it that nobody notices that a session which waits for its producer reads nothing."""
        project = self.hierarchy.project
        producers = producers_of(project)
        if not producers:
            entry, use = self.facts.waited_for[0]
            self._fail(self.hierarchy.place(entry, use), "sends a producer whose class cannot be seen")
        for module, node, message in islice(interference(project, producers), 1):  # one says it all
            self._fail(Place(str(module.path), module.source.span(node)), message)
        asked = (m for entry in producers for m in methods_of(entry.node) if m.name != "__init__")
        self.facts.tells = any(tells(method) is not None for method in asked)
        for entry, use in self.facts.waited_for:
            own = self.hierarchy.facts[entry.qualname].methods[use.method].self_name
            if own in use.arguments[0].names and _hands_on(use.arguments[0].text, own):
                self._fail(self.hierarchy.place(entry, use), "waits for a producer that knows the session")

    def _follow(self, waiting: set[str]) -> None:
        """Make every method on the way from what run() calls to the producers a coroutine."""
        names = set(waiting)
        while True:
            more = {
                definition.function.name
                for definition in self.hierarchy.definitions()
                for node in walk(definition.function)
                if self_attribute(node, definition.self_name) in names and not self._is_in_a_table(node)
            }
            for table in self.tables:
                if table.methods & names:
                    more |= table.methods | {definition.function.name for definition, _ in table.calls}
            for definition in self.hierarchy.definitions():
                for node in walk(definition.function, ast.Call):
                    if _may_choose(definition, node, names):
                        more |= {definition.function.name, *self._choices(node, definition)}
            if more <= names:
                break
            names |= more
        self.facts.names = names
        inherited = legacy.inherited_names(self.hierarchy.root) | {"__init__"}
        for name in sorted(names):
            for definition in self.hierarchy.methods[name]:
                self._check(definition, inherited)
                self.facts.coroutines.append(definition.place(definition.function))
        for use in self.outside:
            if use.may_be(self.hierarchy.names) and use.name in (names | {"push", "send"}):
                self._fail(use.place, f"waits for producers, and its {use.name}() may be called from outside")
        self._find_calls(names)

    def _is_in_a_table(self, node: ast.AST) -> bool:
        return any(node is named for table in self.tables for named in table.named)

    def _choices(self, node: ast.Call, definition: Definition) -> set[str]:
        """Return the methods that a `getattr(self, "do_" + verb)` can come to, if all of them can be seen."""
        prefix = chosen_prefix(node, definition.function)
        chosen = {name for name in self.hierarchy.methods if prefix and name.startswith(prefix)}
        default = self_attribute(node.args[2], definition.self_name) if len(node.args) > 2 else None
        return chosen | ({default} if default in self.hierarchy.methods else set())

    def _hides_choices(self, prefix: str) -> bool:
        """Tell whether attributes that are no methods of their own could be chosen as well."""
        facts = [self.hierarchy.facts[member.qualname] for member in self.hierarchy.members]
        written = [write.name for fact in facts for write in fact.writes]
        aliases = [a.name for fact in facts for a in fact.attributes if a.value.text not in self.facts.names]
        return any(name.startswith(prefix) for name in (*written, *aliases))

    def _check(self, definition: Definition, inherited: frozenset[str]) -> None:
        name, place = definition.function.name, definition.place(definition.function)
        if name in inherited and (name not in _STARTS or (name == "handle_connect" and not self.connects)):
            self._fail(place, f"sends a producer in {name}(), which cannot wait")
        elif is_assigned(definition.function):
            self._fail(place, f"sends a producer in {name}(), which is no function of its own")
        elif definition.function.decorator_list or isinstance(definition.function, ast.AsyncFunctionDef):
            self._fail(place, f"sends a producer in {name}(), which is decorated or a coroutine already")
        elif any(isinstance(node, (ast.Yield, ast.YieldFrom)) for node in walk(definition.function)):
            self._fail(place, f"sends a producer in {name}(), which is a generator")

    def _find_calls(self, names: set[str]) -> None:
        for definition, looked_up in (one for table in self.tables if table.methods & names for one in table.calls):
            if self._can_wait(looked_up, parent_map(definition.function), definition):
                self.facts.awaited.append(definition.place(looked_up))
            else:
                self._fail(
                    definition.place(looked_up),
                    "calls a method out of a dictionary, which waits, where that is noticed",
                )
        for definition in self.hierarchy.definitions():
            parents = parent_map(definition.function)
            for node in walk(definition.function):
                if isinstance(node, ast.Call) and _may_choose(definition, node, names):
                    self._wait_for_chosen(definition, node)
                if not isinstance(node, ast.Attribute) or node.attr not in names:
                    continue
                call = parents.get(node)
                own = self_attribute(node, definition.self_name) is not None
                if not own and not isinstance(node.value, ast.Call):
                    continue  # another object's
                if self._is_in_a_table(node):
                    continue
                if isinstance(call, ast.Call) and call.args[2:3] == [node] and _may_choose(definition, call, names):
                    continue  # what getattr() comes to if there is no such method: see _wait_for_chosen()
                if not isinstance(call, ast.Call) or call.func is not node or not own:
                    self._fail(definition.place(node), f"passes on {node.attr}(), which has to wait for producers")
                elif not self._can_wait(call, parents, definition):
                    self._fail(definition.place(node), f"calls {node.attr}(), which waits, where that is noticed")
                else:
                    self.facts.awaited.append(definition.place(call))

    def _wait_for_chosen(self, definition: Definition, node: ast.Call) -> None:
        calls = _chosen_calls(definition, node)
        parents = parent_map(definition.function)
        default = self_attribute(node.args[2], definition.self_name) if len(node.args) > 2 else None
        begins = [name for name in (chosen_prefix(node, definition.function), default) if name]
        seen = calls is not None and not any(self._hides_choices(begin) for begin in begins)
        if calls is None or not seen or not all(self._can_wait(call, parents, definition) for call in calls):
            self._fail(definition.place(node), "waits for producers, and chooses methods at run time")
        else:
            self.facts.awaited += [definition.place(call) for call in calls]

    def _can_wait(self, call: ast.Call, parents: dict[ast.AST, ast.AST], definition: Definition) -> bool:
        """Tell whether *call* can be awaited: nothing else notices that what follows it comes later."""
        parent = parents[call]
        if not isinstance(parent, (ast.Expr, ast.Return)) and not (
            isinstance(parent, ast.Assign) and parent.value is call
        ):
            return False
        current: ast.AST = parent
        while current is not definition.function:
            holder = parents[current]
            if isinstance(holder, _FUNCTIONS) and holder is not definition.function:
                return False
            if isinstance(holder, (ast.With, ast.AsyncWith)) or _catches(holder, current):
                return False
            current = holder
        assert isinstance(parent, ast.stmt)
        later = statements_after(definition.function, parent)
        return leaves_no_trace(self.hierarchy, self.outside, definition, later) and not any(
            self.progress.shows_in(node, at.self_name) for at, node in self._reached(definition, later)
        )

    def _reached(self, definition: Definition, later: list[ast.stmt]) -> Iterator[tuple[Definition, ast.AST]]:
        """Yield every node of *later*, and of the methods that may run then."""
        nodes = [node for statement in later for node in walk(statement)]
        yield from ((definition, node) for node in nodes)
        called = {name for node in nodes if (name := self_attribute(node, definition.self_name))}
        for other in self.hierarchy.reachable(*called):
            yield from ((other, node) for node in walk(other.function))


def _catches(holder: ast.AST, body: ast.AST) -> bool:
    """Tell whether *holder* may catch the error of a peer that has gone, which a push does not raise."""
    if not isinstance(holder, ast.Try) or not any(body is statement for statement in holder.body):
        return False
    types = [kind for handler in holder.handlers for kind in _types(handler.type)]
    return bool(holder.finalbody) or any(name not in _HARMLESS_ERRORS for name in types)


def _types(node: ast.expr | None) -> list[str]:
    """Return the names of the exceptions that an `except` is for."""
    if isinstance(node, ast.Tuple):
        return [name for element in node.elts for name in _types(element)]
    return [node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")]


def _hands_on(text: str, own: str) -> bool:
    """Tell whether the object itself, not only an attribute of it, is an argument in *text*."""
    tree = ast.parse(text, mode="eval")
    taken = {id(node.value) for node in walk(tree, ast.Attribute)}
    return any(isinstance(node, ast.Name) and node.id == own and id(node) not in taken for node in walk(tree))


def _may_choose(definition: Definition, node: ast.Call, names: set[str]) -> bool:
    """Tell whether *node* is a `getattr(self, "do_" + verb)` that may come to one of *names*."""
    if not (isinstance(node.func, ast.Name) and node.func.id == "getattr" and len(node.args) > 1):
        return False
    if not (isinstance(node.args[0], ast.Name) and node.args[0].id == definition.self_name):
        return False
    if isinstance(node.args[1], ast.Constant):
        return node.args[1].value in names
    return any(name.startswith(chosen_prefix(node, definition.function)) for name in names)


def _chosen_calls(definition: Definition, node: ast.Call) -> list[ast.Call] | None:
    """Return the calls of what `getattr(self, "do_" + verb)` chooses, if all that happens to it is to be called."""
    default = node.args[2] if len(node.args) > 2 else ast.Constant(None)
    is_method = self_attribute(default, definition.self_name) is not None
    if not chosen_prefix(node, definition.function) or not (is_method or is_none(default)):
        return None
    return calls_of(definition, node)
