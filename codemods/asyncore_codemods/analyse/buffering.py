"""How a class gathers its frames, from collect_incoming_data() to found_terminator().

Where the buffer serves only to build the frame, it can become found_terminator()'s argument. That is proven path
by path: on every way through found_terminator() the buffer is taken at most once and is empty at the end. Where
that cannot be shown but collecting is *additive* (a frame given whole is the same as in pieces), the method stays
and is handed whole frames. Anything else is a reason to stay on the bridge.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.endings import Left, after_error
from asyncore_codemods.analyse.flow import PathWalker
from asyncore_codemods.analyse.syntax import (
    is_self_attribute,
    parent_map,
    self_attribute,
    significant,
)
from asyncore_codemods.codes import Code
from asyncore_codemods.model.sessions import Delivery, InputIdiom, Reason, Replacement
from asyncore_codemods.nodes import walk
from asyncore_codemods.spans import Place, Span

if TYPE_CHECKING:
    from asyncore_codemods.analyse.hierarchies import Definition, Hierarchy

_MAY_RAISE = (ast.Call, ast.BinOp, ast.Subscript, ast.Compare, ast.Raise, ast.Assert, ast.For, ast.While, ast.With)
_VAGUE = re.compile(r"buf|incoming|received|pieces|chunks|input|collected|^i?n$|inp|stuff|parts|packet")


@dataclass
class _Collect:
    """What collect_incoming_data() does with a piece."""

    kind: str  # list, bytes, bytearray, file, incoming, drop, additive
    attribute: str = ""
    decode: str = ""  # ".decode('utf-8')": the call that each piece went through
    touched: set[str] = field(default_factory=set)
    is_text: bool = False


def read_input(hierarchy: Hierarchy, *, is_text: bool = False) -> InputIdiom | Reason:
    """Return how the classes of *hierarchy* gather a frame, or why that is not understood.

    *is_text* says that what they gather is text.
    """
    collects = hierarchy.methods.get("collect_incoming_data", [])
    founds = hierarchy.methods.get("found_terminator", [])
    if not collects:
        return Reason(Code.COLLECT, "does not define collect_incoming_data()", _class_place(hierarchy))
    shapes = [_read_collect(definition) for definition in collects]
    for definition, shape in zip(collects, shapes):
        if shape is None:
            return Reason(
                Code.COLLECT,
                "collect_incoming_data() does more than gather the data of a frame",
                definition.place(definition.function),
            )
    known = [replace(shape, is_text=is_text) for shape in shapes if shape is not None]
    shape = known[0]
    if len(known) == 1 and shape.kind == "drop":
        return _dropped(hierarchy, founds)
    if len(known) == 1 and shape.kind != "additive" and founds:
        idiom = _as_parameter(hierarchy, shape, collects[0], founds)
        if idiom is not None:
            return idiom
    return _kept(hierarchy, known, collects)


def read_pieces(hierarchy: Hierarchy) -> InputIdiom | Reason:
    """Return the idiom of a class whose terminator is None for good: pieces are handled as they come."""
    if not hierarchy.overrides("collect_incoming_data"):
        return Reason(Code.COLLECT, "does not define collect_incoming_data()", _class_place(hierarchy))
    return InputIdiom(Delivery.PIECES)


def _class_place(hierarchy: Hierarchy) -> Place:
    top = hierarchy.top
    return Place(str(top.module.path), top.module.source.span(top.node))


# -- what a piece of data goes through


def _read_collect(definition: Definition) -> _Collect | None:
    function = definition.function
    positional = function.args.args
    if len(positional) != 2 or function.decorator_list:
        return None
    data = positional[1].arg
    body = significant(function.body)
    if not body or (len(body) == 1 and isinstance(body[0], ast.Return) and body[0].value is None):
        return _Collect("drop")
    if len(body) == 1:
        simple = _read_step(body[0], definition.self_name, data)
        if simple is not None and simple.kind != "count":
            return simple
    return _additive(body, definition.self_name, data)


def _additive(body: list[ast.stmt], own: str, data: str) -> _Collect | None:
    """Return what *body* adds to, or None if it does anything but add."""
    found = _Collect("additive")
    touched = found.touched
    tests: list[ast.expr] = []
    for statement in significant(body):
        if isinstance(statement, ast.If):
            tests.append(statement.test)
            for block in (statement.body, statement.orelse):
                inner = _additive(block, own, data)
                if inner is None:
                    return None
                touched |= inner.touched
                found.decode = found.decode or inner.decode
        elif isinstance(statement, ast.Return) and statement.value is None:
            continue
        else:
            step = _read_step(statement, own, data)
            if step is None:
                return None
            touched.add(step.attribute)
            found.decode = found.decode or step.decode
    for test in tests:
        for node in walk(test):
            if isinstance(node, ast.Call) or (isinstance(node, ast.Name) and node.id != own):
                return None
            if self_attribute(node, own) in touched:
                return None
    return found


def _read_step(statement: ast.stmt, own: str, data: str) -> _Collect | None:
    """Recognise one statement that adds the piece to a buffer."""
    # what a collector returns is lost, which is how a lambda does without a statement
    if isinstance(statement, (ast.Expr, ast.Return)) and isinstance(statement.value, ast.Call):
        return _read_call(statement.value, own, data)
    target: ast.expr | None = None
    value: ast.expr | None = None
    if isinstance(statement, ast.AugAssign) and isinstance(statement.op, ast.Add):
        target, value = statement.target, statement.value
    elif (
        isinstance(statement, ast.Assign)
        and len(statement.targets) == 1
        and isinstance(statement.value, ast.BinOp)
        and isinstance(statement.value.op, ast.Add)
        and ast.unparse(statement.value.left) == ast.unparse(statement.targets[0])
    ):
        target, value = statement.targets[0], statement.value.right
    name = self_attribute(target, own) if target is not None else None
    if name is None or value is None:
        return None
    if _is_length(value, data):
        return _Collect("count", name)
    if isinstance(value, ast.List) and len(value.elts) == 1:
        decode = _decoded(value.elts[0], data)
        return None if decode is None else _Collect("list", name, decode)
    decode = _decoded(value, data)
    return None if decode is None else _Collect("bytes", name, decode)


def _read_call(call: ast.Call, own: str, data: str) -> _Collect | None:
    if len(call.args) != 1 or call.keywords or not isinstance(call.func, ast.Attribute):
        return None
    decode = _decoded(call.args[0], data)
    if decode is None:
        return None
    if is_self_attribute(call.func, own, "_collect_incoming_data"):
        return _Collect("incoming", "incoming") if not decode else None
    attribute = self_attribute(call.func.value, own)
    kind = {"append": "list", "extend": "bytearray", "write": "file"}.get(call.func.attr)
    return _Collect(kind, attribute, decode) if kind and attribute else None


def _decoded(value: ast.expr, data: str) -> str | None:
    """Return "" for the piece itself, its `.decode(...)` call as text, or None for anything else."""
    if isinstance(value, ast.Name) and value.id == data:
        return ""
    if not isinstance(value, ast.Call):
        return None
    func, arguments = value.func, value.args
    if isinstance(func, ast.Name) and func.id == "str" and arguments and (value.keywords or len(arguments) > 1):
        receiver, arguments = arguments[0], arguments[1:]  # str(data, "ascii") is data.decode("ascii")
    elif isinstance(func, ast.Attribute) and func.attr == "decode":
        receiver = func.value
    else:
        return None
    values = [*arguments, *(keyword.value for keyword in value.keywords if keyword.arg)]
    constant = all(isinstance(v, ast.Constant) for v in values) and all(keyword.arg for keyword in value.keywords)
    if constant and isinstance(receiver, ast.Name) and receiver.id == data:
        texts = [_quoted(argument) for argument in arguments]
        texts += [f"{keyword.arg}={_quoted(keyword.value)}" for keyword in value.keywords]
        return f".decode({', '.join(texts)})"
    return None


def _quoted(constant: ast.expr) -> str:
    """Return a constant as source, with the quotes that most people use."""
    text = ast.unparse(constant)
    return f'"{text[1:-1]}"' if text[0] == "'" and '"' not in text else text


def _is_length(value: ast.expr, data: str) -> bool:
    return (
        isinstance(value, ast.Call)
        and isinstance(value.func, ast.Name)
        and value.func.id == "len"
        and len(value.args) == 1
        and isinstance(value.args[0], ast.Name)
        and value.args[0].id == data
    )


# -- the frame as an argument


def _as_parameter(
    hierarchy: Hierarchy, shape: _Collect, collect: Definition, founds: list[Definition]
) -> InputIdiom | None:
    """Return the idiom with the buffer gone, or None if it cannot be shown to serve only for the frame."""
    removed: list[Place] = []
    for definition in hierarchy.definitions():
        if definition == collect or definition in founds:
            continue
        for node in walk(definition.function):
            if self_attribute(node, definition.self_name) in (shape.attribute, "found_terminator", "_get_data"):
                initial = _initial_write(hierarchy, definition, node)
                if initial is None:
                    return None
                removed.append(definition.place(initial))
    for member in hierarchy.members:
        removed += [
            Place(str(member.module.path), attribute.statement)
            for attribute in hierarchy.facts[member.qualname].attributes
            if attribute.name == shape.attribute
        ]
    readers = [_FrameReader(definition, shape) for definition in founds]
    if not all(reader.understood() for reader in readers):
        return None
    if Left.OPEN in after_error(hierarchy) and not all(reader.empties_first() for reader in readers):
        return None  # what is left in the buffer when something raises begins the next frame
    parameter = _parameter_name(shape.attribute, readers)
    idiom = InputIdiom(Delivery.PARAMETER, shape.attribute, parameter, [*removed], text_by_frame=bool(shape.decode))
    idiom.removed.append(collect.place(collect.function))
    for reader in readers:
        if not reader.rewrite(parameter, idiom):
            return None
    return idiom


def _initial_write(hierarchy: Hierarchy, definition: Definition, node: ast.AST) -> ast.stmt | None:
    """Return the statement `self.buffer = <empty>` with the target *node*, where a connection begins or ends."""
    dials = {use.method for _, use in hierarchy.uses("connect")}
    if definition.function.name not in {"__init__", "handle_connect", "handle_close", *dials}:
        return None
    if definition.function.name != "__init__" and definition in hierarchy.reachable("found_terminator"):
        return None  # the frame would be gone in the middle of it
    for statement in definition.function.body:
        if (
            isinstance(statement, ast.Assign)
            and len(statement.targets) == 1
            and statement.targets[0] is node
            and _is_empty(statement.value)
        ):
            return statement
    return None


def _is_empty(value: ast.expr) -> bool:
    if isinstance(value, ast.Constant):
        return value.value in (b"", "")
    if isinstance(value, (ast.List, ast.Tuple)):
        return not value.elts
    if isinstance(value, ast.Call) and not value.args and not value.keywords:
        name = value.func.attr if isinstance(value.func, ast.Attribute) else getattr(value.func, "id", "")
        return name in ("bytearray", "bytes", "str", "list", "BytesIO", "StringIO")
    return False


class _FrameReader:
    """found_terminator() as a reader of the buffer: where it takes the frame, where it empties the buffer."""

    def __init__(self, definition: Definition, shape: _Collect) -> None:
        self.definition = definition
        self.shape = shape
        self.own = definition.self_name
        self.parents = parent_map(definition.function)
        self.takes: list[ast.expr] = []
        self.resets: list[ast.expr] = []  # the self.buffer node of each reset
        self.both: list[ast.expr] = []  # self._get_data(): takes and empties

    def understood(self) -> bool:
        """Tell whether every path takes the frame at most once and leaves the buffer empty."""
        function = self.definition.function
        if len(function.args.args) != 1 or function.decorator_list or function.args.vararg:
            return False
        if isinstance(function, ast.AsyncFunctionDef):
            return False
        for node in walk(function):
            if self_attribute(node, self.own) == "found_terminator":
                return False
            if isinstance(node, ast.Attribute) and node.attr == "found_terminator":
                return False
            if is_self_attribute(node, self.own, "_get_data"):
                call = self.parents.get(node)
                if self.shape.kind != "incoming" or not isinstance(call, ast.Call):
                    return False
                self.both.append(call)
            if self_attribute(node, self.own) == self.shape.attribute:
                assert isinstance(node, ast.Attribute)
                if not self._classify(node):
                    return False
        if not self.takes and not self.both:
            return False
        walker: PathWalker[str] = PathWalker(self._step)
        return walker.exits(function, frozenset({"full"})) == {"empty"} and not self._taken_twice

    _taken_twice = False

    def empties_first(self) -> bool:
        """Tell whether nothing can raise before the buffer is empty."""
        taking = {node for take in [*self.takes, *self.both] for node in walk(take)}
        for statement in significant(self.definition.function.body):
            last = statement.finalbody if isinstance(statement, ast.Try) else []
            if any(node in self.resets for inner in last for node in walk(inner)):
                return True
            nodes = list(walk(statement))
            if any(isinstance(node, _MAY_RAISE) and node not in taking for node in nodes):
                return False
            if any(node in self.resets or node in self.both for node in nodes):
                return True
        return False

    def _step(self, node: ast.AST, state: str) -> frozenset[str]:
        inside = list(walk(node))
        for candidate in inside:
            if candidate in self.takes or candidate in self.both:
                if state == "empty":
                    self._taken_twice = True
                if candidate in self.both:
                    state = "empty"
        if any(candidate in self.resets for candidate in inside):
            state = "empty"
        return frozenset({state})

    def _classify(self, node: ast.Attribute) -> bool:
        """File one appearance of the buffer as a take or as a reset; return False if it is neither."""
        parent = self.parents.get(node)
        if isinstance(node.ctx, ast.Store):
            return self._is_reset_target(node, parent)
        if isinstance(parent, ast.Subscript) and not isinstance(parent.ctx, ast.Load):
            # del self.buffer[:], self.buffer[:] = []
            statement = self.parents.get(parent)
            full = isinstance(parent.slice, ast.Slice) and parent.slice.lower is None and parent.slice.upper is None
            if full and isinstance(statement, ast.Delete) and len(statement.targets) == 1:
                self.resets.append(node)
                return True
            if full and isinstance(statement, ast.Assign) and _is_empty(statement.value):
                self.resets.append(node)
                return True
            return False
        if isinstance(parent, ast.Attribute) and isinstance(self.parents.get(parent), ast.Call):
            call = self.parents[parent]
            assert isinstance(call, ast.Call)
            if parent.attr == "clear" and isinstance(self.parents.get(call), ast.Expr):
                self.resets.append(node)
                return True
        return self._is_take(node, parent)

    def _is_reset_target(self, node: ast.expr, parent: ast.AST | None) -> bool:
        if isinstance(parent, ast.Assign) and parent.targets == [node] and _is_empty(parent.value):
            self.resets.append(node)
            return True
        if isinstance(parent, ast.Tuple):
            statement = self.parents.get(parent)
            if (
                isinstance(statement, ast.Assign)
                and len(statement.targets) == 1
                and isinstance(statement.value, ast.Tuple)
                and len(parent.elts) == len(statement.value.elts) == 2
                and _is_empty(statement.value.elts[parent.elts.index(node)])
            ):
                self.resets.append(node)
                return True
        return False

    def _is_take(self, node: ast.expr, parent: ast.AST | None) -> bool:
        kind = self.shape.kind
        if kind in ("list", "incoming"):
            if (
                isinstance(parent, ast.Call)
                and parent.args == [node]
                and isinstance(parent.func, ast.Attribute)
                and parent.func.attr == "join"
                and isinstance(parent.func.value, ast.Constant)
                and parent.func.value.value == ("" if self.shape.decode or self.shape.is_text else b"")
            ):
                self.takes.append(parent)
                return True
            return False
        if kind == "file":
            call = self.parents.get(parent) if isinstance(parent, ast.Attribute) else None
            if isinstance(parent, ast.Attribute) and parent.attr == "getvalue" and isinstance(call, ast.Call):
                self.takes.append(call)
                return True
            return False
        if kind == "bytearray" or self._starts_as_bytearray():
            return self._is_bytearray_take(node, parent)
        self.takes.append(node)
        return True

    def _is_bytearray_take(self, node: ast.expr, parent: ast.AST | None) -> bool:
        if (
            isinstance(parent, ast.Call)
            and parent.args == [node]
            and isinstance(parent.func, ast.Name)
            and parent.func.id == "bytes"
        ):
            self.takes.append(parent)
            return True
        if isinstance(parent, ast.Attribute) and parent.attr in ("decode", "split", "strip", "rstrip", "partition"):
            self.takes.append(node)
            return parent.attr == "decode"
        return False

    def _starts_as_bytearray(self) -> bool:
        return any(
            isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Call)
            and isinstance(node.value.func, ast.Name)
            and node.value.func.id == "bytearray"
            and any(getattr(target, "attr", None) == self.shape.attribute for target in node.targets)
            for node in walk(self.definition.entry.node)
        )

    def names_taken(self) -> set[str]:
        """Return the variables that the bare frame is assigned to."""
        names = set()
        for take in [*self.takes, *self.both]:
            target = self._assigned_name(take)
            if target and not self.shape.decode:
                names.add(target)
        return names

    def _assigned_name(self, take: ast.expr) -> str:
        parent = self.parents.get(take)
        if isinstance(parent, ast.Assign) and len(parent.targets) == 1 and isinstance(parent.targets[0], ast.Name):
            return parent.targets[0].id
        if isinstance(parent, ast.Tuple):
            statement = self.parents.get(parent)
            if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Tuple):
                target = statement.targets[0].elts[parent.elts.index(take)]
                if isinstance(target, ast.Name):
                    return target.id
        return ""

    def accepts(self, name: str) -> bool:
        """Tell whether the frame can be called *name* here without hiding or being hidden by something."""
        allowed: set[ast.AST] = set()
        for take in [*self.takes, *self.both]:
            statement = self._statement(take)
            if isinstance(statement, ast.Assign):
                allowed |= {n for target in statement.targets for n in walk(target)}
        only_one = len(self.takes) + len(self.both) == 1
        for node in walk(self.definition.function):
            if not isinstance(node, ast.Name) or node.id != name or not isinstance(node.ctx, ast.Store):
                continue
            if node not in allowed and not (only_one and self._comes_later(node)):
                return False
        for node in walk(self.definition.function):
            if isinstance(node, ast.arg) and node.arg == name:
                return False
        bound = any(
            isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Store)
            for n in walk(self.definition.function)
        )
        read = any(
            isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Load)
            for n in walk(self.definition.function)
        )
        return bound or not read  # read but never bound: a global of that name

    def _comes_later(self, node: ast.Name) -> bool:
        take = (self.takes or self.both)[0]
        return node.lineno > take.lineno

    def _statement(self, node: ast.AST) -> ast.stmt:
        while not isinstance(node, ast.stmt):
            node = self.parents[node]
        return node

    def rewrite(self, parameter: str, idiom: InputIdiom) -> bool:
        """Add to *idiom* what must be removed and replaced in this method."""
        text = parameter + self.shape.decode
        done: set[ast.stmt] = set()
        for reset in self.resets:
            statement = self._statement(reset)
            if statement in done:
                continue
            done.add(statement)
            if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Tuple):
                if not self._rewrite_pair(statement, reset, text, idiom):
                    return False
            else:
                idiom.removed.append(self.definition.place(statement))
        for take in [*self.takes, *self.both]:
            statement = self._statement(take)
            if statement in done:
                continue
            if self.parents.get(take) is statement and self._assigned_name(take) == text:
                idiom.removed.append(self.definition.place(statement))
            elif isinstance(statement, ast.Expr) and statement.value is take:
                idiom.removed.append(self.definition.place(statement))  # a frame read and thrown away
            else:
                idiom.replaced.append(Replacement(self.definition.place(take), text))
        return True

    def _rewrite_pair(self, statement: ast.Assign, reset: ast.expr, text: str, idiom: InputIdiom) -> bool:
        """`line, self.buffer = <take>, b""` becomes `line = <frame>`, or nothing."""
        targets, values = statement.targets[0], statement.value
        assert isinstance(targets, ast.Tuple)
        assert isinstance(values, ast.Tuple)
        index = targets.elts.index(reset)
        target, value = targets.elts[1 - index], values.elts[1 - index]
        source = self.definition.module.source
        inside = [take for take in [*self.takes, *self.both] if take in list(walk(value))]
        if len(inside) > 1:
            return False
        value_text: str | None = source.segment(value)
        if inside and value_text is not None:
            value_text = _replace_inside(source.span(value), value_text, source.span(inside[0]), text)
            if value_text is None:
                return False
        if isinstance(target, ast.Name) and target.id == value_text:
            idiom.removed.append(self.definition.place(statement))
        else:
            code = f"{source.segment(target)} = {value_text}"
            idiom.rewritten.append(Replacement(self.definition.place(statement), code))
        return True


def _replace_inside(outer: Span, text: str, inner: Span, new: str) -> str | None:
    """Return *text*, which stands at *outer*, with the part at *inner* replaced; None if it spans lines."""
    if outer.line != outer.end_line:
        return None
    start = inner.column - outer.column
    return text[:start] + new + text[inner.end_column - outer.column :]


def _parameter_name(attribute: str, readers: list[_FrameReader]) -> str:
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


def _kept(hierarchy: Hierarchy, shapes: list[_Collect], collects: list[Definition]) -> InputIdiom | Reason:
    """Keep collect_incoming_data() and give it whole frames, if nobody can look at half a frame."""
    touched = {name for shape in shapes for name in (shape.touched or {shape.attribute})} - {""}
    if "incoming" in touched:
        return Reason(
            Code.BUFFER,
            "found_terminator() does not empty the buffer with _get_data() on every path",
            collects[0].place(collects[0].function),
        )
    handlers = hierarchy.reachable("found_terminator")
    endings = hierarchy.reachable("handle_close", "handle_error", "close", "__del__", "log", "log_info")
    for definition in hierarchy.definitions():
        if definition in collects or definition.function.name == "__init__":
            continue
        for node in walk(definition.function):
            name = self_attribute(node, definition.self_name)
            if name in touched and (definition not in handlers or definition in endings):
                return Reason(
                    Code.BUFFER,
                    f"{definition.function.name}() can look at self.{name} in the middle of a frame",
                    definition.place(node),
                )
    decoded = any(shape.decode for shape in shapes)
    return InputIdiom(Delivery.KEPT, next(iter(sorted(touched)), ""), guard_empty=True, text_by_frame=decoded)
