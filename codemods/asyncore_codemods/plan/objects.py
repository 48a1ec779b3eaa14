"""What a class does with itself as an object: what it prints as, its attributes taken together, its file's names.

asyncore's channels have a repr() of their own, keep everything in a dictionary, and their files know nothing of
asyncio. Rewritten classes differ in all of this, so what can be noticed keeps a class on the bridge.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.values.chosen import chosen_prefix, chosen_suffix, prefix_of, suffix_of
from asyncore_codemods.analyse.values.syntax import is_self_attribute, last_name, parent_map
from asyncore_codemods.codes import Code
from asyncore_codemods.model.sessions import Reason
from asyncore_codemods.model.uses import Kind
from asyncore_codemods.nodes import children, walk
from asyncore_codemods.plan.looping.loop_sites import taken_names
from asyncore_codemods.printer.helpers import HELPERS
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typing_extensions import TypeGuard

    from asyncore_codemods.analyse.families.hierarchies import Definition, Hierarchy
    from asyncore_codemods.index import Module
    from asyncore_codemods.index.project import ClassEntry

_TO_TEXT = frozenset({"str", "repr", "ascii", "format", "print"})
_LOGGERS = frozenset(
    {"debug", "info", "warning", "warn", "error", "critical", "exception", "log", "log_info", "msg"}
)
_HELPER_NAMES = (
    *("read_until", "read_frame", "read_counted", "read_piece"),
    *("receive_some", "receive_until", "receive_exactly", "receive_frame", "receive_piece"),
    *("open_streams", "checked_terminator", "run_all", "send_to"),
)
# of which there are two, that cannot stand in for each other
_TWICE = ("read_frame", "read_piece", "receive_frame", "receive_piece")
_OURS = ("connected", "closed", "reader", "writer", "run", "serve", "server", "stream_", "terminator", "unsent")
_DICTIONARIES = ("vars", "dir", "inspect.getmembers", "getmembers")
_BASES = ("__base__", "__bases__", "__mro__")  # of a class; the last one can be called as well
_NEEDED = ("asyncio", "codecs", "collections", "contextlib", "logging")  # modules that rewritten code may import


def check_objects(hierarchy: Hierarchy) -> Iterator[Reason]:
    """Yield why the classes of *hierarchy* would be noticed to be others, as objects."""
    for member in hierarchy.members:
        yield from _check_class(member)
    yield from _asked_for_bases(hierarchy)
    shows_itself = hierarchy.overrides("__repr__") or hierarchy.overrides("__str__")
    for definition in hierarchy.definitions():
        for node in _own_nodes(definition):
            if _is_dictionary(node, definition.self_name) and not _asks_for_own(hierarchy, definition, node):
                message = "looks at its attributes as a dictionary"
                yield Reason(Code.INTERNALS, message, definition.place(node))
            elif _sets_any(node, hierarchy, definition):
                message = "sets attributes of its own whose names may be inherited ones"
                yield Reason(Code.INTERNALS, message, definition.place(node))
            elif _looks_up_any(node, hierarchy, definition):
                message = "looks up attributes of its own by names that may be inherited ones"
                yield Reason(Code.INTERNALS, message, definition.place(node))
            elif not shows_itself and _is_text(node, definition):
                message = "prints itself, which shows asyncore's repr()"
                yield Reason(Code.INTERNALS, message, definition.place(node))


def _asked_for_bases(hierarchy: Hierarchy) -> Iterator[Reason]:
    """Yield where somebody asks for the bases of one of its classes: they are no channels any more."""
    modules = {id(member.module): member.module for member in hierarchy.members}
    methods = {id(node) for definition in hierarchy.definitions() for node in walk(definition.function)}
    for module in modules.values():
        for node in walk(module.source.tree):
            if isinstance(node, ast.Call) and hierarchy.project.resolve_node(module, node.func) == "inspect.getmro":
                of: ast.expr | None = node.args[0] if node.args else None
            else:
                of = node.value if isinstance(node, ast.Attribute) and node.attr in (*_BASES, "mro") else None
            if of is None:
                continue
            entry = hierarchy.project.class_named(module, of)
            is_ours = entry.qualname in hierarchy.names if entry is not None else id(node) in methods
            if is_ours and (not isinstance(of, ast.Name) or entry is not None or of.id == "cls"):
                place = Place(str(module.path), module.source.span(node))
                yield Reason(Code.INTERNALS, "is asked for its base classes, which become others", place)


def _own_nodes(definition: Definition) -> Iterator[ast.AST]:
    """Yield the nodes of a method, but for functions inside that have a self of their own."""
    queue: list[ast.AST] = [definition.function]
    while queue:
        node = queue.pop(0)
        yield node
        for child in children(node):
            arguments = child.args if isinstance(child, (ast.FunctionDef, ast.Lambda)) else None
            names = {one.arg for one in walk(arguments, ast.arg)} if arguments else set()
            if definition.self_name not in names:
                queue.append(child)


def _check_class(member: ClassEntry) -> Iterator[Reason]:
    path, span = str(member.module.path), member.module.source.span
    for statement in member.node.body:
        targets = statement.targets if isinstance(statement, ast.Assign) else []
        if any(isinstance(target, ast.Name) and target.id == "__slots__" for target in targets):
            yield Reason(Code.INTERNALS, "has __slots__", Place(path, span(statement)))
    for name in taken_names(member.module.source.tree, _NEEDED):
        if member.module.bindings.get(name) != name:
            message = f"cannot import {name}: its file has something else called so, to be renamed"
            yield Reason(Code.INTERNALS, message, Place(path, span(member.node)))
    for name in _HELPER_NAMES:
        if (name in member.module.bindings or name in member.module.assigned) and not has_helper(
            member.module, name
        ):
            message = f"would need a helper called {name}(): rename what its file has of that name"
            assigned = member.module.assigned.get(name, [])
            named = [member.module.functions[name]] if name in member.module.functions else assigned
            yield Reason(Code.INTERNALS, message, Place(path, span(named[0] if named else member.node)))


def has_helper(module: Module, name: str) -> bool:
    """Tell whether an earlier run of this tool has written the helper *name* into *module*."""
    function = module.functions.get(name)
    if function is None or name in _TWICE:
        return False
    return ast.unparse(function) == ast.unparse(ast.parse(HELPERS[name]))


def _is_dictionary(node: ast.AST, own: str) -> bool:
    if is_self_attribute(node, own, "__dict__"):
        return True
    if not isinstance(node, ast.Call) or ast.unparse(node.func) not in _DICTIONARIES:
        return False
    return any(_is_self(argument, own) for argument in node.args)


def _sets_any(node: ast.AST, hierarchy: Hierarchy, definition: Definition) -> bool:
    """Tell whether setattr() or delattr() is called on the object, with a name that may be an inherited one."""
    if not _is_call_on(node, ("setattr", "delattr"), definition.self_name):
        return False
    if isinstance(node.args[1], ast.Constant):
        return node.args[1].value in legacy.inherited_names(hierarchy.root)
    return _may_be_inherited(node, hierarchy, definition)


def _looks_up_any(node: ast.AST, hierarchy: Hierarchy, definition: Definition) -> bool:
    """Tell whether getattr() is given what nothing is known of: a peer's word may name what asyncore had."""
    if not _is_call_on(node, ("getattr", "hasattr"), definition.self_name):
        return False
    name = node.args[1]
    if last_name(node.func) == "hasattr" and isinstance(name, ast.Constant):
        kept = hierarchy.overrides(str(name.value)) or any(
            use.kind is Kind.WRITE for _, use in hierarchy.uses(str(name.value))
        )
        return name.value in legacy.inherited_names(hierarchy.root) and not kept
    return _may_be_inherited(node, hierarchy, definition) and not _is_known(node.args[1], hierarchy, definition)


