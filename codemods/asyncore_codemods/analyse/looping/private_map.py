"""A socket map of the program's own, that all of its channels live in, and its loop serves.

One such map is as good as the one that asyncore has for itself: nobody else uses that. So the map goes, and with it
the arguments, parameters and attributes that do nothing but hand it on. It is followed from where it is used, the
base classes' constructors and the loops, back to where it is made. What else looks at it, to see if it is empty for
instance, would look at asyncore's own map then, and is taken for that.

Listeners that run a loop each, in a thread as a rule, may have a map each: it holds the listener and its sessions.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.families.class_aliases import aliases_of
from asyncore_codemods.analyse.families.references import Surroundings
from asyncore_codemods.analyse.values.syntax import REPEATS, last_name, self_attribute, self_name, significant
from asyncore_codemods.index.modules import dotted_name
from asyncore_codemods.nodes import FUNCTIONS, is_stored, walk
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from asyncore_codemods.index import Module, Project
    from asyncore_codemods.index.modules import FunctionNode
    from asyncore_codemods.index.project import ClassEntry

_POSITIONS = {"asyncore.loop": 2, "asyncore.close_all": 0, "asyncore.poll": 1, "asyncore.poll2": 1}
MAP = "asyncore.socket_map"
_KEPT = "_map"  # where asyncore's own constructor keeps it


class _StrangeError(Exception):
    """Something is done with the map that cannot be followed."""


@dataclass
class PrivateMap:
    """Where the map is named, and what goes when it does."""

    uses: set[Place] = field(default_factory=set)  # expressions
    arguments: list[Place] = field(default_factory=list)  # of calls, and parameters
    statements: list[Place] = field(default_factory=list)
    owner: ClassEntry | None = None  # the listener, if each of its objects has a map of its own
    looks: list[ast.expr] = field(default_factory=list)  # at the map, for another reason than to hand it on

    def covers(self, place: Place) -> bool:
        """Tell whether the expression at *place* is the map."""
        return place in self.uses


def read_private_map(project: Project, modules: Sequence[Module]) -> PrivateMap | None:
    """Return the one map that all channels of the program in *modules* live in, None if there is no such thing."""
    if not any("map" in module.source.text for module in modules):
        return None
    try:
        return _Reader(project, modules).read()
    except _StrangeError:
        return None


def share_meaning(project: Project, private_map: PrivateMap | None) -> None:
    """Have whatever looks at the program's own map look at asyncore's, which is all the same then."""
    looks = private_map.looks if private_map is not None else []
    project.meanings.update((id(look), MAP) for look in looks)


class _Reader:
    def __init__(self, project: Project, modules: Sequence[Module]) -> None:
        self.project = project
        self.modules = modules
        self.around = {module.path: Surroundings(module) for module in modules}
        self.result = PrivateMap()
        self.seen: set[int] = set()  # names and attributes that are the map
        self.parameters: set[tuple[int, str]] = set()
        self.attributes: set[str] = set()
        self.origins: set[tuple[object, str]] = set()

    def read(self) -> PrivateMap | None:
        channels = [e for e in self.project.classes.values() if e.module in self.modules and e.root]
        if any((entry.root or "").startswith("smtpd.") for entry in channels):
            return None
        given = [*self._given_to_loops(), *(g for entry in channels for g in self._given_to_base(entry))]
        if not given:
            return None
        for module, expression in given:
            self._follow(module, expression)
        if len(self.origins) != 1:
            raise _StrangeError
        if self.result.owner is not None:
            self._check_that_it_stays_at_home(self.result.owner)
        self._find_looks()
        return self.result

    # -- where a map has to be given

    def _given_to_loops(self) -> Iterator[tuple[Module, ast.expr]]:
        for module in self.modules:
            for node in walk(module.source.tree, (ast.Name, ast.Attribute)):
                if id(node) not in self.project.meanings:
                    target = self.project.resolve_node(module, node)
                    parent = self.around[module.path].parents.get(node)
                    is_call = isinstance(parent, ast.Call) and parent.func is node
                    if target in _POSITIONS and isinstance(parent, ast.Call) and is_call:
                        yield module, self._argument(parent, "map", _POSITIONS[target])
                    elif target in (MAP, *_POSITIONS):
                        raise _StrangeError

    def _given_to_base(self, entry: ClassEntry) -> Iterator[tuple[Module, ast.expr]]:
        """Yield what the removed class's constructor is given for a map by the class *entry*."""
        own = _constructor(entry)
        if own is None:
            if not any(_constructor(ancestor) for ancestor in entry.lineage()):
                for module, call, _ in self._makers(entry):
                    yield module, self._argument(call, "map", 1)
            return
        if any(_constructor(ancestor) for parent in entry.parents for ancestor in parent.lineage()):
            return
        calls = [n for n in walk(own, ast.Call) if getattr(n.func, "attr", "") == "__init__"]
        calls = [c for c in calls if self._is_base_call(entry.module, c)]
        if not calls:
            raise _StrangeError
        for call in calls:
            is_super = isinstance(getattr(call.func, "value", None), ast.Call)
            yield entry.module, self._argument(call, "map", 1 if is_super else 2)

    def _is_base_call(self, module: Module, call: ast.Call) -> bool:
        value = getattr(call.func, "value", None)
        if isinstance(value, ast.Call):
            return getattr(value.func, "id", "") == "super"
        return legacy.is_legacy(self.project.resolve_node(module, value) or "") if value is not None else False

    @staticmethod
    def _argument(call: ast.Call, name: str, position: int) -> ast.expr:
        for keyword in call.keywords:
            if keyword.arg == name:
                return keyword.value
        if any(isinstance(a, ast.Starred) for a in call.args) or any(k.arg is None for k in call.keywords):
            raise _StrangeError
        if len(call.args) <= position:
            raise _StrangeError  # the default: asyncore's own map
        return call.args[position]

    # -- back to where it is made

    def _place(self, module: Module, node: ast.AST) -> Place:
        return Place(str(module.path), module.source.span(node))

    def _follow(self, module: Module, node: ast.expr) -> None:
        self.seen.add(id(node))
        self.result.uses.add(self._place(module, node))
        if isinstance(node, ast.Attribute):
            if node.attr != _KEPT or self._is_set(_KEPT):
                self._follow_attribute(node.attr)
        elif isinstance(node, ast.Name):
            self._follow_name(module, node)
        else:
            raise _StrangeError

    def _is_set(self, name: str) -> bool:
        return any(
            isinstance(node, ast.Attribute) and node.attr == name and is_stored(node)
            for module in self.modules
            for node in walk(module.source.tree)
        )

    def _follow_name(self, module: Module, node: ast.Name) -> None:
        functions = self.around[module.path].functions(node)
        for function in functions[:1]:
            if any(arg.arg == node.id for arg in function.args.args):
                self._follow_parameter(module, function, node.id)
                return
        scopes = [*functions[:1], module.source.tree]
        for scope in scopes:
            stores = [n for n in walk(scope, ast.Name) if n.id == node.id and is_stored(n)]
            if stores:
                self._take_origin(module, stores, (id(scope), node.id))
                return
        raise _StrangeError

    def _take_origin(self, module: Module, stores: Sequence[ast.AST], origin: tuple[object, str]) -> None:
        if origin in self.origins:
            return
        self.origins.add(origin)
        statement = self.around[module.path].parents[stores[0]]
        if len(stores) != 1 or not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
            raise _StrangeError
        if not is_new_map(statement.value) or self._is_repeated(module, statement):
            raise _StrangeError
        self.seen |= {id(stores[0])}
        self.result.statements.append(self._place(module, self._emptied(module, statement)))

    def _emptied(self, module: Module, statement: ast.stmt) -> ast.stmt:
        """Return the constructor around *statement* if that is all it does, else *statement* itself."""
        function = self.around[module.path].parents[statement]
        holder = self.around[module.path].parents.get(function)
        if not isinstance(function, ast.FunctionDef) or function.name != "__init__":
            return statement
        if not isinstance(holder, ast.ClassDef) or holder.bases or len(significant(holder.body)) < 2:
            return statement
        return function if function.body == [statement] else statement

    def _is_repeated(self, module: Module, node: ast.AST) -> bool:
        return any(isinstance(n, REPEATS) for n in self.around[module.path].ancestors(node))

    def _follow_attribute(self, name: str) -> None:
        if name in self.attributes:
            return
        self.attributes.add(name)
        for module in self.modules:
            for node in walk(module.source.tree, ast.Attribute):
                if node.attr != name or not is_stored(node):
                    continue
                self.result.uses.add(self._place(module, node))
                statement = self.around[module.path].parents[node]
                if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
                    raise _StrangeError
                if is_new_map(statement.value):
                    self._take_origin(module, [node], (name, str(module.path)))
                    self._check_made_once(module, node)
                else:
                    self.seen.add(id(node))
                    self.result.statements.append(self._place(module, statement))
                    self._follow(module, statement.value)

    def _check_made_once(self, module: Module, node: ast.AST) -> None:
        """Make sure that one object only has the attribute *node*, which holds the map."""
        holder = next((n for n in self.around[module.path].ancestors(node) if isinstance(n, ast.ClassDef)), None)
        entry = self.project.entries.get(id(holder))
        if entry is None:
            raise _StrangeError
        makers = [*self._makers(entry)]
        if len(makers) != 1 or any(self._is_repeated(maker, call) for maker, call, _ in makers):
            if not entry.root:
                raise _StrangeError
            self.result.owner = entry

    def _check_that_it_stays_at_home(self, owner: ClassEntry) -> None:
        """Make sure that only the methods of *owner* name the map that each of its objects has."""
        if len(self.attributes) != 1 or list(owner.descendants()):
            raise _StrangeError
        for module in self.modules:
            for node in walk(module.source.tree, ast.Attribute):
                if node.attr in self.attributes:
                    inside = self.around[module.path].functions(node)
                    holder = self.around[module.path].parents[inside[-1]] if inside else None
                    if holder is not owner.node or not self_attribute(node, self_name(inside[-1])):
                        raise _StrangeError

    def _follow_parameter(self, module: Module, function: FunctionNode, name: str) -> None:
        if (id(function), name) in self.parameters:
            return
        self.parameters.add((id(function), name))
        args = function.args
        if args.vararg or args.kwarg or args.posonlyargs or args.kwonlyargs or function.decorator_list:
            raise _StrangeError
        index = next(i for i, arg in enumerate(args.args) if arg.arg == name)
        self.result.arguments.append(self._place(module, args.args[index]))
        holder = self.around[module.path].parents[function]
        entry = self.project.entries.get(id(holder)) if isinstance(holder, ast.ClassDef) else None
        if entry is not None and function.name == "__init__":
            calls = list(self._makers(entry))
        else:
            calls = list(self._callers(function.name))
        for other, call, has_self in calls:
            position = index if has_self or entry is None else index - 1
            given = self._argument(call, name, position)
            self.result.arguments.append(self._place(other, given))
            self._follow(other, given)

    # -- who calls what

    def _makers(self, entry: ClassEntry) -> Iterator[tuple[Module, ast.Call, bool]]:
        """Yield the calls of the constructor of *entry*, each with whether `self` is an argument."""
        heirs = [entry, *(e for e in entry.descendants() if _constructor(e) is None)]
        below = list(entry.descendants())
        aliases = aliases_of(self.project, self.modules, {heir.qualname for heir in heirs})
        for module in self.modules:
            for node in walk(module.source.tree) if aliases else ():
                if isinstance(node, ast.Call) and last_name(node.func) in (aliases or ()):
                    yield module, node, False
        for module in self.modules:
            for node in walk(module.source.tree, (ast.Name, ast.Attribute)):
                if is_stored(node):
                    continue
                if self.project.class_named(module, node) not in heirs:
                    continue
                parent = self.around[module.path].parents[node]
                outer = self.around[module.path].parents.get(parent)
                if isinstance(parent, ast.Call) and parent.func is node:
                    yield module, parent, False
                elif isinstance(parent, ast.Attribute):
                    if parent.attr == "__init__" and isinstance(outer, ast.Call):
                        yield module, outer, True
                elif not isinstance(parent, ast.ClassDef) and not _is_check(parent) and aliases is None:
                    raise _StrangeError
        for heir in below:
            constructor = _constructor(heir)
            for node in walk(constructor) if constructor is not None else ():
                is_init = isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "__init__"
                value = getattr(getattr(node, "func", None), "value", None)
                if isinstance(node, ast.Call) and is_init and isinstance(value, ast.Call):
                    yield heir.module, node, False

    def _callers(self, name: str) -> Iterator[tuple[Module, ast.Call, bool]]:
        definitions = [n for m in self.modules for n in walk(m.source.tree, FUNCTIONS)]
        if sum(n.name == name for n in definitions) != 1:
            raise _StrangeError
        for module in self.modules:
            for node in walk(module.source.tree, (ast.Name, ast.Attribute)):
                if (dotted_name(node) or "").rpartition(".")[2] != name:
                    continue
                parent = self.around[module.path].parents[node]
                if not isinstance(parent, ast.Call) or parent.func is not node:
                    raise _StrangeError
                yield module, parent, False

    # -- whether it is looked at

    def _find_looks(self) -> None:
        names = {name for _, name in self.parameters}
        names |= {name for scope, name in self.origins if isinstance(scope, int)}
        for module in self.modules:
            for node in walk(module.source.tree):
                if id(node) in self.seen:
                    continue
                is_attribute = isinstance(node, ast.Attribute) and node.attr in (*self.attributes, _KEPT)
                is_name = isinstance(node, ast.Name) and node.id in names and self._is_meant(module, node)
                if not isinstance(node, (ast.Name, ast.Attribute)) or not (is_attribute or is_name):
                    continue
                if is_stored(node) or self.result.owner is not None:
                    raise _StrangeError
                self.result.looks.append(node)
                self.result.uses.add(self._place(module, node))

    def _is_meant(self, module: Module, node: ast.Name) -> bool:
        """Tell whether a name stands for the map, and not for something else in another function."""
        functions = self.around[module.path].functions(node)
        scopes = {id(module.source.tree), *map(id, functions)}
        own = {scope for scope, name in (*self.parameters, *self.origins) if name == node.id}
        return bool(own & scopes)


def _constructor(entry: ClassEntry) -> FunctionNode | None:
    return next((n for n in entry.node.body if isinstance(n, FUNCTIONS) and n.name == "__init__"), None)


def is_new_map(node: ast.expr) -> bool:
    """Tell whether *node* makes an empty dictionary."""
    if isinstance(node, ast.Dict):
        return not node.keys
    is_dict = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "dict"
    return isinstance(node, ast.Call) and is_dict and not node.args and not node.keywords


def _is_check(parent: ast.AST) -> bool:
    function = parent.func if isinstance(parent, ast.Call) else None
    return isinstance(function, ast.Name) and function.id in ("isinstance", "issubclass", "super")
