"""A listener's handle_error(), which asyncore calls for what goes wrong before there is a session.

Rewritten code does so, too: all that handle_accept() does goes into a `try`, but for running the session.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.lifetime.endings import raised_errors
from asyncore_codemods.codes import Code
from asyncore_codemods.model.sessions import Reason, Replacement
from asyncore_codemods.plan.members import exit_lines

if TYPE_CHECKING:
    from asyncore_codemods.analyse.families.hierarchies import Hierarchy
    from asyncore_codemods.model.programs import AcceptFacts, ListenerFacts


def check_errors(hierarchy: Hierarchy, facts: ListenerFacts, *, may_raise: bool) -> list[Reason]:
    """Return what speaks against calling the handle_error() of a listener from its handle_accept().

    *may_raise* says that an error which leaves the loop ends the program.
    """
    reasons = []
    for definition in hierarchy.methods.get("handle_error", ()):
        function = definition.function
        is_plain = isinstance(function, ast.FunctionDef) and len(function.args.args) == 1
        if not is_plain or function.decorator_list or definition.entry is not hierarchy.top:
            message = "handle_error() takes arguments, is decorated, or is not for all listeners of a family"
            reasons.append(Reason(Code.HANDLE_ERROR, message, definition.place(function)))
    for definition, node in () if may_raise else raised_errors(hierarchy):
        message = "handle_error() raises, which ended asyncore.loop()"
        reasons.append(Reason(Code.HANDLE_ERROR, message, definition.place(node)))
    for accept in facts.accepts:
        if not _can_guard(accept):
            message = f"overrides handle_error(), and does not make the session last in {accept.method}()"
            reasons.append(Reason(Code.HANDLE_ERROR, message, accept.place))
    return reasons


def _can_guard(accept: AcceptFacts) -> bool:
    """Tell whether everything but running the session can be put into a `try`."""
    outermost = [site.is_outermost and not site.before_return for site in accept.sites]
    return len(outermost) <= 1 and all(outermost) and not accept.awaited


def guard(accept: AcceptFacts) -> tuple[str, bool]:
    """Return what is to be done about an error, and whether the last statement runs a session and may raise."""
    runs = bool(accept.sites)
    lines = [f"    {accept.self_name}.handle_error()", "    writer.close()", *(["    return"] if runs else [])]
    return "\n".join(lines), runs


def told_errors(hierarchy: Hierarchy) -> list[Replacement]:
    """Return what becomes of each `raise` in handle_error(), which ended the program."""
    return [Replacement(d.place(node), exit_lines(d, node)) for d, node in raised_errors(hierarchy)]
