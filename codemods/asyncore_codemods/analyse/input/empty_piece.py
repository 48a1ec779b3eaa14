"""What handle_read() does with the empty data that ends a connection.

recv() returns b"" at the end, *after* it has run handle_close(), and handle_read() goes on with it. Streams code
stops reading instead. That is the same if nothing comes of an empty piece; the method is followed to see, statement
by statement, with b"" for the piece.

The usual parser adds the piece to a buffer and takes whole messages off it in a `while` loop. What such a loop left
is what it cannot go on with, so nothing comes of running it again: that is shown for loops whose way out has no
effects.
"""

from __future__ import annotations

import ast
import enum
from typing import TYPE_CHECKING, Any

from asyncore_codemods.analyse.input.loop_out import ENDS, LoopOut, UnclearError
from asyncore_codemods.analyse.input.predicates import logs
from asyncore_codemods.analyse.input.split_rest import lines_before_rest
from asyncore_codemods.analyse.lifetime.noting import is_clock
from asyncore_codemods.analyse.values.evaluate import UNKNOWN, Evaluator, NotPlainError
from asyncore_codemods.analyse.values.syntax import self_attribute, significant
from asyncore_codemods.analyse.values.versions import version_test
from asyncore_codemods.nodes import is_none, walk
from asyncore_codemods.spelt_out import locks_among

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asyncore_codemods.analyse.families.hierarchies import Definition, Hierarchy
    from asyncore_codemods.analyse.usage.outside import OutsideUse

_CALLS = 4  # methods that call each other, at most so deep
_ROUNDS = 16  # of a loop
_SHOWS = frozenset({"print"})
_OUTPUT = frozenset({"send"})  # on a closed socket it runs handle_close() again, and sends nothing


HOOKS = ("handle_close", "handle_error", "close")


class AtEnd(enum.Enum):
    """What comes of an empty piece."""

    NOTHING = "nothing"
    FIRST = "first"  # something that others can see, before recv() has run handle_close()
    SHOWS = "shows"  # something that others can see, and that cannot fail
    UNCLEAR = "unclear"


def read_at_end(
    hierarchy: Hierarchy,
    definition: Definition,
    calls: Sequence[ast.Call],
    outside: list[OutsideUse],
    before: Sequence[ast.stmt] = (),
    once: ast.While | None = None,
) -> AtEnd:
    """Return what *definition*, a handle_read() with some recv() *calls*, does at the end of a connection.

    The statements *before* a call run there, too, and before handle_close(). The loop *once* will run once.
    """
    shows = first = False
    for is_first in (False, True):  # after other pieces, and as the very first
        follower = _Follower(hierarchy, calls, outside, before, once, is_first=is_first)
        try:
            follower.run(definition, {})
        except (UnclearError, NotPlainError):
            return AtEnd.UNCLEAR
        shows = shows or follower.shows
        first = first or follower.shows_first
    if shows and first and any(map(hierarchy.overrides, HOOKS)):
        return AtEnd.UNCLEAR  # with what the author does at the end in between
    return AtEnd.SHOWS if shows else AtEnd.FIRST if first else AtEnd.NOTHING


def _initial(hierarchy: Hierarchy) -> dict[str, Any]:
    """Return the attributes that the constructor sets to something known, and nothing else does before input."""
    known: dict[str, Any] = {}
    plain = Evaluator("", {})
    assigned = [
        (target.id, statement.value)
        for member in hierarchy.members
        for statement in member.node.body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name)
    ]
    for definition in hierarchy.methods.get("__init__", ()):
        for statement in definition.function.body:
            if isinstance(statement, ast.Assign):
                for target in statement.targets:
                    name = self_attribute(target, definition.self_name)
                    if name is not None:
                        assigned.append((name, statement.value))
    for name, value in assigned:
        try:
            known[name] = plain.value(value, {}) if name not in known else UNKNOWN
        except NotPlainError:
            known[name] = UNKNOWN
    return {name: value for name, value in known.items() if value is not UNKNOWN}


