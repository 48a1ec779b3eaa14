"""readable() that waits while the buffer of a partner is full, and perhaps says what is so without a partner.

Rewritten code reads whether there is a partner or not. Who says no without one would on asyncore not even notice
that its peer has gone: so who loses its partner must be closed in the same breath.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.values.syntax import last_name, self_attribute, self_name, significant, suites
from asyncore_codemods.index.modules import assigned_by
from asyncore_codemods.nodes import FUNCTIONS, is_none, walk

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

    from asyncore_codemods.analyse.families.hierarchies import Definition, Hierarchy
    from asyncore_codemods.index.project import ClassEntry

_ENDS = ("close", "close_when_done", "handle_close")
_MAKERS = ("__init__", *legacy.ACCEPTING)  # which run before anything is read


def partner_waited_for(
    definition: Definition, buffer: str, hierarchies: Sequence[Hierarchy], flags: Container[str]
) -> str:
    """Return x for which readable() is `len(x.<buffer>) < <most>`, a partner or itself, perhaps if there is one.

    Who has one of the *flags* put up is closed when all is sent.
    """
    *first, last = significant(definition.function.body)
    test = last.value if isinstance(last, ast.Return) else None
    operands = test.values if isinstance(test, ast.BoolOp) else [test] if test is not None else []
    either = isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or)
    partners = {_measured(operand, buffer) for operand in operands} - {""}
    if len(partners) != 1:
        return ""
    partner = partners.pop()
    link = self_attribute(ast.parse(partner, mode="eval").body, definition.self_name)
    is_there = (partner, f"{partner} is not None", f"{partner} != None")
    is_not = (f"not {partner}", f"{partner} is None", f"{partner} == None")
    others = [ast.unparse(operand) for operand in operands if not _measured(operand, buffer)]
    waits_alone = any(text in is_there for text in others)
    if not all(text in (is_not if either else (*is_there, f"{definition.self_name}.connected")) for text in others):
        return ""
    for statement in first:
        answer = _answer(statement)
        if answer is None or ast.unparse(statement.test) not in is_not:  # type: ignore[attr-defined]  # it is an `if`
            return ""
        waits_alone = waits_alone or not answer
    if waits_alone and (link is None or _is_left_open(hierarchies, link, flags)):
        return ""
    return partner


def _answer(statement: ast.stmt) -> bool | None:
    """Return b for `if ...: return b`."""
    body = significant(statement.body) if isinstance(statement, ast.If) and not statement.orelse else []
    value = body[0].value if len(body) == 1 and isinstance(body[0], ast.Return) else None
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, bool) else None


def _measured(node: ast.expr, buffer: str) -> str:
    """Return the object whose *buffer* is to be shorter than something, "" if *node* asks anything else."""
    if not isinstance(node, ast.Compare) or len(node.ops) != 1 or not isinstance(node.ops[0], (ast.Lt, ast.LtE)):
        return ""
    call, most = node.left, node.comparators[0]
    measured = call.args[0] if isinstance(call, ast.Call) and ast.unparse(call.func) == "len" else None
    if not isinstance(measured, ast.Attribute) or measured.attr != buffer:
        return ""
    return "" if any(isinstance(inner, ast.Call) for inner in walk(most)) else ast.unparse(measured.value)


def _is_left_open(hierarchies: Sequence[Hierarchy], link: str, flags: Container[str]) -> bool:
    """Tell whether an object may be without a partner, the attribute *link*, once it reads, and is not closed."""
    modules = {id(d.module): d.module for hierarchy in hierarchies for d in hierarchy.definitions()}
    functions = [function for module in modules.values() for function in walk(module.source.tree, FUNCTIONS)]
    late = [function for function in functions if function.name not in _MAKERS]
    pairing = {function.name for function in late if any(not is_none for _, is_none in _set(function, link))}
    early = {last_name(node) for f in functions if f not in late for node in walk(f)}
    if pairing - early or any(last_name(node) in pairing for f in late for node in walk(f)):
        return True
    starts = ((f, frozenset({self_name(f)} if f.name == "__init__" else ())) for f in functions)
    if any(_loses(function.body, link, closed, flags) for function, closed in starts):
        return True
    if any(one != self_name(f) and not is_none for f in functions for one, is_none in _set(f, link)):
        return False
    made = {last_name(node.func) for f in functions for node in walk(f, ast.Call)}
    return any(
        not _finds_its_own(h, member, link) for h in hierarchies for member in h.channels if member.name in made
    )


def _finds_its_own(hierarchy: Hierarchy, member: ClassEntry, link: str) -> bool:
    """Tell whether a class, or one that it derives from, sets its partner itself."""
    return any(
        one == definition.self_name and not is_none
        for definition in hierarchy.definitions()
        if definition.entry in member.lineage()
        for one, is_none in _set(definition.function, link)
    )


def _loses(body: list[ast.stmt], link: str, closed: frozenset[str], flags: Container[str]) -> bool:
    """Tell whether a block sets *link* to None on anything that is neither *closed* around it nor in it."""
    calls = [s.value.func for s in body if isinstance(s, ast.Expr) and isinstance(s.value, ast.Call)]
    told = [target for s in body if isinstance(s, ast.Assign) for target in s.targets]
    closed |= {ast.unparse(f.value) for f in calls if isinstance(f, ast.Attribute) and f.attr in _ENDS}
    closed |= {ast.unparse(t.value) for t in told if isinstance(t, ast.Attribute) and t.attr in flags}
    return any(
        any(is_none and one not in closed for one, is_none in _given(statement, link))
        or any(_loses(suite, link, closed, flags) for suite in suites(statement))
        for statement in body
    )


def _set(function: ast.AST, link: str) -> Iterator[tuple[str, bool]]:
    """Yield whose partner, the attribute *link*, a function sets, and whether that is to None."""
    for node in walk(function):
        yield from _given(node, link)


def _given(node: ast.AST, link: str) -> Iterator[tuple[str, bool]]:
    for target, value in assigned_by(node) if isinstance(node, ast.Assign) else ():
        if isinstance(target, ast.Attribute) and target.attr == link:
            yield ast.unparse(target.value), is_none(value)
