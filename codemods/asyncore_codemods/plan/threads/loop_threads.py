"""A loop that runs in a thread of its own, while the rest of the program has nothing to do with its connections.

`threading.Thread(target=asyncore.loop).start()`, and then the main thread waits, reads its input or is a client
itself. asyncio.run() can be the target as well. But what another thread did to a channel would have to be done by
the loop's, so a program stays on the bridge if anything that runs beside the loop may touch one.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.families.references import Surroundings
from asyncore_codemods.analyse.values.syntax import REPEATS
from asyncore_codemods.nodes import FUNCTIONS, walk
from asyncore_codemods.plan.roles import role_of
from asyncore_codemods.plan.threads.joined import LoopThread
from asyncore_codemods.plan.threads.quiet import Quiet

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from asyncore_codemods.index import Module, Project
    from asyncore_codemods.index.modules import FunctionNode
    from asyncore_codemods.index.project import ClassEntry
    from asyncore_codemods.model.programs import LoopSite
    from asyncore_codemods.plan.threads.threads import Threads

_THREAD = "threading.Thread"


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
    if found is not None:
        finder.quiet.skipped |= {id(node) for node in walk(found[1])}
        finder.quiet.thread = LoopThread(project, *found[:2], finder.own_thread)
        finder.quiet.is_polled = loops[0].polling is not None
    if found is None or not finder.allow_owner(found):
        return None
    if not finder.is_left_alone(*found[:2]) or not finder.hooks_leave_alone(*found[:2]):
        return None
    for hierarchy, place in finder.quiet.closed:
        hierarchy.closed_at_last.add(place)
    for hierarchy, place in finder.quiet.ended:
        hierarchy.closed_apart.add(place)
    if finder.quiet.owner is not None:
        finder.quiet.owner.is_thread = finder.is_own_thread
    return found[2]


class _Finder:
    def __init__(self, project: Project, modules: Sequence[Module], threads: Threads) -> None:
        self.project = project
        self.modules = modules
        self.threads = threads
        self.around = {module.path: Surroundings(module) for module in modules}
        self.seen: set[int] = set()
        self.site: LoopSite | None = None
        self.own_thread: ast.ClassDef | None = None  # the class of the thread, if it has one
        self.is_own_thread = False  # the listener is the thread
        self.quiet = Quiet(project, modules, threads)

    # -- the thread

    def find(self, site: LoopSite) -> tuple[Module, ast.Call, ast.expr] | None:
        """Return the call that makes the thread, in its module, and what names threading.Thread."""
        self.site = site
        module = self.project.module_at(site.place.path)
        call = self.around[module.path].call_at(site.place.span)
        if site.is_thread:
            return self._once(module, call, call.func)
        functions = self.around[module.path].functions(call)
        if not functions:
            return None
        holder = self.around[module.path].parents[functions[0]]
        if isinstance(holder, ast.ClassDef) and functions[0].name == "run":
            bases = [b for b in holder.bases if self.project.resolve_node(module, b) == _THREAD]
            makers = [(m, c) for m, c, func in self._calls() if self._is_class(m, func, holder)]
            self.own_thread = holder if len(bases) == 1 else None
            if len(bases) == 1 and makers and self._has_own_map(holder):
                return (*makers[0], bases[0])
            if len(bases) == 1 and len(makers) == 1:
                return self._once(*makers[0], bases[0])
        return self._by_target(functions[0])

    def _has_own_map(self, holder: ast.ClassDef) -> bool:
        """Tell whether there may be several objects of a listener's class, as each has a socket map of its own."""
        found = [h.private_map for h in self.threads.hierarchies if h.top.node is holder]
        return any(one is not None and one.owner is not None and one.owner.node is holder for one in found)

    def _once(self, module: Module, call: ast.Call, named: ast.expr) -> tuple[Module, ast.Call, ast.expr] | None:
        repeated = any(isinstance(n, REPEATS) for n in self.around[module.path].ancestors(call))
        return None if repeated else (module, call, named)

    def _by_target(self, function: FunctionNode) -> tuple[Module, ast.Call, ast.expr] | None:
        """`Thread(target=serve)` or `Thread(target=self.serve)`, the one place where the function is named."""
        named = []
        for module in self.modules:
            for node in walk(module.source.tree, (ast.Name, ast.Attribute)):
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
            for node in walk(module.source.tree, ast.Call):
                yield module, node, node.func

    def _is_class(self, module: Module, func: ast.expr, holder: ast.ClassDef) -> bool:
        entry = self.project.class_named(module, func)
        return entry is not None and entry.node is holder

    # -- what runs beside it

    def hooks_leave_alone(self, module: Module, node: ast.AST) -> bool:
        """Tell the same of what nobody here calls; *node* makes the thread."""
        judged = [*self.around[module.path].ancestors(node), *self._around_loop()]
        return self.quiet.hooks_leave_alone(judged)

    def _around_loop(self) -> list[ast.AST]:
        assert self.site is not None
        around = self.around[self.project.module_at(self.site.place.path).path]
        return around.ancestors(around.call_at(self.site.place.span))

    def is_left_alone(self, module: Module, node: ast.AST) -> bool:
        """Tell whether nothing that may run after *node* has to do with a channel."""
        if id(node) in self.seen:
            return True
        self.seen.add(id(node))
        inner = node
        for outer in self.around[module.path].ancestors(node):
            if not all(self.quiet.is_quiet(module, later) for later in _behind(outer, inner)):
                return False
            if isinstance(outer, FUNCTIONS):
                if not self._is_in_owner(module, outer) and not self._callers_leave_alone(outer):
                    return False
                break
            inner = outer
        return self.quiet.is_quiet(module, self.around[module.path].statement(node), known=node)

    def _callers_leave_alone(self, function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
        return all(
            self.is_left_alone(module, call)
            for module, call, func in self._calls()
            if (func.id if isinstance(func, ast.Name) else getattr(func, "attr", "")) == function.name
        )

    # -- a listener that has a thread of its own

    def allow_owner(self, found: tuple[Module, ast.Call, ast.expr]) -> bool:
        """Have a listener make or be the thread of its loop; False if another channel does."""
        assert self.site is not None
        module, call, _ = found
        functions = self.around[module.path].functions(call)
        holders = [self._channel_around(module, functions[0])] if functions else []
        maker = self.project.class_named(module, call.func)
        classes = [entry for entry in (*holders, maker) if entry is not None and entry.root]
        if not classes:
            return True
        owners = [h for h in self.threads.hierarchies if h.top in classes and len(h.members) == 1]
        if len(classes) != 1 or len(owners) != 1 or role_of(owners[0]) != "listener":
            return False
        if self.site.owner != owners[0].top.qualname:
            return False
        around = () if self.site.is_thread else self._around_loop()  # which only starts it
        self.quiet.allow(owners[0], next((n for n in around if isinstance(n, FUNCTIONS)), None))
        self.is_own_thread = maker is owners[0].top
        return self.quiet.leaves_alone()

    def _channel_around(self, module: Module, function: ast.AST) -> ClassEntry | None:
        entry = self.project.entries.get(id(self.around[module.path].parents[function]))
        return entry if entry is not None and entry.root else None

    def _is_in_owner(self, module: Module, function: ast.AST) -> bool:
        return self._channel_around(module, function) is not None


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
