"""Whether what a handler does can be noticed by anything but its own connection.

asynchat goes on delivering the frames of a packet after a handler has closed the channel. If handlers are *quiet*
(they compute, push to their own channel, and keep notes that nobody else reads), that makes no difference, and the
rewritten loop may simply stop. Everything not known to be quiet is taken not to be.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.usage.quiet_names import BUILTINS, MUTATORS, QUIET_FUNCTIONS, QUIET_METHODS
from asyncore_codemods.analyse.values.flow import ROUNDS, PathWalker
from asyncore_codemods.analyse.values.syntax import is_self_attribute, local_names, self_attribute
from asyncore_codemods.nodes import is_stored, walk

if TYPE_CHECKING:
    from asyncore_codemods.analyse.families.hierarchies import Definition, Hierarchy
    from asyncore_codemods.analyse.usage.outside import OutsideUse
    from asyncore_codemods.index.modules import FunctionNode, Module

CLOSERS = frozenset({"close", "close_when_done", "handle_close", "handle_error"})
_CHANNEL = frozenset(
    {"push", "push_with_producer", "send", "recv", "close_when_done", "close"}
    | {"set_terminator", "get_terminator", "_get_data"}
)


def is_quiet(hierarchy: Hierarchy, outside: list[OutsideUse], names: tuple[str, ...]) -> bool:
    """Tell whether the handlers called *names*, and what they call, leave no trace but on their own channel."""
    handlers = hierarchy.reachable(*names)
    watched = _read_when_ending(hierarchy) | {use.name for use in outside if use.may_be(hierarchy.names)}
    return all(_Quiet(hierarchy, definition, watched).holds() for definition in handlers)


def only_computes(hierarchy: Hierarchy, definition: Definition, node: ast.expr) -> bool:
    """Tell whether evaluating *node*, an expression in *definition*, leaves no trace (it may raise)."""
    return all(_computes(hierarchy, definition.module, definition.function, n, frozenset()) for n in walk(node))


def leaves_no_trace(
    hierarchy: Hierarchy, outside: list[OutsideUse], definition: Definition, statements: list[ast.stmt]
) -> bool:
    """Tell whether some *statements* of a method, and what they call, are quiet."""
    watched = _read_when_ending(hierarchy) | {use.name for use in outside if use.may_be(hierarchy.names)}
    quiet = _Quiet(hierarchy, definition, watched)
    nodes = [node for statement in statements for node in walk(statement)]
    called = {self_attribute(node, definition.self_name) or "" for node in nodes} & set(hierarchy.methods)
    return quiet.are(nodes) and all(
        _Quiet(hierarchy, other, watched).holds() for other in hierarchy.reachable(*called)
    )


def ends_in_silence(hierarchy: Hierarchy) -> bool:
    """Tell whether nobody outside the process can notice that handle_close() and close() have been run.

    When Ctrl-C ends a program, asyncio has every session run its `finally`; asyncore told nobody.
    """
    hooks = hierarchy.reachable("handle_close", "close")
    return all(_is_silent(hierarchy, one, call) for one in hooks for call in walk(one.function, ast.Call))


def _is_silent(hierarchy: Hierarchy, definition: Definition, call: ast.Call) -> bool:
    func = call.func
    if isinstance(func, ast.Name):
        return func.id == "super" or (func.id in BUILTINS and func.id not in definition.module.bindings)
    if not isinstance(func, ast.Attribute):
        return False
    project, module = hierarchy.project, definition.module
    if func.attr in ("close", "handle_close"):
        is_own = ast.unparse(func.value) in (definition.self_name, "super()")
        is_base = project.resolve_node(module, func.value) in legacy.CLASSES
        return is_own or is_base or project.class_named(module, func.value) in hierarchy.members
    if is_self_attribute(func, definition.self_name, func.attr):
        return func.attr in hierarchy.methods  # and is looked at as well
    return func.attr in QUIET_METHODS or func.attr in MUTATORS - {"write"}


def pushes_after_close(hierarchy: Hierarchy, handlers: tuple[str, ...]) -> bool:
    """Tell whether one run of a handler, or the constructor, can push after it has closed the channel."""
    return follows(hierarchy, (*handlers, "__init__"), CLOSERS, frozenset({"push", "push_with_producer", "send"}))


def follows(
    hierarchy: Hierarchy,
    methods: tuple[str, ...],
    first: frozenset[str],
    then: frozenset[str],
    *,
    in_a_round: bool = False,
) -> bool:
    """Tell whether one run of some *methods* can use an attribute in *then* after it has used one in *first*.

    With *in_a_round*, only if both are used in one round of the loops of these methods.
    """
    order = _Order(hierarchy, first, then, in_a_round=in_a_round)
    for name in methods:
        for definition in hierarchy.run_as(name):
            order.exits(definition, "before", frozenset())
    return order.found


def _read_when_ending(hierarchy: Hierarchy) -> set[str]:
    names: set[str] = set()
    for definition in hierarchy.reachable("handle_close", "handle_error", "close", "__del__"):
        for node in walk(definition.function):
            name = self_attribute(node, definition.self_name)
            if name is not None:
                names.add(name)
    return names


class _Quiet:
    """One method, looked at statement by statement."""

    def __init__(self, hierarchy: Hierarchy, definition: Definition, watched: set[str]) -> None:
        self.hierarchy = hierarchy
        self.module = definition.module
        self.function = definition.function
        self.own = definition.self_name
        self.watched = watched

    def holds(self) -> bool:
        """Tell whether the method is quiet."""
        nodes = [node for statement in self.function.body for node in walk(statement)]
        return not self.function.decorator_list and self.are(nodes)

    def are(self, nodes: list[ast.AST]) -> bool:
        """Tell whether some nodes of the method are quiet."""
        return all(self._quiet_node(node) for node in nodes)

    def _quiet_node(self, node: ast.AST) -> bool:
        if isinstance(node, ast.Call):
            return self._quiet_call(node)
        if isinstance(node, (ast.Attribute, ast.Subscript)) and is_stored(node):
            return self._private(node)
        return not isinstance(
            node,
            (
                ast.Global, ast.Nonlocal, ast.With, ast.AsyncWith, ast.Import, ast.ImportFrom, ast.FunctionDef,
                ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.Yield, ast.YieldFrom, ast.Await,
            ),
        )  # fmt: skip

    def _private(self, node: ast.expr) -> bool:
        """Tell whether assigning to *node* changes nothing that anybody else looks at."""
        if isinstance(node, ast.Subscript):
            return self._fresh(node.value)
        name = self_attribute(node, self.own)
        return name is not None and name not in self.watched

    def _fresh(self, node: ast.expr) -> bool:
        """Tell whether *node* is a container that this object or this call made for itself."""
        name = self_attribute(node, self.own)
        if name is not None:
            writes = [
                inner.value
                for definition in self.hierarchy.definitions()
                for inner in walk(definition.function, ast.Assign)
                if any(self_attribute(target, definition.self_name) == name for target in inner.targets)
            ]
            return name not in self.watched and bool(writes) and all(_is_new(value) for value in writes)
        return isinstance(node, ast.Name) and _made_here(self.function, node.id)

    def _quiet_call(self, node: ast.Call) -> bool:
        func = node.func
        name = self_attribute(func, self.own)
        if name is not None:
            return name in _CHANNEL or name in self.hierarchy.methods
        if isinstance(func, ast.Attribute):
            if func.attr in MUTATORS:
                return self._fresh(func.value)
            if func.attr in ("close", "shutdown") and is_self_attribute(func.value, self.own, "socket"):
                return True  # goes, or stays with its class
            resolved = self.hierarchy.project.resolve_node(self.module, func)
            return resolved in QUIET_FUNCTIONS or func.attr in QUIET_METHODS
        if isinstance(func, ast.Name):
            return _quiet_function(self.hierarchy, self.module, func.id, local_names(self.function), frozenset())
        return False


def _quiet_function(
    hierarchy: Hierarchy, module: Module, name: str, shadowed: set[str], active: frozenset[str]
) -> bool:
    """Tell whether calling the global *name* in *module* only computes a value."""
    if name in shadowed or name in active:
        return False
    target = hierarchy.project.resolve(module, name)
    if target in QUIET_FUNCTIONS:
        return True
    if name in BUILTINS and name not in module.bindings and name not in module.assigned:
        return True
    owner_name, _, own = target.rpartition(".")
    owner = module if owner_name == module.name else hierarchy.project.find_module(owner_name, module)
    if owner is None:
        return False
    if own in owner.classes:
        bases = [getattr(base, "id", "") for base in owner.classes[own].bases]
        if bases and bases != ["object"]:
            return all(base.endswith(("Error", "Exception")) for base in bases)
        return _only_keeps_its_arguments(owner.classes[own])
    function = owner.functions.get(own)
    if function is None or function.decorator_list or isinstance(function, ast.AsyncFunctionDef):
        return False
    return all(
        _computes(hierarchy, owner, function, node, active | {name})
        for statement in function.body
        for node in walk(statement)
    )


def _only_keeps_its_arguments(node: ast.ClassDef) -> bool:
    """Tell whether making an object of a class does nothing but set its attributes."""
    if node.decorator_list or node.keywords:
        return False
    for method in node.body:
        if isinstance(method, ast.FunctionDef) and method.name == "__new__":
            return False
        if isinstance(method, ast.FunctionDef) and method.name == "__init__":
            own = method.args.args[0].arg if method.args.args else ""
            for inner in walk(method):
                if isinstance(inner, ast.Call) and getattr(inner.func, "id", "") not in BUILTINS:
                    return False
                stored = isinstance(inner, (ast.Attribute, ast.Subscript)) and is_stored(inner)
                if stored and self_attribute(inner, own) is None:
                    return False
    return True


def _computes(
    hierarchy: Hierarchy, module: Module, function: FunctionNode, node: ast.AST, active: frozenset[str]
) -> bool:
    if isinstance(node, ast.Call):
        func = node.func
        if isinstance(func, ast.Name):
            return _quiet_function(hierarchy, module, func.id, local_names(function), active)
        if isinstance(func, ast.Attribute):
            if func.attr in MUTATORS:
                return isinstance(func.value, ast.Name) and _made_here(function, func.value.id)
            return hierarchy.project.resolve_node(module, func) in QUIET_FUNCTIONS or func.attr in QUIET_METHODS
        return False
    if isinstance(node, ast.Attribute) and is_stored(node):
        return False
    if isinstance(node, ast.Subscript) and is_stored(node):
        return isinstance(node.value, ast.Name) and _made_here(function, node.value.id)
    return not isinstance(
        node,
        (ast.Global, ast.Nonlocal, ast.With, ast.AsyncWith, ast.Yield, ast.YieldFrom, ast.Await, ast.Lambda),
    )


def _made_here(function: FunctionNode, name: str) -> bool:
    values: list[ast.expr | None] = []
    for node in walk(function):
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == name for t in node.targets):
            values.append(node.value)
        elif isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store):
            values.append(None)
    plain = [value for value in values if value is not None]
    return bool(plain) and len(plain) * 2 == len(values) and all(_is_new(value) for value in plain)


def _is_new(value: ast.expr) -> bool:
    """Tell whether evaluating *value* makes a new object, or an immutable one."""
    if isinstance(value, (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp, ast.Constant)):
        return True
    if not isinstance(value, ast.Call):
        return False
    if isinstance(value.func, ast.Name):
        return value.func.id in ("list", "dict", "set", "bytearray", "sorted")
    return isinstance(value.func, ast.Attribute) and value.func.attr in ("split", "rsplit", "splitlines", "copy")


class _Order:
    """Follows the calls between methods with one bit of state, whether something has been used yet."""

    def __init__(
        self, hierarchy: Hierarchy, first: frozenset[str], then: frozenset[str], *, in_a_round: bool
    ) -> None:
        self.hierarchy = hierarchy
        self.in_a_round = in_a_round
        self.first = first
        self.then = then
        self.found = False
        self._known: dict[tuple[Definition, str], frozenset[str]] = {}

    def exits(
        self, definition: Definition, state: str, active: frozenset[tuple[Definition, str]]
    ) -> frozenset[str]:
        """Return the states in which *definition* can end when entered in *state*."""
        key = definition, state
        if key in self._known:
            return self._known[key]
        again = (entered for entered, _ in active) if self.in_a_round else ()  # a method may loop by calling itself
        if key in active or definition in again:
            return frozenset({state})

        def step(node: ast.AST, current: str) -> frozenset[str]:
            states = frozenset({current})
            for inner in walk(node):
                name = self_attribute(inner, definition.self_name)
                if name in self.then and "after" in states:
                    self.found = True
                if name in self.first:
                    states |= {"after"}
                elif name in self.hierarchy.methods:
                    ends: set[str] = set()
                    for other in self.hierarchy.methods[name]:
                        for entered in states:
                            ends |= self.exits(other, entered, active | {key})
                    states |= ends
            return states

        walker: PathWalker[str] = PathWalker(step, rounds=1 if self.in_a_round else ROUNDS)
        result = walker.exits(definition.function, frozenset({state}))
        self._known[key] = result
        return result
