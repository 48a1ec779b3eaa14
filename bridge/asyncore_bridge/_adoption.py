"""While a class is being adopted by a transport: which connection its create_socket() and connect() mean."""

from __future__ import annotations

import contextvars
from typing import Any

current: contextvars.ContextVar[Any] = contextvars.ContextVar("asyncore_bridge_adoption", default=None)
"""The transport's socket face that is waiting for a dispatcher to take it."""

default_map: contextvars.ContextVar[Any] = contextvars.ContextVar("asyncore_bridge_map", default=None)
"""The map of dispatchers made without one, where it is not ``asyncore.socket_map``: in threads of ours."""


accepted: contextvars.ContextVar[Any] = contextvars.ContextVar("asyncore_bridge_accepted", default=None)
"""``(listener, sock, addr)``: a connection that this listener's accept() returns, before any of its socket's."""


def accept(listener: object) -> tuple[Any, Any] | None:
    """Return the connection that a transport has for *listener*, once; None if there is none."""
    waiting = accepted.get()
    if waiting is None or waiting[0] is not listener:
        return None
    accepted.set(None)
    return waiting[1], waiting[2]


def take(kind: int) -> Any | None:
    """Return that face, if it is of this *kind* (SOCK_STREAM, SOCK_DGRAM) and nobody has it yet."""
    face = current.get()
    return face if face is not None and face.kind == kind and face.is_free() else None
