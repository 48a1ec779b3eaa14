"""Print the methods of a datagram protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncore_codemods.printer.protocols import CLOSE, LOST, MADE, failed, hook, told

if TYPE_CHECKING:
    from asyncore_codemods.plan.description import DatagramDescription

_WHAT = "socket"
_SERVE = '''\
async def {serve}(self):
    """Receive datagrams until close() is called."""
    loop = asyncio.get_running_loop()
    self.finished = loop.create_future()
    await loop.create_datagram_endpoint(lambda: self, sock=self.socket)
    await self.finished'''


def datagram_methods(description: DatagramDescription) -> list[str]:
    """Return the methods to add.

    An exception in a handler ends the dispatcher, as asyncore's handle_error() and handle_close() did. Sending goes
    through the socket itself: a transport drops empty datagrams before Python 3.13.
    """
    made = [MADE]
    if description.starts:
        made += ["    try:", *_polls("        "), *failed(description, _WHAT)]
    return [
        _SERVE.format(serve=description.serve),
        "\n".join(made),
        LOST,
        "\n".join(_received(description)),
        CLOSE,
        *_defaults(description),
    ]


def _defaults(description: DatagramDescription) -> list[str]:
    """Print the hooks that subclasses override, as the others have inherited them."""
    methods = []
    if "handle_error" in description.defaults:
        methods.append("\n    ".join(["def handle_error(self):", *told(description, _WHAT)]))
    if "handle_close" in description.defaults:
        methods.append("def handle_close(self):\n    self.close()")
    return methods


def _received(description: DatagramDescription) -> list[str]:
    data = f"data[:{description.size}]" if description.size else "data"
    given = f"{data}, addr" if description.with_address else data
    lines = ["def datagram_received(self, data, addr):", "    try:"]
    if description.closes_on_empty:
        lines += ["        if not data:  # which recv() took for the end", f"            {hook(description)}"]
    lines.append(f"        self.handle_read({given})")
    if description.polls:
        lines += _polls("        ")
    return [*lines, *failed(description, _WHAT)]


def _polls(indent: str) -> list[str]:
    return [
        f"{indent}while not self.transport.is_closing() and self.writable():",
        f"{indent}    self.handle_write()",
    ]
