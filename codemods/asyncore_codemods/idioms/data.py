"""How a dispatcher reads and writes by hand."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.values.syntax import significant
from asyncore_codemods.idioms.registry import idiom
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asyncore_codemods.analyse.families.views import ClassView


@idiom("read.recv")
def _recv(view: ClassView) -> Iterator[ast.AST]:
    """handle_read() calls self.recv()."""
    yield from (use.node for use in view.using("recv") if use.method == "handle_read" and use.call)


@idiom("read.recvfrom")
def _recvfrom(view: ClassView) -> Iterator[ast.AST]:
    """Datagrams are read with recvfrom()."""
    for node in view.nodes():
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and "recvfrom" in node.func.attr:
            yield node


@idiom("read.other")
def _other_read(view: ClassView) -> Iterator[ast.AST]:
    """handle_read() reads in a way of its own."""
    function = view.methods.get("handle_read")
    if function and significant(function.body) and not any(_recv(view)) and not any(_recvfrom(view)):
        yield function


@idiom("read.exactly")
def _exactly(view: ClassView) -> Iterator[ast.AST]:
    """recv() is called in a loop, or for as much as is missing."""
    for call in view.calls("recv"):
        size = call.args[0] if call.args else None
        parent = view.parents.get(call)
        while parent is not None and not isinstance(parent, (ast.While, ast.FunctionDef)):
            parent = view.parents.get(parent)
        if isinstance(parent, ast.While) or isinstance(size, (ast.BinOp, ast.Attribute)):
            yield call


@idiom("write.slice")
def _slice(view: ClassView) -> Iterator[ast.AST]:
    """handle_write() sends and keeps the rest of its buffer."""
    for node in view.nodes("handle_write"):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Subscript):
            if isinstance(node.value.slice, ast.Slice) and node.value.slice.upper is None:
                yield node


@idiom("write.other")
def _other_write(view: ClassView) -> Iterator[ast.AST]:
    """handle_write() sends in a way of its own."""
    function = view.methods.get("handle_write")
    if function and significant(function.body) and not any(_slice(view)):
        yield function


@idiom("write.nothing")
def _nothing(view: ClassView) -> Iterator[ast.AST]:
    """handle_write() does nothing."""
    function = view.methods.get("handle_write")
    if function and not significant(function.body):
        yield function


@idiom("write.result")
def _result(view: ClassView) -> Iterator[ast.AST]:
    """What send() returns is looked at."""
    yield from (call for call in view.calls("send") if not isinstance(view.parents.get(call), ast.Expr))


@idiom("write.with-send")
def _with_send(view: ClassView) -> Iterator[ast.AST]:
    """The class derives from dispatcher_with_send."""
    if view.root == legacy.DISPATCHER_WITH_SEND:
        yield view.entry.node


@idiom("datagram.socket")
def _datagram(view: ClassView) -> Iterator[ast.AST]:
    """The socket is for datagrams."""
    yield from (c for c in view.calls("create_socket") if "SOCK_DGRAM" in ast.unparse(c))


@idiom("address.unix")
def _unix(view: ClassView) -> Iterator[ast.AST]:
    """The socket is a Unix one."""
    yield from (c for c in view.calls("create_socket") if "AF_UNIX" in ast.unparse(c))


@idiom("address.ipv6")
def _ipv6(view: ClassView) -> Iterator[ast.AST]:
    """IPv6 is served, or addresses are looked up with getaddrinfo()."""
    yield from (c for c in view.calls("create_socket") if "AF_INET6" in ast.unparse(c))
    yield from view.calls_of("socket.getaddrinfo")


@idiom("file.dispatcher")
def _file(view: ClassView) -> Iterator[ast.AST]:
    """The class watches a file descriptor."""
    if view.root == legacy.FILE_DISPATCHER:
        yield view.entry.node


@idiom("smtp.server")
def _smtp_server(view: ClassView) -> Iterator[ast.AST]:
    """A mail server with process_message()."""
    if view.root.startswith("smtpd.") and "process_message" in view.methods:
        yield view.methods["process_message"]


@idiom("smtp.channel")
def _smtp_channel(view: ClassView) -> Iterator[ast.AST]:
    """A mail channel with verbs of its own, or a server that names its channel class."""
    if view.root == legacy.SMTP_CHANNEL:
        yield view.entry.node
    value = view.attribute("channel_class")
    if value is not None and view.root.startswith("smtpd."):
        yield value


@idiom("smtp.text")
def _smtp_text(view: ClassView) -> Iterator[ast.AST]:
    """decode_data is given, which says whether a message is text or bytes."""
    for node in walk(view.entry.node, ast.keyword):
        if node.arg == "decode_data":
            yield node.value
