"""What a class does with the socket itself, and with the state that its base class keeps."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.idioms.registry import idiom
from asyncore_codemods.nodes import FUNCTIONS, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asyncore_codemods.analyse.families.views import ClassView

STATE = ("connected", "addr", "accepting", "connecting", "_fileno", "debug", "closing")


def socket_uses(view: ClassView) -> Iterator[tuple[str, ast.AST]]:
    """Yield what is taken of self.socket, with the place; "" where the socket as such is handed on."""
    for use in view.using("socket"):
        parent = view.parents.get(use.node)
        if not use.is_written:
            yield (parent.attr if isinstance(parent, ast.Attribute) else ""), use.node


def _taking(view: ClassView, *names: str) -> Iterator[ast.AST]:
    return (node for name, node in socket_uses(view) if name in names)


@idiom("socket.address")
def _address(view: ClassView) -> Iterator[ast.AST]:
    """The socket is asked for an address."""
    return _taking(view, "getsockname", "getpeername")


@idiom("socket.option")
def _option(view: ClassView) -> Iterator[ast.AST]:
    """Options of the socket are set or read."""
    return _taking(view, "setsockopt", "getsockopt")


@idiom("socket.data")
def _data(view: ClassView) -> Iterator[ast.AST]:
    """Data goes past the dispatcher: the socket's own send() or recv()."""
    return _taking(view, "send", "sendall", "recv", "recv_into", "sendto", "recvfrom", "read", "write")


@idiom("socket.close")
def _close(view: ClassView) -> Iterator[ast.AST]:
    """The socket itself is closed or shut down."""
    return _taking(view, "close", "shutdown")


@idiom("socket.blocking")
def _blocking(view: ClassView) -> Iterator[ast.AST]:
    """The socket is made blocking, or given a timeout."""
    return _taking(view, "setblocking", "settimeout")


@idiom("socket.escapes")
def _escapes(view: ClassView) -> Iterator[ast.AST]:
    """The socket as such is handed on."""
    return _taking(view, "")


@idiom("socket.replaced")
def _replaced(view: ClassView) -> Iterator[ast.AST]:
    """self.socket is assigned."""
    yield from (use.node for use in view.using("socket") if use.is_written)


@idiom("socket.delegated")
def _delegated(view: ClassView) -> Iterator[ast.AST]:
    """A method of the socket is called on the dispatcher, which Python 2 passed on."""
    for call in view.calls("setsockopt", "shutdown", "settimeout", "getsockname", "getsockopt", "getpeername"):
        assert isinstance(call.func, ast.Attribute)
        if call.func.attr not in view.methods:
            yield call


@idiom("tls.wrap")
def _wrap(view: ClassView) -> Iterator[ast.AST]:
    """The connection is wrapped in TLS by hand."""
    for node in view.nodes():
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "wrap_socket":
            yield node


@idiom("tls.handshake")
def _handshake(view: ClassView) -> Iterator[ast.AST]:
    """The handshake is made in a handler."""
    for node in view.nodes():
        if isinstance(node, ast.Attribute) and node.attr == "do_handshake":
            yield node


@idiom("tls.starttls")
def _starttls(view: ClassView) -> Iterator[ast.AST]:
    """A live connection is wrapped: STARTTLS."""
    for node in _wrap(view):
        parent: ast.AST | None = node
        while parent is not None and not isinstance(parent, FUNCTIONS):
            parent = view.parents.get(parent)
        name = parent.name if isinstance(parent, ast.FunctionDef) else ""
        if name not in ("__init__", *legacy.ACCEPTING, "handle_connect"):
            yield node


@idiom("override.data")
def _data_overridden(view: ClassView) -> Iterator[ast.AST]:
    """send() or recv() is overridden."""
    yield from (view.methods[name] for name in ("send", "recv") if name in view.methods)


@idiom("override.on-instance")
def _on_instance(view: ClassView) -> Iterator[ast.AST]:
    """A method of the base class is replaced on the object itself."""
    names = ("send", "recv", "push", "readable", "writable", "handle_read", "handle_write", "close")
    yield from (use.node for use in view.using(*names) if use.is_written)


@idiom("state.used")
def _state(view: ClassView) -> Iterator[ast.AST]:
    """Attributes that the base class keeps are used: connected, addr, accepting and the like."""
    yield from (use.node for use in view.using(*STATE))


@idiom("map.own")
def _map(view: ClassView) -> Iterator[ast.AST]:
    """A map is given or used."""
    yield from (use.node for use in view.using("_map"))
    for node in walk(view.entry.node, ast.keyword):
        if node.arg in ("map", "sock_map"):
            yield node.value


@idiom("map.global")
def _global_map(view: ClassView) -> Iterator[ast.AST]:
    """asyncore.socket_map is used."""
    for node in walk(view.entry.node, (ast.Name, ast.Attribute)):
        if view.resolve(node) == "asyncore.socket_map":
            yield node


@idiom("map.channels")
def _channels(view: ClassView) -> Iterator[ast.AST]:
    """add_channel() or del_channel() is called."""
    yield from view.calls("add_channel", "del_channel")


@idiom("map.overridden")
def _map_overridden(view: ClassView) -> Iterator[ast.AST]:
    """add_channel() or del_channel() is overridden."""
    yield from (view.methods[name] for name in ("add_channel", "del_channel") if name in view.methods)
