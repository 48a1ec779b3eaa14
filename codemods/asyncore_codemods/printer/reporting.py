"""Print how exceptions are told of that nobody caught, and how those are passed over that say the peer has gone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Union

if TYPE_CHECKING:
    from asyncore_codemods.plan.description import DatagramDescription, PipeDescription, SessionDescription

    Description = Union[SessionDescription, DatagramDescription, PipeDescription]


_CLOSING = '"uncaught exception, closing the {}"'


def reported(description: Description, *arguments: str) -> str:
    """Return the statement that tells of the exception being handled: *arguments* are a logger's."""
    if description.shows:
        return "traceback.print_exc()"
    return f"logging.getLogger(__name__).exception({', '.join(arguments)})"


def passed_over(description: SessionDescription, errors: str, why: str = "the peer has gone") -> list[str]:
    """Return the clause that passes over *errors*.

    The reader keeps what it raised when the connection was reset: that must not keep the frames it went through.
    """
    if not description.forgets:
        return [f"except {errors}:", f"    pass  # {why}"]
    keeps = "the peer has gone; the reader keeps the error, but not us"
    return [f"except {errors} as error:", f"    error.__traceback__ = None  # {keeps}"]


def uncaught(description: Description, what: str) -> str:
    """Return the same for an exception that ends a *what*."""
    return reported(description, _CLOSING.format(what))


def passed_on(what: str, error: str) -> str:
    """Return the same for the exception in the variable *error*, which is not being handled."""
    return f"logging.getLogger(__name__).error({_CLOSING.format(what)}, exc_info={error})"
