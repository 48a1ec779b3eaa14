"""Mail servers that a function defines, as the thread or the fixture of a test does, around what they share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncore_codemods.analyse.families.references import Surroundings
from asyncore_codemods.analyse.values.syntax import local_names
from asyncore_codemods.nodes import FUNCTIONS

if TYPE_CHECKING:
    from asyncore_codemods.analyse.families.hierarchies import Hierarchy
    from asyncore_codemods.plan.description import MailServerDescription

_MODULES = frozenset({"asyncio", "concurrent", "socket", "aiosmtpd", "logging"})  # that the methods need


def may_be_where_it_is(hierarchy: Hierarchy, description: MailServerDescription) -> bool:
    """Tell whether a class can stay in the function that defines it, with what is added to the file."""
    inside = [member for member in hierarchy.members if member.is_local]
    if inside and (description.prints or description.prints_by_call):
        return False  # helpers go behind the class
    for member in inside:
        around = Surroundings(member.module).ancestors(member.node)
        functions = [node for node in around if isinstance(node, FUNCTIONS)]
        if any(local_names(function) & _MODULES for function in functions):
            return False
    return True
