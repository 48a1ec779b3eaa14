"""pytest fixtures, found by the entry point ``pytest11``: ``conversation`` and ``legacy_server``."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Callable

import pytest

from asyncore_bridge.threads import running_in_thread

from ._conversation import Conversation

if TYPE_CHECKING:
    from collections.abc import Iterator


def _conversation() -> Iterator[Callable[..., Conversation[Any]]]:
    """Return a function: ``conversation(make)`` starts a :class:`Conversation` that ends with the test."""
    with contextlib.ExitStack() as stack:
        yield lambda make, **how: stack.enter_context(Conversation(make, **how))


def _legacy_server() -> Iterator[Callable[..., Any]]:
    """Return a function: ``legacy_server(make, *args)`` runs a server in a thread and returns its address.

    Its arguments are those of :func:`asyncore_bridge.running_in_thread`; the servers end with the test.
    """
    with contextlib.ExitStack() as stack:
        yield lambda make, *args, **kwargs: stack.enter_context(running_in_thread(make, *args, **kwargs))


conversation = pytest.fixture(name="conversation")(_conversation)
legacy_server = pytest.fixture(name="legacy_server")(_legacy_server)
