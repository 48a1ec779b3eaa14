"""Whether code that runs beside a loop does nothing with the channels that it drives.

A listener may start and end its own thread: `server.start()` and `server.stop()` are then called beside the loop,
and are as good as any other function, if they only use what is the listener's own: a flag, or the thread. Its
readable() and writable(), which asyncore asked all the time, must not look at that.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.families.constructions import home_of
from asyncore_codemods.analyse.families.references import Surroundings
from asyncore_codemods.analyse.usage.beside import called_by_asyncore, reached_from
from asyncore_codemods.analyse.usage.inference import Inference
from asyncore_codemods.analyse.values.assigned_methods import methods_of
from asyncore_codemods.analyse.values.syntax import local_names, parent_map, self_attribute, self_name
from asyncore_codemods.nodes import DEFINITIONS, FUNCTIONS, walk
from asyncore_codemods.plan.roles import role_of
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence

    from asyncore_codemods.analyse.families.hierarchies import Hierarchy
    from asyncore_codemods.index import Module, Project
    from asyncore_codemods.index.modules import FunctionNode
    from asyncore_codemods.plan.threads.joined import LoopThread
    from asyncore_codemods.plan.threads.threads import Threads

_PREDICATES = ("readable", "writable")


class Quiet:
    """Judges statements of the program in *modules*, with the help of *threads*."""

    def __init__(self, project: Project, modules: Sequence[Module], threads: Threads) -> None:
        self.project = project
        self.modules = modules
        self.threads = threads
        self.around = {module.path: Surroundings(module) for module in modules}
        self.seen: set[int] = set()
        self.skipped: set[int] = set()  # what makes the thread of the loop
        self.thread: LoopThread | None = None
        self.closed: list[tuple[Hierarchy, Place]] = []  # listeners, once that has ended
        self.ended: list[tuple[Hierarchy, Place]] = []  # listeners, for that to end
        self.is_polled = False  # it ends in other ways
        self.owner: Hierarchy | None = None  # the listener that has a thread of its own
        self.owned: dict[str, FunctionNode] = {}  # what others than the loop may call of it, by name
        self.own_data: set[str] = set()  # and what of it they may change

    def allow(self, owner: Hierarchy, loop: ast.AST | None) -> None:
        """Have nothing against what the listener *owner* does beside its own loop, which may run in *loop*."""
        module, node = owner.top.module, owner.top.node
        methods = {method.name: method for method in methods_of(node)}
        inherited = legacy.inherited_names(owner.root)
        starts = [(module, one) for one in (loop, *called_by_asyncore(owner.top)) if one is not None]
        reached = reached_from(self.project, self.modules, starts, {owner.top.qualname})
        inside = {id(region) for _, region in reached}
        defined = [m.name for e in self.project.classes.values() if e.root for m in methods_of(e.node)]
        self.owner = owner
        self.owned = {
            name: method
            for name, method in methods.items()
            if id(method) not in inside and defined.count(name) == 1 and not method.decorator_list
        }
        asked = [d.function for h in self.threads.hierarchies for d in h.reachable(*_PREDICATES)]
        looked_at = {n.attr for function in asked for n in walk(function, ast.Attribute)}
        facts = owner.facts[owner.top.qualname]
        self.own_data = {write.name for write in facts.writes} - inherited - looked_at - set(defined)

    def leaves_alone(self) -> bool:
        """Tell whether nothing in the program does anything with a channel, outside the classes of channels."""
        for module in self.modules:
            if not all(self.is_quiet(module, statement) for statement in module.source.tree.body):
                return False
            if not all(self._are_quiet(module, function.body) for function in self._functions(module)):
                return False
        return all(self.is_quiet_method(*self._home_of(method)) for method in self.owned.values())

    def hooks_leave_alone(self, judged: Container[ast.AST]) -> bool:
        """Tell whether functions that nobody here calls, but unittest say, do nothing with a channel.

        Those that have been *judged* already are left out, as are constructors, which whoever makes objects calls.
        """
        for module in self.modules:
            for function in self._functions(module):
                if function in judged or function.name == "__init__" or self._is_named(function):
                    continue
                if not self._are_quiet(module, function.body):
                    return False
        return True

    def _are_quiet(self, module: Module, statements: Iterable[ast.stmt]) -> bool:
        return all(self.is_quiet(module, statement) for statement in statements)

    def _home_of(self, method: FunctionNode) -> tuple[Module, FunctionNode]:
        assert self.owner is not None
        return self.owner.top.module, method

    def _functions(self, module: Module) -> list[FunctionNode]:
        """Return the functions of *module*, and the methods of classes that are no channels."""
        channels = [e.node for e in self.project.classes.values() if e.module is module and e.root]
        inside = {id(node) for channel in channels for node in walk(channel)}
        return [n for n in walk(module.source.tree, FUNCTIONS) if id(n) not in inside]

    def _is_named(self, function: FunctionNode) -> bool:
        """Tell whether anything but a function of the same name has it called by name."""
        for module in self.modules:
            around = self.around[module.path]
            for node in walk(module.source.tree):
                name = getattr(node, "attr", "") or getattr(node, "id", "")
                if name == function.name and isinstance(node, (ast.Name, ast.Attribute)):
                    outer = around.functions(node)
                    if not outer or outer[0].name != function.name:
                        return True
        return False

    def is_quiet(self, module: Module, statement: ast.AST, known: ast.AST | None = None) -> bool:
        """Tell whether *statement* does nothing with a channel, but in what is *known*, or makes the thread."""
        skipped = self.skipped | {id(node) for node in walk(known)} if known is not None else self.skipped
        if isinstance(statement, DEFINITIONS):
            return True
        functions = self.around[module.path].functions(statement)
        function = functions[0] if functions else None
        local = local_names(function) if function is not None else set()
        for node in walk(statement):
            if id(node) in skipped:
                continue
            if isinstance(node, ast.Call) and not self._is_quiet_call(module, function, node, local):
                return False
            if isinstance(node, ast.Attribute) and not self._is_quiet_attribute(module, function, node):
                return False
        return True

    def _is_quiet_attribute(self, module: Module, function: FunctionNode | None, node: ast.Attribute) -> bool:
        if isinstance(node.ctx, ast.Load):
            parent = self.around[module.path].parents.get(node)
            is_called = isinstance(parent, ast.Call) and parent.func is node
            handed_on = not is_called and node.attr in self.threads.methods and node.attr not in self.owned
            return not handed_on or not self._may_touch(module, function, node)
        if function is not None and node.attr in self.own_data and self._is_own(module, function, node):
            return True
        return not self._may_touch(module, function, node)

    def _is_own(self, module: Module, function: FunctionNode, node: ast.Attribute) -> bool:
        """Tell whether *node* is an attribute of the listener that has the thread, in a method of its own."""
        holder = self.around[module.path].parents.get(function)
        is_method = self.owner is not None and holder is self.owner.top.node
        return is_method and bool(self_attribute(node, self_name(function)))

    def _may_touch(self, module: Module, function: FunctionNode | None, node: ast.Attribute) -> bool:
        if not self.threads.may_touch(module, function, node):
            return False
        home = home_of(self.project, node, parent_map(module.source.tree))
        known = Inference(self.project, module, *home).classes_of(node.value)
        if known is None:
            return True
        entries = [self.project.classes.get(name) for name in known]
        return any(entry is not None and entry.root for entry in entries)

    def _is_quiet_call(
        self, module: Module, function: FunctionNode | None, call: ast.Call, local: set[str]
    ) -> bool:
        if self._makes_quietly(module, call, local) or self._closes_quietly(module, call):
            return True
        if isinstance(call.func, ast.Attribute) and self.threads.crossings.takes(module, call.func):
            return True
        if isinstance(call.func, ast.Attribute) and call.func.attr in self.threads.names:
            called = self._methods_called(module, function, call.func)
            return called is not None and all(self.is_quiet_method(*one) for one in called)
        function_named = self._function_named(module, call.func) if self.owner is not None else None
        if function_named is not None and getattr(call.func, "id", "") not in local:
            return self.is_quiet_method(*function_named)
        return self.threads.is_quiet_call(module, call, local, set())

    def _closes_quietly(self, module: Module, call: ast.Call) -> bool:
        """Tell whether *call* closes a listener once the loop's thread has ended, or for it to end; note it."""
        func, around = call.func, self.around[module.path]
        if not isinstance(func, ast.Attribute) or func.attr != "close" or call.args or call.keywords:
            return False
        if self.thread is None or not isinstance(around.parents[call], ast.Expr):
            return False
        has_ended = self.thread.has_ended(module, around, call)
        if not has_ended and (self.is_polled or not self.thread.is_waited_for(module, around, call)):
            return False
        home = home_of(self.project, func, around.parents)
        known = Inference(self.project, module, *home).classes_of(func.value)
        closed = [h for h in self.threads.hierarchies if known is not None and known <= h.names]
        if len(closed) != 1 or role_of(closed[0]) != "listener" or closed[0].overrides("close"):
            return False
        place = Place(str(module.path), module.source.span(func))
        (self.closed if has_ended else self.ended).append((closed[0], place))
        return True

    def _function_named(self, module: Module, func: ast.expr) -> tuple[Module, FunctionNode] | None:
        """Return the function of the program that is called by its own name."""
        target = self.project.resolve_node(module, func) or ""
        owner_name, _, name = target.rpartition(".")
        owner = module if owner_name in ("", module.name) else self.project.find_module(owner_name, module)
        function = owner.functions.get(name) if owner is not None else None
        return (owner, function) if owner is not None and function is not None else None

    def _makes_quietly(self, module: Module, call: ast.Call, local: set[str]) -> bool:
        """Tell whether *call* makes the listener, which binds a socket, or an object that is no channel."""
        if isinstance(call.func, ast.Name) and call.func.id in local:
            return False
        entry = self.project.class_named(module, call.func)
        if entry is None or self.owner is None:
            return False
        if entry is self.owner.top:
            return True
        if any(one.root for one in entry.lineage()):
            return False
        made = [(e.module, m) for e in entry.lineage() for m in methods_of(e.node) if m.name == "__init__"]
        return all(self.is_quiet_method(*one) for one in made)

    def _methods_called(
        self, module: Module, function: FunctionNode | None, func: ast.Attribute
    ) -> list[tuple[Module, FunctionNode]] | None:
        """Return the methods that may be called, of no channel but the one that has the thread; None if others."""
        entries = list(self.project.classes.values())
        if self.threads.may_touch(module, function, func):
            home = home_of(self.project, func, parent_map(module.source.tree))
            known = Inference(self.project, module, *home).classes_of(func.value)
            if known is not None:
                named = [self.project.classes[name] for name in sorted(known) if name in self.project.classes]
                entries = [one for entry in named for one in (*entry.lineage(), *entry.descendants())]
            if (known is None or any(one.root for one in entries)) and func.attr not in self.owned:
                return None
        else:
            entries = []
        return [(one.module, m) for one in entries for m in methods_of(one.node) if m.name == func.attr]

    def is_quiet_method(self, module: Module, method: FunctionNode) -> bool:
        """Tell whether *method* does nothing with a channel."""
        if id(method) in self.seen:
            return True
        self.seen.add(id(method))
        return all(self.is_quiet(module, statement) for statement in method.body)
