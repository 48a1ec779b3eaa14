"""How a class gathers its frames, from collect_incoming_data() to found_terminator().

Where the buffer serves only to build the frame, it can become found_terminator()'s argument. That is proven path
by path: on every way through found_terminator() the buffer is taken at most once and is empty at the end. Where
that cannot be shown but collecting is *additive* (a frame given whole is the same as in pieces), the method stays
and is handed whole frames. Anything else is a reason to stay on the bridge.
"""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.families.hierarchies import dials_of
from asyncore_codemods.analyse.families.references import Surroundings
from asyncore_codemods.analyse.input.collecting import Collected, read_collecting
from asyncore_codemods.analyse.input.frame_reading import FrameReader, is_empty
from asyncore_codemods.analyse.input.pieces import joins
from asyncore_codemods.analyse.lifetime.endings import Left, after_error
from asyncore_codemods.analyse.usage.sharing import shared_buffer
from asyncore_codemods.analyse.values.syntax import self_attribute, self_name
from asyncore_codemods.codes import Code
from asyncore_codemods.model.sessions import Delivery, InputIdiom, Reason
from asyncore_codemods.nodes import walk
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from asyncore_codemods.analyse.families.hierarchies import Definition, Hierarchy

_VAGUE = re.compile(r"buf|incoming|received|pieces|chunks|input|collected|^i?n$|inp|stuff|parts|packet")


def read_input(hierarchy: Hierarchy, *, is_text: bool = False) -> InputIdiom | Reason:
    """Return how the classes of *hierarchy* gather a frame, or why that is not understood.

    *is_text* says that what they gather is text.
    """
    collects = hierarchy.methods.get("collect_incoming_data", [])
    founds = hierarchy.methods.get("found_terminator", [])
    if not collects:
        return Reason(Code.COLLECT, "does not define collect_incoming_data()", _class_place(hierarchy))
    shapes = [read_collecting(definition) for definition in collects]
    for definition, shape in zip(collects, shapes):
        if shape is None:
            return Reason(
                Code.COLLECT,
                "collect_incoming_data() does more than gather the data of a frame",
                definition.place(definition.function),
            )
    known = [replace(shape, is_text=is_text) for shape in shapes if shape is not None]
    shape = known[0]
    touched = {name for one in known for name in (one.touched or {one.attribute})} - {"", "incoming"}
    shared = shared_buffer(hierarchy, touched)
    if shared is not None:
        return shared
    if len(known) == 1 and shape.kind == "drop":
        return _dropped(hierarchy, founds)
    if len(known) == 1 and shape.kind != "additive" and founds:
        idiom = _as_parameter(hierarchy, shape, collects[0], founds)
        if idiom is not None:
            return idiom
    return _kept(hierarchy, known, collects, touched)


def read_pieces(hierarchy: Hierarchy) -> InputIdiom | Reason:
    """Return the idiom of a class whose terminator is None for good: pieces are handled as they come."""
    if not hierarchy.overrides("collect_incoming_data"):
        return Reason(Code.COLLECT, "does not define collect_incoming_data()", _class_place(hierarchy))
    return InputIdiom(Delivery.PIECES)


def _class_place(hierarchy: Hierarchy) -> Place:
    top = hierarchy.top
    return Place(str(top.module.path), top.module.source.span(top.node))


# -- the frame as an argument


def _as_parameter(
    hierarchy: Hierarchy, shape: Collected, collect: Definition, founds: list[Definition]
) -> InputIdiom | None:
    """Return the idiom with the buffer gone, or None if it cannot be shown to serve only for the frame."""
    removed: list[Place] = []
    tidies_up = False
    for definition in hierarchy.definitions():
        if definition == collect or definition in founds:
            continue
        for node in walk(definition.function):
            if self_attribute(node, definition.self_name) in (shape.attribute, "found_terminator", "_get_data"):
                initial = _initial_write(hierarchy, definition, node)
                if initial is None:
                    return None
                removed.append(definition.place(initial))
                tidies_up = tidies_up or definition.function.name == "handle_error"
    for member in hierarchy.members:
        removed += [
            Place(str(member.module.path), attribute.statement)
            for attribute in hierarchy.facts[member.qualname].attributes
            if attribute.name == shape.attribute
        ]
    readers = [FrameReader(hierarchy.project, definition, shape) for definition in founds]
    if not all(reader.understood() for reader in readers):
        return None
    if Left.OPEN in after_error(hierarchy) and not (tidies_up or all(reader.empties_first() for reader in readers)):
        return None  # what is left in the buffer when something raises begins the next frame
    parameter = _parameter_name(shape.attribute, readers)
    idiom = InputIdiom(Delivery.PARAMETER, shape.attribute, parameter, [*removed])
    idiom.text_by_frame, idiom.undecodable = bool(shape.decode), shape.may_fail
    idiom.removed.append(collect.place(collect.function))
    if any(reader.reads_often() for reader in readers):
        idiom.decode = shape.decode
    for reader in readers:
        if not reader.rewrite(parameter, idiom):
            return None
    return idiom


