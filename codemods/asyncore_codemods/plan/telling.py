"""Whose fault a reason is, in a hierarchy that stays as a whole."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from asyncore_codemods.analyse.families.hierarchies import Hierarchy
    from asyncore_codemods.index.project import ClassEntry
    from asyncore_codemods.model.sessions import Reason

_CAN_BECOME = "can become "  # begins messages that are about options alone
_ABOUT_ANOTHER = "has a subclass, "  # begins messages that name the class which they are about


def owner(hierarchy: Hierarchy, reason: Reason) -> ClassEntry:
    """Return the class that *reason* says something of: the one around its place, or else the topmost one."""
    if reason.message.startswith(_ABOUT_ANOTHER):
        return hierarchy.top
    around = [
        member
        for member in hierarchy.members
        if str(member.module.path) == reason.place.path
        and member.node.lineno <= reason.place.span.line <= (member.node.end_lineno or member.node.lineno)
    ]
    return max(around, key=lambda member: member.node.lineno, default=hierarchy.top)


def said_of(member: ClassEntry, whose: ClassEntry, reason: Reason) -> str:
    """Return the message of a *reason* that is *whose*, as it is said of *member*, which stays because of it."""
    if member is whose:
        return reason.message
    if reason.message.startswith(_ABOUT_ANOTHER):
        return f"{whose.name} {reason.message}"
    return f"{reason.message} (in {whose.name})"


def beside(reason: Reason, others: Iterable[Reason]) -> Reason:
    """Return *reason* as it is to be read beside *others*: an option is not enough where more is wrong."""
    if not reason.message.startswith(_CAN_BECOME) or all(o.message.startswith(_CAN_BECOME) for o in others):
        return reason
    message = f"could become {reason.message[len(_CAN_BECOME) :]}, if nothing else kept it"
    return replace(reason, message=message)