def _is_call_on(node: ast.AST, functions: tuple[str, ...], own: str) -> TypeGuard[ast.Call]:
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id not in functions:
        return False
    return len(node.args) > 1 and _is_self(node.args[0], own)


def _may_be_inherited(call: ast.Call, hierarchy: Hierarchy, definition: Definition) -> bool:
    """Tell whether the name that *call* works out may be one that asyncore's classes have."""
    begin, end = chosen_prefix(call, definition.function), chosen_suffix(call, definition.function)
    return _is_inherited(begin, end, hierarchy)


def _is_inherited(begin: str, end: str, hierarchy: Hierarchy) -> bool:
    return any(name.startswith(begin) and name.endswith(end) for name in legacy.inherited_names(hierarchy.root))


def _is_known(name: ast.expr, hierarchy: Hierarchy, definition: Definition) -> bool:
    """Tell whether a name is one of the author's own: written down, looked up in a table, or tested beforehand."""
    if isinstance(name, (ast.Constant, ast.Subscript)):
        return True
    if isinstance(name, ast.Call) and isinstance(name.func, ast.Attribute) and name.func.attr == "get":
        return True
    if isinstance(name, ast.IfExp):
        return all(_is_known(one, hierarchy, definition) for one in (name.body, name.orelse))
    if any(
        isinstance(node, ast.Compare)
        and any(isinstance(op, (ast.In, ast.NotIn)) for op in node.ops)
        and ast.dump(node.left) == ast.dump(name)
        for node in walk(definition.function)
    ):
        return True
    if isinstance(name, ast.Attribute):  # a state, say
        values = [
            node.value
            for other in hierarchy.definitions()
            for node in walk(other.function, ast.Assign)
            if any(is_self_attribute(target, other.self_name, name.attr) for target in node.targets)
        ]
        return bool(values) and all(isinstance(value, ast.Constant) for value in values)
    if not isinstance(name, ast.Name):
        return False
    loops = [
        node.iter
        for node in walk(definition.function, (ast.For, ast.comprehension))
        if isinstance(node.target, ast.Name) and node.target.id == name.id
    ]
    given = [
        node.value
        for node in walk(definition.function, ast.Assign)
        if any(getattr(target, "id", "") == name.id for target in node.targets)
    ]
    known = [_is_known(value, hierarchy, definition) for value in given]
    written = [
        isinstance(values, (ast.Tuple, ast.List, ast.Set))
        and all(
            isinstance(v, ast.Constant) or not _is_inherited(prefix_of(v), suffix_of(v), hierarchy)
            for v in values.elts
        )
        for values in loops
    ]
    return bool(known or written) and all(known) and all(written)


