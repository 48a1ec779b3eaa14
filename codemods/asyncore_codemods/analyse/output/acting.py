"""Whether every way through handle_write() comes nearer to the end: it sends, closes, or has writable() say no.

Where it does none of that, run() would call it for ever. A buffer may be asked for several times on the way: what
comes of it is looked at once with something in it, and once with nothing.
"""

from __future__ import annotations

import ast
import itertools
from typing import TYPE_CHECKING, Any, Callable

from asyncore_codemods.analyse.input.predicates import EMPTY, attributes_of, comes_to, holds_when, is_log
from asyncore_codemods.analyse.lifetime.endings import closes
from asyncore_codemods.analyse.output.asking import asks_for
from asyncore_codemods.analyse.output.writing import is_empty
from asyncore_codemods.analyse.usage.effects import CLOSERS
from asyncore_codemods.analyse.values.flow import PathWalker
from asyncore_codemods.analyse.values.syntax import self_attribute, significant
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from asyncore_codemods.analyse.families.hierarchies import Definition, Hierarchy

TAKES = ("pop", "popleft", "clear")


def acts_always(
    hierarchy: Hierarchy, write: Definition, watched: set[str], body: list[ast.stmt] | None = None
) -> bool:
    """Tell whether every way through handle_write() sends, closes, or has writable() say no, if that said yes."""
    own = write.self_name

    def step(node: ast.AST, state: str) -> frozenset[str]:
        acts = any(
            self_attribute(inner, own) in CLOSERS | {"send"}
            or getattr(inner, "attr", "") == "sendto"
            or closes(hierarchy, write, inner, frozenset())
            for inner in walk(node)
        )
        return frozenset({"acted" if acts or _puts_off(hierarchy, node, own, watched) else state})

    body = significant(write.function.body) if body is None else body
    body = body[bool(body) and _begins_by_asking(hierarchy, write, body[0], watched) :]
    walker: PathWalker[str] = PathWalker(step)
    if "idle" not in walker.exits_of(body, frozenset({"idle"})):
        return True
    conditions = list(walk(write.function, ast.If))
    for name in sorted({_asks(condition, own)[0] for condition in conditions} - {""}):
        cases = [_where(body, own, name, something=something) for something in (True, False)]
        if not any("idle" in walker.exits_of(case, frozenset({"idle"})) for case in cases):
            return True
    tests = _tests_of(body, step)
    names = [attributes_of(hierarchy, write, test) for test in tests or ()]
    return bool(tests) and all(name is not None and name <= watched for name in names)


def rests_when_empty(
    hierarchy: Hierarchy, ask: Definition, write: Definition, watched: set[str], body: list[ast.stmt]
) -> bool:
    """Tell whether handle_write() closes, or puts off a flag, wherever writable() says yes with nothing to send.

    asyncore would go on calling it, and serve the others in between.
    """
    own = write.self_name
    conditions = list(walk(write.function, ast.If))
    asked = {name for condition in conditions for name in [_asks(condition, own)[0]] if name}
    flags = sorted(name for name in watched | asked if _is_flag(hierarchy, name))
    buffers = watched | {name for name in asked if _is_buffer(hierarchy, name)}
    for empty in EMPTY:
        for answers in itertools.product((True, False), repeat=len(flags)):
            values = {name: _nothing(hierarchy, name, empty) for name in buffers} | dict(zip(flags, answers))
            if holds_when(hierarchy, ask, values) is True and not _rests(hierarchy, write, watched, body, values):
                return False
    return True


def _rests(
    hierarchy: Hierarchy, write: Definition, watched: set[str], body: list[ast.stmt], values: dict[str, Any]
) -> bool:
    own = write.self_name

    def step(node: ast.AST, state: str) -> frozenset[str]:
        acts = _puts_off(hierarchy, node, own, watched, values) or any(
            self_attribute(inner, own) in CLOSERS
            or closes(hierarchy, write, inner, frozenset())
            or (takes_from(inner, own, watched) and not ast.unparse(inner).endswith(".clear()"))  # which fails
            for inner in walk(node)
        )
        return frozenset({"acted" if acts else state})

    left = _with_nothing(hierarchy, write, body, values)
    return "idle" not in PathWalker(step).exits_of(left, frozenset({"idle"}))


def _is_flag(hierarchy: Hierarchy, name: str) -> bool:
    """Tell whether an attribute is set to nothing but True and False."""
    values = _values(hierarchy, name)
    return bool(values) and all(isinstance(v, ast.Constant) and isinstance(v.value, bool) for v in values)


def _is_buffer(hierarchy: Hierarchy, name: str) -> bool:
    """Tell whether an attribute is emptied somewhere."""
    return any(is_empty(value) for value in _values(hierarchy, name))


def _nothing(hierarchy: Hierarchy, name: str, default: object) -> object:
    """Return what an attribute is where there is nothing in it: None or an empty constant that it is set to."""
    constants = [value.value for value in _values(hierarchy, name) if isinstance(value, ast.Constant)]
    return next((value for value in constants if value in (None, b"", "")), default)


def _values(hierarchy: Hierarchy, name: str) -> list[ast.expr]:
    return [
        node.value
        for definition in hierarchy.definitions()
        for node in walk(definition.function, ast.Assign)
        if any(self_attribute(target, definition.self_name) == name for target in node.targets)
    ]


