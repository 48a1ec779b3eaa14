"""Print the methods of a protocol that reads from a pipe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncore_codemods.printer.protocols import CLOSE, LOST, MADE, failed, hook

if TYPE_CHECKING:
    from asyncore_codemods.plan.description import PipeDescription


_READ = '''\
async def {serve}(self):
    """Read until the file ends, or close() is called."""
    loop = asyncio.get_running_loop()
    self.finished = loop.create_future()
    await loop.connect_read_pipe(lambda: self, self.{file})
    await self.finished'''


def pipe_methods(description: PipeDescription) -> list[str]:
    """Return the methods to add; an exception in the handler ends the dispatcher, as on asyncore."""
    ended = ["def eof_received(self):", f"    {hook(description)}"]
    if description.at_end:
        ended.append('    self.handle_read(b"")  # as recv() returned it')
    return [
        _READ.format(serve=description.serve, file=description.file),
        MADE,
        LOST,
        "\n".join(_received(description)),
        "\n".join(ended),
        CLOSE,
    ]


def _received(description: PipeDescription) -> list[str]:
    handle = ["        self.handle_read(data)"]
    if not description.adds_up:  # no piece is longer than recv() returned it
        handle = [
            "        while data and not self.transport.is_closing():",
            f"            self.handle_read(data[:{description.size}])",
            f"            data = data[{description.size}:]",
        ]
    lines = ["def data_received(self, data):", "    try:", *handle]
    return [*lines, *failed(description, "file")]
