"""Decide what becomes of asyncore.loop() where the classes it drives stay on the bridge.

`asyncore.loop()` serves a map until it is empty, and so does `asyncio.run(until_empty())`, which leaves the event
loop to asyncio: other coroutines can join it there. What is more than that stays as it is, with its reason.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.families.references import Surroundings
from asyncore_codemods.analyse.looping.loop_calls import POSITIONS
from asyncore_codemods.codes import Code
from asyncore_codemods.model.sessions import Reason
from asyncore_codemods.nodes import DEFINITIONS, is_none, is_stored, once, walk
from asyncore_codemods.plan.changes import Changes
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asyncore_codemods.analyse.families.hierarchies import Hierarchy
    from asyncore_codemods.index import Module, Project

LOOP = "asyncore.loop"
UNTIL_EMPTY = "until_empty"
_DROPPED = ("timeout", "use_poll")  # how long select() waits, and by which system call, is asyncio's business
_THREADS = ("threading.Thread", "Thread")


@dataclass
class LoopPlan:
    """The loops of a program that asyncio can run, and why others stay."""

    changes: Changes = field(default_factory=Changes)
    rewritten: list[Place] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)


def plan_loop_sites(project: Project, modules: list[Module], hierarchies: Sequence[Hierarchy]) -> LoopPlan:
    """Return what becomes of every loop in *modules*, whose classes are *hierarchies*."""
    plan = LoopPlan()
    busy = {id(d.function) for hierarchy in hierarchies for d in hierarchy.reachable(*_handlers(hierarchy))}
    for module in modules:
        if module.editable:
            _ModulePlanner(project, module, busy, plan).run()
    return plan


def taken_names(tree: ast.Module, wanted: Sequence[str]) -> list[str]:
    """Return which of the *wanted* names the author gave to something else already."""
    bound = once(_bound_names, tree)
    return [name for name in wanted if name in bound]


def _bound_names(tree: ast.Module) -> set[str]:
    bound: set[str] = set()
    for node in walk(tree):
        if isinstance(node, ast.Name) and is_stored(node):
            bound.add(node.id)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, DEFINITIONS):
            bound.add(node.name)
        elif isinstance(node, ast.ImportFrom) and node.module != "asyncore_bridge":
            bound |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            bound |= {alias.asname for alias in node.names if alias.asname}
    return bound


def _handlers(hierarchy: Hierarchy) -> list[str]:
    """Return the methods that only a running loop calls."""
    events = ("collect_incoming_data", "found_terminator", "process_message", "readable", "writable", "more")
    return [name for name in hierarchy.methods if name.startswith("handle_") or name in events]


class _ModulePlanner:
    def __init__(self, project: Project, module: Module, busy: set[int], plan: LoopPlan) -> None:
        self.project = project
        self.module = module
        self.busy = busy
        self.plan = plan
        self.around = Surroundings(module)

    def run(self) -> None:
        for node in walk(self.module.source.tree, (ast.Name, ast.Attribute)):
            if is_stored(node):
                continue
            if self.project.resolve_node(self.module, node) != LOOP:
                continue
            parent = self.around.parents[node]
            if isinstance(parent, ast.Call) and parent.func is node:
                self._site(parent, parent.args, parent.keywords)
            elif isinstance(parent, ast.keyword) and parent.arg == "target":
                self._thread(self.around.parents[parent], node)
            elif not isinstance(parent, ast.Attribute):
                self._leave(node, "passes asyncore.loop on")

    def _leave(self, node: ast.AST, why: str, code: Code = Code.LOOP) -> None:
        self.plan.reasons.append(Reason(code, f"the program {why}", self._place(node)))

    def _place(self, node: ast.AST) -> Place:
        return Place(str(self.module.path), self.module.source.span(node))

    def _site(self, call: ast.Call, positional: list[ast.expr], keywords: list[ast.keyword]) -> None:
        text = self._until_empty(call, positional, keywords)
        if text:
            self._rewrite(call, f"asyncio.run({text})")

    def _rewrite(self, node: ast.expr, text: str) -> None:
        taken = taken_names(self.module.source.tree, ("asyncio", UNTIL_EMPTY))
        if taken:
            self._leave(node, f"already has something called {taken[0]}")
            return
        place = self._place(node)
        self.plan.changes.of(place.path).expressions[place.span] = text
        self.plan.rewritten.append(place)

    def _thread(self, call: ast.AST, node: ast.expr) -> None:
        """`Thread(target=asyncore.loop, kwargs={"timeout": 1})` gets a function that says the same."""
        known = isinstance(call, ast.Call) and self.project.resolve_node(self.module, call.func) in _THREADS
        if not known or not isinstance(call, ast.Call):
            self._leave(node, "passes asyncore.loop on")
            return
        given = {keyword.arg: keyword.value for keyword in call.keywords}
        args, kwargs = given.get("args", ast.Tuple([], ast.Load())), given.get("kwargs", ast.Dict([], []))
        if not isinstance(args, (ast.Tuple, ast.List)) or not isinstance(kwargs, ast.Dict) or call.args:
            self._leave(node, "gives a thread's loop arguments that cannot be seen")
            return
        names = [str(key.value) if isinstance(key, ast.Constant) else None for key in kwargs.keys]
        keywords = [ast.keyword(name, value) for name, value in zip(names, kwargs.values)]
        text = self._until_empty(call, args.elts, keywords)
        if text:
            others = [k for k in call.keywords if k.arg not in ("args", "kwargs", "target")]
            segment = self.module.source.segment
            words = [f"target=lambda: asyncio.run({text})", *(segment(keyword) for keyword in others)]
            self._rewrite(call, f"{segment(call.func)}({', '.join(words)})")

    def _until_empty(self, call: ast.Call, positional: list[ast.expr], keywords: list[ast.keyword]) -> str:
        """Return the coroutine that does what the loop with these arguments does; "" if none does."""
        given: dict[str, ast.expr] = dict(zip(POSITIONS, positional))
        given.update({keyword.arg or "**": keyword.value for keyword in keywords})
        known = {name: value for name, value in given.items() if name in POSITIONS}
        functions = self.around.functions(call)
        if len(known) < len(given) or any(isinstance(value, ast.Starred) for value in given.values()):
            self._leave(call, "runs the loop with arguments that cannot be seen")
        elif "count" in known and not is_none(known["count"]):
            self._leave(call, "runs the loop a number of times, and does something else in between")
        elif any(not _is_plain(known[name]) for name in _DROPPED if name in known):
            self._leave(call, "computes an argument of the loop")
        elif any(isinstance(function, ast.AsyncFunctionDef) for function in functions):
            self._leave(call, "runs the loop inside a coroutine")
        elif any(id(function) in self.busy for function in functions):
            self._leave(call, "runs a loop inside a handler, which another loop calls")
        elif "map" in known and not is_none(known["map"]):
            return f"{UNTIL_EMPTY}({self.module.source.segment(known['map'])})"
        else:
            return f"{UNTIL_EMPTY}()"
        return ""


def _is_plain(node: ast.expr) -> bool:
    """Tell whether nothing happens when an expression is no longer evaluated."""
    allowed = (ast.Constant, ast.Name, ast.Attribute, ast.expr_context, ast.UnaryOp, ast.unaryop, ast.BinOp)
    return all(isinstance(inner, (*allowed, ast.operator)) for inner in walk(node))
