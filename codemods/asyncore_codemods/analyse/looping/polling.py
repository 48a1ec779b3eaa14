"""Loops that are run for a pass at a time, by a `while` that does other work in between.

`while running: asyncore.loop(timeout=0.1, count=1); work()` becomes a coroutine that sleeps where the pass waited,
while tasks serve the connections. A pass ended with the first event, so that what it set was looked at then and
there: what the `while` looks at and a handler sets has to end the sleep as well. Other work only comes a little
later, and may do so where the pass did not wait for long.

A game's frames are something else: passes that take what is there, as far apart as the program sleeps. Events do
not make more of them, and what they set is looked at in the next frame.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Callable

from asyncore_codemods.analyse.families.references import Surroundings
from asyncore_codemods.analyse.looping.carried import evaluates_first
from asyncore_codemods.analyse.looping.each_pass import EachPass
from asyncore_codemods.analyse.looping.flags import Flag, FlagReader, telling
from asyncore_codemods.analyse.looping.flags_of_each import looked_through, read_each
from asyncore_codemods.analyse.looping.map_questions import asks_for_map
from asyncore_codemods.analyse.looping.schedules import Schedules
from asyncore_codemods.analyse.looping.stop_events import read_stop_event
from asyncore_codemods.analyse.usage.beside import run_beside
from asyncore_codemods.analyse.values.flow import leaves
from asyncore_codemods.analyse.values.syntax import last_name
from asyncore_codemods.analyse.values.waits import Numbers
from asyncore_codemods.codes import Code
from asyncore_codemods.index.modules import dotted_name
from asyncore_codemods.model.programs import Polling
from asyncore_codemods.model.sessions import Reason, Replacement
from asyncore_codemods.nodes import CALLABLES, SCOPES, is_stored, walk
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asyncore_codemods.index import Module, Project
    from asyncore_codemods.index.project import ClassEntry

LONGEST = 1.0  # seconds that work may come later
_DEFAULT = "30"  # seconds that loop() waits
_CLOCKS = ("time.time", "time.monotonic", "time.perf_counter")


def _anything(_places: Sequence[Place]) -> bool:
    return True


def read_polling(
    project: Project,
    modules: Sequence[Module],
    module: Module,
    call: ast.Call,
    given: dict[str, ast.expr],
    *,
    has_threads: bool = False,
    owner: ClassEntry | None = None,
    threads_reach: Callable[[Sequence[Place]], bool] = _anything,
) -> Polling | Reason | None:
    """Return how *call*, a single pass with the arguments *given*, is polled; None if it stands in no `while`.

    The objects of the class *owner*, if there is one, run such a loop each. *threads_reach* tells whether other
    threads may run any of some statements.
    """
    around = Surroundings(module)
    ancestors = around.ancestors(call)
    functions = [n for n in ancestors if isinstance(n, CALLABLES)]
    inner = ancestors[: ancestors.index(functions[0])] if functions else ancestors
    inner = inner[1:] if evaluates_first(inner[0], call) else inner
    loops = [n for n in inner if isinstance(n, (ast.For, ast.While))]
    if len(loops) != 1 or not isinstance(loops[0], ast.While) or loops[0].orelse:
        return None
    body = functions[0] if functions else module.source.tree
    reader = _Reader(
        project, modules, module, call, loops[0], body, given, owner=owner, threads_reach=threads_reach
    )
    polling = reader.read_watched() if has_threads else reader.read()
    if isinstance(polling, Polling):
        test = loops[0].test
        polling.may_be_over = not (isinstance(test, ast.Constant) and bool(test.value))
    return polling


@dataclass
class _Reader:
    project: Project
    modules: Sequence[Module]
    module: Module
    call: ast.Call
    loop: ast.While
    function: ast.AST
    given: dict[str, ast.expr]
    flags: list[Flag] = field(default_factory=list)
    asks: list[Replacement] = field(default_factory=list)
    each: set[str] = field(default_factory=set)  # what stands for an object of several
    schedule: ast.Call | None = None  # which says how long to wait
    owner: ClassEntry | None = None
    threads_reach: Callable[[Sequence[Place]], bool] = _anything

    def read(self) -> Polling | Reason:
        self.around = Surroundings(self.module)
        self.flag_reader = FlagReader(self.project, self.modules, self.module, self.function, self.loop)
        if any(i.target.startswith("threading") for m in self.modules for i in m.imports):
            self.flag_reader.apart = self.owner  # only other threads may change what it looks at
        self.schedules = Schedules(self.modules, self.flag_reader, self._is_clock_in)
        seconds, removed = self._seconds()
        if not seconds:
            return self._fail(self.call, "runs single passes of the loop that may wait for more than a second")
        if removed is not None and not self._is_always_made():
            return self._fail(self.call, "leaves out some passes of the loop, and sleeps all the same")
        if removed is not None and not any(isinstance(node, ast.Continue) for node in walk(self.loop)):
            return self._read_asks(seconds, removed)  # the frames of a game
        each_pass = EachPass(self.modules, self.loop, self.call, self._is_settled)
        counted, said = each_pass.counts(), each_pass.says()
        if counted is not None:
            return self._fail(counted, "counts the passes of its loop, which events make shorter")
        if said is not None:
            return self._fail(said, "says something with each pass of its loop, which events make shorter")
        for test in self._tests():
            strange = self._read_test(test, is_compared=False)
            if strange is not None:
                what = self.module.source.segment(strange)
                return self._fail(strange, f"looks at {what} between the passes of the loop")
        polling = Polling(seconds, self._place(self.loop), asks=self.asks, removed=removed)
        if self.flags and any(i.target.startswith("threading") for m in self.modules for i in m.imports):
            writes = [write.place for flag in self.flags for write in flag.writes]
            if self._are_others(seconds, writes):
                self.flags = []
            elif self.threads_reach([self._place(self.loop), *writes]):
                return self._fail(
                    self.loop, "looks at what other threads may change between the passes of the loop"
                )
        undeclared = any(flag.is_global and flag.declared is None for flag in self.flags)
        several = len({flag.event for flag in self.flags}) > 1
        if (several or undeclared) and not self._share_event(polling):
            what = "several objects" if several else "what other files change"
            return self._fail(self.loop, f"looks at {what} between the passes of the loop")
        if self.flags:
            polling.event = self.flags[0].event
            polling.is_global = self.flags[0].is_global
            seen: set[Place] = set()
            declared = [flag.declared for flag in self.flags if flag.declared is not None]
            polling.woken += declared[:1] if polling.declared is None else []
            for flag in self.flags:
                for write in flag.writes:
                    if write.place not in seen:
                        seen.add(write.place)
                        polling.woken.append(write)
        return polling

    def _are_others(self, seconds: str, writes: Sequence[Place]) -> bool:
        """Tell whether only other threads change what is looked at: they wait until the pass is over anyway."""
        timeout = self.given.get("timeout")
        is_short = timeout is not None and seconds == self._text(timeout) and self._number(timeout) is not None
        return is_short and run_beside(self.project, self.modules, self.module, self.loop, writes)

    def _share_event(self, polling: Polling) -> bool:
        """Have one event of the module tell of everything that is looked at; False if others set some of it."""
        tree = self.module.source.tree
        first = next((s for s in tree.body if isinstance(s, SCOPES)), None)
        names = {flag.event.rpartition(".")[2] for flag in self.flags}
        writes = [write for flag in self.flags for write in flag.writes]
        paths = {write.place.path for write in writes}
        if first is None or len(names) > 1 or paths != {str(self.module.path)}:
            return False
        event = names.pop()
        polling.declared = Replacement(self._place(first), f"{event} = None  # an event, once there is a loop\n")
        for flag in self.flags:
            flag.event, flag.is_global = event, True
            flag.writes = [
                Replacement(write.place, telling(event, early=write.text.startswith("if ")))
                for write in flag.writes
            ]
        return True

    def read_watched(self) -> Polling | Reason:
        """Read a loop that others watch over, in threads of their own: no event could tell it in time."""
        timeout = self.given.get("timeout")
        if timeout is None or self._number(timeout) == 0:
            return self._fail(self.call, "runs single passes of the loop without a timeout")
        return self._read_asks(self.module.source.segment(timeout), None)

    def _read_asks(self, seconds: str, removed: Place | None) -> Polling | Reason:
        """Read a loop that looks at nothing of which it would have to be told, but for whether the map is empty."""
        for test in self._tests():
            for node in walk(test):
                if isinstance(node, ast.expr) and asks_for_map(self.project, self.module, node) is not None:
                    self._read_test(node, is_compared=False)
                elif isinstance(node, ast.Compare) and self._counts_channels(node):
                    return self._fail(node, "asks how many there are between the passes of the loop")
        outermost = [
            ask
            for ask in self.asks
            if not any(a is not ask and a.place.span.contains(ask.place.span) for a in self.asks)
        ]
        return Polling(seconds, self._place(self.loop), asks=outermost, removed=removed)

    def _counts_channels(self, node: ast.Compare) -> bool:
        """Tell whether a comparison, which does not ask whether the map is empty, asks for its length."""
        parts = (part for side in (node.left, *node.comparators) for part in walk(side, ast.expr))
        return any(asks_for_map(self.project, self.module, part) is not None for part in parts)

    def _place(self, node: ast.AST) -> Place:
        return Place(str(self.module.path), self.module.source.span(node))

    def _fail(self, node: ast.AST, message: str) -> Reason:
        return Reason(Code.LOOP, f"the program {message}", self._place(node))

    # -- how long a pass waits

    def _seconds(self) -> tuple[str, Place | None]:
        """Return how long to sleep, and the time.sleep() that a pass without a timeout has beside it.

        A loop that does nothing but such passes has no work of its own, for which it would have to wake up.
        """
        timeout = self.given.get("timeout")
        if timeout is None and not self.given.get("poll"):
            return (_DEFAULT if self._works_by_clock() else ""), None
        if timeout is not None and self._number(timeout) != 0:
            number = self._number(timeout)
            is_short = number is not None and 0 < number <= LONGEST
            is_known = is_short or self._is_schedule(timeout)
            is_known = is_known or (self._is_arithmetic(timeout) and self._works_by_clock())
            return (self._text(timeout) if is_known else ""), None
        for statement in self.loop.body:
            call = statement.value if isinstance(statement, ast.Expr) else None
            if isinstance(call, ast.Call) and self.project.resolve_node(self.module, call.func) == "time.sleep":
                number = self._number(call.args[0]) if len(call.args) == 1 else None
                if number and number <= LONGEST:
                    return self.module.source.segment(call.args[0]), self._place(statement)
        is_all = [statement.value for statement in self.loop.body if isinstance(statement, ast.Expr)] == [self.call]
        return (_DEFAULT if is_all and len(self.loop.body) == 1 else ""), None

    def _text(self, node: ast.expr) -> str:
        """Return an expression as it is written, also if it is a default value in another file."""
        is_here = any(node is other for other in walk(self.module.source.tree))
        return self.module.source.segment(node) if is_here else ast.unparse(node)

    def _number(self, node: ast.expr) -> float | None:
        return Numbers(self.project, self.module, self.function).of(node)

    def _is_schedule(self, timeout: ast.expr) -> bool:
        """Tell whether a method says how long to wait, and its object does what there is to do in between."""
        call = self._value_in_loop(timeout) if isinstance(timeout, ast.Name) else timeout
        if not isinstance(call, ast.Call) or not self.schedules.works_out(call):
            return False
        self.flags += self.schedules.flags
        self.schedule = call
        return self._works_by_clock()

    def _value_in_loop(self, name: ast.Name) -> ast.expr | None:
        """Return what the loop gives to a name that nothing else is given to."""
        stores = [n for n in walk(self.function, ast.Name) if n.id == name.id and n is not name]
        given = [s for s in self.loop.body if isinstance(s, ast.Assign) and s.targets[0] in stores]
        is_only = sum(is_stored(n) for n in stores) == 1
        return given[0].value if is_only and len(given) == 1 and len(given[0].targets) == 1 else None

    def _is_always_made(self) -> bool:
        """Tell whether each turn of the `while` makes the pass, under whatever `try`."""
        for node in self.around.ancestors(self.call):
            if node is self.loop:
                return True
            if not isinstance(node, (ast.Expr, ast.Assign, ast.For, ast.Try)):
                return False
        return False

    # -- what it does in between

    def _works_by_clock(self) -> bool:
        """Tell whether events make no difference to the work in between: it is due at a time, or there is none."""
        return all(self._is_by_clock(statement) for statement in self.loop.body)

    def _is_by_clock(self, node: ast.stmt) -> bool:
        if isinstance(node, ast.Try) and not node.orelse and not node.finalbody:
            return all(self._is_by_clock(statement) for statement in node.body)
        if isinstance(node, ast.Expr):
            is_work = isinstance(node.value, ast.Call) and self.schedules.only_does(node.value)
            return node.value is self.call or is_work
        if isinstance(node, (ast.Assign, ast.AugAssign)):
            if node.value is self.schedule:
                return True
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            return all(isinstance(target, ast.Name) for target in targets) and self._is_arithmetic(node.value)
        if not isinstance(node, ast.If) or node.orelse:
            return isinstance(node, ast.Pass)
        only_ends = all(isinstance(statement, (ast.Break, ast.Return, ast.Pass)) for statement in node.body)
        asks = self._is_arithmetic(node.test) and self._asks_clock(node.test)
        return only_ends or asks or (isinstance(node.test, ast.Call) and self.schedules.is_due(node.test))

    def _asks_clock(self, node: ast.expr) -> bool:
        timed = {
            target.id
            for inner in walk(self.loop, ast.Assign)
            if self._is_clock(inner.value)
            for target in inner.targets
            if isinstance(target, ast.Name)
        }
        parts = list(walk(node, ast.expr))
        return any(self._is_clock(part) or (isinstance(part, ast.Name) and part.id in timed) for part in parts)

    def _is_arithmetic(self, node: ast.expr) -> bool:
        """Tell whether *node* is worked out of numbers that no handler changes, and of the time."""
        if isinstance(node, ast.Constant) or self._is_clock(node):
            return True
        if isinstance(node, (ast.Name, ast.Attribute)):
            flag = self.flag_reader.read(node, is_compared=True)
            return flag is not None and not flag.writes
        if isinstance(node, ast.Call):
            is_choice = isinstance(node.func, ast.Name) and node.func.id in ("max", "min", "round")
            return is_choice and not node.keywords and all(self._is_arithmetic(arg) for arg in node.args)
        if not isinstance(node, (ast.BinOp, ast.UnaryOp, ast.Compare, ast.BoolOp)):
            return False
        return all(self._is_arithmetic(n) for n in ast.iter_child_nodes(node) if isinstance(n, ast.expr))

    def _is_settled(self, test: ast.expr) -> bool:
        """Tell whether a condition comes out alike in all passes."""
        return self._is_arithmetic(test) and not self._asks_clock(test)

    # -- what it looks at

    def _tests(self) -> list[ast.expr]:
        """Return what decides whether the loop goes on: its test, and those before `break` or `running = False`."""
        decisions = list(walk(self.loop, ast.If))
        looked = {dotted_name(n) for n in walk(self.loop.test, (ast.Name, ast.Attribute))}

        def ends(statement: ast.stmt) -> bool:
            stored = list(walk(statement, (ast.Name, ast.Attribute)))
            sets = any(isinstance(n.ctx, ast.Store) and dotted_name(n) in looked for n in stored)
            return sets or self._ends_loop(statement)

        ending = [n for n in decisions if any(ends(s) for s in (*n.body, *n.orelse))]
        return [self.loop.test, *(node.test for node in ending)]

    @staticmethod
    def _ends_loop(statement: ast.stmt) -> bool:
        return any(
            isinstance(node, (ast.Break, ast.Return, ast.Raise)) or (isinstance(node, ast.stmt) and leaves(node))
            for node in walk(statement)
        )

    def _read_test(self, node: ast.expr, *, is_compared: bool) -> ast.expr | None:
        """Take in what *node* looks at; return the first part of it that is not understood."""
        asked = asks_for_map(self.project, self.module, node)
        if asked is not None and is_compared:
            return node  # how many there are is more than whether there are any
        if asked is not None:
            text = "not serving.done()" if asked else "serving.done()"
            self.asks.append(Replacement(self._place(node), text))
            return None
        if isinstance(node, ast.Constant) or self._is_clock(node):
            return None
        each = looked_through(node)
        if each is not None:
            return self._read_each(each)
        if isinstance(node, ast.Call) and dotted_name(node.func) == "len" and len(node.args) == 1:
            return self._read_test(node.args[0], is_compared=False)
        told = read_stop_event(self.project, self.modules, self.module, node)
        if told is not None:
            self.flags.append(told)
            return None
        if isinstance(node, ast.Name) and node.id in self.each:
            return None
        if isinstance(node, (ast.Name, ast.Attribute)):
            if isinstance(node, ast.Attribute) and last_name(node.value) in self.each:
                flag = read_each(self.flag_reader, node.attr)
            else:
                flag = self.flag_reader.read(node, is_compared=is_compared)
            if flag is None:
                return node
            if flag.writes:
                self.flags.append(flag)
            return None
        if isinstance(node, (ast.BoolOp, ast.UnaryOp)):
            parts = node.values if isinstance(node, ast.BoolOp) else [node.operand]
        elif isinstance(node, (ast.Compare, ast.BinOp)):
            parts = [node.left, *node.comparators] if isinstance(node, ast.Compare) else [node.left, node.right]
            is_compared = True
        else:
            return node
        strange = (self._read_test(part, is_compared=is_compared) for part in parts)
        return next((part for part in strange if part is not None), None)

    def _read_each(self, node: ast.GeneratorExp | ast.ListComp) -> ast.expr | None:
        """Take in what a condition asks of each object of a list; return what is not understood."""
        through = node.generators[0]
        self.each = {last_name(through.target)}
        parts = (self._read_test(part, is_compared=False) for part in (through.iter, *through.ifs, node.elt))
        strange = next((part for part in parts if part is not None), None)
        self.each = set()
        return strange

    def _is_clock(self, node: ast.expr) -> bool:
        return self._is_clock_in(self.module, node)

    def _is_clock_in(self, module: Module, node: ast.expr) -> bool:
        if not isinstance(node, ast.Call) or node.args or node.keywords:
            return False
        return self.project.resolve_node(module, node.func) in _CLOCKS
