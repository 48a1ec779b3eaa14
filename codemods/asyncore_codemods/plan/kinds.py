"""The kinds of sessions, framed by async_chat or reading and writing by hand: what differs, as data."""

from __future__ import annotations

from dataclasses import dataclass

from asyncore_codemods import legacy
from asyncore_codemods.plan.members import Overrides


@dataclass(frozen=True)
class SessionKind:
    """One kind of session."""

    output: str  # the method that sends
    handlers: tuple[str, ...]  # the methods that the loop calls
    kept: frozenset[str]  # methods that go on existing where others call them
    overrides: Overrides


_COMMON = frozenset({"__init__", "handle_close", "handle_error", "close"})
_TRIVIAL = {
    "handle_close": ("close",),
    "handle_connect": ("pass",),
    "handle_expt": ("pass", "close", "hook"),
    "readable": ("true", "inherited", "connected"),
}

CHAT = SessionKind(
    "push",
    ("found_terminator", "collect_incoming_data"),
    frozenset({"push", "push_with_producer", "close_when_done", "close", "set_terminator", "get_terminator"}),
    Overrides(
        # framing.py has a reason against overridden terminator methods
        own=_COMMON | {"collect_incoming_data", "found_terminator", "push", "set_terminator", "get_terminator"},
        trivial={
            **_TRIVIAL,
            "writable": ("inherited",),
            "handle_write": ("inherited",),
            "handle_read": ("inherited",),
        },
        never_called=frozenset({"handle_connect"}),  # an accepted connection is connected from the start
        urgent=True,
    ),
)
RAW = SessionKind(
    "send",
    ("handle_read",),
    frozenset({"send", "close"}),
    Overrides(
        own=_COMMON | {"handle_read", "handle_write", "writable"},  # raw.py has reasons against the last two
        trivial={**_TRIVIAL, "writable": ("true", "false", "inherited", "connected"), "handle_write": ("pass",)},
        never_called=frozenset({"handle_connect"}),
        urgent=True,
    ),
)


def kind_of(root: str) -> SessionKind:
    """Return the kind of the sessions that derive from *root*."""
    return CHAT if root == legacy.ASYNC_CHAT else RAW
