"""A mixin with a handle_error() for listeners and sessions alike: `class Server(ErrorMixin, asyncore.dispatcher)`.

Sessions go on to call it, so that it is theirs to be changed. A listener had no use for it if nothing can fail when
it makes a session; otherwise there would be two to share what becomes of it.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.families.hierarchies import take_in
from asyncore_codemods.analyse.families.mixins import ERROR_HOOK, shares_errors
from asyncore_codemods.analyse.values.assigned_methods import methods_of
from asyncore_codemods.analyse.values.syntax import is_docstring, last_name, parent_map
from asyncore_codemods.codes import Code
from asyncore_codemods.model.sessions import Reason
from asyncore_codemods.nodes import walk
from asyncore_codemods.plan.members import class_place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asyncore_codemods.analyse.families.hierarchies import Hierarchy
    from asyncore_codemods.index.project import ClassEntry, Project
    from asyncore_codemods.plan.program_plan import HierarchyPlan


def share_errors(hierarchies: Sequence[HierarchyPlan]) -> None:
    """Give the handle_error() of each shared mixin to the sessions that have it, if they are of one family."""
    takers: dict[ClassEntry, list[HierarchyPlan]] = {}
    for planned in hierarchies:
        hierarchy = planned.hierarchy
        for mixin in _sharing(hierarchy):
            if planned.role == "listener":
                hierarchy.spared[mixin] = _has_nothing_else(hierarchy.project, mixin)
                _forget_hook(hierarchy, mixin)
            else:
                takers.setdefault(mixin, []).append(planned)
                if mixin not in hierarchy.members:
                    take_in(hierarchy, mixin)
    for mixin, taking in takers.items():
        is_clear = len(taking) == 1 and taking[0].role in ("session", "client")
        for planned in () if is_clear else taking:
            message = f"shares the handle_error() of {mixin.name} with other classes than listeners"
            planned.reasons.append(Reason(Code.BASES, message, class_place(planned.hierarchy.top)))


def _sharing(hierarchy: Hierarchy) -> list[ClassEntry]:
    parents = {parent.qualname: parent for channel in hierarchy.channels for parent in channel.parents}
    mixins = [parent for name, parent in parents.items() if name in hierarchy.mixins]
    return [mixin for mixin in mixins if shares_errors(mixin, hierarchy.channels)]


def _forget_hook(hierarchy: Hierarchy, mixin: ClassEntry) -> None:
    hooks = [one for one in hierarchy.methods.get(ERROR_HOOK, ()) if one.entry is not mixin]
    hierarchy.methods[ERROR_HOOK] = hooks
    if not hooks:
        del hierarchy.methods[ERROR_HOOK]
    facts = hierarchy.facts.get(mixin.qualname)
    if facts is not None:
        del facts.methods[ERROR_HOOK]
        facts.uses = [use for use in facts.uses if use.method != ERROR_HOOK]
        facts.escapes = [escape for escape in facts.escapes if escape.method != ERROR_HOOK]


def _has_nothing_else(project: Project, mixin: ClassEntry) -> bool:
    """Tell whether a mixin is nothing but that hook, and nobody asks who has it."""
    hooks = {id(method) for method in methods_of(mixin.node) if method.name == ERROR_HOOK}
    if not all(id(statement) in hooks or is_docstring(statement) for statement in mixin.node.body):
        return False
    for module in project.modules.values():
        parents = parent_map(module.source.tree)
        for node in walk(module.source.tree, (ast.Name, ast.Attribute)):
            if last_name(node) == mixin.name and not isinstance(parents[node], ast.ClassDef):
                return False
    return True
