"""Messages: results go to standard output, everything about the run to standard error."""

from __future__ import annotations

import os
import sys
from typing import NoReturn, TextIO

import click


def uses_colour(*, error: bool = False) -> bool:
    """Tell whether to write colours: NO_COLOR and FORCE_COLOR decide, or else whether somebody is looking."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    stream = sys.stderr if error else sys.stdout
    return is_terminal(stream) and os.environ.get("TERM") != "dumb"


def is_terminal(stream: TextIO | None) -> bool:
    """Tell whether somebody is looking; a process may have been started without standard streams."""
    return stream is not None and stream.isatty()


def say(text: str) -> None:
    """Print a line of the result."""
    click.echo(text, color=uses_colour())


def note(text: str) -> None:
    """Print a line about the run."""
    click.echo(text, err=True, color=uses_colour(error=True))


def warn(text: str) -> None:
    """Print a warning."""
    note(f"{click.style('Warning:', fg='yellow', bold=True)} {text}")


def complain(text: str) -> None:
    """Print an error."""
    note(f"{click.style('Error:', fg='red', bold=True)} {text}")


def fail(text: str) -> NoReturn:
    """Print an error and exit with 2."""
    complain(text)
    sys.exit(2)
