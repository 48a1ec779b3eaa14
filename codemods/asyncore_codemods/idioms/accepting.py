"""How a class listens, accepts and connects."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.idioms.registry import idiom

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asyncore_codemods.analyse.families.views import ClassView


@idiom("listen.listen")
def _listen(view: ClassView) -> Iterator[ast.AST]:
    """The class listens."""
    yield from view.calls("listen")


@idiom("listen.guarded")
def _guarded(view: ClassView) -> Iterator[ast.AST]:
    """handle_accept() tests what accept() returned, or catches what it raises."""
    if any(view.calls("accept")):
        guards = (ast.If, ast.Try)
        yield from [n for n in view.nodes("handle_accept") if isinstance(n, guards)][:1]


@idiom("listen.unguarded")
def _unguarded(view: ClassView) -> Iterator[ast.AST]:
    """handle_accept() unpacks accept() without a test."""
    if not any(_guarded(view)):
        yield from (use.node for use in view.using("accept") if use.method == "handle_accept" and use.call)


@idiom("listen.accepted")
def _accepted(view: ClassView) -> Iterator[ast.AST]:
    """handle_accepted() is overridden."""
    if "handle_accepted" in view.methods:
        yield view.methods["handle_accepted"]


@idiom("listen.socket-accept")
def _socket_accept(view: ClassView) -> Iterator[ast.AST]:
    """self.socket.accept() is called."""
    for use in view.using("socket"):
        parent = view.parents.get(use.node)
        if isinstance(parent, ast.Attribute) and parent.attr == "accept":
            yield parent


@idiom("listen.reuse")
def _reuse(view: ClassView) -> Iterator[ast.AST]:
    """set_reuse_addr() is called."""
    yield from view.calls("set_reuse_addr")


@idiom("listen.factory")
def _factory(view: ClassView) -> Iterator[ast.AST]:
    """The class of the sessions is an attribute."""
    for use in view.uses:
        if use.method in legacy.ACCEPTING and use.call and use.name not in view.methods:
            words = ("class", "factory", "handler", "channel")
            if any(word in use.name.lower() for word in words) and use.name not in legacy.ACCEPTING:
                yield use.node


@idiom("listen.not-stored")
def _not_stored(view: ClassView) -> Iterator[ast.AST]:
    """A session is made and kept nowhere: only the map holds it."""
    for node in view.nodes(*legacy.ACCEPTING):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            entry = view.project.class_at(view.resolve(node.value.func), view.module)
            if entry is not None and entry.root:
                yield node


@idiom("listen.once")
def _once(view: ClassView) -> Iterator[ast.AST]:
    """The listener closes itself after a connection."""
    yield from (use.node for use in view.using("close") if use.method in legacy.ACCEPTING and use.call)


@idiom("listen.filter")
def _filter(view: ClassView) -> Iterator[ast.AST]:
    """Connections are turned away: an access list or a limit."""
    for node in view.nodes(*legacy.ACCEPTING):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "close":
            if isinstance(node.func.value, ast.Name) and node.func.value.id != "self":
                yield node


@idiom("listen.chat")
def _chat(view: ClassView) -> Iterator[ast.AST]:
    """An async_chat subclass is the listener."""
    if view.is_chat:
        yield from view.calls("listen")


@idiom("connect.connect")
def _connect(view: ClassView) -> Iterator[ast.AST]:
    """The class connects."""
    yield from view.calls("connect")


@idiom("connect.constructor")
def _constructor(view: ClassView) -> Iterator[ast.AST]:
    """The constructor connects."""
    yield from (use.node for use in view.using("connect") if use.method == "__init__" and use.call)


@idiom("connect.set-socket")
def _set_socket(view: ClassView) -> Iterator[ast.AST]:
    """A socket made elsewhere is taken over."""
    yield from view.calls("set_socket")


@idiom("connect.create-socket")
def _create_socket(view: ClassView) -> Iterator[ast.AST]:
    """create_socket() is called."""
    yield from view.calls("create_socket")
