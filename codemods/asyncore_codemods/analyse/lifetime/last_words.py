"""What is pushed to a session while its own handle_close() runs.

close_when_done() only asks for the end: once all is sent handle_close() runs, and the socket is still open. What is
pushed to the session then goes out. A rewritten session is closing at that time. So a hook that still speaks to its
own peer speaks against rewriting: directly, or because it tells a group of sessions which the one that ends has not
left yet; the rooms that sessions are in may be told as well. Whether it has left is read in the order of the
statements, through every function of that name, and by the names of the lists: who has left `players` may still be
in `sessions`. The only function of its name may get the session as an argument; an attribute may be the name of a
method: `self.say = self.push`.
Where sessions are told to end one after the other, each may hear of the others, even if no hook tells its own.
"""

from __future__ import annotations

import ast
import builtins
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.families.constructions import home_of
from asyncore_codemods.analyse.families.references import functions_by_name, outline_of
from asyncore_codemods.analyse.usage.inference import Inference
from asyncore_codemods.analyse.values.syntax import last_name, local_names, parent_map, self_attribute
from asyncore_codemods.codes import Code
from asyncore_codemods.model.sessions import Reason
from asyncore_codemods.nodes import children, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asyncore_codemods.analyse.families.hierarchies import Definition, Hierarchy
    from asyncore_codemods.analyse.usage.outside import OutsideUse
    from asyncore_codemods.index.modules import FunctionNode, Module

_SENDERS = frozenset({"push", "push_with_producer", "send"})
_LEAVING = frozenset({"remove", "discard", "pop"})  # in lists, sets and dicts
_FILLING = frozenset({"add", "append", "extend", "update"})
_LOOKING_UP = frozenset({"copy", "get", "keys", "setdefault", "values"})
_OWN = "pushes to its own channel, which close_when_done() leaves open until then"
_DEEPEST = 5
_ANY = ""  # the name of a list that may be any of them


def read_last_words(hierarchy: Hierarchy, outside: list[OutsideUse]) -> Reason | None:
    """Return the reason that sessions of *hierarchy* may be spoken to when they end, if they may."""
    soft = any(True for _ in hierarchy.uses("close_when_done")) or any(
        use.name == "close_when_done" and use.may_be(hierarchy.names) for use in outside
    )
    hooks = [d for name in ("handle_close", "close") for d in hierarchy.methods.get(name, ())]
    if not soft:
        return None
    speakers = {name for name in hierarchy.methods if hierarchy.mentions(_SENDERS, name)} | _SENDERS
    for hook in hooks:
        told = _Reader(hierarchy, speakers).read(hook)
        if told:
            return Reason(Code.HANDLE_CLOSE, f"{hook.function.name}() {told}", hook.place(hook.function))
    return None


