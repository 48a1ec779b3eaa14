"""A handler does not fit the way it is called.

The loop calls the handlers without arguments: handle_error() learns of the exception from sys.exc_info(), and
handle_accept() calls self.accept(). Only collect_incoming_data(self, data) and handle_accepted(self, sock, addr)
are given something. A handler that wants more, or has no self, raises TypeError when its event comes. One that is
`async def` never runs: the loop calls it and drops the coroutine.

smtpd's process_message() is given mail_options= and rcpt_options= as well since Python 3.5, unless the server is
made with decode_data=True. Without a place for them every mail ends in a TypeError.

## What to do

Give the method the parameters that it is called with, and make it a plain function.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.codes import Code
from asyncore_codemods.misuse.families import is_closed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asyncore_codemods.analyse.families.views import ClassView

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
        if isinstance(function, ast.AsyncFunctionDef):
            yield function, f"has {name}() as a coroutine function, which is called and never awaited"
            continue
        args = function.args
        positional = [*args.posonlyargs, *args.args]
        least = len(positional) - len(args.defaults)
        most = len(wanted) if args.vararg else len(positional)
        forced = any(default is None for default in args.kw_defaults)
        if least > len(wanted) or most < len(wanted) or forced:
            yield function, f"has {name}({ast.unparse(args)}), which is called as {name}({', '.join(wanted)})"
    yield from _process_message(view)


def _process_message(view: ClassView) -> Iterator[tuple[ast.AST, str]]:
    function = view.methods.get("process_message")
    if function is None or not view.root.startswith("smtpd.") or function.decorator_list or not is_closed(view):
        return
    args = function.args
    names = {arg.arg for arg in [*args.args, *args.kwonlyargs]}
    takes = args.kwarg is not None or {"mail_options", "rcpt_options"} <= names
    # as on Python 2, if it is asked for somewhere
    decodes = any("decode_data" in module.source.text for module in view.project.modules.values())
    if view.root != legacy.SMTP_CHANNEL and not takes and not decodes:
        called = "(peer, mailfrom, rcpttos, data, mail_options=..., rcpt_options=...)"
        yield function, f"has process_message({ast.unparse(args)}), which is called as process_message{called}"
