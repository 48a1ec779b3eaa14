"""A class of the author's between asyncore and both the listeners and the sessions: most to have them log alike.

What is below it is as many hierarchies as it has children, of which it is a member each time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.families.classes import read_class
from asyncore_codemods.analyse.families.constructions import constructions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asyncore_codemods.index.project import ClassEntry, Project

_LOGS = frozenset({"log", "log_info"})
_IDLE = frozenset({"handle_expt", "handle_connect"})  # which both kinds may have, if they do nothing


def below_common_base(project: Project, top: ClassEntry) -> list[ClassEntry]:
    """Return the classes to be taken for topmost, if *top* only has what any channel could have; else none."""
    if not top.children or constructions(project).calls.get(top.qualname) or top.is_local:
        return []
    if any(sum(bool(parent.root) for parent in child.parents) > 1 for child in top.children):
        return []
    return list(top.children) if all(_is_common(project, top)) else []


def _is_common(project: Project, top: ClassEntry) -> Iterator[bool]:
    """Yield, for each thing that *top* has, whether it may be in any channel."""
    inherited = legacy.inherited_names(top.root or "") | {"__init__"}
    facts = read_class(project, top, inherited)
    for name, method in facts.methods.items():
        yield name not in inherited or name in _LOGS or (name in _IDLE and method.trivial == "pass")
    for attribute in facts.attributes:
        yield attribute.name not in inherited
    for use in facts.uses:
        yield use.name in _LOGS and use.name in facts.methods and use.through == ""
    yield not facts.writes
    yield not facts.escapes