def _lost(hierarchy: Hierarchy) -> set[str | None]:
    """Return the attributes that the hooks set to None, where others would notice that the hooks ran once more."""
    lost: set[str | None] = set()
    notices = hierarchy.overrides("handle_error")
    for definition in hierarchy.reachable(*HOOKS):
        own = definition.self_name
        for node in walk(definition.function, ast.Assign):
            if any(is_none(inner) for inner in walk(node.value)):
                lost |= {self_attribute(inner, own) for target in node.targets for inner in walk(target)}
        for statement in definition.function.body:
            call = statement.value if isinstance(statement, ast.Expr) else None
            ends = isinstance(call, ast.Call) and getattr(call.func, "attr", "") in HOOKS
            notices = notices or (isinstance(call, ast.Call) and not ends)
    return lost - {None} if notices else set()


class _Follower:
    """Follows one run of handle_read() whose recv() returns b""."""

    def __init__(
        self,
        hierarchy: Hierarchy,
        calls: Sequence[ast.Call],
        outside: list[OutsideUse],
        before: Sequence[ast.stmt],
        once: ast.While | None,
        *,
        is_first: bool,
    ) -> None:
        self.hierarchy = hierarchy
        self.calls = calls
        self.before = before
        self.once = once
        self.shows_first = False  # what stands there
        self.attributes = _initial(hierarchy) if is_first else {}
        self.outside = outside
        self.is_first = is_first
        self.shows = False
        self.lost = _lost(hierarchy)
        self.depth = 0
        self.detours = 0  # calls on the way that an earlier run may not have come to

    def run(self, definition: Definition, names: dict[str, Any]) -> None:
        """Follow one method, in which *names* are the parameters."""
        self.depth += 1
        if self.depth > _CALLS or isinstance(definition.function, ast.AsyncFunctionDef):
            raise UnclearError
        _Method(self, definition).block(definition.function.body, names)
        self.depth -= 1


