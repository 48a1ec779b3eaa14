"""Signal handlers that leave the channels alone: those that end the program, and those that set a flag.

Python runs them between two steps of the main thread, whatever loop that is in. One that raises leaves asyncio's
loop as it left asyncore's. One that sets a flag is seen where the flag is looked at: by a polled loop, or by the
next handler. asyncore looked at what readable() and writable() say on every pass; such a flag is no longer that.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.families.receivers import Receivers
from asyncore_codemods.analyse.values.syntax import last_name, values_given
from asyncore_codemods.index.modules import dotted_name
from asyncore_codemods.nodes import is_stored, walk
from asyncore_codemods.plan.stand_ins import is_exit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from asyncore_codemods.analyse.families.hierarchies import Hierarchy
    from asyncore_codemods.index import Module, Project
    from asyncore_codemods.index.project import ClassEntry

HANDLES_SIGNALS = "the program handles signals"
_OF_SIGNAL = ("SIG_DFL", "SIG_IGN", "default_int_handler")
_RAISED = ("KeyboardInterrupt", "SystemExit")
_CALLED = ("sys.exit", "exit", "os._exit")
_SAYING = frozenset({"debug", "info", "warning", "warn", "error", "critical", "exception", "write", "flush"})
_PLAIN = (ast.Constant, ast.Name, ast.JoinedStr, ast.FormattedValue, ast.BinOp, ast.Tuple, ast.operator)
_PREDICATES = ("readable", "writable")


def ends_program(project: Project, module: Module, call: ast.Call) -> bool:
    """Tell whether a signal handler does nothing but end the program, or is one of signal's own.

    Another exception than those that leave every loop would be lost if it came while asyncio runs a callback.
    """
    if len(call.args) != 2:
        return False
    handler = call.args[1]
    if isinstance(handler, ast.Attribute) and handler.attr in _OF_SIGNAL:
        return True
    functions = handlers_given(project, module, handler)
    return bool(functions) and all(_ends(last_step(function)) for function in functions)


def handlers_given(project: Project, module: Module, handler: ast.expr) -> list[ast.FunctionDef | ast.Lambda]:
    """Return every function that *handler* may be, none if that cannot be told."""
    if isinstance(handler, ast.Lambda):
        return [handler]
    if isinstance(handler, ast.Name):
        functions = list(functions_called(module, handler.id))
        return [*functions] if len(functions) == 1 else []
    if not isinstance(handler, ast.Attribute):
        return []
    classes = Receivers(project, module, handler).of(handler) or frozenset()
    found = [_method(project.classes[name], handler.attr) for name in classes if name in project.classes]
    if len(found) < len(classes) or _is_given(project, handler.attr):
        return []
    known = [function for function in found if function is not None]
    return [*known] if len(known) == len(found) else []


def last_step(function: ast.FunctionDef | ast.Lambda) -> ast.stmt:
    """Return what a handler does last."""
    return ast.Expr(function.body) if isinstance(function, ast.Lambda) else function.body[-1]


def _method(entry: ClassEntry, name: str) -> ast.FunctionDef | None:
    """Return what objects of a class have as their method of that name."""
    for one in entry.lineage():
        for statement in one.node.body:
            if getattr(statement, "name", "") == name:
                return statement if isinstance(statement, ast.FunctionDef) else None
    return None


def _is_given(project: Project, name: str) -> bool:
    """Tell whether something is assigned to an attribute *name* anywhere, which may hide a method."""
    return any(
        isinstance(node, ast.Attribute) and node.attr == name and is_stored(node)
        for module in project.modules.values()
        if name in module.source.text
        for node in walk(module.source.tree)
    )


def _ends(last: ast.stmt) -> bool:
    if isinstance(last, ast.Raise):
        return _is_known_end(last)
    return (
        isinstance(last, ast.Expr) and isinstance(last.value, ast.Call) and ast.unparse(last.value.func) in _CALLED
    )


def _is_known_end(last: ast.Raise) -> bool:
    raised = last.exc.func if isinstance(last.exc, ast.Call) else last.exc
    return raised is not None and (dotted_name(raised) in _RAISED or is_exit(raised))


def only_sets_flags(module: Module, call: ast.Call, hierarchies: Sequence[Hierarchy]) -> bool:
    """Tell whether a signal handler does nothing but say something, and set flags that no channel depends on."""
    if len(call.args) != 2 or call.keywords:
        return False
    functions = list(functions_called(module, last_name(call.args[1])))
    flags: set[str] = set()
    for function in functions:
        for statement in function.body:
            named = _flags_set(statement)
            if named is None:
                return False
            flags |= named
    inherited = {name for hierarchy in hierarchies for name in legacy.inherited_names(hierarchy.root)}
    asked = {
        node.attr if isinstance(node, ast.Attribute) else node.id
        for hierarchy in hierarchies
        for definition in hierarchy.definitions()
        if definition.function.name in _PREDICATES
        for node in walk(definition.function, (ast.Attribute, ast.Name))
    }
    return bool(functions) and not flags & (inherited | asked)


def _flags_set(statement: ast.stmt) -> set[str] | None:
    """Return the names of the flags that a statement sets, None if it does anything else but talk."""
    if isinstance(statement, (ast.Global, ast.Pass)):
        return set()
    if isinstance(statement, ast.Assign) and isinstance(statement.value, (ast.Constant, ast.Name)):
        names = [last_name(target) for target in statement.targets if dotted_name(target) is not None]
        return {name for name in names if name} if len(names) == len(statement.targets) else None
    if not isinstance(statement, ast.Expr):
        return None
    value = statement.value
    if isinstance(value, ast.Constant):
        return set()
    if not isinstance(value, ast.Call):
        return None
    name = dotted_name(value.func) or ""
    says = name == "print" or (name.rpartition(".")[2] in _SAYING and not name.startswith("self."))
    given = values_given(value)
    plain = all(isinstance(n, (*_PLAIN, ast.expr_context)) or _is_stream(n) for one in given for n in walk(one))
    return set() if says and plain else None


def _is_stream(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and dotted_name(node) in ("sys.stdout", "sys.stderr")


def functions_called(module: Module, name: str) -> Iterator[ast.FunctionDef]:
    """Yield the functions of that name, nested or not."""
    return (n for n in walk(module.source.tree, ast.FunctionDef) if n.name == name)
