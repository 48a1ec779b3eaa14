"""How a listener sets up its socket: create_socket(), set_reuse_addr(), bind(), listen(), in one piece or apart.

Or it is given one that is set up already, and told so: `self.accepting = True`.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.values.syntax import parent_map
from asyncore_codemods.codes import Code
from asyncore_codemods.model.programs import SocketSetup
from asyncore_codemods.model.sessions import Reason
from asyncore_codemods.model.uses import Kind
from asyncore_codemods.nodes import walk
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from asyncore_codemods.analyse.families.hierarchies import Hierarchy
    from asyncore_codemods.index import Module
    from asyncore_codemods.index.project import ClassEntry
    from asyncore_codemods.model.uses import Use

STEPS = ("create_socket", "set_reuse_addr", "bind", "listen")


def read_setup(hierarchy: Hierarchy) -> SocketSetup | list[Reason]:
    """Return how the socket of a listener is set up, or the reasons why that is not understood."""
    given = read_given(hierarchy)
    if given is not None:
        return given
    found: dict[str, list[tuple[ClassEntry, Use]]] = {step: [] for step in STEPS}
    for entry, use in hierarchy.uses(*STEPS):
        found[use.name].append((entry, use))
    top = hierarchy.top
    whole = Place(str(top.module.path), top.module.source.span(top.node))
    for step in STEPS:
        if not found[step] and step != "set_reuse_addr":
            return [Reason(Code.LISTENER, f"never calls {step}()", whole)]
    every = [(entry, use) for given in found.values() for entry, use in given]
    for entry, use in every:
        place = Place(str(entry.module.path), use.span)
        if use.kind is not Kind.CALL or not use.alone or use.deferred:
            return [Reason(Code.LISTENER, f"uses {use.name}() as a value", place)]
        most = 2 if use.name == "create_socket" else 1
        if len(use.arguments) > most or any(argument.starred for argument in use.arguments):
            return [Reason(Code.LISTENER, f"passes unusual arguments to {use.name}()", place)]
        if use.name == "bind" and not use.arguments:
            return [Reason(Code.LISTENER, "calls bind() without an address", place)]
        if any(argument.text.endswith("SOCK_DGRAM") for argument in use.arguments):
            return [Reason(Code.DATAGRAM, "listens on a datagram socket", place)]
    for entry, use in found["listen"]:
        if not _always_comes(hierarchy, entry, use):
            place = Place(str(entry.module.path), use.span)
            return [Reason(Code.LISTENER, "listens only under a condition", place)]
    if len({use.method for _, use in found["create_socket"]}) > 1:
        return [Reason(Code.LISTENER, "creates its socket in several methods", whole)]
    entry, create = found["create_socket"][0]
    if all(len(given) <= 1 for given in found.values()) and _is_in_one_piece(hierarchy, every):
        return _setup_of(str(entry.module.path), create.method, every)
    return SocketSetup(create.method, str(entry.module.path), plain=False, steps=_steps_of(every))


def read_given(hierarchy: Hierarchy) -> SocketSetup | None:
    """Return the set-up of a listener whose one constructor gets its socket as a whole, None if there is no such.

    It comes as an argument of the base class's constructor, or of set_socket().
    """
    if any(True for _ in hierarchy.uses("create_socket", "bind", "set_reuse_addr")):
        return None
    announced = [*_announced_inside(hierarchy), *_announced_outside(hierarchy)]
    listens = [(entry, use) for entry, use in hierarchy.uses("listen") if use.kind is Kind.CALL and use.alone]
    sets = [use for _, use in hierarchy.uses("set_socket")]
    if not announced and not listens:
        return None
    path = str(hierarchy.top.module.path)
    constructors = list(hierarchy.constructors)
    if not constructors and not sets:
        return SocketSetup("__init__", path, plain=False, given="sock", announced=announced) if announced else None
    calls = [use for _, use in hierarchy.uses("__init__") if use.kind is Kind.BASE_CALL]
    if len(constructors) != 1 or constructors[0].entry is not hierarchy.top or len(calls) != 1:
        return None
    names = {argument.arg for argument in constructors[0].function.args.args[1:]}
    given = _set_in(sets, path, hierarchy, calls[0]) if sets else _passed_to(calls[0], names)
    if given is None:
        return None
    steps = [("create_socket", Place(path, given.statement), (given.arguments[0].text,)), *_steps_of(listens)]
    text = given.arguments[0].text
    return SocketSetup("__init__", path, plain=False, steps=steps, given=text, announced=announced)


def _passed_to(call: Use, names: set[str]) -> Use | None:
    """Return the call of the base class's constructor if it is given a socket, a parameter, and nothing else."""
    sockets = [given for given in call.arguments if given.keyword in (None, "sock") and not given.starred]
    is_plain = len(call.arguments) == 1 and len(sockets) == 1 and call.alone
    return call if is_plain and sockets[0].text in names else None


