"""Dispatchers whose handle_write() does more than send a buffer: it closes when all is sent, or reads a file.

asyncore asks writable() on every pass of its loop, and calls handle_write() as long as that says yes. If only the
session's own handlers change what the two look at, asking once they have run is enough: both stay, and run() calls
handle_write(), waiting for the peer in between. send() then takes everything, and what dealt with the rest goes.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.effects import CLOSERS
from asyncore_codemods.analyse.flow import PathWalker
from asyncore_codemods.analyse.predicates import EMPTY, asked, attributes_of, holds_when, is_opposite
from asyncore_codemods.analyse.syntax import is_self_attribute, parent_map, self_attribute, significant
from asyncore_codemods.analyse.taking_all import SendAll, read_send_all
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from asyncore_codemods.analyse.hierarchies import Definition, Hierarchy
    from asyncore_codemods.analyse.outside import OutsideUse
    from asyncore_codemods.model.sessions import Replacement
    from asyncore_codemods.spans import Place

_OWN = ("__init__", "handle_read", "handle_write", "handle_connect", "handle_close", "handle_error", "close")
_LOOKS = (
    ast.AugAssign, ast.Attribute, ast.Subscript, ast.Compare, ast.BoolOp, ast.UnaryOp, ast.BinOp, ast.If, ast.While,
    ast.IfExp, ast.Return, ast.Delete, ast.For, ast.FormattedValue,
)  # fmt: skip
_READS = ("len", "bool", "bytes", "memoryview", "next", "print", "repr", "str")
_CHANGES = frozenset(
    ["append", "appendleft", "clear", "close", "extend", "insert", "pop", "popleft", "put", "remove", "write"]
)


@dataclass
class Pulling:
    """What run() asks for until there is nothing left to send."""

    asks: bool  # writable() says whether there is something; if not, there always is, until handle_write() closes
    gates: bool = False  # readable() stays, and run() asks it before it reads
    starts: bool = False  # there may be something to send before anything has come
    reads: bool = True  # handle_read() is there
    removed: list[Place] = field(default_factory=list)
    replaced: list[Replacement] = field(default_factory=list)
    rewritten: list[Replacement] = field(default_factory=list)
    unwrapped: list[Place] = field(default_factory=list)


def read_pulling(hierarchy: Hierarchy, outside: list[OutsideUse], writer: str) -> Pulling | None:
    """Return how the output of *hierarchy* is pulled, None if others have a say in it or it is not understood."""
    methods = hierarchy.methods
    writes, asks, gates = (methods.get(n, []) for n in ("handle_write", "writable", "readable"))
    if len(writes) != 1 or len(asks) > 1 or len(gates) > 1:
        return None
    write, ask, gate = writes[0], asks[0] if asks else None, gates[0] if gates else None
    watched: set[str] = set()
    for definition in (ask, gate):
        test = asked(definition) if definition is not None else ast.Constant(value=True)
        looks = attributes_of(hierarchy, definition, test) if definition is not None and test is not None else set()
        if test is None or looks is None:
            return None
        watched |= looks
    always = ask is None or holds_when(hierarchy, ask, {}) is True
    if not _acts_always(hierarchy, write, set() if always else watched):
        return None
    watched -= {"connected"}
    if any(not _is_own(hierarchy, name) for name in watched) or _changed_by_others(hierarchy, outside, watched):
        return None
    taken = read_send_all(write, writer)
    if taken is None:
        return None
    pulling = Pulling(not always, reads="handle_read" in methods)
    _keep(pulling, taken)
    if gate is not None:
        known = _gate(hierarchy, gate, ask, write)
        if known is None:
            return None
        pulling.gates = known
        if not known:
            pulling.removed.append(gate.place(gate.function))
    if always and ask is not None:
        pulling.removed.append(ask.place(ask.function))
    if not pulling.reads and not (always and gate is not None and holds_when(hierarchy, gate, {}) is False):
        return None
    pulling.starts = always or not _starts_empty(hierarchy, ask, watched)
    return pulling


def _keep(pulling: Pulling, taken: SendAll) -> None:
    pulling.removed += taken.removed
    pulling.replaced += taken.replaced
    pulling.rewritten += taken.rewritten
    pulling.unwrapped += taken.unwrapped


def _gate(hierarchy: Hierarchy, gate: Definition, ask: Definition | None, write: Definition) -> bool | None:
    """Tell whether readable() must be asked once all is sent; None if the session might then be left to itself."""
    if ask is not None and is_opposite(gate, ask):
        return False
    constant = holds_when(hierarchy, gate, {})
    if constant is not None:
        return None if not constant and "handle_read" in hierarchy.methods else False
    for name in attributes_of(hierarchy, gate, gate.function) or ():
        for empty in EMPTY:  # what writable() asks for is empty then
            settled = ask is not None and holds_when(hierarchy, ask, {name: empty}) is False
            if settled and holds_when(hierarchy, gate, {name: empty}) is True:
                return False
    own = write.self_name
    closes = any(self_attribute(node, own) in ("close", "handle_close") for node in walk(write.function))
    return True if closes else None


def _acts_always(hierarchy: Hierarchy, write: Definition, watched: set[str]) -> bool:
    """Tell whether every way through handle_write() sends or closes, but for what writable() rules out."""
    own = write.self_name

    def step(node: ast.AST, state: str) -> frozenset[str]:
        acts = any(self_attribute(inner, own) in CLOSERS | {"send"} for inner in walk(node))
        return frozenset({"acted" if acts else state})

    body = significant(write.function.body)
    walker: PathWalker[str] = PathWalker(step)
    if "idle" not in walker.exits(write.function, frozenset({"idle"})):
        return True
    tests: list[ast.expr] = []
    while len(body) == 1 and isinstance(body[0], ast.If):  # if ...: send elif ...: close
        tests.append(body[0].test)
        if "idle" in PathWalker(step).exits_of(body[0].body, frozenset({"idle"})):
            return False
        body = significant(body[0].orelse)
    names = [attributes_of(hierarchy, write, test) for test in tests]
    return bool(tests) and not body and all(name is not None and name <= watched for name in names)


def _is_own(hierarchy: Hierarchy, name: str) -> bool:
    """Tell whether what an attribute holds is made by the session, and handed to nobody."""
    if any(True for _ in hierarchy.uses(name)):
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
        return parent.value is node and not isinstance(parent.ctx, ast.Load)
    return isinstance(parent, ast.Attribute) and parent.attr in _CHANGES


def _stays(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    """Tell whether an attribute is only assigned to, looked at, or told to do something."""
    parent = parents[node]
    if isinstance(parent, ast.Assign):
        return node in parent.targets
    if isinstance(parent, ast.Call):
        called = parent.func
        name = called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")
        return name in (*_READS, "send", "write")
    return isinstance(parent, _LOOKS)


def _changed_by_others(hierarchy: Hierarchy, outside: list[OutsideUse], watched: set[str]) -> bool:
    """Tell whether anything but the session's own handlers may change what writable() looks at."""
    foreign = {use.name for use in outside if use.may_be(hierarchy.names)}
    if foreign & watched:
        return True
    for definition in hierarchy.definitions():
        parents = parent_map(definition.function)
        for node in walk(definition.function):
            name = self_attribute(node, definition.self_name)
            if name in hierarchy.methods and not _is_called_or_kept(node, parents):
                foreign.add(str(name))
    own = hierarchy.reachable(*_OWN)
    called = hierarchy.reachable(*(foreign & set(hierarchy.methods)) - {"close"})
    return any(
        changes(definition, watched)
        for definition in hierarchy.definitions()
        if definition in called or definition not in own
    )


