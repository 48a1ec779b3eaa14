"""Threads that have nothing to do with channels: what they run, followed as far as names go.

A thread that sleeps, counts or prints is no obstacle. One that may touch a channel is, and so is one whose way
cannot be followed: asyncio's transports may be used in the loop's own thread only.
"""

from __future__ import annotations

import ast
import builtins
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.usage.inference import OTHER, Inference
from asyncore_codemods.analyse.values.assigned_methods import method_names, methods_of
from asyncore_codemods.analyse.values.syntax import local_names, self_attribute, self_name
from asyncore_codemods.index.modules import dotted_name
from asyncore_codemods.model.uses import Kind
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from asyncore_codemods.analyse.families.hierarchies import Hierarchy
    from asyncore_codemods.index import Module, Project
    from asyncore_codemods.index.modules import FunctionNode
    from asyncore_codemods.plan.threads.crossings import Crossings

_STARTERS = {"threading.Thread": "target", "threading.Timer": "function"}
# what channels have that nobody can call
_INHERITED_DATA = frozenset(
    {"accepting", "addr", "closing", "connected", "connecting", "debug", "socket", "terminator"}
)
HARMLESS = frozenset(
    [
        "Lock",
        "RLock",
        "Condition",
        "Event",
        "Semaphore",
        "BoundedSemaphore",
        "Barrier",
        "local",
        "current_thread",
        "currentThread",
        "get_ident",
        "main_thread",
        "active_count",
        "activeCount",
        "enumerate",
    ]
)


def _methods_inherited_by(hierarchy: Hierarchy) -> Iterator[str]:
    """Yield what the classes inherit and leave as it is: with `self.log = []`, that is no method any more."""
    facts = [hierarchy.facts[member.qualname] for member in hierarchy.members]
    written = {use.name for one in facts for use in one.uses if use.kind is Kind.WRITE}
    yield from legacy.inherited_names(hierarchy.root) - written


