"""The kinds of sessions, framed by async_chat or reading and writing by hand: what differs, as data."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.plan.members import Overrides

if TYPE_CHECKING:
    from asyncore_codemods.analyse.families.hierarchies import Hierarchy
    from asyncore_codemods.analyse.usage.outside import OutsideUse


@dataclass(frozen=True)
class SessionKind:
    """One kind of session."""

    output: str  # the method that sends
    handlers: tuple[str, ...]  # the methods that the loop calls
    kept: frozenset[str]  # methods that go on existing where others call them
    overrides: Overrides
    is_chat: bool = False  # framed by async_chat


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
        may_hand_on=True,
        urgent=True,
    ),
    is_chat=True,
)
# An async_chat that sends all by itself, and queues nothing
SENDING_CHAT = replace(CHAT, output="send", kept=(CHAT.kept - {"push", "push_with_producer"}) | {"send"})
RAW = SessionKind(
    "send",
    ("handle_read",),
    frozenset({"send", "close"}),
    Overrides(
        own=_COMMON | {"handle_read", "handle_write", "writable"},  # raw.py has reasons against the last two
        trivial={**_TRIVIAL, "writable": ("true", "false", "inherited", "connected"), "handle_write": ("pass",)},
        never_called=frozenset({"handle_connect"}),
        may_hand_on=True,
        urgent=True,
    ),
)


_QUEUEING = ("push", "push_with_producer", "producer_fifo", "initiate_send", "refill_buffer")


def kind_of(hierarchy: Hierarchy, outside: list[OutsideUse]) -> SessionKind:
    """Return the kind of the sessions of *hierarchy*, which others use as *outside* says."""
    if hierarchy.root != legacy.ASYNC_CHAT:
        return RAW
    sends = any(True for _ in hierarchy.uses("send")) and not any(map(hierarchy.overrides, ("send", *_QUEUEING)))
    queues = any(True for _ in hierarchy.uses(*_QUEUEING))
    queues = queues or any(use.name in _QUEUEING and use.may_be(hierarchy.names) for use in outside)
    return SENDING_CHAT if sends and not queues else CHAT
