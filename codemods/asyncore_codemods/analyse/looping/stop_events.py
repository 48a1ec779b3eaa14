"""A threading.Event that a loop looks at to know whether to go on: `while not stop.is_set()`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.families.references import Surroundings
from asyncore_codemods.analyse.looping.flags import Flag
from asyncore_codemods.analyse.values.syntax import last_name
from asyncore_codemods.model.sessions import Replacement
from asyncore_codemods.nodes import is_stored, walk
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asyncore_codemods.index import Module, Project

_OF_EVENTS = ("set", "clear", "is_set", "isSet", "wait")


def read_stop_event(project: Project, modules: Sequence[Module], module: Module, node: ast.expr) -> Flag | None:
    """Return the flag that `stop.is_set()` asks for, if that is a threading.Event and nothing else."""
    if not isinstance(node, ast.Call) or node.args or last_name(node.func) not in ("is_set", "isSet"):
        return None
    assert isinstance(node.func, ast.Attribute)
    name = last_name(node.func.value)
    flag = Flag()
    values: list[ast.expr | None] = []
    for other in modules:
        around = Surroundings(other)
        for part in walk(other.source.tree, (ast.Name, ast.Attribute)):
            if last_name(part) != name:
                continue
            parent = around.parents[part]
            if is_stored(part):
                values.append(parent.value if isinstance(parent, ast.Assign) else None)
            elif _is_for_thread(around, part):
                continue
            elif not isinstance(parent, ast.Attribute) or parent.attr not in _OF_EVENTS:
                return None  # it is handed on
            elif parent.attr in ("set", "clear"):
                place = Place(str(other.path), other.source.span(parent))
                flag.writes.append(Replacement(place, f"{name}.{parent.attr}()"))
    made = [project.resolve_node(module, v.func) for v in values if isinstance(v, ast.Call)]
    return flag if made == ["threading.Event"] and len(values) == 1 else None


def _is_for_thread(around: Surroundings, node: ast.AST) -> bool:
    """Tell whether *node* is handed to a thread: `Thread(target=serve, args=(server, stop))`."""
    parent = around.parents[node]
    keyword = around.parents.get(parent)
    if (
        not isinstance(parent, (ast.Tuple, ast.List))
        or not isinstance(keyword, ast.keyword)
        or keyword.arg != "args"
    ):
        return False
    call = around.parents[keyword]
    return isinstance(call, ast.Call) and last_name(call.func) == "Thread"
