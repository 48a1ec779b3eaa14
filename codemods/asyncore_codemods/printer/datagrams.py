"""Print the methods of a datagram protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asyncore_codemods.plan.description import DatagramDescription


_SERVE = '''\
async def {serve}(self):
    """Receive datagrams until close() is called."""
    loop = asyncio.get_running_loop()
    self.finished = loop.create_future()
    await loop.create_datagram_endpoint(lambda: self, sock=self.socket)
    await self.finished'''
_LOST = """\
def connection_lost(self, exc):
    if not self.finished.done():
        self.finished.set_result(None)"""


def datagram_methods(description: DatagramDescription) -> list[str]:
    """Return the methods to add.

    An exception in a handler ends the dispatcher, as asyncore's handle_error() and handle_close() did. Sending goes
    through the socket itself: a transport drops empty datagrams before Python 3.13.
    """
    return [
        _SERVE.format(serve=description.serve),
        "def connection_made(self, transport):\n    self.transport = transport",
        _LOST,
        "\n".join(_received(description)),
        "def close(self):\n    self.transport.close()",
    ]


def _received(description: DatagramDescription) -> list[str]:
    data = f"data[:{description.size}]" if description.size else "data"
    lines = ["def datagram_received(self, data, addr):", "    try:", f"        self.handle_read({data}, addr)"]
    if description.polls:
        lines += [
            "        while not self.transport.is_closing() and self.writable():",
            "            self.handle_write()",
        ]
    if description.handles_error:
        return [*lines, "    except Exception:  # noqa: BLE001", "        self.handle_error()"]
    hook = "self.handle_close()" if description.handles_close else "self.close()"
    log = 'logging.getLogger(__name__).exception("uncaught exception, closing the socket")'
    return [*lines, "    except Exception:", f"        {log}", f"        {hook}"]
