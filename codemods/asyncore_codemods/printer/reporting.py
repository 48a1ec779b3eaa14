"""Print how an exception that nobody has caught is told of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Union

if TYPE_CHECKING:
    from asyncore_codemods.plan.description import DatagramDescription, PipeDescription, SessionDescription

    Description = Union[SessionDescription, DatagramDescription, PipeDescription]


def reported(description: Description, *arguments: str) -> str:
    """Return the statement that tells of the exception being handled: *arguments* are a logger's."""
    if description.shows:
        return "traceback.print_exc()"
    return f"logging.getLogger(__name__).exception({', '.join(arguments)})"


def uncaught(description: Description, what: str) -> str:
    """Return the same for an exception that ends a *what*."""
    return reported(description, f'"uncaught exception, closing the {what}"')
