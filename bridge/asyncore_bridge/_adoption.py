"""While a class is being adopted by a transport: which connection its create_socket() and connect() mean."""

from __future__ import annotations

import contextvars
from typing import Any

current: contextvars.ContextVar[Any] = contextvars.ContextVar("asyncore_bridge_adoption", default=None)
"""The transport's socket face that is waiting for a dispatcher to take it."""

default_map: contextvars.ContextVar[Any] = contextvars.ContextVar("asyncore_bridge_map", default=None)
"""The map of dispatchers made without one, where it is not ``asyncore.socket_map``: in threads of ours."""


def take() -> Any | None:
    """Return that face, once; None when nothing is being adopted."""
    face = current.get()
    if face is not None:
        current.set(None)
    return face
