"""What a loop looks at to know whether to go on: plain values, and the statements elsewhere that change them."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.families.references import Surroundings
from asyncore_codemods.analyse.looping.given_containers import changes_followed
from asyncore_codemods.analyse.looping.when_called import Calls, is_within
from asyncore_codemods.analyse.usage.containers import UnseenError, change_of, is_container, mentions_of
from asyncore_codemods.analyse.values.syntax import REPEATS, declared_global, local_names
from asyncore_codemods.index.modules import dotted_name
from asyncore_codemods.model.sessions import Replacement
from asyncore_codemods.nodes import FUNCTIONS, is_stored, walk
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from asyncore_codemods.index import Module, Project
    from asyncore_codemods.index.project import ClassEntry

_EVENTS = ("woken", "wake_up", "loop_woken")
_PLAIN = (
    *(ast.Constant, ast.BinOp, ast.UnaryOp, ast.Compare, ast.BoolOp),
    *(ast.Name, ast.Attribute, ast.Call, ast.Subscript),
)
_PLAIN_CALLS = frozenset(
    ["int", "float", "len", "bool", "abs", "min", "max", "round", "time", "monotonic", "perf_counter"]
)


@dataclass
class Flag:
    """A value with the event that tells of its changes; without writes it never changes while the loop runs."""

    event: str = ""
    is_global: bool = False
    is_of_class: bool = False  # it is an attribute of a class, not of an object
    writes: list[Replacement] = field(default_factory=list)  # statements, and the lines that go behind each
    declared: Replacement | None = None  # a statement, and the line behind it that says there is no event yet


def telling(event: str, *, early: bool) -> str:
    """Return the lines that tell of a change; *early* says that there may be no loop yet."""
    return f"if {event} is not None:\n    {event}.set()" if early else f"{event}.set()"


class FlagReader:
    """Reads the flags of one loop, which stands in *function* of *module*."""

    def __init__(
        self, project: Project, modules: Sequence[Module], module: Module, function: ast.AST, loop: ast.While
    ) -> None:
        self.project = project
        self.modules = modules
        self.module = module
        self.function = function
        self.calls = Calls(project, modules, module, function, loop)
        self.apart: ClassEntry | None = None  # whose objects run such a loop each, and look at themselves

    def read(self, node: ast.Name | ast.Attribute, *, is_compared: bool) -> Flag | None:
        """Return what is known of *node*, or None if it may change unseen. *is_compared* says it is a number."""
        if isinstance(node, ast.Attribute):
            return self._attribute(node, is_compared=is_compared)
        is_function = isinstance(self.function, FUNCTIONS)
        if is_function and node.id in local_names(self.function) - declared_global(self.function):  # type: ignore[arg-type]  # as just checked
            return self._local(node.id, is_compared=is_compared)
        return self._global(node.id)

    # -- names

    def _local(self, name: str, *, is_compared: bool) -> Flag | None:
        parameters = {arg.arg for arg in walk(self.function, ast.arg)}
        nested = [n for n in walk(self.function, FUNCTIONS) if n is not self.function]
        if any(isinstance(n, ast.Nonlocal) and name in n.names for inner in nested for n in walk(inner)):
            return None
        if name in parameters:
            return Flag() if is_compared else None
        values = list(values_of(self.function, name))
        if values and all(is_container(value) or _is_copy(value) for value in values):
            return self._shared(name, nested)
        known = [v for v in values if v is not None and (is_plain(v) or (is_compared and isinstance(v, ast.Name)))]
        return Flag() if values and len(known) == len(values) else None

    def _shared(self, name: str, nested: Sequence[ast.AST]) -> Flag | None:
        """Return a flag that tells of the changes of a container by the objects that the function gives it to."""
        if any(True for inner in nested for _ in mentions_of(inner, name, is_attribute=False)):
            return None
        flag = Flag(self.free_event(), is_global=True)
        changed = self._changes(list(mentions_of(self.function, name, is_attribute=False)), flag.event)
        flag.writes += changed or ()
        return flag if changed is not None else None

    def _global(self, name: str) -> Flag | None:
        tree = self.module.source.tree
        values = list(values_of(tree, name))
        kept = bool(values) and all(is_container(value) for value in values)
        if not values or not (kept or all(value is not None and is_plain(value) for value in values)):
            return None
        for module in self.modules:
            for node in walk(module.source.tree):
                if isinstance(node, ast.Attribute) and node.attr == name and is_stored(node) and not _is_own(node):
                    return None
                if module is not self.module and isinstance(node, ast.alias) and node.name == name:
                    return None
        event = self.free_event()
        flag = Flag(event, is_global=True)
        for function in walk(tree):
            if (
                isinstance(function, FUNCTIONS)
                and name in declared_global(function)
                and function is not self.function
            ):
                written = self._writes(self.module, function, name, event)
                if written is None:
                    return None
                flag.writes += written
        changed = self._changes(self._global_mentions(name), event) if kept else []
        if changed is None:
            return None
        flag.writes += changed
        first = next((s for s in tree.body if list(values_in(s, name))), None)
        if first is None:
            return None
        if flag.writes:
            declared = f"{event} = None  # an event, once there is a loop"
            flag.declared = Replacement(self._place(self.module, first), declared)
        return flag

    def _global_mentions(self, name: str) -> list[ast.Name | ast.Attribute]:
        """Return where the module means its own *name*, not a function's."""
        around, tree = Surroundings(self.module), self.module.source.tree
        return [
            node
            for node in mentions_of(tree, name, is_attribute=False)
            if not any(name in local_names(f) - declared_global(f) for f in around.functions(node))
        ]

    def _changes(self, mentions: Sequence[ast.Name | ast.Attribute], event: str) -> list[Replacement] | None:
        """Return the changes of the container of *mentions*, None if it may change unseen."""
        try:
            changes = changes_followed(self.project, self.modules, self.module, mentions)
        except UnseenError:
            return None
        found = []
        for change in changes:
            functions = change.functions
            if functions and functions[:1] != [self.function] and not self.calls.come_from_loop(functions[0]):
                text = telling(event, early=self.calls.may_be_early(functions[-1]))
                found.append(Replacement(self._place(change.module, change.statement), text))
        return found

    def _writes(self, module: Module, function: ast.AST, name: str, event: str) -> list[Replacement] | None:
        found = []
        for node in walk(function, ast.Name):
            if node.id == name and is_stored(node):
                statement = Surroundings(module).parents[node]
                if not isinstance(statement, (ast.Assign, ast.AugAssign)):
                    return None
                text = telling(event, early=self.calls.may_be_early(function))
                found.append(Replacement(self._place(module, statement), text))
        return found

    # -- attributes

    def _attribute(self, node: ast.Attribute, *, is_compared: bool) -> Flag | None:
        prefix = dotted_name(node.value)
        if prefix is None or self._is_module(prefix):
            return None
        owner = self._owner_of(node)
        if owner is None:
            return None
        flag = Flag(f"{prefix}.{self.free_event()}", is_of_class=self._is_class(self.module, node.value))
        values = [value for statement in owner.node.body for value in values_in(statement, node.attr)]
        values += self._values_given(node.attr)
        if values and all(is_container(value) for value in values):
            return self._container(flag, node.attr, owner)
        for value in (value for statement in owner.node.body for value in values_in(statement, node.attr)):
            if value is None or not is_plain(value):
                return None
        for module in self.modules:
            attributes = list(walk(module.source.tree, ast.Attribute))
            targets = [n for n in attributes if n.attr == node.attr and is_stored(n)]
            if not all(self._take_in(flag, module, n, owner, is_compared=is_compared) for n in targets):
                return None
        return flag

    def _is_module(self, prefix: str) -> bool:
        """Tell whether the attribute is one of a module, and not of a variable that is called like it."""
        if prefix.partition(".")[0] not in self.module.bindings:
            return False
        return self.project.find_module(self.project.resolve(self.module, prefix), self.module) is not None

    def _owner_of(self, node: ast.Attribute) -> ClassEntry | None:
        """Return the class whose only object has the attribute, or which has it itself, None if there is none."""
        owners = [entry for entry in self.project.classes.values() if self.gives(entry, node.attr)]
        if len(owners) != 1:
            return None
        if any(isinstance(n, ast.Name) and n.id == "__slots__" for n in walk(owners[0].node)):
            return None
        stored = [n for m in self.modules for n in mentions_of(m.source.tree, node.attr, is_attribute=True)]
        by_class = self._is_class(self.module, node.value) and not any(
            is_stored(n) and isinstance(n, ast.Attribute) and dotted_name(n.value) == "self" for n in stored
        )
        is_known = by_class or owners[0] is self.apart or self._is_made_once(owners[0])
        return owners[0] if is_known else None

    def _values_given(self, name: str) -> list[ast.expr | None]:
        """Return what is assigned to the attribute *name* of anything."""
        found: list[ast.expr | None] = []
        for module in self.modules:
            around = Surroundings(module)
            for node in mentions_of(module.source.tree, name, is_attribute=True):
                statement = around.parents[node]
                if is_stored(node) and isinstance(statement, ast.Assign):
                    found.append(statement.value)
                elif is_stored(node):
                    found.append(None)
        return found

    def _container(self, flag: Flag, name: str, owner: ClassEntry) -> Flag | None:
        """Return a flag that tells of every change of the container in the attribute *name*."""
        event = flag.event.rpartition(".")[2]
        for module in self.modules:
            around = Surroundings(module)
            for node in mentions_of(module.source.tree, name, is_attribute=True):
                assert isinstance(node, ast.Attribute)
                try:
                    statement = change_of(around, node)
                except UnseenError:
                    return None
                functions = around.functions(node)
                is_new = is_stored(node) and functions and functions[0].name == "__init__"
                if (
                    statement is None
                    or functions[:1] == [self.function]
                    or (is_new and is_within(node, owner.node))
                ):
                    continue
                receiver = dotted_name(node.value)
                is_class = self._is_class(module, node.value)
                if receiver is None or not functions or is_class != flag.is_of_class:
                    return None
                early = self.calls.may_be_early(functions[-1])
                if early and not self._declare(flag, owner, name):
                    return None
                if early or not self.calls.come_from_loop(functions[0]):
                    text = telling(f"{receiver}.{event}", early=early)
                    flag.writes.append(Replacement(self._place(module, statement), text))
        return flag

    def _declare(self, flag: Flag, owner: ClassEntry, name: str) -> bool:
        """Have the object have no event at first, where it may be asked for it before there is a loop."""
        event = flag.event.rpartition(".")[2]
        inits = [n for n in owner.node.body if isinstance(n, ast.FunctionDef) and n.name == "__init__"]
        for function in inits if not flag.is_of_class else ():
            for statement in function.body:
                targets = statement.targets if isinstance(statement, ast.Assign) else []
                if any(dotted_name(target) == f"self.{name}" for target in targets):
                    text = f"self.{event} = None  # an event, once there is a loop"
                    flag.declared = Replacement(self._place(owner.module, statement), text)
                    return True
        for statement in owner.node.body:
            if any(True for _ in values_in(statement, name)):
                text = f"{event} = None  # an event, once there is a loop"
                flag.declared = Replacement(self._place(owner.module, statement), text)
                return True
        plain = [s for function in inits if not flag.is_of_class for s in function.body if _gives_plainly(s)]
        if plain:
            text = f"self.{event} = None  # an event, once there is a loop"
            flag.declared = Replacement(self._place(owner.module, plain[0]), text)
        return bool(plain)

    def _take_in(
        self, flag: Flag, module: Module, target: ast.Attribute, owner: ClassEntry, *, is_compared: bool
    ) -> bool:
        """Have *flag* tell of the change of *target*, if it comes while the loop runs; False if that cannot be."""
        around = Surroundings(module)
        statement = around.parents[target]
        if not isinstance(statement, (ast.Assign, ast.AugAssign)):
            return False
        if not is_plain(statement.value) and not (is_compared and isinstance(statement.value, ast.Name)):
            return False
        functions = around.functions(target)
        classes = [n for n in around.ancestors(target) if isinstance(n, ast.ClassDef)]
        is_owner = classes[:1] == [owner.node]
        if functions[:1] == [self.function] or (functions and functions[0].name == "__init__" and is_owner):
            return True
        if functions and self.calls.come_from_loop(functions[0]):
            return True
        receiver = dotted_name(target.value)
        if receiver is None or (receiver == "self" and not is_owner):
            return False
        if self._is_class(module, target.value) != flag.is_of_class:
            return False  # the event would be another's
        early = bool(functions) and self.calls.may_be_early(functions[-1])
        if not functions or (early and not self._declare(flag, owner, target.attr)):
            return False
        event = flag.event.rpartition(".")[2]
        text = telling(f"{receiver}.{event}", early=early)
        flag.writes.append(Replacement(self._place(module, statement), text))
        return True

    @staticmethod
    def gives(entry: ClassEntry, name: str) -> bool:
        """Tell whether a class, or its own methods, give its objects the attribute *name*."""
        attributes = [n for n in walk(entry.node, ast.Attribute) if n.attr == name]
        if any(is_stored(n) and isinstance(n.value, ast.Name) and n.value.id == "self" for n in attributes):
            return True
        return any(True for statement in entry.node.body for _ in values_in(statement, name))

    def _is_made_once(self, owner: ClassEntry) -> bool:
        found = []
        for module in self.modules:
            around = Surroundings(module)
            for node in walk(module.source.tree):
                called = self.project.class_named(module, node.func) if isinstance(node, ast.Call) else None
                if called in (owner, *owner.descendants()):
                    found.append(any(isinstance(n, REPEATS) for n in around.ancestors(node)))
        return found == [False]

    def _is_class(self, module: Module, node: ast.expr) -> bool:
        """Tell whether an expression names a class rather than one of its objects."""
        names = (dotted_name(node) or "").split(".")
        is_known = self.project.class_named(module, node) is not None
        return is_known or names[-1] == "__class__" or names == ["cls"]

    def free_event(self) -> str:
        """Return a name for an event."""
        taken = {n.attr for m in self.modules for n in walk(m.source.tree, ast.Attribute)}
        taken |= {n.id for m in self.modules for n in walk(m.source.tree, ast.Name)}
        return next(name for name in (*_EVENTS, *(f"woken_{n}" for n in range(2, 99))) if name not in taken)

    @staticmethod
    def _place(module: Module, node: ast.AST) -> Place:
        return Place(str(module.path), module.source.span(node))


