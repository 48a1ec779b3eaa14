"""Print the methods of a protocol that reads from a pipe."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asyncore_codemods.plan.description import PipeDescription


_READ = '''\
async def {serve}(self):
    """Read until the file ends, or close() is called."""
    loop = asyncio.get_running_loop()
    self.finished = loop.create_future()
    await loop.connect_read_pipe(lambda: self, self.{file})
    await self.finished'''
_LOST = """\
def connection_lost(self, exc):
    if not self.finished.done():
        self.finished.set_result(None)"""


def pipe_methods(description: PipeDescription) -> list[str]:
    """Return the methods to add; an exception in the handler ends the dispatcher, as on asyncore."""
    hook = "self.handle_close()" if description.handles_close else "self.close()"
    ended = ["def eof_received(self):", f"    {hook}"]
    if description.at_end:
        ended.append('    self.handle_read(b"")  # as recv() returned it')
    return [
        _READ.format(serve=description.serve, file=description.file),
        "def connection_made(self, transport):\n    self.transport = transport",
        _LOST,
        "\n".join(_received(description, hook)),
        "\n".join(ended),
        "def close(self):\n    self.transport.close()",
    ]


def _received(description: PipeDescription, hook: str) -> list[str]:
    handle = ["        self.handle_read(data)"]
    if not description.adds_up:  # no piece is longer than recv() returned it
        handle = [
            "        while data and not self.transport.is_closing():",
            f"            self.handle_read(data[:{description.size}])",
            f"            data = data[{description.size}:]",
        ]
    lines = ["def data_received(self, data):", "    try:", *handle]
    if description.handles_error:
        return [*lines, "    except Exception:  # noqa: BLE001", "        self.handle_error()"]
    log = 'logging.getLogger(__name__).exception("uncaught exception, closing the file")'
    return [*lines, "    except Exception:", f"        {log}", f"        {hook}"]