class _Reader:
    def __init__(self, hierarchy: Hierarchy, speakers: set[str]) -> None:
        self.hierarchy = hierarchy
        self.speakers = speakers
        closers = {name for name in hierarchy.methods if hierarchy.mentions(("close_when_done",), name)}
        modules = hierarchy.project.modules.values()
        self.all_end = any(_ends_all(module, closers | {"close_when_done"}) for module in modules)
        self.left: frozenset[str] = frozenset()  # the names of the lists that the session has left
        self.is_closed = False
        self.told = ""
        self.active: list[FunctionNode] = []
        self.known: dict[tuple[int, str, frozenset[str], bool], tuple[int, frozenset[str], bool]] = {}
        self.groups: dict[int, dict[str, frozenset[str]]] = {}  # variables, and the lists that they come from
        self.other_names = list(_other_names(hierarchy))

    def read(self, hook: Definition) -> str:
        """Return what a hook does to its own session, "" if nothing."""
        self._function(hook.function, hook.self_name)
        partner = "" if self.told else self._partner(hook)
        return self.told or (f"pushes to self.{partner}, which may end at the same time" if partner else "")

    def _function(self, function: FunctionNode, own: str) -> None:
        """Read a function, where *own* is the session itself, "" in those of others."""
        depth = len(self.active)
        if function in self.active or depth > _DEEPEST:
            return
        before = id(function), own, self.left, self.is_closed
        known = self.known.get(before)  # what it came to
        if known is not None and known[0] <= depth:  # as far as one would come from here, or farther
            _, self.left, self.is_closed = known
            return
        self.active.append(function)
        if id(function) not in self.groups:
            loops = _looped_over(function, all_end=self.all_end)
            self.groups[id(function)] = {
                name: self._lists_in(function, source)
                for name, source in loops
                if self.all_end or not self._is_chosen(source)
            }
        for statement in function.body:
            self._node(statement, own, self.groups[id(function)])
        self.active.pop()
        self.known[before] = depth, self.left, self.is_closed

    def _node(self, node: ast.AST, own: str, groups: dict[str, frozenset[str]]) -> None:
        if self.told:
            return
        for inner in children(node):
            self._node(inner, own, groups)
        if isinstance(node, ast.Call):
            func = _looked_up(node.func)
            if isinstance(func, (ast.Attribute, ast.Name)):
                self._call(node, func, own, groups)
        elif isinstance(node, ast.Delete):
            self._leave(*node.targets)
        elif isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Sub):
            self._leave(node.target)
        elif isinstance(node, ast.Assign) and any(
            isinstance(n, ast.comprehension) and n.ifs for n in walk(node.value)
        ):
            self._leave(*node.targets)  # a list without it

    def _leave(self, *containers: ast.expr) -> None:
        """Note that the session is no longer in some *containers*."""
        self.left |= {_list_named(self.active[-1], container) for container in containers}

    def _lists_in(self, function: FunctionNode, source: ast.expr) -> frozenset[str]:
        """Return what the lists that *function* loops over may be called; nothing if that cannot be seen."""
        found = {node.id for node in walk(source, ast.Name)} - local_names(function)
        found |= _gathered(function, source)
        found -= {*_LOOKING_UP, *dir(builtins)}
        for made_by in [f for name in sorted(found) for f in (*self._functions(name), *self._own(name))]:
            found |= {node.attr for node in walk(made_by, ast.Attribute)}
        return frozenset(found)

    def _has_left(self, lists: frozenset[str]) -> bool:
        return bool(self.left) and (not lists or _ANY in self.left or not self.left.isdisjoint(lists))

    def _call(
        self, call: ast.Call, func: ast.Attribute | ast.Name, own: str, groups: dict[str, frozenset[str]]
    ) -> None:
        name = func.attr if isinstance(func, ast.Attribute) else func.id
        if own and self_attribute(func, own) is not None:
            if name in _SENDERS and not self.is_closed and name not in self.hierarchy.methods:
                self.told = _OWN
            elif name in self.hierarchy.methods:
                for definition in self.hierarchy.methods[name]:
                    self._function(definition.function, definition.self_name)
            elif name == "close":
                self.is_closed = True
            for other in [method for attribute, method in self.other_names if attribute == name]:
                self._call(call, ast.Attribute(ast.Name(own, ast.Load()), other, ast.Load()), own, groups)
        elif own and name in ("close", *_SENDERS) and _is_base_call(call, own):
            self.told = _OWN if name != "close" and not self.is_closed else ""
            self.is_closed = self.is_closed or name == "close"
        elif name in _LEAVING and not any(self._functions(name)):
            self._leave(func.value if isinstance(func, ast.Attribute) else func)
        elif isinstance(func, ast.Attribute) and self._is_grouped(func.value, groups):
            if name in self.speakers and not (self.is_closed or self._has_left(groups[last_name(func.value)])):
                self.told = "pushes to sessions among which it may still be itself"
        else:
            functions = list(self._functions(name))
            for function in functions:
                is_it = bool(own) and len(functions) == 1  # and no other's of that name
                self._function(function, _parameter(function, call, own) if is_it else "")

    def _is_grouped(self, receiver: ast.expr, groups: dict[str, frozenset[str]]) -> bool:
        """Tell whether *receiver* is a variable of a loop over sessions, as far as its class is known."""
        if not isinstance(receiver, ast.Name) or receiver.id not in groups:
            return False
        project, function = self.hierarchy.project, self.active[-1]
        for module, known in project.once(functions_by_name).get(function.name, ()):
            if known is function:
                home = home_of(project, receiver, parent_map(module.source.tree))
                classes = Inference(project, module, *home).classes_of(receiver)
                return classes is None or not classes.isdisjoint(self.hierarchy.names)
        return True

    def _is_chosen(self, source: ast.expr) -> bool:
        """Tell whether what is looped over is what has been compared with something before."""
        called = {last_name(n.func) for n in walk(source, ast.Call)}
        functions = [f for name in called for f in (*self._functions(name), *self._own(name))]
        return any(isinstance(node, ast.Compare) for one in (source, *functions) for node in walk(one))

    def _own(self, name: str) -> list[FunctionNode]:
        return [definition.function for definition in self.hierarchy.methods.get(name, ())]

    def _functions(self, name: str) -> Iterator[FunctionNode]:
        own = {id(function) for function in self._own(name)}
        for _, function in self.hierarchy.project.once(functions_by_name).get(name, ()):
            if id(function) not in own:
                yield function

    def _partner(self, hook: Definition) -> str:
        """Return the attribute with the session that a hook speaks to, if both may be told to end at once."""
        spoken_to = {
            self_attribute(node.func.value, definition.self_name) or ""
            for definition in self.hierarchy.reachable(hook.function.name)
            for node in walk(definition.function, ast.Call)
            if isinstance(node.func, ast.Attribute) and node.func.attr in self.speakers
        } - {""}
        for definition in self.hierarchy.definitions():
            ended = [
                node.func.value
                for node in walk(definition.function, ast.Call)
                if getattr(node.func, "attr", "") == "close_when_done"
                if isinstance(node.func, ast.Attribute)
            ]
            partners = {self_attribute(node, definition.self_name) or "" for node in ended} & spoken_to
            if partners and any(isinstance(node, ast.Name) and node.id == definition.self_name for node in ended):
                return min(partners)
        return ""


