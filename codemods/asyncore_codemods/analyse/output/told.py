"""Sessions that others tell to say something, through methods of the author's own: they may have ended by then.

asyncore let a channel be told whatever came after it had closed. A transport complains of what is written to it
then: asyncio's after a few times, in the log, and uvloop's with an exception.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.values.syntax import elements_given, self_attribute
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from asyncore_codemods.analyse.families.hierarchies import Definition, Hierarchy
    from asyncore_codemods.analyse.usage.outside import OutsideUse


def is_told_to_send(hierarchy: Hierarchy, outside: Sequence[OutsideUse], output: str) -> bool:
    """Tell whether others may call a method that uses *output*, at any time."""
    handed = {name for definition in hierarchy.definitions() for name in _handed_out(definition)}
    used = {use.name for use in outside if use.may_be(hierarchy.names)}
    own = set(hierarchy.methods) & (handed | used) - {output, "__init__"}
    return any(hierarchy.mentions({output}, name) for name in own)


def _handed_out(definition: Definition) -> Iterator[str]:
    """Yield the names of the methods that *definition* gives to somebody who calls them later."""
    for node in walk(definition.function, ast.Call):
        for part in elements_given(node):
            yield self_attribute(part, definition.self_name) or ""
