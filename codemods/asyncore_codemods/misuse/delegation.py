"""A method of the socket is called on the dispatcher.

On Python 2 a dispatcher passed on to its socket whatever it did not have itself. Python 3 warned of that and then
removed it: the call raises AttributeError.

## What to do

Call it on self.socket.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.codes import Code
from asyncore_codemods.misuse.families import defines

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator

    from asyncore_codemods.analyse.views import ClassView

CODE = Code.DELEGATION
_OF_SOCKETS = (
    *("setsockopt", "getsockopt", "getsockname", "getpeername", "shutdown", "settimeout", "gettimeout"),
    *("setblocking", "fileno", "makefile", "sendall", "recv_into", "recvfrom", "sendto", "connect_ex"),
)


def find_in_class(view: ClassView) -> Iterator[tuple[ast.AST, str]]:
    """Yield the calls of socket methods on self that nobody in the family defines."""
    if view.root == legacy.FILE_DISPATCHER:
        return
    for name in _OF_SOCKETS:
        for call in view.calls(name):
            if not defines(view, name):
                yield call, f"calls self.{name}(), which only self.socket has"
