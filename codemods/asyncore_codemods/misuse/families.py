"""What the family of a class defines, so that nobody is accused of calling what a relative provides."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.nodes import DEFINITIONS, is_stored, once, walk

if TYPE_CHECKING:
    from asyncore_codemods.analyse.families.views import ClassView
    from asyncore_codemods.index import Project
    from asyncore_codemods.index.project import ClassEntry


def defines(view: ClassView, *names: str) -> bool:
    """Tell whether the class, a base or a subclass may provide one of *names*: if unsure, it does."""
    entries = [*view.entry.lineage(), *view.entry.descendants()]
    return any(_is_open(entry) for entry in entries) or any(_provides(entry, names) for entry in entries)


def overrides(view: ClassView, *names: str) -> bool:
    """Tell whether the class or a base of the project may define one of *names*."""
    entries = list(view.entry.lineage())
    return any(_is_open(entry) for entry in entries) or any(_provides(entry, names) for entry in entries)


def is_closed(view: ClassView) -> bool:
    """Tell whether everything that an object of the class may inherit is known."""
    return not any(_is_open(entry) for entry in _relatives(view))


def provided_by_relatives(view: ClassView, name: str) -> bool:
    """Tell whether a base, a subclass, or another base of a subclass provides *name*."""
    return any(_provides(entry, (name,)) for entry in _relatives(view))


def _relatives(view: ClassView) -> list[ClassEntry]:
    below = list(view.entry.descendants())
    found = {id(one): one for entry in (view.entry, *below) for one in entry.lineage()}
    return [*found.values()]


def provided_elsewhere(project: Project, name: str) -> bool:
    """Tell whether some file gives an attribute *name* to an object of whatever kind."""
    return name in project.assigned_attributes


def _is_open(entry: ClassEntry) -> bool:
    """Tell whether a class has a base that is not known, or answers for every name."""
    known = {parent.qualname for parent in entry.parents}
    unknown = [b for b in entry.bases if b not in legacy.CLASSES and b not in known and b != "object"]
    resolved = len(unknown) <= len(entry.parents) - sum(base in known for base in entry.bases)
    return (bool(unknown) and not resolved) or _provides(entry, ("__getattr__", "__getattribute__"))


def _provides(entry: ClassEntry, names: tuple[str, ...]) -> bool:
    return not once(_provided, entry.node).isdisjoint(names)


def _provided(statement: ast.ClassDef) -> set[str]:
    """Return what a class may give to its objects."""
    names = set()
    for node in walk(statement):
        if isinstance(node, DEFINITIONS):
            names.add(node.name)
        elif isinstance(node, ast.Attribute) and is_stored(node):
            names.add(node.attr)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
    return names
