"""A handler does not take the arguments that it is called with.

The loop calls the handlers without arguments: handle_error() learns of the exception from sys.exc_info(), and
handle_accept() calls self.accept(). Only collect_incoming_data(self, data) and handle_accepted(self, sock, addr)
are given something. A handler that wants more, or has no self, raises TypeError when its event comes.

## What to do

Give the method the parameters that it is called with.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.codes import Code

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asyncore_codemods.analyse.views import ClassView

CODE = Code.SIGNATURE
_PLAIN = ("read", "write", "error", "close", "connect", "accept", "expt")
_TAKES = {
    **{f"handle_{event}": ("self",) for event in _PLAIN},
    "readable": ("self",),
    "writable": ("self",),
    "handle_accepted": ("self", "sock", "addr"),
}
_CHAT = {"found_terminator": ("self",), "collect_incoming_data": ("self", "data")}


def find_in_class(view: ClassView) -> Iterator[tuple[ast.AST, str]]:
    """Yield the handlers whose parameters do not fit."""
    for name, wanted in {**_TAKES, **(_CHAT if view.is_chat else {})}.items():
        function = view.methods.get(name)
        if function is None or function.decorator_list:
            continue
        args = function.args
        positional = [*args.posonlyargs, *args.args]
        least = len(positional) - len(args.defaults)
        most = len(wanted) if args.vararg else len(positional)
        forced = any(default is None for default in args.kw_defaults)
        if least > len(wanted) or most < len(wanted) or forced:
            yield function, f"has {name}({ast.unparse(args)}), which is called as {name}({', '.join(wanted)})"
