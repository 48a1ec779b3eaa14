"""A loop that runs in a thread of its own, while the rest of the program has nothing to do with its connections.

`threading.Thread(target=asyncore.loop).start()`, and then the main thread waits, reads its input or is a client
itself. asyncio.run() can be the target as well. But what another thread did to a channel would have to be done by
the loop's, so a program stays on the bridge if anything that runs beside the loop may touch one.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.assigned_methods import methods_of
from asyncore_codemods.analyse.outside import Inference
from asyncore_codemods.analyse.references import Surroundings
from asyncore_codemods.analyse.syntax import local_names
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from asyncore_codemods.index import Module, Project
    from asyncore_codemods.index.modules import FunctionNode
    from asyncore_codemods.model.programs import LoopSite
    from asyncore_codemods.plan.threads import Threads

_THREAD = "threading.Thread"
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_DEFINITIONS = (*_FUNCTIONS, ast.ClassDef)
_REPEATS = (ast.For, ast.While, ast.comprehension)


def find_loop_thread(
    project: Project, modules: Sequence[Module], loops: Sequence[LoopSite], threads: Threads
) -> ast.expr | None:
    """Return the expression that stands for the class of the loop's thread, None if there is no such thread.

    Nothing that runs beside it touches a channel, as far as *threads* can tell.
    """
    if len(loops) != 1:
        return None
    if any(i.target.split(".")[0] in ("atexit", "weakref") for module in modules for i in module.imports):
        return None
    finder = _Finder(project, modules, threads)
    found = finder.find(loops[0])
    if found is None or not finder.is_left_alone(*found[:2]):
        return None
    return found[2]


class _Finder:
    def __init__(self, project: Project, modules: Sequence[Module], threads: Threads) -> None:
        self.project = project
        self.modules = modules
        self.threads = threads
        self.around = {module.path: Surroundings(module) for module in modules}
        self.seen: set[int] = set()

    # -- the thread

    def find(self, site: LoopSite) -> tuple[Module, ast.Call, ast.expr] | None:
        """Return the call that makes the thread, in its module, and what names threading.Thread."""
        module = self.project.module_at(site.place.path)
        call = self.around[module.path].call_at(site.place.span)
        if site.is_thread:
            return self._once(module, call, call.func)
        functions = [n for n in self.around[module.path].ancestors(call) if isinstance(n, _FUNCTIONS)]
        if not functions:
            return None
        holder = self.around[module.path].parents[functions[0]]
        if isinstance(holder, ast.ClassDef) and functions[0].name == "run":
            bases = [b for b in holder.bases if self.project.resolve_node(module, b) == _THREAD]
            makers = [(m, c) for m, c, func in self._calls() if self._is_class(m, func, holder)]
            if len(bases) == 1 and len(makers) == 1:
                return self._once(*makers[0], bases[0])
        return self._by_target(functions[0])

    def _once(self, module: Module, call: ast.Call, named: ast.expr) -> tuple[Module, ast.Call, ast.expr] | None:
        repeated = any(isinstance(n, _REPEATS) for n in self.around[module.path].ancestors(call))
        return None if repeated else (module, call, named)

    def _by_target(self, function: FunctionNode) -> tuple[Module, ast.Call, ast.expr] | None:
        """`Thread(target=serve)` or `Thread(target=self.serve)`, the one place where the function is named."""
        named = []
        for module in self.modules:
            for node in walk(module.source.tree):
                if isinstance(node, (ast.Name, ast.Attribute)):
                    name = node.id if isinstance(node, ast.Name) else node.attr
                    if name == function.name:
                        named.append((module, node))
        if len(named) != 1:
            return None
        module, node = named[0]
        keyword = self.around[module.path].parents[node]
        call = self.around[module.path].parents.get(keyword)
        if not isinstance(keyword, ast.keyword) or keyword.arg != "target" or not isinstance(call, ast.Call):
            return None
        is_thread = self.project.resolve_node(module, call.func) == _THREAD
        return self._once(module, call, call.func) if is_thread else None

    def _calls(self) -> Iterator[tuple[Module, ast.Call, ast.expr]]:
        for module in self.modules:
            for node in walk(module.source.tree):
                if isinstance(node, ast.Call):
                    yield module, node, node.func

    def _is_class(self, module: Module, func: ast.expr, holder: ast.ClassDef) -> bool:
        entry = self.project.class_named(module, func)
        return entry is not None and entry.node is holder

    # -- what runs beside it

    def is_left_alone(self, module: Module, node: ast.AST) -> bool:
        """Tell whether nothing that may run after *node* has to do with a channel."""
        if id(node) in self.seen:
            return True
        self.seen.add(id(node))
        inner = node
        for outer in self.around[module.path].ancestors(node):
            if not all(self._is_quiet(module, later) for later in _behind(outer, inner)):
                return False
            if isinstance(outer, _FUNCTIONS):
                if self._is_in_channel(module, outer) or not self._callers_leave_alone(outer):
                    return False
                break
            inner = outer
        return self._is_quiet(module, self.around[module.path].statement(node), own=node)

    def _callers_leave_alone(self, function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
        return all(
            self.is_left_alone(module, call)
            for module, call, func in self._calls()
            if (func.id if isinstance(func, ast.Name) else getattr(func, "attr", "")) == function.name
        )

    def _is_in_channel(self, module: Module, function: ast.AST) -> bool:
        holder = self.around[module.path].parents[function]
        entry = self.project.entries.get(id(holder))
        return entry is not None and bool(entry.root)

    def _is_quiet(self, module: Module, statement: ast.AST, own: ast.AST | None = None) -> bool:
        """Tell whether *statement* does nothing with a channel; *own* is the part of it that makes the thread."""
        if isinstance(statement, _DEFINITIONS):
            return True
        functions = [n for n in self.around[module.path].ancestors(statement) if isinstance(n, _FUNCTIONS)]
        function = functions[0] if functions else None
        local = local_names(function) if function is not None else set()
        skipped = {id(node) for node in walk(own)} if own is not None else set()
        for node in walk(statement):
            if id(node) in skipped:
                continue
            if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
                if self.threads.may_touch(module, function, node):
                    return False
            elif isinstance(node, ast.Call) and not self._is_quiet_call(module, function, node, local):
                return False
        return True

    def _is_quiet_call(
        self, module: Module, function: FunctionNode | None, call: ast.Call, local: set[str]
    ) -> bool:
        if isinstance(call.func, ast.Attribute) and self.threads.crossings.takes(module, call.func):
            return True
        if isinstance(call.func, ast.Attribute) and call.func.attr in self.threads.names:
            if not self.threads.may_touch(module, function, call.func):
                return True
            called = self._method_called(module, function, call.func)
            return called is not None and self._is_quiet_method(*called)
        return self.threads.is_quiet_call(module, call, local, set())

    def _method_called(
        self, module: Module, function: FunctionNode | None, func: ast.Attribute
    ) -> tuple[Module, FunctionNode] | None:
        """Return the method that is called, of a class that is no channel: the thread's own stop(), say."""
        classes = Inference(self.project, module, function, None).classes_of(func.value) or frozenset()
        entries = [self.project.classes[name] for name in sorted(classes) if name in self.project.classes]
        if len(entries) != len(classes) or len(entries) != 1 or entries[0].root or list(entries[0].descendants()):
            return None
        methods = [m for m in methods_of(entries[0].node) if m.name == func.attr]
        return (entries[0].module, methods[0]) if len(methods) == 1 else None

    def _is_quiet_method(self, module: Module, method: FunctionNode) -> bool:
        if id(method) in self.seen:
            return True
        self.seen.add(id(method))
        return all(self._is_quiet(module, statement) for statement in method.body)


def _behind(outer: ast.AST, inner: ast.AST) -> list[ast.AST]:
    """Return what of *outer* may run after *inner*, a part of it."""
    if isinstance(outer, (ast.For, ast.While)):
        return [outer]
    found: list[ast.AST] = []
    for name in ("body", "orelse", "finalbody"):
        block = getattr(outer, name, None)
        if isinstance(block, list) and inner in block:
            found += block[block.index(inner) + 1 :]
    if isinstance(outer, ast.Try):
        found += [*outer.handlers, *outer.orelse, *outer.finalbody]
    return [node for node in found if node is not inner]
