"""Decide whether the statements around a loop can go into a coroutine with it.

That is where a polled loop sleeps, and where what needs the connections afterwards can still use them. Ctrl-C has
to raise KeyboardInterrupt inside that coroutine then, as it did inside asyncore.loop(), and `interruptible()` sees
to that. Other ways to end a loop from within, such as sys.exit() in a handler, end asyncio's from outside.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.families.references import Surroundings, outline_of
from asyncore_codemods.analyse.looping.blocks import read_block
from asyncore_codemods.analyse.looping.loop_methods import read_method
from asyncore_codemods.analyse.looping.map_questions import asks_for_map
from asyncore_codemods.analyse.looping.processes import process_of
from asyncore_codemods.analyse.values.syntax import last_name
from asyncore_codemods.codes import Code
from asyncore_codemods.index.modules import dotted_name
from asyncore_codemods.model.sessions import Reason
from asyncore_codemods.nodes import FUNCTIONS, walk
from asyncore_codemods.plan.looping.loop_sites import taken_names
from asyncore_codemods.plan.looping.starting import Starting
from asyncore_codemods.plan.surroundings import catches_interrupts
from asyncore_codemods.plan.threads.interrupts import handlers_in, raised_in_loop
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asyncore_codemods.analyse.looping.aftermath import Aftermath
    from asyncore_codemods.index import Module, Project
    from asyncore_codemods.model.programs import Block, LoopSite

INTERRUPTIBLE = "interruptible"
_AGAIN = "the program runs the loop again and again"
_POLLED = ("serving", "pause")
_LEAVING = frozenset({"SystemExit", "KeyboardInterrupt", "GeneratorExit", "ExitNow", "exit", "quit"})


class Moving:
    """Moves what follows the loop of a program into a coroutine, if that comes to the same."""

    def __init__(
        self,
        project: Project,
        modules: Sequence[Module],
        loops: Sequence[LoopSite],
        startable: frozenset[str],
        *,
        starts: bool,
    ) -> None:
        self.project = project
        self.modules = modules
        self.loops = loops
        self.startable = startable  # classes whose constructors say what is wrong with an address
        self.starts = starts  # clients are made elsewhere, and have tasks of their own

    def move(self, aftermath: Aftermath, *, is_one_of_many: bool = False) -> list[Reason]:
        """Give the loop its block; return why it cannot have one. With *is_one_of_many* there may be more loops."""
        site = aftermath.startup.site
        module = self.project.module_at(site.place.path)
        call = Surroundings(module).call_at(site.place.span)
        reasons = list(dict.fromkeys(aftermath.reasons))
        if not reasons or site.polling is not None:  # what stands behind a pass is no reason by itself
            reasons = [Reason(Code.LOOP, _AGAIN, site.place)]
        modules = process_of(self.project, self.modules, module) if len(self.loops) != 1 else self.modules
        paths = {str(one.path) for one in modules}
        if sum(one.place.path in paths for one in self.loops) != 1 and not is_one_of_many:
            return _because(reasons, ", and other loops beside it")
        if site.handed is not None or site.is_thread or (site.is_apart and site.polling is None) or not site.alone:
            return reasons
        runs_once = is_one_of_many or site.is_apart or Starting.runs_once(modules, site.scope)
        if not runs_once and not self._leaves_nothing(aftermath, module):
            return _because(reasons, f", in {site.scope}(), which is not called in just one place")
        if not aftermath.is_near:
            site.block = self._in_caller(aftermath, module, call)
            return reasons if site.block is None or site.last else []
        served = " ".join(root.text for root in aftermath.startup.roots)
        needed = frozenset(re.findall(r"\w+", served))
        block = read_block(module, call, aftermath.statements, self._polled(module, site), needed)
        if block is None:
            return _because(reasons, ", among statements that cannot go into a coroutine with it")
        if (site.polling is not None or site.last) and not self._can_have_task(aftermath, module):
            return reasons
        if self._catches(module, call, block) and not self._can_interrupt(module, call, site, block):
            return reasons
        site.block = self._whole(module, call, block)
        if not all(site.block.place.span.contains(one.place.span) for one in site.last):
            return reasons
        for one in site.last:
            ancestors = Surroundings(module).ancestors(Surroundings(module).call_at(one.place.span))
            outer = [node for node, inner in zip(ancestors[1:], ancestors) if inner in getattr(node, "body", ())]
            one.catches = block.catches and self._is_tried(module, outer, site.block)
        return []

    def _leaves_nothing(self, aftermath: Aftermath, module: Module) -> bool:
        """Tell whether a polled loop ends when all that its own function made is done, so that it may run again."""
        loop = self._polled(module, aftermath.startup.site)
        if not isinstance(loop, ast.While) or self.starts or not asks_for_map(self.project, module, loop.test):
            return False
        if loop.orelse or any(isinstance(node, (ast.Break, ast.Return)) for node in walk(loop)):
            return False
        around = Surroundings(module)
        function = next(iter(around.functions(loop)), None)
        if function is None or catches_interrupts(list(self.modules)):
            return False
        home = Place(str(module.path), module.source.span(function))
        made = [call for root in aftermath.startup.roots for call in root.calls]
        tried = any(
            isinstance(node, ast.Try)
            for other in self.modules
            for call in outline_of(other).calls.get(function.name, ())
            for node in Surroundings(other).ancestors(call)
        )
        return bool(made) and all(home.contains(call) for call in made) and not tried

    def _in_caller(self, aftermath: Aftermath, module: Module, call: ast.Call) -> Block | None:
        """Have a method that runs the loop be a coroutine, and its caller's statements another one."""
        whole = read_method(self.project, self.modules, module, call)
        if aftermath.startup.site.polling is not None or whole is None or len(whole.calls) != 1:
            return None
        place = whole.calls[0]
        caller = self.project.module_at(place.path)
        called = Surroundings(caller).call_at(place.span)
        if not all(statement in walk(caller.source.tree) for statement in aftermath.statements):
            return None
        outer = read_block(caller, called, aftermath.statements)
        whole.catches = True
        if outer is None or not self._can_interrupt(module, call, aftermath.startup.site, whole):
            return None
        whole.outer = outer
        return whole

    def _whole(self, module: Module, call: ast.Call, block: Block) -> Block:
        """Have a method that runs the loop be the coroutine itself, if it can, rather than hold one."""
        whole = read_method(self.project, self.modules, module, call)
        if whole is None:
            return block
        if self._catches(module, call, whole) and not block.catches:
            return block  # what stands around the rest would need more care
        whole.signals = block.signals
        whole.is_endless = block.is_endless and whole.place.span.end_line == block.place.span.end_line
        return whole

    @staticmethod
    def _polled(module: Module, site: LoopSite) -> ast.stmt | None:
        span = site.polling.loop.span if site.polling is not None else None
        statements = (n for n in walk(module.source.tree, ast.While))
        return next((n for n in statements if module.source.span(n) == span), None)

    # -- polled loops

    def _can_have_task(self, aftermath: Aftermath, module: Module) -> bool:
        """Tell whether what is driven can run in a task of its own, and what is changed for it can be changed."""
        polling = aftermath.startup.site.polling
        paths = {str(m.path) for m in self.modules if m.editable}
        names = _POLLED if polling is not None and polling.event else _POLLED[:1]
        woken = polling.woken if polling is not None else []
        if taken_names(module.source.tree, names) or not {write.place.path for write in woken} <= paths:
            return False
        is_endless = any(one.seconds is None for one in aftermath.startup.site.last)
        if is_endless and polling is not None and self.starts:
            return False  # no one task is to be waited for
        classes = {name for root in aftermath.startup.roots for name in root.classes}
        clients = {name for name in classes if not self._listens(name)}
        return clients <= self.startable

    def _listens(self, name: str) -> bool:
        entry = self.project.classes.get(name)
        if entry is not None and (entry.root or "").startswith("smtpd."):
            return True
        return entry is not None and any(
            isinstance(node, ast.Attribute) and node.attr in ("listen", "bind", "SOCK_DGRAM")
            for ancestor in [entry, *entry.lineage()]
            for node in walk(ancestor.node)
        )

    # -- interrupts

    def _catches(self, module: Module, call: ast.Call, block: Block) -> bool:
        """Tell whether a `try` around the loop goes into the coroutine."""
        ancestors = Surroundings(module).ancestors(call)
        found = self._is_tried(module, ancestors, block)
        found = found and not _is_in_thread(self.project, self.modules, ancestors)
        block.catches = found
        return found

    @staticmethod
    def _is_tried(module: Module, ancestors: Sequence[ast.AST], block: Block) -> bool:
        span = module.source.span
        return any(_may_catch(n) and block.place.span.contains(span(n)) for n in ancestors)

    def _can_interrupt(self, module: Module, call: ast.Call, site: LoopSite, block: Block) -> bool:
        """Tell whether what signals raise can be raised in *block*, which is told of them."""
        signals = raised_in_loop(self.project, self.modules, site)
        if signals is None or taken_names(module.source.tree, (INTERRUPTIBLE, "signal")):
            return False
        block.signals = tuple(sorted(signals))
        return not self._leaves_otherwise(module, call)

    def _leaves_otherwise(self, home: Module, call: ast.Call) -> bool:
        """Tell whether something that the loop calls may end it with an exception of its own."""
        around = Surroundings(home).ancestors(call)
        return any(
            self._leaves(module, node)
            for module in self.modules
            for function in self._functions(module, around)
            for node in walk(function)
        )

    def _leaves(self, module: Module, node: ast.AST) -> bool:
        """Tell whether *node* names what may end a loop; a method of the program's own may be called quit()."""
        if not isinstance(node, (ast.Name, ast.Attribute)) or last_name(node) not in _LEAVING:
            return False
        is_builtin = isinstance(node, ast.Name) or last_name(node) not in ("exit", "quit")
        return is_builtin or self.project.resolve_node(module, node) == "sys.exit"

    @staticmethod
    def _functions(module: Module, around: Sequence[ast.AST]) -> list[ast.AST]:
        """Return the functions of *module* but for those *around* the loop, and those that call them."""
        names = {node.name for node in around if isinstance(node, FUNCTIONS)}
        signalled = handlers_in(module)
        functions = [
            node for node in walk(module.source.tree, FUNCTIONS) if node not in around and node not in signalled
        ]
        return [
            function
            for function in functions
            if not any(
                isinstance(node, ast.Call) and (dotted_name(node.func) or "").rpartition(".")[2] in names
                for node in walk(function)
            )
        ]


