"""Print the methods of a class whose file asyncio watches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncore_codemods.printer.protocols import failed

if TYPE_CHECKING:
    from asyncore_codemods.plan.description import PipeDescription

_SERVE = '''\
async def {serve}(self):
    """Have handle_read() called whenever there is something to read, until close() is called."""
    loop = asyncio.get_running_loop()
    self.{finished} = loop.create_future()
{early}    loop.add_reader(self.{file}, self.{ready})
    try:
        await self.{finished}
    finally:
        loop.remove_reader(self.{file})
        os.close(self.{file})'''
_EARLY = """\
    if self.closed:
        os.close(self.{file})
        return
"""
_CLOSE = """\
    if not self.{finished}.done():
        self.{finished}.set_result(None)
        self.{finished}.get_loop().remove_reader(self.{file})"""
_CLOSE_EARLY = """\
    self.closed = True
    if self.{finished} is not None and not self.{finished}.done():
        self.{finished}.set_result(None)
        self.{finished}.get_loop().remove_reader(self.{file})"""


def watch_methods(description: PipeDescription) -> list[str]:
    """Return the methods to add; an exception in the handler ends the dispatcher, as on asyncore."""
    names = {
        "serve": description.serve,
        "finished": description.finished,
        "file": description.file,
        "ready": description.watches,
    }
    early, close = (_EARLY.format(**names), _CLOSE_EARLY) if description.waits else ("", _CLOSE)
    return [
        *(["\n".join(description.constructor)] if description.constructor else []),
        _SERVE.format(early=early, **names),
        *(_in_turn(description) if description.lets_in else ()),
        "\n".join(_ready(description)),
        "def close(self):\n" + close.format(**names),
    ]


def _in_turn(description: PipeDescription) -> list[str]:
    """Print the method that has what there is read a little later, and no sooner told of again."""
    lines = [
        f"def {description.watches}(self):",
        f"    self.{description.finished}.get_loop().remove_reader(self.{description.file})  # until that is read",
        f"    call_in_turn(self.{description.receive})",
    ]
    return ["\n".join(lines)]


def _ready(description: PipeDescription) -> list[str]:
    called = ["    try:", "        self.handle_read()", *failed(description, "file")]
    if not description.lets_in:
        return [f"def {description.watches}(self):", *called]
    finished, file, ready = description.finished, description.file, description.watches
    return [
        f"def {description.receive}(self):",
        f"    if self.{finished}.done():",
        "        return",
        f"    self.{finished}.get_loop().add_reader(self.{file}, self.{ready})",
        *called,
    ]
