"""A method or attribute of the socket is used on the dispatcher.

On Python 2 a dispatcher passed on to its socket whatever it did not have itself. Python 3 warned of that and then
removed it: it raises AttributeError.

## What to do

Use it on self.socket.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.families.views import view_of
from asyncore_codemods.codes import Code
from asyncore_codemods.misuse.families import defines, provided_elsewhere
from asyncore_codemods.misuse.objects import class_of
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asyncore_codemods.analyse.families.views import ClassView
    from asyncore_codemods.index import Module, Project

CODE = Code.DELEGATION
OF_SOCKETS = (
    *("setsockopt", "getsockopt", "getsockname", "getpeername", "shutdown", "settimeout", "gettimeout"),
    *("setblocking", "fileno", "makefile", "sendall", "recv_into", "recvfrom", "sendto", "connect_ex"),
    *("recvfrom_into", "recvmsg", "sendmsg", "detach", "dup", "ioctl"),
    *("do_handshake", "getpeercert", "cipher", "unwrap", "pending"),  # of sockets with TLS
)
_ATTRIBUTES = ("family", "proto")


def find(project: Project, module: Module) -> Iterator[tuple[ast.AST, str]]:
    """Yield the calls of socket methods on names that hold channels."""
    for node in walk(module.source.tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in OF_SOCKETS
            and isinstance(node.func.value, ast.Name)
        ):
            entry = class_of(project, module, node.func.value)
            if entry is not None and entry.root != legacy.FILE_DISPATCHER:
                name = f"{node.func.value.id}.{node.func.attr}()"
                if not defines(view_of(project, entry), node.func.attr):
                    yield node, f"calls {name}, which only {node.func.value.id}.socket has"


def find_in_class(view: ClassView) -> Iterator[tuple[ast.AST, str]]:
    """Yield the uses of what sockets have on self, if nobody in the family defines it."""
    if view.root == legacy.FILE_DISPATCHER:
        return
    for name in OF_SOCKETS:
        for call in view.calls(name):
            if not defines(view, name):
                yield call, f"calls self.{name}(), which only self.socket has"
    for use in view.using(*_ATTRIBUTES):
        if not use.is_written and not defines(view, use.name) and not provided_elsewhere(view.project, use.name):
            yield use.node, f"reads self.{use.name}, which only self.socket has"
