"""Methods that a class body assigns: `collect_incoming_data = lambda self, data: self.pieces.append(data)`.

Or `handle_expt = handle_close`, which is another name for a method of the same class.

They are read as the `def` that they stand for, so that nothing a class does escapes the analysis.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.nodes import DEFINITIONS, FUNCTIONS, once, walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from asyncore_codemods.index.modules import FunctionNode
    from asyncore_codemods.index.project import Project

_ASSIGNED = "asyncore_codemods_assigned"
_HOOKS = ("handle_close", "handle_connect", "handle_expt")
_COLLECTORS = ("collect_incoming_data", "_collect_incoming_data")


def methods_of(node: ast.ClassDef) -> list[FunctionNode]:
    """Return the methods that a class body defines, assigned ones among them; the same nodes each time."""
    return once(_methods, node)


def named_in_body(node: ast.ClassDef) -> Iterator[ast.Name]:
    """Yield the names in a class body, outside of its methods: `process = handle`."""
    for statement in node.body:
        if not isinstance(statement, DEFINITIONS):
            yield from (inner for inner in walk(statement, ast.Name))


def method_names(project: Project) -> set[str]:
    """Return what the methods of all classes are called."""
    return {method.name for entry in project.classes.values() for method in methods_of(entry.node)}


def decorated_methods(project: Project) -> set[str]:
    """Return the names of those that have a decorator: properties are called without looking like it."""
    methods = (method for entry in project.classes.values() for method in methods_of(entry.node))
    return {method.name for method in methods if method.decorator_list}


def _methods(node: ast.ClassDef) -> list[FunctionNode]:
    found: list[FunctionNode] = []
    defined: dict[str, ast.FunctionDef] = {}
    for statement in node.body:
        if isinstance(statement, ast.FunctionDef):
            defined[statement.name] = statement
        if isinstance(statement, FUNCTIONS):
            found.append(statement)
        elif isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            target = statement.targets[0]
            function = _assigned(target.id, statement, defined) if isinstance(target, ast.Name) else None
            if function is not None:
                found.append(function)
    return found


def has_other_name(node: ast.ClassDef, name: str) -> bool:
    """Tell whether a class body gives one of its methods another name, other than that of a hook that goes."""
    return any(
        isinstance(statement, ast.Assign)
        and isinstance(statement.value, ast.Name)
        and statement.value.id == name
        and [ast.unparse(target) for target in statement.targets] != ["handle_expt"]
        for statement in node.body
    )


def is_assigned(function: FunctionNode) -> bool:
    """Tell whether a method was assigned, so that there is no `def` to change."""
    return _ASSIGNED in function.__dict__


def assigned_as(node: ast.Lambda, parents: Mapping[ast.AST, ast.AST]) -> FunctionNode | None:
    """Return the method that *node* stands for, if a class body assigns it."""
    statement = parents.get(node)
    holder = parents.get(statement) if statement is not None else None
    if not isinstance(holder, ast.ClassDef):
        return None
    return next((m for m in methods_of(holder) if is_assigned(m) and m.args is node.args), None)


def takes_collector(node: ast.AST, parents: Mapping[ast.AST, ast.AST]) -> bool:
    """Tell whether *node* is `async_chat._collect_incoming_data`, and becomes a method of a class."""
    statement = parents.get(node)
    return (
        isinstance(node, ast.Attribute)
        and isinstance(statement, ast.Assign)
        and isinstance(parents.get(statement), ast.ClassDef)
        and [target.id for target in statement.targets if isinstance(target, ast.Name)] == [_COLLECTORS[0]]
        and node.attr == _COLLECTORS[1]
    )


def _assigned(name: str, statement: ast.Assign, defined: Mapping[str, ast.FunctionDef]) -> ast.FunctionDef | None:
    value = statement.value
    if isinstance(value, ast.Name) and value.id in defined and name in _HOOKS:
        return _other_name(name, statement, value, defined[value.id])
    if isinstance(value, ast.Lambda):
        return _function(name, statement, value.args, value.body)
    if name == _COLLECTORS[0] and isinstance(value, ast.Attribute) and value.attr == _COLLECTORS[1]:
        # collect_incoming_data = asynchat.async_chat._collect_incoming_data
        call = ast.parse(f"self.{value.attr}(data)", mode="eval").body
        for inner in ast.walk(call):
            ast.copy_location(inner, value)
        arguments = ast.arguments(
            posonlyargs=[],
            args=[ast.copy_location(ast.arg(arg=arg), value) for arg in ("self", "data")],
            kwonlyargs=[],
            kw_defaults=[],
            defaults=[],
        )
        return _function(name, statement, arguments, call)
    return None


def _other_name(
    name: str, statement: ast.Assign, value: ast.Name, method: ast.FunctionDef
) -> ast.FunctionDef | None:
    """Return the method that calls another one, None if that takes arguments, or is not a plain one."""
    names = [arg.arg for arg in method.args.args]
    if len(names) != 1 or ast.unparse(method.args) != names[0] or method.decorator_list:
        return None
    call = ast.parse(f"{names[0]}.{value.id}()", mode="eval").body
    for inner in ast.walk(call):
        ast.copy_location(inner, value)
    function = _function(name, statement, method.args, call)
    function.body = [ast.copy_location(ast.Expr(call), statement)]
    return function


def _function(name: str, statement: ast.Assign, arguments: ast.arguments, body: ast.expr) -> ast.FunctionDef:
    returned = ast.copy_location(ast.Return(value=body), statement)
    function = ast.FunctionDef(name=name, args=arguments, body=[returned], decorator_list=[], returns=None)
    function.__dict__[_ASSIGNED] = True
    return ast.copy_location(function, statement)


# Of an assignment to one of these, reading it as a method says all; of other inherited methods, it would not do.
UNDERSTOOD = frozenset(
    {"collect_incoming_data", "readable", "writable", "log", "handle_close", "handle_connect", "handle_expt"}
)
_DATA = frozenset(
    [
        "ac_in_buffer", "ac_in_buffer_size", "ac_out_buffer_size", "accepting", "addr", "channel_class", "closing",
        "command_size_limit", "command_size_limits", "connected", "connecting", "data_size_limit", "debug",
        "enable_SMTPUTF8", "encoding", "fqdn", "incoming", "out_buffer", "producer_fifo", "socket", "terminator",
        "use_encoding",
    ]
)  # fmt: skip


def replaces_method(name: str, root: str) -> bool:
    """Tell whether a class that derives from *root* changes what it inherits by assigning *name*."""
    return name in legacy.inherited_names(root) and name not in _DATA and name != "log"
