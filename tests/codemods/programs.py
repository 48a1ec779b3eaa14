"""A small legacy program in pieces, for tests that vary one of them."""

from __future__ import annotations

import textwrap

PROGRAM = """\
import asynchat
import asyncore
import socket
import sys
{imports}

class Session({bases}):
    def __init__(self, sock, addr):
        asynchat.async_chat.__init__(self, sock)
        self.addr = addr
        self.data = []
        {init}

    def collect_incoming_data(self, data):
        {collect}

    def found_terminator(self):
        {found}
{methods}

class Server(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Session(sock, addr)
{server_methods}

{main}
"""


def program(
    *,
    imports: str = "",
    bases: str = "asynchat.async_chat",
    init: str = 'self.set_terminator(b"\\r\\n")',
    collect: str = "self.data.append(data)",
    found: str = 'line = b"".join(self.data)\nself.data = []\nself.push(line)',
    methods: str = "",
    server_methods: str = "",
    main: str = "Server(int(sys.argv[1]))\nasyncore.loop()",
) -> str:
    """Return the source of a line server with some of its parts replaced."""
    return PROGRAM.format(
        imports=imports,
        bases=bases,
        init=_indent(init, 8),
        collect=_indent(collect, 8),
        found=_indent(found, 8),
        methods=textwrap.indent(textwrap.dedent(methods), "    "),
        server_methods=textwrap.indent(textwrap.dedent(server_methods), "    "),
        main=main,
    )


def _indent(text: str, columns: int) -> str:
    return textwrap.indent(textwrap.dedent(text).strip("\n"), " " * columns).lstrip()
