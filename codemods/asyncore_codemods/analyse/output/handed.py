"""What producers are given to look at later: which attributes, and which variables of which functions.

Followed from the arguments of their constructors, through local variables and parameters, to where it is kept. What
has been copied on the way is the producer's own.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.values.syntax import last_name, parent_map, self_name
from asyncore_codemods.nodes import FUNCTIONS, walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from asyncore_codemods.index.modules import FunctionNode, Module

_COPIES = frozenset({"bytes", "list", "tuple", "dict", "set", "sorted", "len", "str", "int", "join", "copy"}) | {
    "encode", "decode", "strip", "split", "dumps", "getvalue", "format", "open", "BytesIO", "StringIO",
}  # fmt: skip


class Names:
    """The functions and the calls of a program, by name."""

    def __init__(self, modules: Sequence[Module]) -> None:
        self.calls: dict[str, list[tuple[Module, ast.Call]]] = {}
        self.made: list[tuple[Module, ast.Call]] = []  # what may call a constructor
        self.functions: dict[str, list[tuple[Module, FunctionNode]]] = {}
        self.locals: dict[int, set[str]] = {}
        for module in modules:
            for node in walk(module.source.tree):
                if isinstance(node, FUNCTIONS):
                    self.functions.setdefault(node.name, []).append((module, node))
                elif isinstance(node, ast.Call):
                    name = last_name(node.func)
                    self.calls.setdefault(name, []).append((module, node))
                    if name[:1].isupper() or name == "__init__":
                        self.made.append((module, node))

    def is_local(self, function: FunctionNode, name: str) -> bool:
        """Tell whether *name* is a variable of *function*."""
        if id(function) not in self.locals:
            nodes = walk(function)
            found = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
            found |= {n.arg for n in nodes if isinstance(n, ast.arg)}
            self.locals[id(function)] = found - {one for n in nodes if isinstance(n, ast.Global) for one in n.names}
        return name in self.locals[id(function)]


class Handed:
    """Follows values back to where they are kept."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.attributes: set[tuple[str, bool]] = set()  # by name; True for what is in them
        self.variables: set[tuple[str, bool]] = set()  # of modules
        self.local: set[tuple[int, str, bool]] = set()  # functions, and their variables
        self.seen: set[tuple[int, bool]] = set()
        self.is_busy = False
        self.waiting: list[tuple[Module, ast.expr, bool]] = []

    def add(self, module: Module, values: Sequence[ast.expr], *, deep: bool = False) -> None:
        """Take in *values*, expressions in *module*, or what is in them."""
        self.waiting += [(module, value, deep) for value in values if (id(value), deep) not in self.seen]
        self.seen |= {(id(value), deep) for value in values}
        if self.is_busy:
            return
        self.is_busy = True
        while self.waiting:  # ways may be long: longer than Python's stack
            home, value, inside = self.waiting.pop()
            for node, within in _shared([value], deep=inside):
                if isinstance(node, ast.Call):
                    self._add_returned(node, deep=within)
                elif isinstance(node, ast.Attribute):
                    self.attributes.add((node.attr, within))
                else:
                    self._add_variable(home, node, deep=within)
        self.is_busy = False

    def shares(self, other: Handed) -> bool:
        """Tell whether something of *other* may be part of this."""
        return bool(
            self.attributes & other.attributes or self.variables & other.variables or self.local & other.local
        )

    def _add_variable(self, module: Module, node: ast.Name, *, deep: bool) -> None:
        function = _function_of(module, node)
        if function is None or not self.names.is_local(function, node.id):
            self.variables.add((node.id, deep))
        elif node.id == self_name(function) and isinstance(_parent(module, function), ast.ClassDef):
            return  # what more() looks at of that is another question: its attributes are known by their names
        elif (id(function), node.id, deep) not in self.local:
            self.local.add((id(function), node.id, deep))
            for value, is_element in _values(function, node.id):
                self.add(module, [value], deep=deep or is_element)
            self._add_given(function, node.id, deep=deep)

    def _add_returned(self, call: ast.Call, *, deep: bool) -> None:
        """Take in what functions that may be called return."""
        for module, function in self.names.functions.get(last_name(call.func), ()):
            if (id(function), deep) not in self.seen:
                self.seen.add((id(function), deep))
                returned = [n.value for n in walk(function, ast.Return) if n.value is not None]
                self.add(module, returned, deep=deep)

    def _add_given(self, function: FunctionNode, name: str, *, deep: bool) -> None:
        """Take in what the callers of *function* give it as *name*."""
        parameters = [a.arg for a in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)]
        variable = [a.arg for a in (function.args.vararg, function.args.kwarg) if a is not None]
        if name not in (*parameters, *variable):
            return
        calls = self.names.calls.get(function.name, [])  # a class is called for its constructor
        for module, call in [*calls, *(self.names.made if function.name == "__init__" else ())]:
            keyed = [k.value for k in call.keywords if k.arg in (name, None)]
            self.add(module, [*call.args, *keyed], deep=deep)