class _Method:
    """One method on the way; statements return False where it is left."""

    def __init__(self, follower: _Follower, definition: Definition) -> None:
        self.follower = follower
        self.definition = definition
        self.own = definition.self_name
        self.shared: set[str] = set()  # variables of the module that this method says it assigns to
        self.evaluator = Evaluator(self.own, follower.attributes, self._outer)

    def _outer(self, node: ast.expr) -> ast.expr | None:
        """Return what a name of the module, assigned once, or an attribute of the class stands for."""
        name = self_attribute(node, self.own)
        if name is not None:
            found = [
                s.value
                for member in self.follower.hierarchy.members
                for s in member.node.body
                if isinstance(s, ast.Assign) and any(isinstance(t, ast.Name) and t.id == name for t in s.targets)
            ]
            return found[0] if len(found) == 1 else None
        assigned = self.definition.module.assigned.get(node.id, []) if isinstance(node, ast.Name) else []
        is_plain = len(assigned) == 1 and isinstance(assigned[0], (ast.Constant, ast.Call, ast.BinOp))
        if is_plain and isinstance(assigned[0], ast.Call) and not ast.unparse(assigned[0].func).endswith("Struct"):
            return None
        return assigned[0] if is_plain else None

    def _value(self, node: ast.expr, names: dict[str, Any]) -> Any:
        if node in self.follower.calls:
            return b""
        for call in self.follower.calls:
            if any(inner is call for inner in walk(node)):
                named = {n.target.id for n in walk(node, ast.NamedExpr) if n.value is call}
                if named & self.shared:
                    raise UnclearError
                names.update(dict.fromkeys(named, b""))
                return self.evaluator.value(_with_empty(node, call), names)
        return self.evaluator.value(node, names)

    # -- statements

    def block(self, body: list[ast.stmt], names: dict[str, Any]) -> bool:
        """Follow statements; return False if they leave the method."""
        for statement in significant(body):
            method = getattr(self, f"_{type(statement).__name__.lower()}", None)
            if method is None:
                raise UnclearError
            if not method(statement, names):
                return False
            if statement in self.follower.before:
                self.follower.shows_first |= self.follower.shows
                self.follower.shows = False
        return True

    def _global(self, node: ast.Global, names: dict[str, Any]) -> bool:
        names.update(dict.fromkeys(node.names, UNKNOWN))
        self.shared.update(node.names)
        return True

    def _return(self, node: ast.Return, names: dict[str, Any]) -> bool:
        if node.value is not None:
            self._value(node.value, names)
        return False

    def _if(self, node: ast.If, names: dict[str, Any]) -> bool:
        test = version_test(self.follower.hierarchy.project, self.definition.module, node.test)
        test = self._value(node.test, names) if test is None else test
        if test is not UNKNOWN:
            return self.block(node.body if test else node.orelse, names)
        one, other = dict(names), dict(names)
        lost = self.follower.lost
        self.follower.lost = lost - {self_attribute(inner, self.own) for inner in walk(node.test)}
        goes_on = self.block(node.body, one), self.block(node.orelse, other)
        self.follower.lost = lost
        ways = [way for way, goes in zip((one, other), goes_on) if goes]
        for name in sorted({name for way in ways for name in way}):
            values = [way.get(name, UNKNOWN) for way in ways]
            names[name] = values[0] if all(value is values[0] for value in values) else UNKNOWN
        return any(goes_on)

    def _for(self, node: ast.For, names: dict[str, Any]) -> bool:
        items = self._value(node.iter, names)
        if items is UNKNOWN or len(list(items)) > _ROUNDS or not isinstance(node.target, ast.Name):
            raise UnclearError
        if node.target.id in self.shared:
            raise UnclearError
        for item in items:
            names[node.target.id] = item
            if not self.block(node.body, names):
                return False
        return self.block(node.orelse, names)

    def _while(self, node: ast.While, names: dict[str, Any]) -> bool:
        if node is self.follower.once:
            return isinstance(node.test, ast.NamedExpr) or self._round(node.body, names) is not False
        if not self.follower.is_first:
            loop_out = LoopOut(self.follower.hierarchy, self.definition, node, self.follower.outside)
            if self.follower.detours or not self._always_comes_to(node) or not loop_out.has_no_effects():
                raise UnclearError
            return not _returns(node)  # what the last run came to, this one comes to: nothing
        for _ in range(_ROUNDS):
            test = self._value(node.test, names)
            if test is UNKNOWN:
                raise UnclearError
            if not test:
                return self.block(node.orelse, names)
            ended = self._round(node.body, names)
            if ended is not None:
                return ended
        raise UnclearError

    def _always_comes_to(self, node: ast.stmt) -> bool:
        """Tell whether every earlier run has come to *node* as well, whatever its piece was."""
        body = self.definition.function.body
        if node not in body:
            return False
        before = body[: body.index(node)]
        return not any(isinstance(inner, (ast.Return, ast.Raise)) for s in before for inner in walk(s))

    def _round(self, body: list[ast.stmt], names: dict[str, Any]) -> bool | None:
        """Follow one round of a loop on the way out of it: True behind the loop, False out of the method."""
        for statement in significant(body):
            if isinstance(statement, ast.Break):
                return True
            if isinstance(statement, ast.Return):
                return self._return(statement, names)
            if isinstance(statement, ast.If):
                test = self._value(statement.test, names)
                if test is UNKNOWN:
                    raise UnclearError
                ended = self._round(statement.body if test else statement.orelse, names)
                if ended is not None:
                    return ended
            elif not self.block([statement], names):
                return False
        return None

    def _try(self, node: ast.Try, names: dict[str, Any]) -> bool:
        goes_on = self.block([*node.body, *node.orelse], names)  # nothing in it can fail, or it is unclear
        return self.block(node.finalbody, names) and goes_on

    def _with(self, node: ast.With, names: dict[str, Any]) -> bool:
        locks = locks_among(walk(self.definition.module.source.tree))
        if any(item.optional_vars or ast.unparse(item.context_expr) not in locks for item in node.items):
            raise UnclearError
        return self.block(node.body, names)

    def _assign(self, node: ast.Assign, names: dict[str, Any]) -> bool:
        rest = lines_before_rest(self.follower.hierarchy, self.definition, node, self.follower.outside)
        if rest is not None:
            lines, left = rest
            names[lines] = [UNKNOWN] * left  # there was no whole line in it
            return True
        if len(node.targets) == 1 and isinstance(node.targets[0], ast.Tuple) and isinstance(node.value, ast.Tuple):
            return self._assign_each(node.targets[0].elts, node.value.elts, names)
        local = all(isinstance(target, ast.Name) for target in node.targets)
        value = UNKNOWN if local and self._tells_time(node.value) else self._value(node.value, names)
        for target in node.targets:
            name = self_attribute(target, self.own)
            if isinstance(target, ast.Name) and target.id not in self.shared:
                names[target.id] = value
            elif name is None:
                raise UnclearError
            elif not self._keeps(node.value, name, names):
                self.follower.shows = True
                self.follower.attributes[name] = value
        return True

    def _assign_each(self, targets: list[ast.expr], values: list[ast.expr], names: dict[str, Any]) -> bool:
        """`a, b = 1, 2`, in variables of the method."""
        given = [self._value(value, names) for value in values]
        own = {target.id for target in targets if isinstance(target, ast.Name)} - self.shared
        if not len(own) == len(targets) == len(given):
            raise UnclearError
        names.update(zip([target.id for target in targets if isinstance(target, ast.Name)], given))
        return True

    def _tells_time(self, value: ast.expr) -> bool:
        """Tell whether a value is what a clock says, or a number that is worked out from that."""
        calls = list(walk(value, ast.Call))
        clocks = [call for call in calls if is_clock(self.follower.hierarchy, self.definition, call)]
        numbers = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id in ("int", "round")]
        parts = {node for call in clocks for node in walk(call)} | {
            node for call in numbers for node in walk(call.func)
        }
        plain = (ast.Constant, ast.Call, ast.BinOp, ast.Add, ast.Sub, ast.Name, ast.Load)
        return (
            bool(clocks)
            and len(calls) == len(clocks) + len(numbers)
            and all(isinstance(node, plain) for node in walk(value) if node not in parts)
        )

    def _keeps(self, value: ast.expr, name: str, names: dict[str, Any]) -> bool:
        """Tell whether `self.name = value` changes nothing: it is `self.name + b""`."""
        return (
            isinstance(value, ast.BinOp)
            and isinstance(value.op, ast.Add)
            and self_attribute(value.left, self.own) == name
            and self._value(value.right, names) in (b"", "")
        )

    def _augassign(self, node: ast.AugAssign, names: dict[str, Any]) -> bool:
        value = self._value(node.value, names)
        holder = node.target.value if isinstance(node.target, ast.Attribute) else node.target
        if self_attribute(holder, self.own) in self.follower.lost:
            raise UnclearError  # an error, and the hooks run once more
        if isinstance(node.target, ast.Name) and node.target.id not in self.shared:
            names[node.target.id] = UNKNOWN
        elif isinstance(node.op, ast.Add) and value is not UNKNOWN and value in (b"", "", 0, []):
            return True  # wherever that is added
        elif self_attribute(node.target, self.own) is None:
            raise UnclearError
        else:
            self.follower.shows = True
            self.follower.attributes.pop(str(self_attribute(node.target, self.own)), None)
        return True

    def _expr(self, node: ast.Expr, names: dict[str, Any]) -> bool:
        call = node.value
        if not isinstance(call, ast.Call):
            self._value(call, names)
            return True
        name = self_attribute(call.func, self.own)
        if isinstance(call.func, ast.Name) and call.func.id in _SHOWS:
            for keyword in call.keywords:
                self._value(keyword.value, names)
            for argument in call.args:
                self._value(argument, names)
            self.follower.shows = True
        elif call in self.follower.calls:
            return True
        elif name in self.follower.hierarchy.methods and name not in ENDS | _OUTPUT:
            self._call(node, call, str(name), names)
        elif name in ENDS or (name in _OUTPUT and len(call.args) == 1):
            self._end_again(call, str(name), names)
        else:
            self._change(call, names)
        return True

    def _call(self, statement: ast.stmt, call: ast.Call, name: str, names: dict[str, Any]) -> None:
        defined = self.follower.hierarchy.methods[name]
        if len(defined) != 1 or call.keywords:
            raise UnclearError
        parameters = [arg.arg for arg in defined[0].function.args.args[1:]]
        if len(parameters) != len(call.args):
            raise UnclearError
        detour = not self._always_comes_to(statement)
        self.follower.detours += detour
        self.follower.run(defined[0], {p: self._value(a, names) for p, a in zip(parameters, call.args)})
        self.follower.detours -= detour

    def _end_again(self, call: ast.Call, name: str, names: dict[str, Any]) -> None:
        """close(), or send(), which closes again: nothing new, unless hooks of the author's run again."""
        for argument in call.args:
            self._value(argument, names)
        hooks = ("close",) if name == "close" else ("close", "handle_close", name)
        if any(self.follower.hierarchy.overrides(hook) for hook in hooks):
            raise UnclearError

    def _change(self, call: ast.Call, names: dict[str, Any]) -> None:
        func = call.func
        if not isinstance(func, ast.Attribute) or self_attribute(func.value, self.own) is None:
            raise UnclearError
        values = [self._value(argument, names) for argument in call.args]
        if logs(func):
            self.follower.shows = True
            return
        empty = bool(values) and values[-1] is not UNKNOWN and values[-1] == b""
        if empty and func.attr in ("append", "insert", "appendleft") and self._only_goes_out(func.value):
            return  # to be sent, but for the end
        if func.attr not in ("append", "insert", "extend") or call.keywords:
            raise UnclearError
        if func.attr != "extend" or any(value is UNKNOWN or value not in (b"", "", []) for value in values):
            self.follower.shows = True

    def _only_goes_out(self, node: ast.expr) -> bool:
        """Tell whether nothing but what sends looks at an attribute."""
        name = self_attribute(node, self.own)
        looks = ("__init__", "handle_read", "handle_write", "writable", "readable")
        return not any(
            use.name == name and use.may_be(self.follower.hierarchy.names) for use in self.follower.outside
        ) and all(
            definition.function.name in looks
            for definition in self.follower.hierarchy.definitions()
            if any(self_attribute(inner, definition.self_name) == name for inner in walk(definition.function))
        )


def _with_empty(node: ast.expr, call: ast.Call) -> ast.expr:
    """Return a copy of *node* with b"" for the recv() *call* in it."""

    class Emptied(ast.NodeTransformer):
        def visit_NamedExpr(self, inner: ast.NamedExpr) -> ast.AST:
            return self.visit(inner.value) if ast.dump(inner.value) == ast.dump(call) else self.generic_visit(inner)

        def visit_Call(self, inner: ast.Call) -> ast.AST:
            if ast.dump(inner) == ast.dump(call):
                return ast.copy_location(ast.Constant(b""), inner)
            return self.generic_visit(inner)

    copied: ast.expr = Emptied().visit(ast.parse(ast.unparse(node), mode="eval").body)
    return copied


def _returns(node: ast.While) -> bool:
    """Tell whether a loop is left by `return` only."""
    endless = isinstance(node.test, ast.Constant) and bool(node.test.value)
    return endless and not any(isinstance(inner, ast.Break) for inner in walk(node))
