"""What a session's constructor sets before the base class's constructor, which has attributes of the same names.

asyncore sets them anew, and the address to what it asks the socket for, if that still has a peer: the address that
accept() returned, in any case. So an address may be kept early if every session is given that one.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.usage.arguments import values_passed
from asyncore_codemods.analyse.values.syntax import self_attribute
from asyncore_codemods.nodes import is_stored, walk

if TYPE_CHECKING:
    from asyncore_codemods.analyse.families.constructions import Made
    from asyncore_codemods.analyse.families.hierarchies import Definition
    from asyncore_codemods.index.modules import FunctionNode
    from asyncore_codemods.index.project import Project
    from asyncore_codemods.model.uses import Use

_SET_BY_BASE = ("addr", "connected", "accepting", "connecting", "closing")


def set_too_early(project: Project, definition: Definition, call: Use) -> ast.Attribute | None:
    """Return an attribute that the author sets, and the base class's constructor, which comes later, changes."""
    for statement in definition.function.body:
        if definition.module.source.span(statement) == call.statement:
            break
        for node in walk(statement, ast.Attribute):
            is_set = isinstance(node.ctx, ast.Store) and self_attribute(node, definition.self_name) in _SET_BY_BASE
            if is_set and not (node.attr == "addr" and _keeps_address(project, definition, statement)):
                return node
    return None


def _keeps_address(project: Project, definition: Definition, statement: ast.stmt) -> bool:
    """Tell whether *statement* is `self.addr = addr`, and that is always what accept() returned."""
    value = statement.value if isinstance(statement, ast.Assign) and len(statement.targets) == 1 else None
    if not isinstance(value, ast.Name) or _stores(definition.function, value.id):
        return False
    given = values_passed(project, definition.entry, definition.function, value.id)
    return given is not None and all(_is_accepted(*one) for one in given)


def _stores(function: FunctionNode, name: str) -> list[ast.Name]:
    """Return where *function* gives something to the variable *name*."""
    return [node for node in walk(function, ast.Name) if node.id == name and is_stored(node)]


def _is_accepted(made: Made, value: ast.expr) -> bool:
    """Tell whether *value* is the address of an accepted connection, in the method that accepts it."""
    function = made.function
    if function is None or not isinstance(value, ast.Name):
        return False
    stores = _stores(function, value.id)
    if function.name == "handle_accepted":
        return not stores and [arg.arg for arg in function.args.args][2:] == [value.id]
    accepted = [node for node in walk(function, ast.Assign) if ast.unparse(node.value).endswith(".accept()")]
    pairs = [ast.unparse(target) for node in accepted for target in node.targets]
    return len(stores) == 1 and any(
        isinstance(target, ast.Tuple) and len(target.elts) == 2 and target.elts[1] is stores[0]
        for node in walk(function, ast.Assign)
        if node in accepted or ast.unparse(node.value) in pairs
        for target in node.targets
    )
