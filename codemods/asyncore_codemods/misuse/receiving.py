"""recv() is called where there is nothing to receive, or without a size.

async_chat has already read what a frame consists of: it gives it to collect_incoming_data(), and
found_terminator() takes it from where that put it. Whoever calls recv() there takes a piece of the next frame. And
recv(buffer_size) wants a size.

## What to do

Use what collect_incoming_data() was given; elsewhere give recv() a size.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncore_codemods.codes import Code
from asyncore_codemods.misuse.families import defines

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator

    from asyncore_codemods.analyse.families.views import ClassView

CODE = Code.RECEIVING
_WRONG = {
    "found_terminator": "where the frame has been read already",
    "collect_incoming_data": "which is given what has been read already",
}


def find_in_class(view: ClassView) -> Iterator[tuple[ast.AST, str]]:
    """Yield such calls, unless the family has a recv() of its own."""
    if defines(view, "recv"):
        return
    for use in view.using("recv"):
        if use.call is None:
            continue
        if not use.call.args and not use.call.keywords:
            yield use.call, "calls recv() without a size"
        elif use.method in _WRONG and view.is_chat:
            yield use.call, f"calls recv() in {use.method}(), {_WRONG[use.method]}"