def _because(reasons: Sequence[Reason], why: str) -> list[Reason]:
    """Return *reasons* with what keeps a loop that runs again and again."""
    return [Reason(r.code, r.message + why, r.place) if r.message == _AGAIN else r for r in reasons]


def _is_in_thread(project: Project, modules: Sequence[Module], ancestors: Sequence[ast.AST]) -> bool:
    """Tell whether the function around the loop is what a thread runs: Ctrl-C is the main thread's business."""
    function = next((node for node in ancestors if isinstance(node, FUNCTIONS)), None)
    holder = next((node for node in ancestors if isinstance(node, ast.ClassDef)), None)
    entry = project.entries.get(id(holder))
    if function is None:
        return False
    if function.name == "run" and entry is not None and entry.is_thread:
        return True
    return any(
        isinstance(node, ast.keyword)
        and node.arg == "target"
        and (dotted_name(node.value) or "").rpartition(".")[2] == function.name
        for module in modules
        for node in walk(module.source.tree)
    )


def _may_catch(node: ast.AST) -> bool:
    """Tell whether a statement may deal with an exception; a lock, which has a name, only lets go."""
    if isinstance(node, ast.With):
        return any(isinstance(item.context_expr, ast.Call) for item in node.items)
    return isinstance(node, ast.Try)
