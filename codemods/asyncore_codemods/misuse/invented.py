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
from asyncore_codemods.analyse.families.views import view_of
from asyncore_codemods.codes import Code
from asyncore_codemods.misuse import delegation
from asyncore_codemods.misuse.families import is_closed, provided_by_relatives, provided_elsewhere
from asyncore_codemods.misuse.objects import class_of, constructed, is_global
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asyncore_codemods.analyse.families.views import ClassView
    from asyncore_codemods.index import Module, Project

CODE = Code.INVENTED
_OF_ASYNCORE = (  # on any Python
    *("ExitNow", "close_all", "compact_traceback", "dispatcher", "dispatcher_with_send", "file_dispatcher"),
    *("file_wrapper", "loop", "poll", "poll2", "poll3", "read", "readwrite", "socket_map", "strerror", "write"),
)
_OF_ASYNCHAT = ("async_chat", "deque", "fifo", "find_prefix_at_end", "simple_producer")
_OF_SMTPD = (
    *("DebuggingServer", "Devnull", "MailmanProxy", "PureProxy", "SMTPChannel", "SMTPServer", "parseargs", "usage"),
    "Options",
)
_EXISTS = {"asyncore": _OF_ASYNCORE, "asynchat": _OF_ASYNCHAT, "smtpd": _OF_SMTPD}
_TUTORIALS = ("empty", "buffer", "start_server", "reset", "sync_channel_from", "serve_forever", "start_listening")
_OF_PYTHON2 = ("refill_buffer", "handle_expt", "ac_in_buffer", "ac_out_buffer")


def find(project: Project, module: Module) -> Iterator[tuple[ast.AST, str]]:
    """Yield the uses of functions that the removed modules never had, and such calls on names of channels."""
    for node in walk(module.source.tree, ast.Call):
        target = project.resolve_node(module, node.func) or ""
        head, _, name = target.partition(".")
        known = _EXISTS.get(head, ())
        is_public = bool(known and name) and "." not in name and not name.startswith("_")
        if is_public and name not in known and is_global(module, node.func) and not _is_set(project, target):
            yield node, f"calls {target}(), which never existed"
        if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
            entry = class_of(project, module, node.func.value)
            if entry is not None and entry.root and not _exists(view_of(project, entry), node.func.attr):
                yield node, f"calls {node.func.value.id}.{node.func.attr}(), which never existed"


def find_in_class(view: ClassView) -> Iterator[tuple[ast.AST, str]]:
    """Yield the uses of methods that the removed classes never had and nobody in the family defines."""
    is_whole = view.entry in constructed(view.project)  # else its users may have to define what it calls
    for use in view.uses:
        if use.is_written or not (use.name in _TUTORIALS or (is_whole and use.call)) or _exists(view, use.name):
            continue
        called = f"calls self.{use.name}()" if use.call else f"reads self.{use.name}"
        yield use.call or use.node, f"{called}, which never existed"


def _exists(view: ClassView, name: str) -> bool:
    """Tell whether objects of the class may have the attribute *name*."""
    return (
        view.root.startswith("smtpd.")  # which has very many names
        or name.startswith("__")
        or name in legacy.inherited_names(view.root)
        or name in _OF_PYTHON2
        or name in delegation.OF_SOCKETS  # a mistake of its own
        or not is_closed(view)
        or provided_by_relatives(view, name)
        or provided_elsewhere(view.project, name)
        or _sets_by_name(view)
    )


def _sets_by_name(view: ClassView) -> bool:
    """Tell whether a file of the project gives objects attributes whose names are not written down."""
    return any(
        (isinstance(node, ast.Name) and node.id == "setattr")
        or (isinstance(node, ast.Attribute) and node.attr == "__dict__")
        for module in {view.module, *(entry.module for entry in view.entry.descendants())}
        for node in walk(module.source.tree)
    )


def _is_set(project: Project, target: str) -> bool:
    """Tell whether the project gives the removed module that name itself."""
    return provided_elsewhere(project, target.rpartition(".")[2])
