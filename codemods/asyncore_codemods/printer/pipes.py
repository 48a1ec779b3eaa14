"""Print the methods of a protocol that reads from a pipe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncore_codemods.printer.protocols import CLOSE, MADE, failed, hook, lost, receives, receiving

if TYPE_CHECKING:
    from asyncore_codemods.plan.description import PipeDescription


_READ = '''\
async def {serve}(self):
    """Read until the file ends, or close() is called."""{early}
    loop = asyncio.get_running_loop()
    self.{finished} = loop.create_future()
    await loop.connect_read_pipe(lambda: self, self.{file}){late}
    await self.{finished}'''
_EARLY = """
    if self.closed:
        self.{file}.close()
        return"""
_LATE = """
    if self.closed:  # meanwhile
        self.transport.close()"""
_CLOSE = """\
def close(self):
    self.closed = True
    if self.transport is not None:
        self.transport.close()"""


def pipe_methods(description: PipeDescription) -> list[str]:
    """Return the methods to add; an exception in the handler ends the dispatcher, as on asyncore."""
    ended = ["def eof_received(self):", f"    {hook(description)}"]
    if description.at_end:
        ended.append('    self.handle_read(b"")  # as recv() returned it')
    early, late = (_EARLY.format(file=description.file), _LATE) if description.waits else ("", "")
    return [
        *(["\n".join(description.constructor)] if description.constructor else []),
        _READ.format(
            serve=description.serve, file=description.file, finished=description.finished, early=early, late=late
        ),
        MADE,
        lost(description),
        *receiving(description, "data_received", "data"),
        "\n".join(_received(description)),
        "\n".join(ended),
        _CLOSE if description.waits else CLOSE,
    ]


def _received(description: PipeDescription) -> list[str]:
    handle = ["        self.handle_read(data)"]
    if not description.adds_up:  # no piece is longer than recv() returned it
        handle = [
            "        while data and not self.transport.is_closing():",
            f"            self.handle_read(data[:{description.size}])",
            f"            data = data[{description.size}:]",
        ]
    lines = [*receives(description, "data_received", "data"), "    try:", *handle]
    return [*lines, *failed(description, "file")]
