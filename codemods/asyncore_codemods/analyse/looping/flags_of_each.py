"""Flags of objects of which there are several: `while any(not probe.done for probe in probes)`.

One event of the module tells of the change of any of them.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.families.references import Surroundings
from asyncore_codemods.analyse.looping.flags import Flag, is_plain, telling, values_in
from asyncore_codemods.analyse.looping.when_called import is_within
from asyncore_codemods.analyse.usage.containers import mentions_of
from asyncore_codemods.model.sessions import Replacement
from asyncore_codemods.nodes import is_stored
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from asyncore_codemods.analyse.looping.flags import FlagReader

_OF_ALL = ("any", "all", "sum", "len")
_COMPREHENSIONS = (ast.GeneratorExp, ast.ListComp)


def looked_through(node: ast.expr) -> ast.GeneratorExp | ast.ListComp | None:
    """Return what goes through a list if that is what *node* does: `any(one.busy for one in clients)`."""
    if isinstance(node, ast.Call) and len(node.args) == 1 and not node.keywords:
        is_asked = isinstance(node.func, ast.Name) and node.func.id in _OF_ALL
        node = node.args[0] if is_asked else node
    if not isinstance(node, _COMPREHENSIONS) or len(node.generators) != 1 or node.generators[0].is_async:
        return None
    return node if isinstance(node.generators[0].target, ast.Name) else None


def read_each(reader: FlagReader, name: str) -> Flag | None:
    """Return what tells of the changes of the attribute *name* of any object, None if it may change unseen."""
    owners = [entry for entry in reader.project.classes.values() if reader.gives(entry, name)]
    if len(owners) != 1:
        return None
    given = [value for statement in owners[0].node.body for value in values_in(statement, name)]
    if not all(value is not None and is_plain(value) for value in given):
        return None
    flag = Flag(reader.free_event(), is_global=True)
    for module in reader.modules:
        around = Surroundings(module)
        for node in filter(is_stored, mentions_of(module.source.tree, name, is_attribute=True)):
            statement, functions = around.parents[node], around.functions(node)
            if not isinstance(statement, (ast.Assign, ast.AugAssign)) or not is_plain(statement.value):
                return None
            if not functions:
                return None
            is_first = functions[0].name == "__init__" and is_within(node, owners[0].node)
            if is_first or functions[0] is reader.function or reader.calls.come_from_loop(functions[0]):
                continue
            text = telling(flag.event, early=reader.calls.may_be_early(functions[-1]))
            flag.writes.append(Replacement(Place(str(module.path), module.source.span(statement)), text))
    return flag
