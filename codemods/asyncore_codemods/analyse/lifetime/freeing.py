"""Whether it shows when an object of a class is freed: it has __del__(), or the program refers to objects weakly.

asyncore lets go of a channel when it closes, and nothing else holds it. A StreamReader keeps the error of a
connection that was reset, whose traceback has the frames of the session that it was raised to: a cycle, which stays
until the garbage collector happens to come by.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncore_codemods.index.modules import is_imported

if TYPE_CHECKING:
    from asyncore_codemods.analyse.families.hierarchies import Hierarchy
    from asyncore_codemods.index.project import Project


def shows_when_freed(hierarchy: Hierarchy) -> bool:
    """Tell whether the program may notice when a session of *hierarchy* is freed."""
    return hierarchy.overrides("__del__") or hierarchy.project.once(_refers_weakly)


def _refers_weakly(project: Project) -> bool:
    return is_imported("weakref", project.modules.values())