def copied_parameters(function: FunctionNode) -> set[str]:
    """Return the parameters of which a function keeps nothing but copies."""
    copied: set[str] = set()
    for parameter in function.args.args[1:]:
        name = parameter.arg
        every = [n for n in walk(function, ast.Name) if n.id == name]
        inside = [
            argument
            for node in walk(function, ast.Call)
            if last_name(node.func) in _COPIES
            for argument in node.args
            if isinstance(argument, ast.Name) and argument.id == name
        ]
        if every and len(inside) == len(every):
            copied.add(name)
    return copied


def holds_plain(modules: Sequence[Module], attribute: str) -> bool:
    """Tell whether an attribute holds text or numbers, which do not change by `+=`."""
    first = [
        node.value
        for module in modules
        for node in walk(module.source.tree, ast.Assign)
        if any(isinstance(target, ast.Attribute) and target.attr == attribute for target in node.targets)
    ]
    return bool(first) and all(isinstance(value, ast.Constant) for value in first)


def _parent(module: Module, node: ast.AST) -> ast.AST | None:
    return parent_map(module.source.tree).get(node)


def _function_of(module: Module, node: ast.AST) -> FunctionNode | None:
    parents = parent_map(module.source.tree)
    current: ast.AST | None = node
    while current is not None and not isinstance(current, FUNCTIONS):
        current = parents.get(current)
    return current


def _values(function: FunctionNode, name: str) -> Iterator[tuple[ast.expr, bool]]:
    """Yield what a variable of *function* is given, and whether that is only an element of it."""
    for node in walk(function):
        if isinstance(node, ast.Assign):
            found = [(target, node.value, isinstance(target, (ast.Tuple, ast.List))) for target in node.targets]
        elif isinstance(node, (ast.For, ast.comprehension)):
            found = [(node.target, node.iter, True)]
        elif isinstance(node, (ast.AnnAssign, ast.NamedExpr)) and node.value is not None:
            found = [(node.target, node.value, False)]
        elif isinstance(node, ast.withitem) and node.optional_vars is not None:
            found = [(node.optional_vars, node.context_expr, False)]
        else:
            continue
        for target, value, is_element in found:
            if any(isinstance(inner, ast.Name) and inner.id == name for inner in walk(target)):
                yield value, is_element


def _shared(
    values: Sequence[ast.expr], *, deep: bool
) -> Iterator[tuple[ast.Attribute | ast.Name | ast.Call, bool]]:
    """Yield what is handed on as it is, not as a copy, and whether that is only something inside of it."""
    for value in values:
        children = [child for child in ast.iter_child_nodes(value) if isinstance(child, ast.expr)]
        if isinstance(value, ast.Call):
            if last_name(value.func) in _COPIES:
                continue
            yield value, deep
            yield from _shared([*value.args, *(k.value for k in value.keywords)], deep=deep)
            if isinstance(value.func, ast.Attribute):  # what the object has
                yield from _shared([value.func.value], deep=True)
        elif isinstance(value, ast.Subscript):
            yield from _shared([value.value], deep=deep or not isinstance(value.slice, ast.Slice))
            continue
        elif isinstance(value, ast.Name):
            yield value, deep
        elif isinstance(value, ast.Attribute):
            yield value, deep
            yield from _shared([value.value], deep=True)
        elif isinstance(value, (ast.GeneratorExp, ast.ListComp, ast.SetComp, ast.Lambda)):
            lazily = [n for n in walk(value, (ast.Attribute, ast.Name)) if isinstance(n.ctx, ast.Load)]
            yield from ((node, inside) for node in lazily for inside in (False, True))
        else:
            yield from _shared(children, deep=deep)
