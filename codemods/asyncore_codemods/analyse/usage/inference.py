"""Which classes of a project an expression can be an instance of, as far as plain assignments tell."""

from __future__ import annotations

import ast
import builtins
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.families.constructions import constructions, home_of
from asyncore_codemods.analyse.usage.arguments import values_passed
from asyncore_codemods.analyse.usage.elements import container_in, elements, taken_from
from asyncore_codemods.analyse.values.assigned_methods import methods_of, named_in_body
from asyncore_codemods.analyse.values.syntax import last_name, parent_map, self_name
from asyncore_codemods.nodes import is_none, is_stored, once, walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from asyncore_codemods.index.modules import FunctionNode, Module
    from asyncore_codemods.index.project import ClassEntry, Project

_DEEPEST = 20  # steps from one assignment, argument or result to the next
OTHER = "<other>"  # certainly none of the project's classes


def _accepted_names(function: FunctionNode) -> set[str]:
    """Return the names that a listener gives to a new connection's socket and address."""
    if function.name == "handle_accepted":
        return {arg.arg for arg in function.args.args[1:]}
    if function.name != "handle_accept":
        return set()
    names: set[str] = set()
    for node in walk(function, ast.Assign):
        accepts = isinstance(node.value, ast.Call) and getattr(node.value.func, "attr", "") == "accept"
        if accepts or (isinstance(node.value, ast.Name) and node.value.id in names):
            names |= {n.id for target in node.targets for n in walk(target, ast.Name)}
    return names


def _assigned_pairs(node: ast.Assign) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Yield what is assigned to what: `a, b = c, d` assigns twice."""
    for target in node.targets:
        sides = (target, node.value)
        if all(isinstance(side, ast.Tuple) for side in sides):
            left, right = (side.elts for side in sides if isinstance(side, ast.Tuple))
            if len(left) == len(right) and not any(isinstance(e, ast.Starred) for e in (*left, *right)):
                yield from zip(left, right)
                continue
        is_pair = isinstance(node.value, ast.Call) and last_name(node.value.func) == "socketpair"
        if isinstance(target, ast.Tuple) and is_pair:  # of sockets, which are nothing else
            yield from ((one, node.value) for one in target.elts)
            continue
        yield target, node.value


def _given_to_attributes(node: ast.ClassDef) -> dict[str, list[ast.expr | None]]:
    """Return what is assigned to the attributes of any object in a class, by name; None for a part of something."""
    known: dict[str, list[ast.expr | None]] = {}
    for inner in walk(node):
        for target, value in _assigned_pairs(inner) if isinstance(inner, ast.Assign) else ():
            if isinstance(target, ast.Attribute):
                known.setdefault(target.attr, []).append(value)
            elif isinstance(target, ast.Tuple):
                for one in target.elts:
                    if isinstance(one, ast.Attribute):
                        known.setdefault(one.attr, []).append(None)
    return known


def _bindings(function: FunctionNode) -> dict[str, list[ast.expr | ast.For | ast.comprehension | None]]:
    """Return what local names are bound to: values, loops that bind them, and None for anything else."""
    found: dict[str, list[ast.expr | ast.For | ast.comprehension | None]] = {
        node.arg: [None] for node in ast.iter_child_nodes(function.args) if isinstance(node, ast.arg)
    }
    for node in walk(function):
        if isinstance(node, ast.Assign):
            for target, value in _assigned_pairs(node):
                if isinstance(target, ast.Name):
                    found.setdefault(target.id, []).append(value)
                elif not isinstance(target, (ast.Attribute, ast.Subscript)):
                    for name in _names_in(target):
                        found.setdefault(name, []).append(None)
        elif isinstance(node, (ast.For, ast.comprehension)):
            for name in _names_in(node.target):
                found.setdefault(name, []).append(node)
        elif isinstance(node, ast.withitem) and isinstance(node.optional_vars, ast.Name):
            found.setdefault(node.optional_vars.id, []).append(node.context_expr)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            found.setdefault(node.name, []).append(ast.Constant(0))
        elif isinstance(node, ast.NamedExpr):
            found.setdefault(node.target.id, []).append(node.value)
    return found


def _bound_inside(function: FunctionNode) -> set[str]:
    """Return the names that a function gives a meaning in its body, and the parameters of functions in it."""
    own = {id(node) for node in ast.iter_child_nodes(function.args)}
    names = {node.id for node in walk(function, ast.Name) if is_stored(node)}
    return names | {node.arg for node in walk(function, ast.arg) if id(node) not in own}


def _names_in(target: ast.expr) -> set[str]:
    return {node.id for node in walk(target, ast.Name)}


def _assigns(node: ast.ClassDef, name: str) -> bool:
    """Tell whether a class, or an object of it, has *name* stand for something that is not defined."""
    return name in once(_given_to_attributes, node) or any(named.id == name for named in named_in_body(node))


def _returned(function: FunctionNode) -> list[ast.expr]:
    """Return what a method returns, none if that is not so simple."""
    inner = (ast.AsyncFunctionDef, ast.FunctionDef, ast.Lambda, ast.Yield, ast.YieldFrom)
    nodes = [node for node in walk(function) if node is not function]
    if function.decorator_list or isinstance(function, ast.AsyncFunctionDef):
        return []
    if any(isinstance(node, inner) for node in nodes):
        return []
    return [node.value for node in nodes if isinstance(node, ast.Return) and node.value is not None]


class _Answers:
    """What has been inferred of a project: by function or class, the class around, and the name."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._known: dict[tuple[object, object, str], frozenset[str] | None] = {}

    def get(
        self, key: tuple[object, object, str], find: Callable[[], frozenset[str] | None]
    ) -> frozenset[str] | None:
        """Return what *find* finds, which is asked once; in the midst of that, the answer is not known."""
        if key not in self._known:
            self._known[key] = None
            self._known[key] = find()
        return self._known[key]


