"""Dispatchers that read by hand: handle_read() with one recv(), perhaps in a `try`, and with notes in front.

recv() returns b"" at the end of a connection, *after* it has run handle_close(); streams code is not called then.
What handle_read() does with an empty piece is found out by empty_piece.py.

A client without handle_read() never learns what its peer says, not even that it has gone. It is understood if
handle_connect() hangs up: it only wanted to know whether somebody answers. So is a session that says all it has to
say in its constructor, and closes there.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.input.counting import Counting, read_counting
from asyncore_codemods.analyse.input.empty_piece import HOOKS, AtEnd, read_at_end
from asyncore_codemods.analyse.input.predicates import is_log
from asyncore_codemods.analyse.input.receiving import (
    Branches,
    Draining,
    adds_nothing,
    is_known_before,
    read_branches,
    read_draining,
)
from asyncore_codemods.analyse.lifetime.endings import closes_always
from asyncore_codemods.analyse.usage.own_state import changed_by_others
from asyncore_codemods.analyse.values.syntax import (
    begins_with,
    is_length_of,
    is_self_attribute,
    parent_map,
    self_attribute,
    significant,
    statement_around,
)
from asyncore_codemods.codes import Code
from asyncore_codemods.model.sessions import Delivery, InputIdiom, Reason, Replacement
from asyncore_codemods.nodes import walk
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from asyncore_codemods.analyse.families.hierarchies import Definition, Hierarchy
    from asyncore_codemods.analyse.usage.outside import OutsideUse

_SIZE = "65536"


@dataclass
class RawInput(InputIdiom):
    """How handle_read() gets its data: the size it asks for, as an expression that any method can evaluate."""

    size: str = _SIZE
    measures: bool = False  # which is worked out each time, and may come to nothing
    at_end: bool = False  # it does something with the empty data that ends a connection, too
    first: bool = False  # before it calls recv(), which runs handle_close()
    may_fail: bool = False  # which may raise, and end in the author's hooks
    goes_on: Reason | None = None  # what speaks against that if send() does not run the hooks again
    swaps: Reason | None = None  # what comes in front of recv() at the end would come behind the hooks
    reads: bool = True  # there is a handle_read() at all
    counting: Counting | None = None  # what a recv() of the author's own counts


def read_raw_input(hierarchy: Hierarchy, outside: list[OutsideUse], *, connects: bool = False) -> RawInput | Reason:
    """Return how the classes of *hierarchy* read, or why that is not understood; *connects* if all are clients."""
    defined = hierarchy.methods.get("handle_read", [])
    if not defined:
        if connects and _hangs_up(hierarchy):
            return RawInput(Delivery.PIECES, reads=False)
        if not connects and leaves_at_once(hierarchy):
            return RawInput(Delivery.PIECES)
        top = hierarchy.top
        place = Place(str(top.module.path), top.module.source.span(top.node))
        return Reason(Code.DISPATCHER, "does not define handle_read()", place)
    idiom = RawInput(Delivery.PIECES)
    readers = [_Reader(hierarchy, definition, outside) for definition in defined]
    for reader in readers:
        problem = reader.understand()
        if problem is not None:
            return problem
    sizes = {reader.size for reader in readers}
    if len(sizes) > 1:
        return Reason(Code.DISPATCHER, "reads pieces of different sizes", defined[0].place(defined[0].function))
    idiom.size = sizes.pop()
    idiom.measures = any(reader.measures for reader in readers)
    idiom.at_end = any(reader.at_end is not AtEnd.NOTHING for reader in readers)
    idiom.first = any(reader.at_end is AtEnd.FIRST for reader in readers)
    if idiom.first and any(reader.at_end is AtEnd.SHOWS for reader in readers):
        message = "one handle_read() does something before recv(), another with the empty data at the end"
        return Reason(Code.DISPATCHER, message, defined[0].place(defined[0].function))
    idiom.may_fail = any(reader.may_fail for reader in readers)
    idiom.goes_on = next((reader.goes_on() for reader in readers if reader.may_send), None)
    idiom.swaps = next((reader.goes_on() for reader in readers if reader.swaps), None)
    wished = {reader.wished for reader in readers}
    candidates = [*(wished if len(wished) == 1 else ()), "data", "received", "piece"]
    idiom.parameter = next(name for name in candidates if name and all(reader.accepts(name) for reader in readers))
    odd = next((r for r in readers if r.draining is not None and r.wished != idiom.parameter), None)
    if odd is not None:
        message = "receives in a loop, and elsewhere in another way"
        return Reason(Code.DISPATCHER, message, odd.definition.place(odd.call))
    for reader in readers:
        reader.rewrite(idiom)
    if hierarchy.overrides("recv"):
        idiom.counting = read_counting(hierarchy)
        if idiom.counting is None or any(reader.draining or reader.branches for reader in readers):
            return Reason(Code.OVERRIDE, "recv() does more than count", defined[0].place(defined[0].function))
        idiom.removed.append(idiom.counting.place)
    return idiom


def _hangs_up(hierarchy: Hierarchy) -> bool:
    """Tell whether clients that never read close as soon as they are connected, or have failed to be."""
    greetings, errors = (hierarchy.methods.get(name, ()) for name in ("handle_connect", "handle_error"))
    if not any(hierarchy.has_for_all(definition.entry) for definition in greetings):
        return False
    if not all(closes_always(hierarchy, definition, frozenset()) for definition in (*greetings, *errors)):
        return False
    if hierarchy.root == legacy.DISPATCHER_WITH_SEND:  # what it sends then runs handle_close()
        return not any(map(hierarchy.overrides, ("handle_close", "close", "handle_write")))
    writes = hierarchy.methods.get("handle_write", ())
    return all(hierarchy.facts[d.entry.qualname].methods["handle_write"].trivial == "pass" for d in writes)


def leaves_at_once(hierarchy: Hierarchy) -> bool:
    """Tell whether sessions close as they are made, so that the loop never has anything to do with them."""
    hooks = ("handle_read", "handle_write", "handle_close", "handle_error", "readable", "writable", "close")
    if any(map(hierarchy.overrides, hooks)):
        return False
    made = [d for d in hierarchy.constructors if hierarchy.has_for_all(d.entry)]
    return bool(made) and all(closes_always(hierarchy, d, frozenset()) for d in hierarchy.constructors)


class _Reader:
    """One definition of handle_read()."""

    def __init__(self, hierarchy: Hierarchy, definition: Definition, outside: list[OutsideUse]) -> None:
        self.hierarchy = hierarchy
        self.outside = outside
        self.at_end = AtEnd.UNCLEAR
        self.may_fail = False
        self.may_send = False
        self.swaps = False
        self.measures = False
        self.definition = definition
        self.function = definition.function
        self.own = definition.self_name
        self.parents = parent_map(self.function)
        self.size = _SIZE
        self.wished = ""
        self.named: ast.NamedExpr | None = None  # where it gets that name in a test
        self.before: list[ast.stmt] = []
        self.branches: Branches | None = None
        self.draining: Draining | None = None

    def understand(self) -> Reason | None:
        """Find the one recv() of the method; return a reason if there is none in the usual place."""
        calls = [node for node in walk(self.function, ast.Call) if is_self_attribute(node.func, self.own, "recv")]
        calls.sort(key=lambda call: (call.lineno, call.col_offset))
        if isinstance(self.function, ast.AsyncFunctionDef) or len(self.function.args.args) != 1:
            return self._reason(self.function, "handle_read() is a coroutine or takes arguments")
        if not calls or (len(calls) > 1 and not self._reads_in_branches(calls)):
            return self._reason(self.function, "handle_read() does not call recv() exactly once")
        self.calls = calls
        self.call = calls[0]
        around = self.parents[self.call]
        self.named = around if isinstance(around, ast.NamedExpr) else None
        self.statement = statement_around(self.call, self.parents)
        if self.branches is None:
            self.draining = read_draining(self.definition, self.call)
            self.whole = self.draining.outermost if self.draining else self._without_try(self.statement)
            self.block, self.before = self._way_to_recv()
            if not self.block or not (self.draining or begins_with(self.statement, self.call)):
                return self._reason(self.call, "handle_read() does not begin with recv()")
            if not self._has_size(self.call):
                return self._reason(self.call, "recv() is called with a size that run() could not know")
            if not self.draining:
                self.size = self.definition.module.source.segment(self.call.args[0])
            if isinstance(self.statement, ast.Assign) and isinstance(self.statement.targets[0], ast.Name):
                self.wished = self.statement.targets[0].id if self.statement.value is self.call else ""
            elif self.named is not None:
                self.wished = self.named.target.id
        once = self.draining.loop if self.draining else None
        self.at_end = read_at_end(self.hierarchy, self.definition, calls, self.outside, self.before, once)
        if self.at_end is AtEnd.UNCLEAR and not any(map(self.hierarchy.overrides, HOOKS)):
            self.at_end = AtEnd.SHOWS  # it may fail as well: that would run no hook of the author's again
        if self.at_end is AtEnd.UNCLEAR:
            self.swaps = bool(self.before)
            self.at_end = AtEnd.SHOWS
            self.may_fail = True
            self.may_send = self._may_send()
        if self.at_end is not AtEnd.NOTHING and self.draining and not adds_nothing(self.definition, self.draining):
            self.at_end = AtEnd.UNCLEAR
        return self.goes_on() if self.at_end is AtEnd.UNCLEAR else None

    def goes_on(self) -> Reason:
        """Return the reason against a method that handles the end like any other data."""
        message = 'handle_read() does not check for b"", and goes on with it when the connection has ended'
        return self._reason(self.call, message)

    def _reads_in_branches(self, calls: list[ast.Call]) -> bool:
        """Find the branches in which the method reads, and how much, which is known before there is anything."""
        branches = read_branches(self.definition, calls)
        if branches is None:
            return False
        sizes = [call.args[0] for call in calls if len(call.args) == 1 and not call.keywords]
        begun = all(map(begins_with, branches.statements, calls))
        if not begun or len(sizes) < len(calls):
            return False
        segment = self.definition.module.source.segment
        texts = [segment(size) for size in sizes]
        if len(set(texts)) == 1:
            known = self._has_size(calls[0])
        else:
            asked = [*branches.tests, *sizes]
            known = is_known_before(self.hierarchy, self.definition, asked, self.outside)
            self.measures = any(_is_measured(s) or _is_counted(self.hierarchy, s, self.own) for s in sizes)
        if not known or (self.measures and any(map(self._catches_bad_sizes, calls))):
            return False
        self.size = texts[-1]
        if len(set(texts)) > 1:
            for text, test in zip(texts[-2::-1], branches.tests[::-1]):
                self.size = f"{text} if {segment(test)} else {self.size}"
        self.branches = branches
        return True

    def _has_size(self, call: ast.Call) -> bool:
        """Tell whether a recv() is for so much as can be told before it is called."""
        if len(call.args) != 1 or call.keywords:
            return False
        size = call.args[0]
        noted = {self_attribute(node, self.own) for s in self.before for node in walk(s)} - {None}
        if noted & {self_attribute(node, self.own) for node in walk(size)}:
            return False
        self.measures = _is_measured(size) or _is_counted(self.hierarchy, size, self.own)
        if self.measures:
            known = is_known_before(self.hierarchy, self.definition, [size], self.outside)
            return known and not self._catches_bad_sizes(call)
        names = {name for node in walk(size) for name in [self_attribute(node, self.own)] if name is not None}
        if changed_by_others(self.hierarchy, self.outside, names):
            return False
        return self._is_stable(size) and not self._is_shared(size)

    def _is_shared(self, size: ast.expr) -> bool:
        """Tell whether a size is kept by another object, and changed while a session waits for that much."""
        kept = {n.attr for n in walk(size, ast.Attribute) if self_attribute(n, self.own) is None}
        return any(
            isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and node.attr in kept
            for definition in self.hierarchy.definitions()
            if definition.function.name != "__init__"
            for node in walk(definition.function)
        )

    def _catches_bad_sizes(self, call: ast.Call) -> bool:
        """Tell whether the method would hear of a size below zero, which run() finds out before it calls that."""
        errors = self.hierarchy.methods.get("handle_error", ())
        if not all(closes_always(self.hierarchy, d, frozenset()) for d in errors):
            return True  # and would receive what run() has read by then
        caught = [
            handler.type
            for node in walk(self.function, ast.Try)
            if any(inner is call for s in node.body for inner in walk(s))
            for handler in node.handlers
        ]
        wide = ("Exception", "BaseException", "ValueError")
        return any(kind is None or any(ast.unparse(n) in wide for n in walk(kind)) for kind in caught)

    def _may_send(self) -> bool:
        """Tell whether handle_read() may come to send(), which on a closed socket runs handle_close() again."""
        called = any(use.name == "send" and use.may_be(self.hierarchy.names) for use in self.outside)
        return called or self.hierarchy.mentions(("send",), "handle_read")

    def _without_try(self, statement: ast.stmt) -> ast.stmt:
        """Return the `try` around nothing but *statement*, whose handlers never run, or the statement.

        recv() deals itself with every error that a connection can end with.
        """
        outer = self.parents[statement]
        named = isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name)
        if (
            not isinstance(outer, ast.Try)
            or outer.body != [statement]
            or outer.orelse
            or outer.finalbody
            or not (named or statement is self._discarding())
        ):
            return statement
        return outer

    def _discarding(self) -> ast.stmt | None:
        """Return the statement if it is nothing but recv(), whose data is dropped."""
        statement = statement_around(self.call, self.parents)
        return statement if isinstance(statement, ast.Expr) and statement.value is self.call else None

    def _way_to_recv(self) -> tuple[list[ast.stmt], list[ast.stmt]]:
        """Return the block with recv(), from there on, and what runs before; nothing if that is not plain.

        The block is that of the method, or that of a `try` in it. What stands in front may only say something or
        keep notes, so that it comes to recv() each time.
        """
        before: list[ast.stmt] = []
        block = significant(self.function.body)
        while self.whole not in block:
            around = next((s for s in block if isinstance(s, ast.Try) and self.whole in walk(s)), None)
            if around is None or self.whole not in [n for s in around.body for n in walk(s)]:
                return [], []
            before += block[: block.index(around)]
            block = around.body
        before += block[: block.index(self.whole)]
        shared = {name for s in before if isinstance(s, (ast.Global, ast.Nonlocal)) for name in s.names}
        given = {n.id for n in walk(self.whole, ast.Name) if isinstance(n.ctx, ast.Store)}
        before = [s for s in before if not isinstance(s, (ast.Global, ast.Nonlocal))]
        if not all(_only_notes(s, self.own, shared | given) for s in before):
            return [], []
        return block[block.index(self.whole) :], before

    def _reason(self, node: ast.AST, message: str) -> Reason:
        return Reason(Code.DISPATCHER, message, self.definition.place(node))

    def _is_stable(self, size: ast.expr) -> bool:
        """Tell whether *size* means the same in another method: no variables of this one."""
        local = {n.id for n in walk(self.function, ast.Name) if isinstance(n.ctx, ast.Store)}
        return not any(
            isinstance(node, ast.Call) or (isinstance(node, ast.Name) and node.id in local) for node in walk(size)
        )

    def accepts(self, name: str) -> bool:
        """Tell whether the piece can be called *name* in this method."""
        if name == self.wished:
            return True
        return not any(isinstance(node, ast.Name) and node.id == name for node in walk(self.function))

    def rewrite(self, idiom: RawInput) -> None:
        """Record what must change in this method."""
        place = self.definition.place
        if self.branches is not None:
            dropping = [s for s in self.branches.statements if isinstance(s, ast.Expr) and s.value in self.calls]
            idiom.removed += map(place, dropping)
            kept = [call for call in self.calls if not any(s.value is call for s in dropping)]
            idiom.replaced += [Replacement(place(call), idiom.parameter) for call in kept]
        elif self.draining is not None:
            idiom.removed += map(place, self.draining.removed)
            idiom.unwrapped += map(place, self.draining.unwrapped)
        elif self.named is not None and self.wished == idiom.parameter:
            if idiom.at_end or not self._drop_guard(idiom, self.block):
                idiom.replaced.append(Replacement(place(self.named), idiom.parameter))
        elif self.wished == idiom.parameter or self._discarding():
            idiom.removed.append(place(self.whole))
            if not idiom.at_end:
                self._drop_guard(idiom, self.block[1:])
        else:
            idiom.replaced.append(Replacement(place(self.call), idiom.parameter))

    def _drop_guard(self, idiom: RawInput, block: list[ast.stmt]) -> bool:
        """Take away a check for the empty piece, which does not come any more, if *block* begins with one."""
        place = self.definition.place
        guard = block[0] if block else None
        if not isinstance(guard, ast.If):
            return False
        is_last, plain = len(block) == 1, not isinstance(guard.test, ast.BoolOp)
        if _means_none(guard.test, self.wished) and not guard.orelse:
            idiom.removed.append(place(guard))
            return True
        if is_last and plain and _means_some(guard.test, self.wished):
            idiom.unwrapped.append(place(guard))
            idiom.removed += [place(statement) for statement in guard.orelse]
            return True
        return False


def _is_measured(size: ast.expr) -> bool:
    """Tell whether a size is the length of something, or what is left of another."""
    return any(isinstance(node, (ast.Call, ast.Sub)) for node in walk(size))


def _is_counted(hierarchy: Hierarchy, size: ast.expr, own: str) -> bool:
    """Tell whether a size is kept in an attribute that methods change: it may come to nothing, or to less."""
    names = {self_attribute(node, own) for node in walk(size)} - {None}
    return any(
        isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Store)
        and self_attribute(node, definition.self_name) in names
        for definition in hierarchy.definitions()
        if definition.function.name != "__init__"
        for node in walk(definition.function)
    )


def _only_notes(statement: ast.stmt, own: str, kept: set[str]) -> bool:
    """Tell whether a statement only says something, or keeps a note, but in the variables *kept*."""
    if is_log(statement):
        return True
    if isinstance(statement, (ast.Assign, ast.AugAssign)):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        if isinstance(statement.value, ast.Tuple) and len(targets) == 1 and isinstance(targets[0], ast.Tuple):
            same = len(targets[0].elts) == len(statement.value.elts)  # a, b = 0, 0
            targets = targets[0].elts if same else targets
        notes = [isinstance(t, ast.Name) and t.id not in kept for t in targets]
        return all(note or self_attribute(target, own) is not None for note, target in zip(notes, targets))
    call = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "print"


def _means_some(test: ast.expr, name: str) -> bool:
    """Tell whether *test* is true only if the piece is not empty."""
    if isinstance(test, ast.NamedExpr):
        return test.target.id == name
    if isinstance(test, ast.Name):
        return test.id == name
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        return _means_some(test.values[0], name)
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        left, right = test.left, test.comparators[0]
        is_length = is_length_of(left, name)
        constant = right.value if isinstance(right, ast.Constant) else object()
        if is_length:
            return (isinstance(test.ops[0], (ast.Gt, ast.NotEq)) and constant == 0) or (
                isinstance(test.ops[0], ast.GtE) and constant == 1
            )
        is_name = isinstance(left, ast.Name) and left.id == name
        return is_name and isinstance(test.ops[0], ast.NotEq) and constant == b""
    return is_length_of(test, name)


def _means_none(test: ast.expr, name: str) -> bool:
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return _means_some(test.operand, name)
    if isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.Eq):
        constant = test.comparators[0].value if isinstance(test.comparators[0], ast.Constant) else object()
        if is_length_of(test.left, name):
            return constant == 0
        return isinstance(test.left, ast.Name) and test.left.id == name and constant == b""
    return False
