"""self.connected: what it says, and where its author may say it as well.

A client is connected from the moment its handle_connect() has returned, an accepted session from the start, until
close(). Rewritten code keeps the attribute where somebody asks for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asyncore_codemods.analyse.families.hierarchies import Hierarchy
    from asyncore_codemods.model.uses import Use
    from asyncore_codemods.plan.description import ConnectionDescription

_CLOSERS = ("close", "close_when_done", "handle_close", "handle_error")
_SENDERS = ("push", "push_with_producer", "send")


def says_what_is_so(hierarchy: Hierarchy, use: Use, connection: ConnectionDescription | None) -> bool:
    """Tell whether an assignment to self.connected, in a session or a client, says what it is then anyway."""
    if use.value is None or not use.alone or use.value.text not in ("True", "False", "1", "0"):
        return False
    says_so = use.value.text in ("True", "1")
    if use.method == "__init__":
        return says_so == (connection is None) and (connection is None or not connection.accepts)
    if use.method in ("handle_close", "close"):  # what it sends then, asyncore does not even try to send
        return not says_so and not hierarchy.mentions(_SENDERS, use.method)
    return use.method == "handle_connect" and says_so and connection is not None


def may_close_at_once(hierarchy: Hierarchy) -> bool:
    """Tell whether handle_connect() may close, after which asyncore calls a client connected all the same."""
    return hierarchy.mentions(_CLOSERS, "handle_connect")
