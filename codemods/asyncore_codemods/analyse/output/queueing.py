"""Producers that wait in a queue of their session's own, which a task sends from, as the peer takes it.

That is the way where no handler can wait: others push producers to the session, or push data to it meanwhile. The
first piece is asked for at once, as asynchat did; the rest comes when the peer has taken that. asynchat asks a bit
earlier, whenever something else is pushed. So nobody may see how far a producer has come, change what it still
looks at, or send something from within more(), to which asynchat would come back for more.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.families.constructions import calls_of_classes
from asyncore_codemods.analyse.families.receivers import Receivers
from asyncore_codemods.analyse.families.references import outline_of
from asyncore_codemods.analyse.output.meanwhile import Meanwhile, is_simple
from asyncore_codemods.analyse.output.producers import interference, producers_of, progress_of, tells
from asyncore_codemods.analyse.values.assigned_methods import methods_of
from asyncore_codemods.analyse.values.syntax import last_name, local_names, parent_map, self_attribute, self_name
from asyncore_codemods.codes import Code
from asyncore_codemods.model.sessions import Reason
from asyncore_codemods.model.uses import Kind
from asyncore_codemods.nodes import FUNCTIONS, once, walk
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asyncore_codemods.analyse.families.hierarchies import Hierarchy
    from asyncore_codemods.analyse.usage.outside import OutsideUse
    from asyncore_codemods.index.modules import FunctionNode, Module
    from asyncore_codemods.index.project import ClassEntry, Project

NAME = "push_with_producer"
_SENDERS = frozenset({"push", NAME, "close_when_done", "initiate_send", "handle_write", "send", "discard_buffers"})
_TEXTS = frozenset({"encode", "join", "bytes", "dumps", "getvalue", "to_bytes"})  # which return data, no producer
_OWN_WAYS = frozenset(
    {"__len__", "__bool__", "__getitem__"}
)  # by which asynchat would take it for data, or nothing


def is_sent_from_outside(hierarchy: Hierarchy, outside: list[OutsideUse]) -> bool:
    """Tell whether others push producers to sessions of *hierarchy*."""
    return any(use.name == NAME and use.may_be(hierarchy.names) for use in outside)


def why_not_queued(hierarchy: Hierarchy, outside: list[OutsideUse]) -> list[Reason]:
    """Return the reasons why producers of *hierarchy* cannot be sent by a task."""
    return list(_Queue(hierarchy, outside).reasons())


class _Queue:
    def __init__(self, hierarchy: Hierarchy, outside: list[OutsideUse]) -> None:
        self.hierarchy = hierarchy
        self.outside = outside
        self.project = hierarchy.project
        self.modules = _program_around(self.project, hierarchy.top.module)
        self.producers = [entry for entry in producers_of(self.project) if entry.module in self.modules]
        self.names = {entry.qualname for entry in self.producers}
        self.own = {id(node) for entry in self.producers for node in walk(entry.node)}
        self.sources = list(self._sources())

    def reasons(self) -> Iterator[Reason]:
        for entry, use in self.hierarchy.uses(NAME):
            fine = use.kind is Kind.CALL and len(use.arguments) == 1 and not use.arguments[0].starred
            if not fine:
                yield self._reason(self.hierarchy.place(entry, use), "calls push_with_producer() in an unusual way")
        for outer in self.outside:
            if (
                outer.name == NAME
                and outer.may_be(self.hierarchy.names)
                and (outer.call is None or outer.given != 1)
            ):
                yield self._reason(outer.place, "may have its push_with_producer() used in an unusual way")
        pushed = [
            (module, call) for module, call in self._pushes() if not is_simple(self.project, module, call.args[0])
        ]
        if pushed and not self.producers:
            yield self._reason(self._whole(), "sends a producer whose class cannot be seen")
            return
        if self.hierarchy.overrides("more"):
            yield self._reason(self._whole(), "is a producer itself")
        for module, call in pushed:
            if _is_data(call.args[0]):
                yield self._reason(_place(module, call), "is given data where asynchat has producers")
            elif _is_shared(module, call):
                yield self._reason(_place(module, call), "sends one producer more than once")
        yield from self._of_the_producers()
        for module, node, message in interference(self.project, self.producers):
            if "never ends" not in message:  # it is in nobody's way
                yield self._reason(_place(module, node), message)
                return

    def _of_the_producers(self) -> Iterator[Reason]:
        for entry in self.producers:
            odd = [m for one in entry.lineage() for m in methods_of(one.node) if m.name in _OWN_WAYS]
            if odd:
                yield self._reason(_place(entry.module, odd[0]), f"sends {entry.name}, which may be taken for data")
        for module, function, producer in self.sources:
            raised = _raises(function)
            if raised is not None:  # asynchat raises that in whoever pushes something at that moment
                yield self._reason(_place(module, raised), "sends producers that raise errors of their own")
                return
            told = tells(function) if function.name != "__init__" else None
            if told is not None:  # how much a peer's system takes without its reading is another matter in asyncio
                yield self._reason(_place(module, told), "sends producers that print or log")
                return
            problem = self._goes_back(module, function, producer)
            if problem is not None:
                yield self._reason(_place(module, problem), "sends producers that may send something themselves")
                return
        seen = self._seen_progress()
        if seen is not None:
            yield self._reason(_place(*seen), "sends producers, and somebody sees how far they have come")
            return
        change = Meanwhile(self.project, self.modules, self.producers, self.sources).change()
        if change is not None:
            module, node, name = change
            yield self._reason(_place(module, node), f"sends producers that may look at {name} meanwhile")

    def _reason(self, place: Place, message: str) -> Reason:
        return Reason(Code.PRODUCER, message, place)

    def _whole(self) -> Place:
        top = self.hierarchy.top
        return _place(top.module, top.node)

    def _pushes(self) -> Iterator[tuple[Module, ast.Call]]:
        for module in self.modules:
            for call in outline_of(module).calls.get(NAME, ()):
                if isinstance(call.func, ast.Attribute) and len(call.args) == 1:
                    yield module, call

    def _sources(self) -> Iterator[tuple[Module, FunctionNode, ClassEntry | None]]:
        """Yield what may run when a producer is asked for more: its methods, generators, and what those call."""
        found = [(entry.module, method, entry) for entry in self.producers for method in methods_of(entry.node)]
        yield from found
        queue: list[tuple[Module, FunctionNode]] = [(module, method) for module, method, _ in found]
        others: dict[str, list[tuple[Module, FunctionNode]]] = {}
        for module in self.modules:
            for node in walk(module.source.tree, FUNCTIONS):
                if id(node) not in self.own:
                    name = "" if once(_is_generator, node) else node.name
                    others.setdefault(name, []).append((module, node))
        queue += (generators := others.pop("", []))
        yield from ((module, function, None) for module, function in generators)
        while queue:
            _, function = queue.pop()
            for call in (node for node in walk(function, ast.Call)):
                for name in self._called(function, call):
                    called = others.pop(name, [])
                    queue += called
                    yield from ((module, one, None) for module, one in called)

    def _called(self, function: FunctionNode, call: ast.Call) -> list[str]:
        """Return the names of the functions that *call* may run, but for methods of the session."""
        name = last_name(call.func)
        names = [name]
        for entry in self.producers:
            if name and any(method is function for method in methods_of(entry.node)):
                names += [last_name(value) for value in self._callbacks(entry, name) or ()]
        return [name for name in names if name and name not in self.hierarchy.methods]

    def _goes_back(self, module: Module, function: FunctionNode, producer: ClassEntry | None) -> ast.AST | None:
        """Return where more() may come to send something on the session that asked for it."""
        if function.name == "__init__":
            return None
        receivers = Receivers(self.project, module, function)
        own = self_name(function) if producer is not None else None
        defined = {m.name for one in (producer.lineage() if producer else ()) for m in methods_of(one.node)}
        for node in walk(function, ast.Call):
            func = node.func
            if isinstance(func, ast.Name) and func.id in local_names(function):
                return node  # or kept for it
            if not isinstance(func, ast.Attribute):
                continue
            if own is not None and self_attribute(func, own) is not None:
                if func.attr not in defined and not self._is_harmless(producer, func.attr):
                    return node  # what it was given to call
                continue
            classes = receivers.of(func)
            may_be_ours = classes is None or bool(classes & self.hierarchy.names)
            if may_be_ours and (func.attr in _SENDERS or self._sends(func.attr)):
                return node
        return None

    def _is_harmless(self, producer: ClassEntry | None, attribute: str) -> bool:
        """Tell whether what a producer was given to call sends nothing on the session."""
        given = self._callbacks(producer, attribute)
        names = [last_name(value) for value in given or ()]
        return bool(names) and all(name and name not in _SENDERS and not self._sends(name) for name in names)

    def _callbacks(self, producer: ClassEntry | None, attribute: str) -> list[ast.expr] | None:
        """Return what producers are given as *attribute* when they are made, None if that cannot be told."""
        if producer is None:
            return None
        found: list[ast.expr] = []
        constructor = next((m for m in methods_of(producer.node) if m.name == "__init__"), None)
        names = [a.arg for a in constructor.args.args[1:]] if constructor is not None else []
        for method in methods_of(producer.node):
            own, parents = self_name(method), parent_map(method)
            for node in walk(method, ast.Attribute):
                if isinstance(node.ctx, ast.Load):
                    continue
                if self_attribute(node, own) != attribute:
                    continue
                parent = parents[node]
                value = parent.value if isinstance(parent, ast.Assign) else None
                if method is not constructor or not isinstance(value, ast.Name) or value.id not in names:
                    return None
                given = self._given(producer, names.index(value.id), value.id)
                if given is None:
                    return None
                found += given
        return found

    def _given(self, producer: ClassEntry, position: int, name: str) -> list[ast.expr] | None:
        found = []
        for module, call in self.project.once(calls_of_classes).get(producer, ()):
            values = [*call.args[position : position + 1], *(k.value for k in call.keywords if k.arg == name)]
            if module not in self.modules:
                continue
            if len(values) != 1 or not isinstance(values[0], (ast.Name, ast.Attribute)):
                return None
            found += values
        return found

    def _sends(self, name: str) -> bool:
        return name in self.hierarchy.methods and self.hierarchy.mentions(_SENDERS, name)

    def _seen_progress(self) -> tuple[Module, ast.AST] | None:
        progress = progress_of(self.producers)
        for module in self.modules:
            for function in walk(module.source.tree, FUNCTIONS):
                if id(function) in self.own:
                    continue
                receivers = Receivers(self.project, module, function)
                own = self_name(function)
                for node in walk(function):
                    begins = function.name == "__init__" and isinstance(getattr(node, "ctx", None), ast.Store)
                    if begins or not progress.shows_in(node, own):
                        continue
                    if isinstance(node, ast.Attribute) and node.attr not in progress.others:
                        classes = receivers.of(node)
                        if classes is not None and not classes & self.names:
                            continue
                    return module, node
        return None


def _program_around(project: Project, module: Module) -> list[Module]:
    """Return the modules that import each other, and *module*."""
    linked = project.once(_imports)
    found, queue = {module: None}, [module]
    while queue:
        new = [one for one in linked.get(queue.pop(), ()) if one not in found]
        found.update(dict.fromkeys(new))
        queue += new
    return list(found)


def _imports(project: Project) -> dict[Module, list[Module]]:
    """Return for each module those that it imports, and those that import it."""
    imports: dict[Module, list[Module]] = {}
    imported_by: dict[Module, list[Module]] = {}
    for module in project.modules.values():
        imports[module] = list(project.imported_modules(module))
        for other in dict.fromkeys(imports[module]):
            imported_by.setdefault(other, []).append(module)
    return {module: [*imported, *imported_by.get(module, ())] for module, imported in imports.items()}


def _place(module: Module, node: ast.AST) -> Place:
    return Place(str(module.path), module.source.span(node))


def _is_data(value: ast.expr) -> bool:
    """Tell whether a value is data, which asynchat would have sent as it is."""
    if isinstance(value, ast.Call):
        func = value.func
        return (func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")) in _TEXTS
    return isinstance(value, (ast.Constant, ast.JoinedStr, ast.BinOp))


def _is_shared(module: Module, call: ast.Call) -> bool:
    """Tell whether a loop hands out a producer that it has not made itself, so each takes what others leave."""
    name = call.args[0]
    parents = parent_map(module.source.tree)
    current: ast.AST = call
    while not isinstance(name, ast.Call) and current in parents and not isinstance(current, FUNCTIONS):
        current = parents[current]
        stored = {n.id for n in walk(current, ast.Name) if isinstance(n.ctx, ast.Store)}
        loops = (ast.For, ast.While, ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)
        if isinstance(current, loops) and not (isinstance(name, ast.Name) and name.id in stored):
            return True
    return False


def _raises(function: FunctionNode) -> ast.AST | None:
    """Return where a function raises an error, but for what says that it is not there, or at its end."""
    for node in walk(function, ast.Raise):
        if node.exc is not None and function.name != "__init__":
            kind = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            if last_name(kind) not in ("NotImplementedError", "StopIteration"):
                return node
    return None


def _is_generator(function: FunctionNode) -> bool:
    return any(isinstance(node, (ast.Yield, ast.YieldFrom)) for node in walk(function))
