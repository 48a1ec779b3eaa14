"""What a hierarchy of classes is for: it listens, speaks to a peer, connects, or is something else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.clients.told_to_connect import makes_socket_when_told
from asyncore_codemods.codes import Code
from asyncore_codemods.model.sessions import Reason
from asyncore_codemods.plan.idle import is_idle
from asyncore_codemods.plan.listeners import is_listener
from asyncore_codemods.plan.members import class_place

if TYPE_CHECKING:
    from asyncore_codemods.analyse.families.hierarchies import Hierarchy


def role_of(hierarchy: Hierarchy) -> str:
    """Return what a hierarchy is for."""
    root = hierarchy.root
    if root.startswith("smtpd."):
        return "mail channel" if root == legacy.SMTP_CHANNEL else "mail server"
    if root == legacy.FILE_DISPATCHER:
        return "file"
    if is_listener(hierarchy):
        hooks = ("handle_read", "collect_incoming_data", "found_terminator")
        speaks = any(hierarchy.overrides(hook) for hook in hooks)
        return "listener" if root == legacy.DISPATCHER or not speaks else "odd listener"
    datagram = any(
        any(argument.text.endswith("SOCK_DGRAM") for argument in use.arguments)
        for _, use in hierarchy.uses("create_socket")
    )
    if datagram:
        return "datagram"
    if any(True for _ in hierarchy.uses("connect", "create_socket")) or makes_socket_when_told(hierarchy):
        return "client"
    return "idle" if is_idle(hierarchy) else "session"


def role_reason(hierarchy: Hierarchy) -> Reason:
    """Return why a hierarchy stays whose role is none that can be rewritten."""
    top, root = hierarchy.top, hierarchy.root.rpartition(".")[2]
    accepting = [entry for entry, _ in hierarchy.uses("listen", "accept")]
    if top in accepting or not accepting:
        return Reason(Code.LISTENER, f"accepts connections, but derives from {root}", class_place(top))
    below = accepting[0]
    message = f"has a subclass, {below.name}, which accepts connections, but derives from {root}"
    return Reason(Code.LISTENER, message, class_place(below))
