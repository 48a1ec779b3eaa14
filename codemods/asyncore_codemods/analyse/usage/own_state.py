"""What only a session's own handlers change, so that nobody else need be waited for.

asyncore asks writable() on every pass of its loop, whoever has changed what it looks at. Rewritten code asks when
the session's own handlers have run; these are the questions whether that is enough.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.input.predicates import holds_when, logs
from asyncore_codemods.analyse.values.named import named_attributes
from asyncore_codemods.analyse.values.syntax import is_self_attribute, parent_map, self_attribute
from asyncore_codemods.model.uses import Kind
from asyncore_codemods.nodes import CALLABLES, is_stored, once, walk
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from asyncore_codemods.analyse.families.hierarchies import Definition, Hierarchy
    from asyncore_codemods.analyse.usage.outside import OutsideUse

OWN = ("__init__", "handle_read", "handle_write", "handle_connect", "handle_close", "handle_error", "close")
_UNUSED = "closing"  # asyncore has that, and never looks at it
_LOOKS = (
    ast.AugAssign, ast.Attribute, ast.Subscript, ast.Compare, ast.BoolOp, ast.UnaryOp, ast.BinOp, ast.If, ast.While,
    ast.IfExp, ast.Return, ast.Delete, ast.For, ast.FormattedValue, ast.Slice,
)  # fmt: skip
_READS = ("len", "bool", "bytes", "memoryview", "next", "print", "repr", "str")
CHANGES = frozenset(
    ["append", "appendleft", "clear", "close", "extend", "insert", "pop", "popleft", "put", "remove", "write"]
)


def is_own(hierarchy: Hierarchy, name: str) -> bool:
    """Tell whether what an attribute holds is made by the session, and handed to nobody."""
    made_own = any(use.kind is Kind.WRITE and use.method == "__init__" for _, use in hierarchy.uses(name))
    if any(True for _ in hierarchy.uses(name)) and not (name == _UNUSED and made_own):
        return False
    given = changed = False
    for definition in hierarchy.definitions():
        parents = parent_map(definition.function)
        for node in walk(definition.function):
            if is_self_attribute(node, definition.self_name, name):
                if not _stays(node, parents):
                    return False
                parent = parents[node]
                given = given or (
                    isinstance(parent, ast.Assign) and isinstance(parent.value, (ast.Name, ast.Attribute))
                )
                changed = changed or _changes_in_place(node, parent)
    return not (given and changed)  # a list that somebody else may have, too


def _changes_in_place(node: ast.AST, parent: ast.AST) -> bool:
    if isinstance(parent, ast.Subscript):
        return parent.value is node and is_stored(parent)
    return isinstance(parent, ast.Attribute) and parent.attr in CHANGES


def _stays(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    """Tell whether an attribute is only assigned to, looked at, or told to do something."""
    parent = parents[node]
    if isinstance(parent, ast.Assign):
        return node in parent.targets
    if isinstance(parent, ast.Call):
        called = parent.func
        if logs(called):
            return True
        name = called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")
        return name in (*_READS, "join", "send", "sendto", "write")
    return isinstance(parent, _LOOKS)


def changed_by_others(hierarchy: Hierarchy, outside: list[OutsideUse], watched: set[str]) -> bool:
    """Tell whether anything but the session's own handlers may change what writable() looks at."""
    foreign = {use.name for use in outside if use.may_be(hierarchy.names)} - {"__init__"}
    if foreign & watched:
        return True
    for definition in hierarchy.definitions():
        parents = parent_map(definition.function)
        foreign |= deferred_names(hierarchy, definition, watched)
        for node in walk(definition.function):
            name = self_attribute(node, definition.self_name)
            if name in hierarchy.methods and not is_called_or_kept(node, parents, definition.self_name):
                foreign.add(str(name))
    if foreign & watched:
        return True
    own = hierarchy.reachable(*OWN)
    called = hierarchy.reachable(*(foreign & set(hierarchy.methods)) - {"close"})
    return any(
        changes(definition, watched)
        for definition in hierarchy.definitions()
        if definition in called or definition not in own
    )


def deferred_names(hierarchy: Hierarchy, definition: Definition, watched: set[str]) -> set[str]:
    """Return the watched attributes and the methods that functions in a method use: they may run at any time."""
    later = {
        self_attribute(inner, definition.self_name) or ""
        for node in walk(definition.function)
        if node is not definition.function and isinstance(node, CALLABLES)
        for inner in walk(node)
    }
    return later & (watched | set(hierarchy.methods))


def is_called_or_kept(node: ast.AST, parents: dict[ast.AST, ast.AST], own: str) -> bool:
    """Tell whether a method is called, or kept as the object's own state, but not handed on."""
    parent = parents[node]
    if isinstance(parent, ast.Call):
        return parent.func is node
    if isinstance(parent, (ast.Dict, ast.List, ast.Tuple)):
        parent = parents[parent]  # a table of commands
    if isinstance(parent, ast.Assign):
        return all(self_attribute(target, own) is not None for target in parent.targets)
    return isinstance(parent, (ast.Compare, ast.Expr))


def changes(definition: Definition, names: set[str]) -> bool:
    """Tell whether a method assigns to one of some attributes, or changes what it holds."""
    own = definition.self_name
    for node in walk(definition.function):
        target: ast.AST | None = None
        if isinstance(node, (ast.Attribute, ast.Subscript)) and is_stored(node):
            target = node.value if isinstance(node, ast.Subscript) else node
        elif isinstance(node, ast.Attribute) and node.attr in CHANGES:
            target = node.value
        if target is not None and self_attribute(target, own) in names:
            return True
    return False


def starts_empty(hierarchy: Hierarchy, ask: Definition | None, watched: set[str]) -> bool:
    """Tell whether the constructor leaves nothing to be sent."""
    made = hierarchy.methods.get("__init__", [])
    greetings = hierarchy.reachable("handle_connect")
    if ask is None or len(made) != 1 or any(changes(d, watched) or _grows(d, watched) for d in greetings):
        return False
    known: dict[str, object] = {}
    for statement in made[0].function.body:
        for target in statement.targets if isinstance(statement, ast.Assign) else ():
            name = self_attribute(target, made[0].self_name)
            assert isinstance(statement, ast.Assign)
            if name is not None and name not in known:
                known[name] = _literal(statement.value)
            elif name is not None:
                return False
    others = hierarchy.reachable("__init__") - {made[0]}
    if any(changes(other, watched) for other in others) or _grows(made[0], watched):
        return False
    given = {name: value for name, value in known.items() if value is not _UNCLEAR}
    return holds_when(hierarchy, ask, given) is False


_UNCLEAR = object()


def _literal(node: ast.expr) -> object:
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.List) and not node.elts:
        return []
    empty = {"bytearray()": b"", "deque()": [], "collections.deque()": [], "list()": [], "bytes()": b""}
    return empty.get(ast.unparse(node), _UNCLEAR)


def _grows(definition: Definition, names: set[str]) -> bool:
    own = definition.self_name
    return any(
        (isinstance(node, ast.AugAssign) and self_attribute(node.target, own) in names)
        or (isinstance(node, ast.Attribute) and node.attr in CHANGES and self_attribute(node.value, own) in names)
        for node in walk(definition.function)
    )


def named_in_text(hierarchy: Hierarchy, attribute: str) -> Place | None:
    """Return where the program may mean an attribute of that name by a text, as with getattr()."""
    for module in hierarchy.project.modules.values():
        for named in once(named_attributes, module.source.tree):
            if named.name == attribute:
                return Place(str(module.path), module.source.span(named.node))
    return None
