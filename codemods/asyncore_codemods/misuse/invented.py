"""Nothing of this name ever existed in the old API.

Tutorials call `asyncore.sync_channel_from()`, `self.start_server()`, `self.empty()`, `self.buffer()`,
`self.reset()` and the like. No Python had them; the call raises AttributeError.

## What to do

Look up what the class does inherit, and call that.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.codes import Code
from asyncore_codemods.misuse.families import defines
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asyncore_codemods.analyse.views import ClassView
    from asyncore_codemods.index import Module, Project

CODE = Code.INVENTED
_OF_ASYNCORE = (  # on any Python
    *("ExitNow", "close_all", "compact_traceback", "dispatcher", "dispatcher_with_send", "file_dispatcher"),
    *("file_wrapper", "loop", "poll", "poll2", "poll3", "read", "readwrite", "socket_map", "strerror", "write"),
)
_OF_ASYNCHAT = ("async_chat", "deque", "fifo", "find_prefix_at_end", "simple_producer")
_EXISTS = {"asyncore": _OF_ASYNCORE, "asynchat": _OF_ASYNCHAT}
_ON_SELF = ("start_server", "empty", "buffer", "reset", "sync_channel_from", "serve_forever", "start_listening")


def find(project: Project, module: Module) -> Iterator[tuple[ast.AST, str]]:
    """Yield the calls of functions that the removed modules never had."""
    for node in walk(module.source.tree):
        if isinstance(node, ast.Call):
            target = project.resolve_node(module, node.func) or ""
            head, _, name = target.partition(".")
            known = _EXISTS.get(head, ())
            is_public = bool(known and name) and "." not in name and not name.startswith("_")
            if is_public and name not in known and not _is_set(project, module, target):
                yield node, f"calls {target}(), which never existed"


def find_in_class(view: ClassView) -> Iterator[tuple[ast.AST, str]]:
    """Yield the calls of methods that the removed classes never had and nobody in the family defines."""
    inherited = legacy.inherited_names(view.root)
    for name in _ON_SELF:
        if name not in inherited and not view.root.startswith("smtpd.") and not defines(view, name):
            for call in view.calls(name):
                yield call, f"calls self.{name}(), which never existed"


def _is_set(project: Project, module: Module, target: str) -> bool:
    """Tell whether the project gives the removed module that name itself."""
    return any(
        isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Store)
        and project.resolve_node(other, node) == target
        for other in {*project.modules.values(), module}
        for node in walk(other.source.tree)
    )
