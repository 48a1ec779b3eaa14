"""Print what all protocols have that classes become: they go on getting calls until close()."""

from __future__ import annotations

from typing import TYPE_CHECKING, Union

from asyncore_codemods.plan.description import DatagramDescription
from asyncore_codemods.printer.reporting import uncaught

if TYPE_CHECKING:
    from asyncore_codemods.plan.description import PipeDescription

    Description = Union[DatagramDescription, PipeDescription]

MADE = """\
def connection_made(self, transport):
    self.transport = transport"""
CLOSE = """\
def close(self):
    self.transport.close()"""


def lost(description: Description) -> str:
    """Return the method that tells of the end."""
    return "\n".join(
        [
            "def connection_lost(self, exc):",
            f"    if not self.{description.finished}.done():",
            f"        self.{description.finished}.set_result(None)",
        ]
    )


def receiving(description: Description, name: str, given: str) -> list[str]:
    """Return the method *name* that has what it is *given* handled a little later, if that is to be."""
    if not description.lets_in:
        return []
    lines = [f"def {name}(self, {given}):", f"    call_in_turn(self.{description.receive}, {given})"]
    if not isinstance(description, DatagramDescription):
        lines.insert(1, "    self.transport.pause_reading()  # the end comes behind it")
    return ["\n".join(lines)]


def receives(description: Description, name: str, given: str) -> list[str]:
    """Return the first lines of the method that handles what it is *given*, *name* or what that has called."""
    if not description.lets_in:
        return [f"def {name}(self, {given}):"]
    lines = [f"def {description.receive}(self, {given}):"]
    if not isinstance(description, DatagramDescription):
        lines.append("    self.transport.resume_reading()")
    return [*lines, "    if self.transport.is_closing():", "        return"]


def hook(description: Description) -> str:
    """Return the statement that ends it."""
    return "self.handle_close()" if description.handles_close else "self.close()"


def told(description: Description, what: str) -> list[str]:
    """Print what asyncore's handle_error() did: tell of the error, and close the *what*."""
    return [uncaught(description, what), hook(description)]


def failed(description: Description, what: str) -> list[str]:
    """Print the clause of a method for an exception in a handler, after which the *what* is closed."""
    if description.handles_error:
        return ["    except Exception:  # noqa: BLE001", "        self.handle_error()"]
    clause = "except Exception:  # noqa: BLE001" if description.shows else "except Exception:"
    return [f"    {clause}", *(f"        {line}" for line in told(description, what))]
