"""Dispatchers by hand: servers with buffers of their own, datagrams, and clients."""

from __future__ import annotations

import textwrap

from hypothesis import strategies as st

from .servers import served, sometimes
from .source import Generated, Pieces, fill, members, method

_PIECES = Pieces("channels")
_WORDS = (b"hello", b"quit", b"boom", b"\n", b"\n", b"one\ntwo\n", b"x" * 20)

_SESSION = """
class Session({base}):
    {members}
"""
_DATAGRAMS = """
import asyncore
import socket
import sys


class Service(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.bind(('127.0.0.1', port))
        self.count = 0
        self.replies = []
        print('ready', flush=True)

    {members}


{loop}
"""
_CLIENT = """
import asynchat
import asyncore
import socket
import sys


class Client(asynchat.async_chat):
    {members}


{loop}
"""
_STATE = "self.name = b'ann\\n'\nself.count = 0\nself.parts = []\nself.set_terminator(b'\\n')"
_ADDRESS = "address = ('127.0.0.1', port)"
_TAKE = "line = b''.join(self.parts)\nself.parts = []"


@st.composite
def dispatcher_servers(draw: st.DrawFn) -> Generated:
    """Return servers whose sessions read and write by hand."""

    def one(section: str) -> str:
        return draw(st.sampled_from(_PIECES.of(section)))

    output = draw(st.sampled_from(_PIECES.parts("outputs")))
    base_call = draw(st.sampled_from((f"{output['base']}.__init__(self, sock)", "super().__init__(sock)")))
    reading, handling = (
        one("received"),
        "\n".join(filter(None, (draw(sometimes(_PIECES.of("quits"))), one("answers")))),
    )
    if draw(st.booleans()):  # all in one method, as most people write it
        reading = _inlined(reading, handling)
        handling = ""
    chosen = st.lists(st.sampled_from(_PIECES.of("methods")), max_size=2, unique_by=lambda text: text.split("(")[0])
    state = f"self.server = server\nself.count = 0\nself.lines = b''\n{output['start']}"
    session = fill(
        _SESSION.replace("{base}", output["base"]),
        members=members(
            method("__init__(self, sock, addr, server)", base_call, state, draw(sometimes(_PIECES.of("openings")))),
            method("handle_read(self)", reading),
            method("got(self, data)", handling),
            method("say(self, text)", output["say"]),
            output.get("methods", ""),
            *draw(chosen),
        ),
    )
    return Generated(draw(served(session)), _WORDS)


def _inlined(reading: str, handling: str) -> str:
    """Return *reading* with *handling* in the place of its call of got()."""
    lines = reading.replace("self.got(self.recv(1024))", "data = self.recv(1024)\nself.got(data)").split("\n")
    margin = next(line for line in lines if "self.got" in line).partition("self")[0]
    return "\n".join(textwrap.indent(handling, margin) if "self.got" in line else line for line in lines)


@st.composite
def datagram_servers(draw: st.DrawFn) -> Generated:
    """Return services on UDP."""
    reading, writing, loop = (
        draw(st.sampled_from(_PIECES.of(f"datagram_{what}"))) for what in ("reads", "writes", "loops")
    )
    more = draw(sometimes(_PIECES.of("datagram_methods")))
    source = fill(_DATAGRAMS, members=members(method("handle_read(self)", reading), writing, more), loop=loop)
    return Generated(source, (b"hello", b"quit", b"boom", b"a longer one"), "datagrams")


@st.composite
def clients(draw: st.DrawFn) -> Generated:
    """Return clients that connect in their constructor, end when the server goes, and say so."""

    def one(section: str) -> str:
        return draw(st.sampled_from(_PIECES.of(section)))

    connect, early = one("connects"), draw(st.sampled_from(("", "", "self.push(b'early\\n')")))
    first, *others = connect.split("\n")
    blocks = draw(st.sampled_from(((connect, _STATE), (first, _STATE, *others))))
    source = fill(
        _CLIENT,
        members=members(
            method("__init__(self, port)", _ADDRESS if "address" in connect else "", *blocks, early),
            method("handle_connect(self)", draw(sometimes(_PIECES.of("first_words")))),
            method("collect_incoming_data(self, data)", "self.parts.append(data)"),
            method("found_terminator(self)", _TAKE, one("heard")),
            draw(sometimes(_PIECES.of("client_methods"))),
        ),
        loop=one("client_loops"),
    )
    return Generated(source, (b"hello", b"quit", b"boom", b"\n", b"\n", b"one\ntwo\n"), "client")
