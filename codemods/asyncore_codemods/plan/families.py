"""Which hierarchies must change together: a listener, the sessions it makes, and what they make in turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from asyncore_codemods.analyse.families.hierarchies import Hierarchy


class Families:
    """A partition of the hierarchies of a program, which grows coarser as ties are found."""

    def __init__(self, hierarchies: Iterable[Hierarchy]) -> None:
        self._number = {hierarchy.top.qualname: number for number, hierarchy in enumerate(hierarchies)}
        self._top: dict[str, str] = {}

    def know(self, hierarchy: Hierarchy) -> None:
        """Have the members of *hierarchy* stand for it."""
        self._top.update(dict.fromkeys(hierarchy.names, hierarchy.top.qualname))

    def join(self, one: str, other: str) -> None:
        """Take note that two classes, by qualified name, change together."""
        if one in self._top and other in self._top:
            old, new = self._number[self._top[one]], self._number[self._top[other]]
            self._number = {top: new if number == old else number for top, number in self._number.items()}

    def of(self, hierarchy: Hierarchy) -> int:
        """Return a number that all members of a family share."""
        return self._number[hierarchy.top.qualname]