class Threads:
    """Judges the threads of a program that has the classes of *hierarchies*.

    What they ask of sessions goes to *crossings*, if the loop's thread can do it for them.
    """

    def __init__(self, project: Project, hierarchies: Sequence[Hierarchy], crossings: Crossings) -> None:
        self.project = project
        self.crossings = crossings
        self.hierarchies = hierarchies
        # of everything that a channel has, or that another object of the project may do with one
        methods = project.once(method_names)
        self.names: set[str] = set(methods)
        for hierarchy in hierarchies:
            self.names |= legacy.inherited_names(hierarchy.root) | set(hierarchy.methods)
            for member in hierarchy.members:
                facts = hierarchy.facts[member.qualname]
                self.names |= {w.name for w in facts.writes} | {a.name for a in facts.attributes}
        self.names -= {"__init__"}
        # and those of them that do something when they are called
        inherited = {name for hierarchy in hierarchies for name in _methods_inherited_by(hierarchy)}
        self.methods: set[str] = methods | (inherited - _INHERITED_DATA)
        self.data: set[str] = self.names - methods  # attributes that are nothing but that
        self.data -= {name for hierarchy in hierarchies for name in legacy.inherited_names(hierarchy.root)}

    def are_harmless(self, module: Module, loops: ast.expr | None = None) -> bool:
        """Tell whether the threads that *module* starts cannot have anything to do with a channel.

        *loops* names the class of the thread that the loop runs in, which is another matter.
        """
        known = self._known(module, loops)
        names = [node for node in walk(module.source.tree, (ast.Name, ast.Attribute)) if id(node) not in known]
        for node in names:
            target = self.project.resolve_node(module, node) or ""
            if target == "threading" and not self._is_qualified(module, node):
                return False
            name = target.partition(".")[2]
            if target.startswith("threading.") and name not in HARMLESS and target not in _STARTERS:
                return False
        starts = [
            (node, self.project.resolve_node(module, node.func) or "")
            for node in walk(module.source.tree, ast.Call)
        ]
        mentions = sum(self.project.resolve_node(module, node) in _STARTERS for node in names)
        found = [(node, target) for node, target in starts if target in _STARTERS and id(node.func) not in known]
        for own_class in walk(module.source.tree, ast.ClassDef):
            bases = [base for base in own_class.bases if id(base) not in known]
            if any(self.project.resolve_node(module, base) == "threading.Thread" for base in bases):
                mentions -= 1
                if not self._runs_quietly(module, own_class):
                    return False
        return mentions == len(found) and all(self._runs_nothing_of_ours(module, n, t) for n, t in found)

    def _runs_quietly(self, module: Module, node: ast.ClassDef) -> bool:
        """Tell whether a thread's class, which is no channel, has a run() that does nothing with one."""
        entry = self.project.entries.get(id(node))
        runs = [method for method in methods_of(node) if method.name == "run"]
        if entry is None or entry.root or len(runs) != 1 or list(entry.descendants()):
            return False
        own: dict[str, list[FunctionNode]] = {}
        for method in methods_of(node):
            own.setdefault(method.name, []).append(method)
        return self._is_quiet(module, runs[0], set(), own)

    def _known(self, module: Module, loops: ast.expr | None) -> set[int]:
        """Return the nodes that name the class of the loop's thread, its constructor, start() and join()."""
        known = {id(node) for node in walk(loops)} if loops is not None else set()
        for node in walk(module.source.tree):
            target = self.project.resolve_node(module, node) if isinstance(node, ast.Attribute) else None
            if target in ("threading.Thread.__init__", "threading.Thread.start", "threading.Thread.join"):
                known |= {id(inner) for inner in walk(node)}
        return known

    @staticmethod
    def _is_qualified(module: Module, node: ast.AST) -> bool:
        return any(isinstance(outer, ast.Attribute) and outer.value is node for outer in walk(module.source.tree))

    def _runs_nothing_of_ours(self, module: Module, call: ast.Call, starter: str) -> bool:
        position = 1
        given = {keyword.arg: keyword.value for keyword in call.keywords}
        function = given.get(_STARTERS[starter]) or (call.args[position] if len(call.args) > position else None)
        if function is None or None in given:
            return False
        if starter == "threading.Timer" and self.crossings.takes_timer(module, call):
            return True
        method = self._own_method(module, call, function)
        if method is not None:
            return self._is_quiet(module, method, set())
        if self._may_be_ours(module, function):
            return False
        passed = [*call.args, *given.values()]
        if any(self._may_be_ours(module, value) for value in passed) and not self._is_own(module, function):
            return False
        return self._follow(module, function, set())

    def _is_own(self, module: Module, function: ast.expr) -> bool:
        """Tell whether the program has a function of its own under that name, which can be read."""
        target = self.project.resolve_node(module, function) or ""
        owner_name, _, name = target.rpartition(".")
        owner = module if owner_name in ("", module.name) else self.project.find_module(owner_name, module)
        return owner is not None and name in owner.functions

    def _own_method(self, module: Module, call: ast.Call, function: ast.expr) -> FunctionNode | None:
        """Return the method that `self.method` is, in the class around *call*, if nothing overrides it."""
        if not isinstance(function, ast.Attribute) or dotted_name(function.value) != "self":
            return None
        for entry in self.project.classes.values():
            if entry.module is module and any(node is call for node in walk(entry.node)):
                related = [entry, *entry.descendants(), *list(entry.lineage())[1:]]
                found = [m for e in related for m in methods_of(e.node) if m.name == function.attr]
                return found[0] if len(found) == 1 and any(m is found[0] for m in methods_of(entry.node)) else None
        return None

    def _may_be_ours(self, module: Module, value: ast.expr) -> bool:
        """Tell whether a channel is handed to the thread: `args=(self,)`, `args=(server,)`."""
        return any(
            isinstance(node, ast.Name)
            and isinstance(node.ctx, ast.Load)
            and not hasattr(builtins, node.id)
            and node.id not in module.functions
            and node.id not in module.bindings
            for node in walk(value)
        )

    def _follow(self, module: Module, function: ast.expr, seen: set[int]) -> bool:
        """Tell whether calling *function*, an expression in *module*, does nothing with a channel."""
        if dotted_name(function) is None:
            return False
        target = self.project.resolve_node(module, function) or ""
        if isinstance(function, ast.Name) and target == function.id and hasattr(builtins, target):
            return target not in ("exec", "eval", "getattr", "map")
        owner_name, _, name = target.rpartition(".")
        owner = module if owner_name in ("", module.name) else self.project.find_module(owner_name, module)
        if owner is None:
            return self._is_foreign(module, target)
        body = owner.functions.get(name)
        return body is not None and self._is_quiet(owner, body, seen)

    def _is_foreign(self, module: Module, target: str) -> bool:
        head = target.split(".", maxsplit=1)[0]
        return self.project.find_module(head, module) is None and not legacy.is_legacy(target)

    def _is_quiet(
        self,
        module: Module,
        function: FunctionNode,
        seen: set[int],
        own: Mapping[str, Sequence[FunctionNode]] | None = None,
    ) -> bool:
        """Tell whether *function* does nothing with a channel; *own* are the methods of its class, a thread's."""
        if id(function) in seen:
            return True
        seen.add(id(function))
        local = local_names(function)
        called: list[FunctionNode] = []
        for node in walk(function):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                methods = own.get(self_attribute(node.func, self_name(function)) or "", ()) if own else ()
                if methods:
                    called += methods
                    continue
            if isinstance(node, ast.Attribute):
                if own and (self_attribute(node, self_name(function)) or "") in own:
                    called += own[node.attr]
                elif self._touches(module, function, node):
                    return False
            if isinstance(node, ast.Call) and not self.is_quiet_call(module, node, local, seen):
                return False
        return all(self._is_quiet(module, method, seen, own) for method in called)

    def _touches(self, module: Module, function: FunctionNode, node: ast.Attribute) -> bool:
        if isinstance(node.ctx, ast.Load) and (node.attr in self.data or self.crossings.takes(module, node)):
            return False
        return self.may_touch(module, function, node)

    def may_touch(self, module: Module, function: FunctionNode | None, node: ast.Attribute) -> bool:
        """Tell whether *node* may be an attribute of a channel, or of something that leads to one."""
        if node.attr not in self.names:
            return False
        return Inference(self.project, module, function, None).classes_of(node.value) != frozenset({OTHER})

    def is_quiet_call(self, module: Module, call: ast.Call, local: set[str], seen: set[int]) -> bool:
        """Tell whether *call*, in a function with the *local* names, does nothing with a channel."""
        func = call.func
        if isinstance(func, ast.Name):
            if func.id in local:
                return False
            entry = self.project.class_named(module, func)
            if entry is not None:
                return False
            return self._follow(module, func, seen)
        if not isinstance(func, ast.Attribute):
            return False
        if self.crossings.takes(module, func):
            return True
        target = self.project.resolve_node(module, func) or ""
        head = func
        while isinstance(head, ast.Attribute):
            head = head.value  # type: ignore[assignment]  # down to the name in front
        is_module = isinstance(head, ast.Name) and head.id in module.bindings and head.id not in local
        return self._follow(module, func, seen) if is_module and target else func.attr not in self.names
