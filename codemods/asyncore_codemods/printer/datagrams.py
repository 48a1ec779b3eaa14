"""Print the methods of a datagram protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncore_codemods.printer.protocols import CLOSE, MADE, failed, hook, lost, receives, receiving, told
from asyncore_codemods.printer.reporting import passed_on

if TYPE_CHECKING:
    from asyncore_codemods.plan.description import DatagramDescription

_WHAT = "socket"
_SERVE = '''\
async def {serve}(self):
    """Receive datagrams until close() is called."""
{early}    loop = asyncio.get_running_loop()
    self.{finished} = loop.create_future()
    await loop.create_datagram_endpoint(lambda: self, sock=self.socket)
    await self.{finished}'''


def datagram_methods(description: DatagramDescription) -> list[str]:
    """Return the methods to add.

    An exception in a handler ends the dispatcher, as asyncore's handle_error() and handle_close() did. Sending goes
    through the socket itself: a transport drops empty datagrams before Python 3.13.
    """
    early = "    if self.socket.fileno() < 0:\n        return  # closed already\n" if description.waits else ""
    made = [MADE]
    if description.is_started or description.flush:  # others may close it in the midst of this
        made += ["    if self.socket.fileno() < 0:  # closed meanwhile", "        transport.close()"]
    if description.flush:
        made.append(f"    self.{description.flush}()")
    elif description.starts:
        made += ["    try:", *_polls("        "), *failed(description, _WHAT)]
    return [
        _SERVE.format(serve=description.serve, early=early, finished=description.finished),
        "\n".join(made),
        lost(description),
        *receiving(description, "datagram_received", "data, addr"),
        "\n".join(_received(description)),
        *_flush(description),
        *_refused(description),
        *_send(description),
        _close(description),
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
    lines = [*receives(description, "datagram_received", "data, addr"), "    try:"]
    if description.closes_on_empty:
        lines += ["        if not data:  # which recv() took for the end", f"            {hook(description)}"]
    lines.append(
        f"        self.handle_read({data})"
        if description.closes_on_empty
        else f"        self.handle_read({data}, addr)"
    )
    if description.flush:
        lines.append(f"        self.{description.flush}()")
    elif description.polls:
        lines += _polls("        ")
    return [*lines, *failed(description, _WHAT)]


def _flush(description: DatagramDescription) -> list[str]:
    if not description.flush:
        return []
    head = [f"def {description.flush}(self):", '    """Send what there is to send."""', "    try:"]
    return ["\n".join([*head, *_polls("        "), *failed(description, _WHAT)])]


def _refused(description: DatagramDescription) -> list[str]:
    """Print what is called when recv() would have raised: nobody is at the other end."""
    if not description.connects:
        return []
    lines = ["def error_received(self, exc):"]
    if description.handles_error or description.shows:  # they ask for the exception that is being handled
        lines += ["    try:", "        raise exc", *failed(description, _WHAT)]
    else:
        lines += [f"    {passed_on(_WHAT, 'exc')}", f"    {hook(description)}"]
    return ["\n".join(lines)]


def _send(description: DatagramDescription) -> list[str]:
    if not description.sends:
        return []
    lines = [
        "def send(self, data):",
        "    if self.socket.fileno() >= 0:",
        "        return self.socket.send(data)",
        f"    {hook(description)}  # as send() did with a closed socket",
        "    return 0",
    ]
    return ["\n".join(lines)]


def _close(description: DatagramDescription) -> str:
    """Print close(), after which nothing can be sent either: handle_read() goes on with an empty datagram."""
    if not description.waits and not description.closes_on_empty:
        return CLOSE
    lines = ["def close(self):"]
    if description.waits:
        lines += ["    if self.transport is not None:", "        self.transport.close()"]
    else:
        lines.append("    self.transport.close()")
    return "\n".join([*lines, "    self.socket.close()"])


def _polls(indent: str) -> list[str]:
    return [
        f"{indent}while not self.transport.is_closing() and self.writable():",
        f"{indent}    self.handle_write()",
    ]