def _initial_write(hierarchy: Hierarchy, definition: Definition, node: ast.AST) -> ast.stmt | None:
    """Return the statement `self.buffer = <empty>` with the target *node*, where a frame begins or ends."""
    dials = {use.method for _, use in dials_of(hierarchy)}
    name = definition.function.name
    if name == "handle_error":
        if len(hierarchy.methods[name]) > 1 or not _is_left_to_asyncore(hierarchy, name):
            return None
    elif name not in {"__init__", "handle_connect", "handle_close", *dials} and not _prepares(hierarchy, name):
        return None
    if definition.function.name != "__init__" and definition in hierarchy.reachable("found_terminator"):
        return None  # the frame would be gone in the middle of it
    for statement in definition.function.body:
        if name == "handle_error" and any(isinstance(inner, ast.Return) for inner in walk(statement)):
            return None
        if (
            isinstance(statement, ast.Assign)
            and len(statement.targets) == 1
            and statement.targets[0] is node
            and is_empty(statement.value)
        ):
            return statement
    return None


def _is_left_to_asyncore(hierarchy: Hierarchy, name: str) -> bool:
    """Tell whether nobody calls a method but the methods of that name that are derived from it."""
    for module in hierarchy.project.modules.values():
        if name not in module.source.text:
            continue
        around = Surroundings(module)
        for node in walk(module.source.tree):
            if isinstance(node, ast.Constant) and node.value == name:
                return False
            if isinstance(node, ast.Attribute) and node.attr == name:
                function = _function_around(around, node)
                if not isinstance(function, ast.FunctionDef) or function.name != name:
                    return False
    return True


def _prepares(hierarchy: Hierarchy, name: str) -> bool:
    """Tell whether a method is called by constructors of *hierarchy* and by nobody else."""
    if name in legacy.inherited_names(hierarchy.root):
        return False
    constructors = {id(definition.function) for definition in hierarchy.constructors}
    calls = 0
    for module in hierarchy.project.modules.values():
        if name not in module.source.text:
            continue
        around = Surroundings(module)
        for node in walk(module.source.tree):
            if isinstance(node, ast.Constant) and node.value == name:
                return False  # getattr(session, "reset")
            if not isinstance(node, ast.Attribute) or node.attr != name:
                continue
            call, function = around.parents[node], _function_around(around, node)
            is_call = isinstance(call, ast.Call) and call.func is node
            if not is_call or id(function) not in constructors:
                return False
            assert isinstance(function, ast.FunctionDef)
            is_own = isinstance(node.value, ast.Name) and node.value.id == self_name(function)
            if not is_own or around.parents[call] not in function.body:
                return False
            calls += 1
    return calls > 0


def _function_around(around: Surroundings, node: ast.AST) -> ast.AST | None:
    functions = (one for one in around.ancestors(node) if isinstance(one, (ast.FunctionDef, ast.Lambda)))
    return next(functions, None)


def _parameter_name(attribute: str, readers: list[FrameReader]) -> str:
    """Choose what to call the frame: as found_terminator() did, or after the buffer, or simply data."""
    taken = {name for reader in readers for name in reader.names_taken()}
    stem = attribute.strip("_").lower()
    candidates = [*sorted(taken)] if len(taken) == 1 else []
    if not _VAGUE.search(stem) and stem.isidentifier():
        candidates.append(stem)
    candidates += ["data", "frame", "received", "the_frame"]
    return next(name for name in candidates if all(reader.accepts(name) for reader in readers))


# -- the method stays


def _dropped(hierarchy: Hierarchy, founds: list[Definition]) -> InputIdiom | Reason:
    collect = hierarchy.methods["collect_incoming_data"][0]
    removed = [collect.place(collect.function)]
    for definition in founds:
        for node in walk(definition.function):
            if self_attribute(node, definition.self_name) in ("_get_data", "incoming"):
                return Reason(Code.BUFFER, "reads a buffer that nothing fills", definition.place(node))
    return InputIdiom(Delivery.SIGNAL, removed=removed)


def _kept(
    hierarchy: Hierarchy, shapes: list[Collected], collects: list[Definition], touched: set[str]
) -> InputIdiom | Reason:
    """Keep collect_incoming_data() and give it whole frames, if nobody can look at half a frame."""
    if any(shape.attribute == "incoming" for shape in shapes):
        return Reason(
            Code.BUFFER,
            "found_terminator() does not empty the buffer with _get_data() on every path",
            collects[0].place(collects[0].function),
        )
    lists = {name for shape in shapes for name in shape.lists}
    handlers = hierarchy.reachable("found_terminator")
    endings = hierarchy.reachable("handle_close", "handle_error", "close", "__del__", "log", "log_info")
    for definition in hierarchy.definitions():
        if definition in collects or definition.function.name == "__init__":
            continue
        for node in walk(definition.function):
            name = self_attribute(node, definition.self_name)
            if name in lists and not joins(definition.function, node):
                return Reason(
                    Code.BUFFER,
                    f"{definition.function.name}() looks at the pieces in self.{name} one by one",
                    definition.place(node),
                )
            if name in touched and (definition not in handlers or definition in endings):
                return Reason(
                    Code.BUFFER,
                    f"{definition.function.name}() can look at self.{name} in the middle of a frame",
                    definition.place(node),
                )
    idiom = InputIdiom(Delivery.KEPT, next(iter(sorted(touched)), ""), guard_empty=True)
    idiom.text_by_frame = any(shape.decode for shape in shapes)
    idiom.undecodable = any(shape.may_fail for shape in shapes)
    return idiom