def _with_nothing(
    hierarchy: Hierarchy, write: Definition, body: list[ast.stmt], values: dict[str, Any]
) -> list[ast.stmt]:
    """Return what is left of a block where there is nothing to send, and the attributes have these *values*.

    From where a flag is set on, all is left as it was.
    """
    if not body:
        return []
    first, *rest = body
    if isinstance(first, (ast.If, ast.While)):
        answer = comes_to(hierarchy, write, first.test, values)
        if answer is False or (answer and isinstance(first, ast.If)):
            chosen = first.body if answer else first.orelse
            return _with_nothing(hierarchy, write, [*chosen, *rest], values)
    own = write.self_name
    flags = {name for name, value in values.items() if isinstance(value, bool)}
    stored = {self_attribute(n, own) for n in walk(first) if isinstance(getattr(n, "ctx", None), ast.Store)}
    return body if flags & stored else [first, *_with_nothing(hierarchy, write, rest, values)]


def _begins_by_asking(hierarchy: Hierarchy, write: Definition, first: ast.stmt, watched: set[str]) -> bool:
    """Tell whether handle_write() begins with `if not self.buffer: return`, and writable() asks for that buffer."""
    if not isinstance(first, ast.If) or first.orelse or [type(s) for s in first.body] != [ast.Return]:
        return False
    own, test = write.self_name, ast.unparse(first.test)
    return any(
        asks_for(ask, name) and test == form.format(what)
        for ask in hierarchy.methods.get("writable", ())
        for name in watched
        for what in (f"{own}.{name}", f"len({own}.{name})")
        for form in ("not {}", "{} == 0", "{} == b''")
    )


def takes_from(node: ast.AST, own: str, watched: set[str]) -> bool:
    """Tell whether a call takes something from a queue that is asked for."""
    func = node.func if isinstance(node, ast.Call) else None
    return isinstance(func, ast.Attribute) and func.attr in TAKES and self_attribute(func.value, own) in watched


def _puts_off(
    hierarchy: Hierarchy, node: ast.AST, own: str, watched: set[str], values: dict[str, Any] | None = None
) -> bool:
    """Tell whether a statement sets a flag without which writable() says no, where others have these *values*."""
    asks = hierarchy.methods.get("writable", ())
    if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Constant) or not asks:
        return False
    flags = {name: node.value.value for target in node.targets for name in [self_attribute(target, own)] if name}
    known = {**(values or {}), **flags}
    return flags.keys() <= watched and all(holds_when(hierarchy, ask, known) is False for ask in asks)


def _tests_of(body: list[ast.stmt], step: Callable[[ast.AST, str], frozenset[str]]) -> list[ast.expr] | None:
    """Return the tests that are all false where a block does nothing, None if that is not so simple."""
    tests: list[ast.expr] = []
    for statement in body:
        if not isinstance(statement, (ast.If, ast.While, ast.For)):
            continue
        tests.append(statement.iter if isinstance(statement, ast.For) else statement.test)
        if "idle" in PathWalker(step).exits_of(statement.body, frozenset({"idle"})):
            return None
        other = _tests_of(significant(statement.orelse), step)
        if other is None:
            return None
        tests += other
    return tests


def _asks(statement: ast.If, own: str) -> tuple[str, bool]:
    """Return the attribute of which a condition asks if there is anything in it, and whether it is true then.

    The name is "" if it asks anything else.
    """
    test, yes = statement.test, True
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        test, yes = test.operand, False
    if isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.left, ast.Call):
        forms = {"> 0": True, "!= 0": True, ">= 1": True, "== 0": False, "< 1": False}
        answer = forms.get(ast.unparse(test).removeprefix(ast.unparse(test.left)).strip())
        if answer is None:
            return "", yes
        test, yes = test.left, yes is answer
    if isinstance(test, ast.Call):
        if not isinstance(test.func, ast.Name) or test.func.id not in ("len", "bool") or len(test.args) != 1:
            return "", yes
        test = test.args[0]
    return self_attribute(test, own) or "", yes


def _where(body: list[ast.stmt], own: str, name: str, *, something: bool) -> list[ast.stmt]:
    """Return what is left of a block where there is *something* in an attribute, or nothing.

    From where that may change on, all is left as it was.
    """
    if not body:
        return []
    first, *rest = body
    if isinstance(first, ast.If):
        asked, yes = _asks(first, own)
        if asked == name:
            chosen = first.body if yes is something else first.orelse
            return _where([*chosen, *rest], own, name, something=something)
    return [first, *_where(rest, own, name, something=something)] if _leaves_alone(first, own, name) else body


def _leaves_alone(statement: ast.stmt, own: str, name: str) -> bool:
    """Tell whether a statement only says something, or sets another attribute or a variable."""
    if is_log(statement):
        return True
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        func = statement.value.func
        return isinstance(func, ast.Name) and func.id == "print"
    if not isinstance(statement, (ast.Assign, ast.AugAssign)):
        return False
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    plain = all(isinstance(t, ast.Name) or self_attribute(t, own) not in (None, name) for t in targets)
    return plain and not any(isinstance(node, ast.Call) for node in walk(statement.value))
