"""asyncio is given a class of the old API to make its connections of.

`asyncio.start_server()` calls what it is given with a StreamReader and a StreamWriter, `loop.create_server()` wants
a factory of Protocols; an async_chat is neither, it wants a socket. The first connection ends in a TypeError or an
AttributeError, which asyncio only logs.

## What to do

Serve the class with `asyncore_bridge.serve()`, or let `asyncore-migrate fix` rewrite it.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.codes import Code
from asyncore_codemods.misuse.objects import is_class
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asyncore_codemods.index import Module, Project

CODE = Code.START_SERVER
_SERVERS = ("asyncio.start_server", "asyncio.start_unix_server")
_FACTORIES = ("create_server", "create_unix_server", "create_connection", "create_unix_connection")
_LOOPS = ("get_event_loop", "get_running_loop", "new_event_loop", "loop", "_loop", "event_loop")


def find(project: Project, module: Module) -> Iterator[tuple[ast.AST, str]]:
    """Yield such calls."""
    for node in walk(module.source.tree, ast.Call):
        keyword, wanted = _wants(project, module, node)
        given = node.args[:1] + [k.value for k in node.keywords if k.arg == keyword]
        if keyword and given:
            made = _made(given[0])
            if is_class(project, module, made):
                function = ast.unparse(node.func).rpartition(".")[2]
                yield node, f"gives asyncio's {function}() the class {ast.unparse(made)}, which {wanted}"


def _wants(project: Project, module: Module, node: ast.Call) -> tuple[str, str]:
    """Return the name of the parameter that makes connections, and what is wrong about a channel there."""
    if project.resolve_node(module, node.func) in _SERVERS:
        return "client_connected_cb", "cannot take a reader and a writer"
    if isinstance(node.func, ast.Attribute) and node.func.attr in _FACTORIES:
        owner = node.func.value
        owner = owner.func if isinstance(owner, ast.Call) else owner
        if ast.unparse(owner).rpartition(".")[2] in _LOOPS:
            return "protocol_factory", "is no asyncio.Protocol"
    return "", ""


def _made(node: ast.expr) -> ast.expr:
    """Return the class in `Class`, `lambda r, w: Class(r)` and `partial(Class, ...)`."""
    if isinstance(node, ast.Lambda) and isinstance(node.body, ast.Call):
        return node.body.func
    if isinstance(node, ast.Call) and node.args and ast.unparse(node.func) in ("partial", "functools.partial"):
        return node.args[0]
    return node