def _other_names(hierarchy: Hierarchy) -> Iterator[tuple[str, str]]:
    """Yield the attributes that are other names of methods, with the methods: `self.say = self.push`."""
    methods = _SENDERS | set(hierarchy.methods)
    for definition in hierarchy.definitions():
        for node in walk(definition.function):
            method = self_attribute(node.value, definition.self_name) if isinstance(node, ast.Assign) else None
            if isinstance(node, ast.Assign) and method in methods:
                names = [self_attribute(target, definition.self_name) for target in node.targets]
                yield from ((name, method) for name in names if name and method and name not in methods)


def _looked_up(func: ast.expr) -> ast.expr:
    """Return `self.push` for `getattr(self, "push")`."""
    if isinstance(func, ast.Call) and last_name(func.func) == "getattr" and len(func.args) > 1:
        name = func.args[1]
        if isinstance(name, ast.Constant) and isinstance(name.value, str):
            return ast.Attribute(func.args[0], name.value, ast.Load())
    return func


def _list_named(function: FunctionNode, container: ast.expr) -> str:
    """Return what the list, or the dict of lists, is called that *function* means by *container*."""
    container = _looked_up_in(container)
    if not isinstance(container, ast.Name) or container.id not in local_names(function):
        return last_name(container) or _ANY
    values = [node.value for node in walk(function, ast.Assign) if _is_given(node, container.id)]
    source = _looked_up_in(values[0]) if len(values) == 1 else container
    return source.attr if isinstance(source, ast.Attribute) else _ANY


def _gathered(function: FunctionNode, source: ast.expr) -> set[str]:
    """Return the lists in *source*, and those that its variables are filled from: `peers |= channel.members`."""
    filled = list(_filled(function))
    seen: set[str] = set()
    queue = [source]
    found: set[str] = set()
    while queue:
        for node in walk(queue.pop()):
            if isinstance(node, ast.Attribute):
                found.add(node.attr)
            elif isinstance(node, ast.Name) and node.id not in seen:
                seen.add(node.id)
                queue += [value for name, value in filled if name == node.id]
    return found