def _asks_for_own(hierarchy: Hierarchy, definition: Definition, node: ast.AST) -> bool:
    """Tell whether only names that begin in the author's own way are used, as in `dir(self)` of a help command."""
    holder = parent_map(definition.function).get(node)
    if isinstance(holder, ast.comprehension) and holder.iter is node:
        target, tests = holder.target, holder.ifs
    elif isinstance(holder, ast.For) and holder.iter is node and [type(s) for s in holder.body] == [ast.If]:
        only = holder.body[0]
        assert isinstance(only, ast.If)
        target, tests = holder.target, [] if only.orelse or holder.orelse else [only.test]
    else:
        return False
    prefixes = [
        test.args[0].value
        for test in tests
        if isinstance(test, ast.Call)
        and isinstance(test.func, ast.Attribute)
        and test.func.attr == "startswith"
        and ast.dump(test.func.value) == ast.dump(ast.Name(getattr(target, "id", ""), ast.Load()))
        and len(test.args) == 1
        and isinstance(test.args[0], ast.Constant)
    ]
    others = (*legacy.inherited_names(hierarchy.root), *_OURS)
    return any(
        isinstance(prefix, str) and not any(name.startswith(prefix) for name in others) for prefix in prefixes
    )


def _is_text(node: ast.AST, definition: Definition) -> bool:
    """Tell whether the object itself is made into text here."""
    own = definition.self_name
    if isinstance(node, ast.FormattedValue):
        return _is_self(node.value, own)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        given = node.right.elts if isinstance(node.right, ast.Tuple) else [node.right]
        return any(_is_self(value, own) for value in given)
    if not isinstance(node, ast.Call):
        return False
    own_arguments = [index for index, argument in enumerate(node.args) if _is_self(argument, own)]
    if isinstance(node.func, ast.Name):
        return node.func.id in _TO_TEXT and bool(own_arguments)
    if not isinstance(node.func, ast.Attribute):
        return False
    if node.func.attr == "format":
        return bool(own_arguments)
    return node.func.attr in _LOGGERS and any(own_arguments)  # Base.log(self, text) has it first


def _is_self(node: ast.expr, own: str) -> bool:
    return isinstance(node, ast.Name) and node.id == own and bool(own)
