"""asyncio.start_server() is given a class of the old API.

asyncio calls what it is given with a StreamReader and a StreamWriter; an async_chat wants a socket. The first
connection ends in a TypeError or an AttributeError, which asyncio only logs.

## What to do

Serve the class with `asyncore_bridge.serve()`, or let `asyncore-migrate fix` rewrite it.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.codes import Code
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asyncore_codemods.index import Module, Project

CODE = Code.START_SERVER
_SERVERS = ("asyncio.start_server", "asyncio.start_unix_server")


def find(project: Project, module: Module) -> Iterator[tuple[ast.AST, str]]:
    """Yield such calls."""
    for node in walk(module.source.tree):
        if isinstance(node, ast.Call) and node.args and project.resolve_node(module, node.func) in _SERVERS:
            given = project.resolve_node(module, node.args[0]) or ""
            entry = project.class_at(given, module)
            if given in legacy.CLASSES or (entry is not None and entry.root):
                name = ast.unparse(node.args[0])
                yield (
                    node,
                    f"gives asyncio.start_server() the class {name}, which cannot take a reader and a writer",
                )