def _filled(function: FunctionNode) -> Iterator[tuple[str, ast.expr]]:
    """Yield the variables that a function puts something into, or loops with, and what that comes from."""
    for node in walk(function):
        if isinstance(node, ast.Assign):
            yield from ((target.id, node.value) for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            yield node.target.id, node.value
        elif isinstance(node, (ast.For, ast.comprehension)) and isinstance(node.target, ast.Name):
            yield node.target.id, node.iter
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _FILLING:
            filled = node.func.value
            yield from ((filled.id, given) for given in node.args if isinstance(filled, ast.Name))


def _looked_up_in(container: ast.expr) -> ast.expr:
    """Return `self.rooms` for `self.rooms[name]` and `self.rooms.get(name)`."""
    while isinstance(container, (ast.Subscript, ast.Call)):
        container = container.value if isinstance(container, ast.Subscript) else container.func
        if isinstance(container, ast.Attribute) and container.attr in _LOOKING_UP:
            container = container.value
    return container


def _is_given(node: ast.Assign, name: str) -> bool:
    return any(isinstance(target, ast.Name) and target.id == name for target in node.targets)


def _parameter(function: FunctionNode, call: ast.Call, own: str) -> str:
    """Return the parameter of a function that a call gives the session itself, "" if there is none."""
    names = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
    if names[:1] in (["self"], ["cls"]):
        del names[0]
    given = [*zip(names, call.args), *((k.arg or "", k.value) for k in call.keywords)]
    return next((name for name, value in given if isinstance(value, ast.Name) and value.id == own), "")


def _is_base_call(call: ast.Call, own: str) -> bool:
    """Tell whether a call is `super().name(...)` or `async_chat.name(self, ...)`."""
    receiver = call.func.value if isinstance(call.func, ast.Attribute) else None
    if isinstance(receiver, ast.Call):
        return isinstance(receiver.func, ast.Name) and receiver.func.id == "super"
    return bool(receiver and call.args) and isinstance(call.args[0], ast.Name) and call.args[0].id == own


def _ends_all(module: Module, closers: set[str]) -> bool:
    """Tell whether a module ends one session after the other, and leaves them in their list until then."""
    for function in (one for named in outline_of(module).functions.values() for one in named):
        emptied = {name for node in walk(function) for name in _emptied(node)}
        for loop in walk(function, ast.For):
            if not emptied & {*map(last_name, walk(loop.iter))} - {""}:
                names = {node.id for node in walk(loop.target, ast.Name)}
                ended = [n for n in walk(loop, ast.Attribute) if n.attr in closers]
                if any(isinstance(node.value, ast.Name) and node.value.id in names for node in ended):
                    return True
    return False


def _emptied(node: ast.AST) -> Iterator[str]:
    """Yield what a statement empties, by the last part of its name: `self.guests.clear()`, `guests = []`."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "clear":
        yield last_name(node.func.value)
    elif isinstance(node, ast.Assign) and isinstance(node.value, (ast.List, ast.Dict)):
        yield from map(last_name, node.targets)


def _looped_over(function: FunctionNode, *, all_end: bool) -> Iterator[tuple[str, ast.expr]]:
    """Yield the variables of the loops of a function that compare them with nothing, and what they loop over.

    Where *all_end* at once, comparing makes no difference.
    """
    for node in walk(function, (ast.For, ast.ListComp, ast.SetComp, ast.GeneratorExp)):
        loops = [node] if isinstance(node, ast.For) else node.generators
        tests = list(walk(node, ast.Compare))
        compared = {n.id for test in tests for n in (test.left, *test.comparators) if isinstance(n, ast.Name)}
        for loop in loops:
            names = {n.id for n in walk(loop.target, ast.Name)}
            yield from ((name, loop.iter) for name in (names if all_end else names - compared))
