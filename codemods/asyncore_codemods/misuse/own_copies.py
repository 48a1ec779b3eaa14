"""The project carries its own copy of a removed module.

Its classes derive from the copy, from which Python 3.12 took nothing: they keep working, with all that the old
module had wrong (select() and its 1,024 files, for one), and next to asyncio they need a loop of their own. This
tool does not rewrite them, as a copy may differ from what it was copied from.

## What to do

Let the bridge drive the copy's classes with `asyncore_bridge.adopt(module)`, or have them derive from the old
module by its own name (`import asyncore`), delete the copy or leave it out with `--exclude`, and run the command
again.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.codes import Code

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asyncore_codemods.index import Module, Project

CODE = Code.OWN_COPY
_MARKS: dict[str, tuple[set[str], set[str]]] = {  # some of a copy's methods, and what it needs beside it
    "dispatcher": ({"create_socket", "handle_read_event", "handle_write_event", "del_channel"}, {"loop", "poll"}),
    "async_chat": ({"set_terminator", "found_terminator", "push_with_producer", "refill_buffer"}, set()),
    "SMTPServer": ({"process_message", "handle_accept"}, {"SMTPChannel"}),
}


def find(project: Project, module: Module) -> Iterator[tuple[ast.AST, str]]:
    """Yield the class statements that are copies of the removed modules' classes."""
    for node in module.all_classes:
        if node.name not in _MARKS:
            continue
        methods, beside = _MARKS[node.name]
        defined = {statement.name for statement in node.body if isinstance(statement, ast.FunctionDef)}
        if len(methods & defined) * 2 > len(methods) and beside <= set(module.bindings):
            below = sum(1 for _ in project.entries[id(node)].descendants())
            derived = f", from which {below} classes derive" if below > 1 else ""
            yield node, f"{node.name} is the project's own copy of a removed class{derived}"