class Inference:
    """Infers what class an expression is an instance of, from plain assignments only."""

    def __init__(
        self, project: Project, module: Module, function: FunctionNode | None, entry: ClassEntry | None
    ) -> None:
        self.project = project
        self.module = module
        self.function = function
        self.entry = entry

    def classes_of(self, node: ast.expr, depth: int = 0) -> frozenset[str] | None:
        """Return the possible classes of *node*, {OTHER} if it is none of the project's, None if unknown."""
        if depth > _DEEPEST:
            return None
        if isinstance(node, (ast.Constant, ast.JoinedStr, ast.List, ast.Dict, ast.Tuple, ast.Set, ast.ListComp)):
            return frozenset({OTHER})
        if isinstance(node, ast.Call):
            return self._of_call(node, depth)
        if isinstance(node, ast.Name):
            return self._of_name(node.id, depth)
        if isinstance(node, ast.Attribute):
            return self._of_attribute(node, depth)
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Attribute):
            return None if isinstance(node.slice, ast.Slice) else self._of_elements(node.value, depth)
        return None

    def _of_elements(self, container: ast.Attribute, depth: int) -> frozenset[str] | None:
        """Return the classes of what a container holds, which is kept in an attribute."""
        known = elements(self.project).of(container.attr, self._owner_of(container, depth))
        found: set[str] = set()
        for module, value in known.put if known is not None else ():
            there = Inference(self.project, module, *home_of(self.project, value, parent_map(module.source.tree)))
            classes = there.classes_of(value, depth + 1)
            if classes is None:
                return None
            found |= classes
        return frozenset(found) if found and (len(found) == 1 or OTHER not in found) else None

    def _owner_of(self, container: ast.Attribute, depth: int) -> ClassEntry | None:
        """Return the class whose attribute holds a container, None if it may be any."""
        if self.function is not None and getattr(container.value, "id", "") == self_name(self.function):
            return self.entry
        classes = self.classes_of(container.value, depth + 1) or frozenset()
        return self.project.classes.get(min(classes)) if len(classes) == 1 else None

    def _element(self, target: ast.expr, source: ast.expr, name: str) -> ast.expr | None:
        """Return what a loop binds a name to, as an element of its container; None if that is not so simple."""
        container, part = container_in(source)
        if container is None:
            return None
        known = elements(self.project).of(container.attr, self._owner_of(container, 1))
        if known is None:
            return None
        if part == "items" and isinstance(target, ast.Tuple) and len(target.elts) == 2:
            target = target.elts[1]
        elif part == "items" or (part not in ("", "values")) or (known.is_mapping and not part):
            return None
        if not isinstance(target, ast.Name) or target.id != name:
            return None
        return ast.Subscript(value=container, slice=ast.Constant(value=0), ctx=ast.Load())

    def _of_call(self, node: ast.Call, depth: int) -> frozenset[str] | None:
        target = self.project.resolve_node(self.module, node.func)
        if target is not None:
            entry = self.project.class_at(target, self.module)
            if entry is not None:
                return frozenset({entry.qualname})
            if self._is_foreign(node.func, target):
                return frozenset({OTHER})
        if self._is_generator(node.func):
            return frozenset({OTHER})
        container = taken_from(node)
        if container is not None:
            return self._of_elements(container, depth)
        if isinstance(node.func, ast.Attribute):
            receiver = self.classes_of(node.func.value, depth + 1)
            if receiver == frozenset({OTHER}) and node.func.attr not in ("get", "pop", "setdefault", "popleft"):
                return frozenset({OTHER})
            return self._of_result(receiver or frozenset(), node.func.attr, depth)
        return None

    def _of_result(self, receivers: frozenset[str], method: str, depth: int) -> frozenset[str] | None:
        """Return the classes of what a method of one of the *receivers* returns."""
        owners = [self.project.classes.get(name) for name in receivers]
        family = {one for owner in owners if owner is not None for one in (*owner.lineage(), *owner.descendants())}
        functions = [(one, node) for one in family for node in methods_of(one.node) if node.name == method]
        if method in constructions(self.project).stored or any(_assigns(one.node, method) for one in family):
            return None  # it may be another one
        found: set[str] = set()
        for entry, function in functions if None not in owners else ():
            there = Inference(self.project, entry.module, function, entry)
            returned = _returned(function)
            classes = there._union(returned, depth) if returned else None
            if classes is None:
                return None
            found |= classes
        return frozenset(found) or None

    def _is_generator(self, func: ast.expr) -> bool:
        """Tell whether a called function, of the module or of the object itself, is a generator."""
        scopes: list[list[ast.stmt]] = []
        if isinstance(func, ast.Name):
            scopes = [self.module.source.tree.body]
        elif self.entry is not None and self.function is not None and isinstance(func, ast.Attribute):
            own = isinstance(func.value, ast.Name) and func.value.id == self_name(self.function)
            related = [*self.entry.lineage(), *self.entry.descendants()] if own else []
            scopes = [one.node.body for one in related]
        name = getattr(func, "id", "") or getattr(func, "attr", "")
        functions = [node for body in scopes for node in body if getattr(node, "name", "") == name]
        return bool(functions) and all(
            isinstance(function, ast.FunctionDef)
            and not function.decorator_list
            and any(isinstance(node, (ast.Yield, ast.YieldFrom)) for node in walk(function))
            and sum(isinstance(node, (ast.FunctionDef, ast.Lambda)) for node in walk(function)) == 1
            for function in functions
        )

    def _is_foreign(self, func: ast.expr, target: str) -> bool:
        """Tell whether a called name comes from a module outside the project, or from the builtins."""
        head = target.split(".", maxsplit=1)[0]
        if isinstance(func, ast.Name) and func.id == target and head not in self.module.bindings:
            return hasattr(builtins, target) and target not in ("getattr", "next", "min", "max", "super", "map")
        base = func
        while isinstance(base, ast.Attribute):
            base = base.value
        if not isinstance(base, ast.Name):
            return False
        return (
            self._is_imported(base.id)
            and self.project.find_module(head, self.module) is None
            and head not in ("copy", "functools", "weakref")
        )

    def _is_imported(self, name: str) -> bool:
        return name in self.module.bindings and any(one.name == name for one in self.module.imports)

    def _of_name(self, name: str, depth: int) -> frozenset[str] | None:
        """Return the classes of a name, as it is bound in the function or the module."""
        return self.project.once(_Answers).get(
            (self.function or self.module, self.entry, name), lambda: self._bound(name, depth)
        )

    def _bound(self, name: str, depth: int) -> frozenset[str] | None:
        if self.function is not None and name in _accepted_names(self.function):
            return frozenset({OTHER})
        if self._is_parameter(name):
            return self._of_parameter(name, depth)
        values = self._bindings_of(name)
        if values is None:
            return None
        if not values:
            target = self.project.resolve(self.module, name)
            if self._is_imported(name):
                known = self.project.class_at(target, self.module)
                return None if known is not None else self._of_imported(target, depth)
            assigned = self.module.assigned.get(name)
            if not assigned:
                return None
            values = list(assigned)
        return self._union(values, depth)

    def _is_parameter(self, name: str) -> bool:
        """Tell whether a name is a parameter that keeps its value."""
        if self.function is None or self.entry is None:
            return False
        args = self.function.args
        given = any(arg.arg == name for arg in (*args.posonlyargs, *args.args, *args.kwonlyargs))
        return given and name not in once(_bound_inside, self.function)

    def _of_parameter(self, name: str, depth: int) -> frozenset[str] | None:
        """Return the classes of what a method is given: its own object, or what all calls of it pass."""
        assert self.function is not None
        assert self.entry is not None
        if name == self_name(self.function):
            return frozenset(entry.qualname for entry in (self.entry, *self.entry.descendants()))
        found: set[str] = set()
        for call, value in values_passed(self.project, self.entry, self.function, name) or ():
            if is_none(value):
                continue
            there = Inference(self.project, call.module, call.function, call.entry)
            classes = there.classes_of(value, depth + 1)
            if classes is None:
                return None
            found |= classes
        return frozenset(found) or None

    def _of_imported(self, target: str, depth: int) -> frozenset[str] | None:
        """Return the same for what another module of the project calls its own, by the path *target*."""
        owner, _, name = target.rpartition(".")
        home = self.project.find_module(owner, self.module)
        if home is None or name not in home.assigned:
            return frozenset({OTHER})
        return Inference(self.project, home, None, None)._union(list(home.assigned[name]), depth)

    def _union(self, values: list[ast.expr], depth: int) -> frozenset[str] | None:
        found: set[str] = set()
        for value in values:
            if is_none(value):
                continue
            classes = self.classes_of(value, depth + 1)
            if classes is None:
                return None
            found |= classes
        if not found:
            return None
        return frozenset(found) if found == {OTHER} else frozenset(found - {OTHER})

    def _bindings_of(self, name: str) -> list[ast.expr] | None:
        """Return the values assigned to a local name; None if it is bound in another way, [] if it is not local."""
        if self.function is None:
            return []
        values = [
            self._element(one.target, one.iter, name) if isinstance(one, (ast.For, ast.comprehension)) else one
            for one in once(_bindings, self.function).get(name, ())
        ]
        known = [value for value in values if value is not None]
        return known if len(known) == len(values) else None

    def _of_attribute(self, node: ast.Attribute, depth: int) -> frozenset[str] | None:
        target = self.project.resolve_node(self.module, node)
        if target is not None and self._is_foreign(node, target):
            return frozenset({OTHER})
        owner = self.entry
        if owner is None or not isinstance(node.value, ast.Name) or self.function is None:
            return self._of_another(node, depth)
        if node.value.id != self_name(self.function):
            return self._of_another(node, depth)
        return self._of_own(owner, node, depth)

    def _of_another(self, node: ast.Attribute, depth: int) -> frozenset[str] | None:
        """Return the classes of an attribute of an object that is known to be one of the project's."""
        if node.attr in constructions(self.project).stored:
            return None
        owners = [self.project.classes.get(name) for name in self.classes_of(node.value, depth + 1) or ()]
        if len(owners) != 1 or owners[0] is None:
            return None
        there = Inference(self.project, owners[0].module, None, owners[0])
        return there._of_own(owners[0], node, depth + 1)

    def _of_own(self, owner: ClassEntry, node: ast.Attribute, depth: int) -> frozenset[str] | None:
        """Return the classes of the attribute of *owner* that *node* names."""
        return self.project.once(_Answers).get((owner, None, node.attr), lambda: self._assigned(owner, node, depth))

    def _assigned(self, owner: ClassEntry, node: ast.Attribute, depth: int) -> frozenset[str] | None:
        values: list[ast.expr] = []
        for ancestor in [*owner.lineage(), *owner.descendants()]:
            for value in once(_given_to_attributes, ancestor.node).get(node.attr, ()):
                if value is None:
                    return None
                values.append(value)
        if not values:
            return frozenset({OTHER}) if owner.root and node.attr == "socket" else None  # asyncore's own
        if any(isinstance(value, ast.Name) for value in values):
            return self._of_kept(owner, node.attr, values, depth)
        return self._union(values, depth)

    def _of_kept(
        self, owner: ClassEntry, attribute: str, values: list[ast.expr], depth: int
    ) -> frozenset[str] | None:
        """Return the classes of an attribute that keeps what the constructor is given, and nothing else."""
        constructor = next((f for f in owner.node.body if getattr(f, "name", "") == "__init__"), None)
        plain = [value for value in values if not is_none(value)]
        if not isinstance(constructor, ast.FunctionDef) or attribute in constructions(self.project).stored:
            return None
        inside = set(walk(constructor))
        there = Inference(self.project, owner.module, constructor, owner)
        if any(not isinstance(v, ast.Name) or v not in inside or not there._is_parameter(v.id) for v in plain):
            return None  # another function's business
        return there._union(list(plain), depth)