def _is_called_or_kept(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    """Tell whether a method is called, or kept as the object's own state, but not handed on."""
    parent = parents[node]
    if isinstance(parent, ast.Call):
        return parent.func is node
    return isinstance(parent, (ast.Assign, ast.Compare, ast.Expr, ast.Return, ast.IfExp))


def changes(definition: Definition, names: set[str]) -> bool:
    """Tell whether a method assigns to one of some attributes, or changes what it holds."""
    own = definition.self_name
    for node in walk(definition.function):
        target: ast.AST | None = None
        if isinstance(node, (ast.Attribute, ast.Subscript)) and not isinstance(node.ctx, ast.Load):
            target = node.value if isinstance(node, ast.Subscript) else node
        elif isinstance(node, ast.Attribute) and node.attr in _CHANGES:
            target = node.value
        if target is not None and self_attribute(target, own) in names:
            return True
    return False


def _starts_empty(hierarchy: Hierarchy, ask: Definition | None, watched: set[str]) -> bool:
    """Tell whether the constructor leaves nothing to be sent."""
    made = hierarchy.methods.get("__init__", [])
    if ask is None or len(made) != 1 or hierarchy.overrides("handle_connect"):
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
        or (isinstance(node, ast.Attribute) and node.attr in _CHANGES and self_attribute(node.value, own) in names)
        for node in walk(definition.function)
    )
