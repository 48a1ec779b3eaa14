"""Methods of a listener, or of another object, that get a new connection's socket, so that they make the session.

`make_channel(sock, addr)` that returns the session stays a plain function; `add_client(sock, addr)` that keeps the
session and returns nothing becomes a coroutine which runs it.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.listening.keepers import keeper_called
from asyncore_codemods.analyse.values.syntax import parent_map, self_attribute, significant
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from asyncore_codemods.analyse.families.hierarchies import Definition, Hierarchy
    from asyncore_codemods.analyse.listening.socket_uses import SessionResolver
    from asyncore_codemods.index.modules import FunctionNode


@dataclass
class Maker:
    """One definition of such a method."""

    definition: Definition
    parameter: ast.arg  # the socket
    returned: ast.Call | None  # the session's construction, if the method returns the session
    socket: ast.expr | None = None  # the argument of that
    keyword: str = ""
    classes: frozenset[str] = frozenset()
    is_abstract: bool = False  # it only raises NotImplementedError


def read_makers(
    hierarchy: Hierarchy, definition: Definition, call: ast.Call, sock: ast.expr, sessions_of: SessionResolver
) -> list[Maker] | None:
    """Return the methods that *call*, in *definition*, may come to, None if it is nothing like `self.method(sock)`.

    Either all of them return the session, or there is only one; those that are for subclasses to define come last.
    """
    name = self_attribute(call.func, definition.self_name)
    defined = hierarchy.methods.get(name or "", [])
    if name is None:
        kept = keeper_called(hierarchy.project, definition, call.func)
        defined = [kept] if kept is not None else []
    elif _mentions(hierarchy, name) != 1:
        return None
    makers = [_maker(other, call, sock, sessions_of) for other in defined]
    found = [maker for maker in makers if maker is not None]
    real = [maker for maker in found if not maker.is_abstract]
    if len(found) != len(makers) or not real or (len(real) > 1 and any(maker.returned is None for maker in real)):
        return None
    return [*real, *(maker for maker in found if maker.is_abstract)]


def _mentions(hierarchy: Hierarchy, name: str) -> int:
    return sum(
        isinstance(node, ast.Attribute) and node.attr == name
        for definition in hierarchy.definitions()
        for node in walk(definition.function)
    )


def _maker(definition: Definition, call: ast.Call, sock: ast.expr, sessions_of: SessionResolver) -> Maker | None:
    function = definition.function
    args = function.args
    if isinstance(function, ast.AsyncFunctionDef) or function.decorator_list or args.vararg or args.kwarg:
        return None
    given = [argument.value if isinstance(argument, ast.Starred) else argument for argument in call.args]
    starred = [argument for argument in call.args if isinstance(argument, ast.Starred)]
    if sock not in given or (starred and (len(call.args) > 1 or starred[0].value is not sock)):
        return None  # a keyword would have to become two
    positional = [*args.posonlyargs, *args.args][1:]
    if len(positional) <= given.index(sock) + len(starred):
        return None
    parameter = positional[given.index(sock)]
    if _is_abstract(function):
        return Maker(definition, parameter, None, is_abstract=True)
    uses = [n for n in walk(function, ast.Name) if n.id == parameter.arg]
    returns = [n for n in walk(function, ast.Return) if n.value is not None]
    if not returns:
        return Maker(definition, parameter, None)
    if len(uses) != 1 or not isinstance(uses[0].ctx, ast.Load):
        return None
    return _returning(definition, parameter, uses[0], returns, sessions_of)


def _is_abstract(function: FunctionNode) -> bool:
    """Tell whether a method is there for subclasses to define it."""
    body = significant(function.body)
    raised = body[0].exc if len(body) == 1 and isinstance(body[0], ast.Raise) else None
    name = raised.func if isinstance(raised, ast.Call) else raised
    return isinstance(name, ast.Name) and name.id == "NotImplementedError"


def _returning(
    definition: Definition,
    parameter: ast.arg,
    use: ast.Name,
    returns: list[ast.Return],
    sessions_of: SessionResolver,
) -> Maker | None:
    parents = parent_map(definition.function)
    parent = parents[use]
    keyword = parent.arg or "" if isinstance(parent, ast.keyword) else ""
    made = parents[parent] if isinstance(parent, ast.keyword) else parent
    if not isinstance(made, ast.Call) or use is made.func or parents[made] is definition.function:
        return None
    classes = sessions_of(definition, made.func)
    if not classes or len(returns) != 1:
        return None
    value, statement = returns[0].value, parents[made]
    if value is not made:
        kept = statement.targets[0] if isinstance(statement, ast.Assign) else None
        if not isinstance(kept, ast.Name) or not isinstance(value, ast.Name) or kept.id != value.id:
            return None
        named = [n for n in walk(definition.function, ast.Name) if n.id == value.id]
        if sum(isinstance(n.ctx, ast.Store) for n in named) != 1:
            return None
    body = definition.function.body
    if returns[0] is not body[-1] or (value is not made and statement not in body):
        return None
    return Maker(definition, parameter, made, use, keyword, classes)