def values_of(scope: ast.AST, name: str) -> Iterator[ast.expr | None]:
    """Yield the values that *name* is given in *scope*, None for one that cannot be seen."""
    for node in walk(scope, ast.stmt):
        yield from values_in(node, name)


def values_in(statement: ast.stmt, name: str) -> Iterator[ast.expr | None]:
    """Yield what *statement* itself gives to the variable *name*, None for what cannot be seen."""
    targets: list[ast.expr] = []
    value: ast.expr | None = None
    if isinstance(statement, ast.Assign):
        targets, value = statement.targets, statement.value
    elif isinstance(statement, (ast.AugAssign, ast.AnnAssign)):
        targets, value = [statement.target], statement.value
    elif isinstance(statement, (ast.For, ast.With)):
        targets = [statement.target] if isinstance(statement, ast.For) else []
        targets += [i.optional_vars for i in getattr(statement, "items", ()) if i.optional_vars is not None]
    for target in targets:
        if isinstance(target, ast.Name) and target.id == name:
            yield value
        elif any(isinstance(n, ast.Name) and n.id == name and is_stored(n) for n in walk(target)):
            yield None


def is_plain(node: ast.expr) -> bool:
    """Tell whether *node* is a number, a flag or the like: nothing that changes without being assigned."""
    for inner in walk(node):
        if isinstance(inner, ast.expr) and not isinstance(inner, _PLAIN):
            return False
        if isinstance(inner, ast.Call) and (dotted_name(inner.func) or "").rpartition(".")[2] not in _PLAIN_CALLS:
            return False
    return not isinstance(node, (ast.Name, ast.Attribute, ast.Subscript))  # which may stand for anything


def _gives_plainly(statement: ast.stmt) -> bool:
    """Tell whether a statement of a constructor only gives the object something of the author's own."""
    if not isinstance(statement, ast.Assign) or not all(_is_own(target) for target in statement.targets):
        return False
    value = statement.value
    is_bytes = isinstance(value, ast.Constant) and isinstance(value.value, bytes)  # a buffer, which may go
    return isinstance(value, (ast.Constant, ast.Name, ast.List, ast.Dict)) and not is_bytes


def _is_own(target: ast.expr) -> bool:
    return isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == "self"


def _is_copy(node: ast.expr | None) -> bool:
    """Tell whether *node* is a slice, which is a list of its own if it is a list at all."""
    return isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice)