def _set_in(sets: list[Use], path: str, hierarchy: Hierarchy, call: Use) -> Use | None:
    """Return the one call of set_socket(), in a constructor that gives no other socket to the base class's."""
    only = sets[0]
    is_plain = only.kind is Kind.CALL and only.alone and only.method == "__init__" and not only.deferred
    if len(sets) > 1 or not is_plain or hierarchy.handed_on(path, call) or not call.alone:
        return None
    return only if len(only.arguments) == 1 and not only.arguments[0].starred else None


def _announced_inside(hierarchy: Hierarchy) -> list[Place]:
    return [
        Place(str(entry.module.path), use.statement)
        for entry, use in hierarchy.uses("accepting")
        if use.kind is Kind.WRITE and use.alone and use.value is not None and use.value.constant is True
    ]


def _announced_outside(hierarchy: Hierarchy) -> list[Place]:
    """Return where `server.accepting = True` is said of what is made in the same block of statements."""
    found = []
    for module in hierarchy.project.modules.values():
        for node in walk(module.source.tree) if "accepting" in module.source.text else ():
            for body in (getattr(node, name, None) for name in ("body", "orelse", "finalbody")):
                found += _announced_in(hierarchy, module, body if isinstance(body, list) else [])
    return found


def _announced_in(hierarchy: Hierarchy, module: Module, body: list[ast.stmt]) -> list[Place]:
    found = []
    made: set[str] = set()  # the names of listeners
    for statement in body:
        if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
            continue
        target, value = statement.targets[0], statement.value
        if isinstance(target, ast.Name):
            is_ours = isinstance(value, ast.Call) and _makes_one(hierarchy, module, value)
            made = made | {target.id} if is_ours else made - {target.id}
        elif isinstance(target, ast.Attribute) and target.attr == "accepting":
            is_true = isinstance(value, ast.Constant) and value.value is True
            if is_true and isinstance(target.value, ast.Name) and target.value.id in made:
                found.append(Place(str(module.path), module.source.span(statement)))
    return found


def _makes_one(hierarchy: Hierarchy, module: Module, call: ast.Call) -> bool:
    """Tell whether a call makes a listener, of a socket."""
    return (
        hierarchy.project.class_named(module, call.func) in hierarchy.members
        and len(call.args) + len(call.keywords) == 1
    )


def _always_comes(hierarchy: Hierarchy, entry: ClassEntry, use: Use) -> bool:
    """Tell whether nothing leaves the method before a call, and no condition stands around it."""
    method = next(d for d in hierarchy.methods[use.method] if d.entry is entry)
    span = entry.module.source.span
    return not any(
        (isinstance(node, ast.Return) and span(node) < use.span)
        or (isinstance(node, (ast.If, ast.For, ast.While)) and span(node).contains(use.span))
        for node in walk(method.function)
    )


def _is_in_one_piece(hierarchy: Hierarchy, uses: list[tuple[ClassEntry, Use]]) -> bool:
    """Tell whether all calls stand in one block, in the usual order."""
    if len({(entry.qualname, use.method) for entry, use in uses}) > 1:
        return False
    order = {use.name: use.statement for _, use in uses}
    if not order["create_socket"] < order["bind"] < order["listen"]:
        return False
    entry, use = uses[0]
    method = next(d for d in hierarchy.methods[use.method] if d.entry is entry)
    parents, span = parent_map(method.function), entry.module.source.span
    statements = list(order.values())
    blocks = {id(parents[node]) for node in walk(method.function, ast.Expr) if span(node) in statements}
    return len(blocks) == 1


def _setup_of(path: str, method: str, uses: list[tuple[ClassEntry, Use]]) -> SocketSetup:
    found = {use.name: use for _, use in uses}
    setup = SocketSetup(method, path, {name: Place(path, use.statement) for name, use in found.items()})
    setup.steps = _steps_of(uses)
    setup.address = found["bind"].arguments[0].text
    setup.backlog = next((argument.text for argument in found["listen"].arguments), "")
    for index, given in enumerate(found["create_socket"].arguments):
        usual = {"family": "AF_INET", "type": "SOCK_STREAM"}[given.keyword or ("family", "type")[index]]
        setup.plain = setup.plain and given.text in (usual, f"socket.{usual}")
    return setup


def _steps_of(uses: list[tuple[ClassEntry, Use]]) -> list[tuple[str, Place, tuple[str, ...]]]:
    steps = []
    for entry, use in uses:
        is_named = use.name == "create_socket"  # as socket.socket() names them; bind() and listen() there name none
        texts = tuple(f"{a.keyword}={a.text}" if a.keyword and is_named else a.text for a in use.arguments)
        steps.append((use.name, Place(str(entry.module.path), use.statement), texts))
    return steps
