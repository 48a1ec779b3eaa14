"""How a class gathers its input, what ends a frame, and what it does with one."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.values.syntax import significant
from asyncore_codemods.idioms.registry import idiom
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asyncore_codemods.analyse.families.views import ClassView

_COLLECT = "collect_incoming_data"
_FOUND = "found_terminator"
_OF_CONTAINERS = ("append", "extend", "insert", "pop", "popleft", "clear", "join", "write", "decode", "strip")
_BLOCKING = (
    "time.sleep",
    "select.select",
    "os.system",
    "os.waitpid",
    "socket.gethostbyname",
    "socket.gethostbyaddr",
    "socket.getfqdn",
    "socket.create_connection",
    "urllib.urlopen",
    "urllib2.urlopen",
    "urllib.request.urlopen",
    "requests.*",
)


def terminators(view: ClassView) -> Iterator[ast.expr]:
    """Yield every expression that the class makes its terminator itself."""
    for call in view.calls("set_terminator"):
        yield from call.args[:1] or [keyword.value for keyword in call.keywords[:1]]
    for use in view.using("terminator"):
        parent = view.parents.get(use.node)
        if isinstance(parent, ast.Assign) and use.node in parent.targets:
            yield parent.value
    value = view.attribute("terminator")
    if value is not None:
        yield value


@idiom("input.list")
def _list(view: ClassView) -> Iterator[ast.AST]:
    """Pieces are appended to a list."""
    yield from (c for c in _calls(view, _COLLECT) if isinstance(c.func, ast.Attribute) and c.func.attr == "append")
    if "_collect_incoming_data" in {use.name for use in view.uses} or _is_alias(view, "_collect_incoming_data"):
        yield view.entry.node


@idiom("input.concatenation")
def _concatenation(view: ClassView) -> Iterator[ast.AST]:
    """Pieces are added to a string with += or x = x + data."""
    for node in view.nodes(_COLLECT):
        added = isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add)
        summed = isinstance(node, ast.Assign) and isinstance(node.value, ast.BinOp)
        if added or summed:
            yield node


@idiom("input.decoded-pieces")
def _decoded(view: ClassView) -> Iterator[ast.AST]:
    """Every piece is decoded by itself, so that a character may be cut in two."""
    for call in _calls(view, _COLLECT):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if name in ("decode", "unicode"):
            yield call


@idiom("input.file")
def _file(view: ClassView) -> Iterator[ast.AST]:
    """Pieces are written to a file or a StringIO."""
    yield from (c for c in _calls(view, _COLLECT) if isinstance(c.func, ast.Attribute) and c.func.attr == "write")


@idiom("input.delegated")
def _delegated(view: ClassView) -> Iterator[ast.AST]:
    """Pieces are handed to another object or method at once."""
    for call in _calls(view, _COLLECT):
        if isinstance(call.func, ast.Attribute) and call.func.attr not in ("append", "write", "decode", "join"):
            yield call


@idiom("input.overwritten")
def _overwritten(view: ClassView) -> Iterator[ast.AST]:
    """A piece takes the place of the one before it."""
    parameters = [a.arg for a in view.methods[_COLLECT].args.args] if _COLLECT in view.methods else []
    for node in view.nodes(_COLLECT):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name) and node.value.id in parameters[1:]:
            yield node


@idiom("input.discarded")
def _discarded(view: ClassView) -> Iterator[ast.AST]:
    """Pieces are thrown away."""
    if _COLLECT in view.methods and not significant(view.methods[_COLLECT].body):
        yield view.methods[_COLLECT]


@idiom("input.inherited")
def _inherited(view: ClassView) -> Iterator[ast.AST]:
    """The class gathers no input of its own."""
    if view.is_chat and _COLLECT not in view.methods and view.attribute(_COLLECT) is None:
        yield view.entry.node


@idiom("input.conditional")
def _conditional(view: ClassView) -> Iterator[ast.AST]:
    """Whether or where a piece is kept depends on a flag."""
    yield from (node for node in view.nodes(_COLLECT) if isinstance(node, (ast.If, ast.IfExp)))


@idiom("input.limit")
def _limit(view: ClassView) -> Iterator[ast.AST]:
    """The length of what has been gathered is tested."""
    for node in view.nodes(_COLLECT):
        if isinstance(node, ast.Compare) and any(
            isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id == "len" for n in walk(node)
        ):
            yield node


def _kinds(view: ClassView, kind: type) -> Iterator[ast.AST]:
    return (t for t in terminators(view) if isinstance(t, ast.Constant) and type(t.value) is kind)


@idiom("terminator.text")
def _text(view: ClassView) -> Iterator[ast.AST]:
    """A terminator is a str literal."""
    return _kinds(view, str)


@idiom("terminator.bytes")
def _bytes(view: ClassView) -> Iterator[ast.AST]:
    """A terminator is a bytes literal."""
    return _kinds(view, bytes)


@idiom("terminator.count")
def _count(view: ClassView) -> Iterator[ast.AST]:
    """A terminator is a number."""
    yield from _kinds(view, int)


@idiom("terminator.computed-count")
def _computed(view: ClassView) -> Iterator[ast.AST]:
    """A terminator is a number worked out at run time."""
    yield from (t for t in terminators(view) if is_count(t) and not isinstance(t, ast.Constant))


@idiom("terminator.none")
def _none(view: ClassView) -> Iterator[ast.AST]:
    """A terminator is None, 0 or empty: everything is handed on as it comes."""
    yield from (t for t in terminators(view) if isinstance(t, ast.Constant) and not t.value)


@idiom("terminator.name")
def _name(view: ClassView) -> Iterator[ast.AST]:
    """A terminator is a name or an attribute."""
    yield from (t for t in terminators(view) if isinstance(t, (ast.Name, ast.Attribute)))


@idiom("terminator.encoded")
def _encoded(view: ClassView) -> Iterator[ast.AST]:
    """A terminator is text that is encoded on the spot."""
    for node in terminators(view):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "encode":
            yield node


@idiom("terminator.class-attribute")
def _class_attribute(view: ClassView) -> Iterator[ast.AST]:
    """The terminator is an attribute of the class."""
    value = view.attribute("terminator")
    if value is not None:
        yield value


@idiom("terminator.changed")
def _changed(view: ClassView) -> Iterator[ast.AST]:
    """The terminator is set outside the constructor."""
    yield from (u.node for u in view.using("set_terminator") if u.method != "__init__")
    yield from (u.node for u in view.using("terminator") if u.is_written and u.method != "__init__")


@idiom("terminator.line-and-length")
def _both(view: ClassView) -> Iterator[ast.AST]:
    """Lines and counted frames take turns."""
    found = list(terminators(view))
    counts = [t for t in found if is_count(t)]
    if counts and any(isinstance(t, ast.Constant) and isinstance(t.value, (str, bytes)) for t in found):
        yield counts[0]


@idiom("terminator.read")
def _read(view: ClassView) -> Iterator[ast.AST]:
    """The terminator is read back."""
    yield from view.calls("get_terminator")
    yield from (use.node for use in view.using("terminator") if not use.is_written)


@idiom("terminator.overridden")
def _overridden(view: ClassView) -> Iterator[ast.AST]:
    """set_terminator() or get_terminator() is overridden."""
    yield from (view.methods[n] for n in ("set_terminator", "get_terminator") if n in view.methods)


@idiom("frame.getattr-dispatch")
def _getattr(view: ClassView) -> Iterator[ast.AST]:
    """The method for a command is looked up with getattr()."""
    for node in view.nodes():
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "getattr":
            if len(node.args) > 1 and not isinstance(node.args[1], ast.Constant):
                yield node


@idiom("frame.if-chain")
def _if_chain(view: ClassView) -> Iterator[ast.AST]:
    """found_terminator() is a chain of three or more tests."""
    for node in view.nodes(_FOUND):
        links, current = 0, node
        while isinstance(current, ast.If):
            links += 1
            current = current.orelse[0] if len(current.orelse) == 1 else current.test
        if links >= 3:
            yield node


@idiom("frame.state")
def _state(view: ClassView) -> Iterator[ast.AST]:
    """What a frame means depends on a state attribute that is compared and assigned."""
    tested = {
        n.left.attr for n in view.nodes(_FOUND) if isinstance(n, ast.Compare) and isinstance(n.left, ast.Attribute)
    }
    tested |= {
        n.test.attr for n in view.nodes(_FOUND) if isinstance(n, ast.If) and isinstance(n.test, ast.Attribute)
    }
    yield from (use.node for use in view.uses if use.name in tested and use.is_written and use.method != "__init__")


@idiom("frame.dict-dispatch")
def _dict(view: ClassView) -> Iterator[ast.AST]:
    """The function for a command is looked up in a mapping."""
    for node in view.nodes(_FOUND):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Subscript):
            yield node


@idiom("frame.method-state")
def _method_state(view: ClassView) -> Iterator[ast.AST]:
    """A bound method kept in an attribute is the state."""
    for use in view.uses:
        parent = view.parents.get(use.node)
        if use.is_written and isinstance(parent, ast.Assign) and isinstance(parent.value, ast.Attribute):
            value = parent.value
            if isinstance(value.value, ast.Name) and value.attr in view.methods:
                yield parent


@idiom("frame.short")
def _short(view: ClassView) -> Iterator[ast.AST]:
    """found_terminator() has three statements at most."""
    if _FOUND in view.methods and len(significant(view.methods[_FOUND].body)) <= 3:
        yield view.methods[_FOUND]


@idiom("frame.delegated")
def _frame_delegated(view: ClassView) -> Iterator[ast.AST]:
    """Another object is called with the frame."""
    for call in _calls(view, _FOUND):
        func = call.func
        if isinstance(func, ast.Attribute) and isinstance(func.value, ast.Attribute):
            if isinstance(func.value.value, ast.Name) and func.attr not in _OF_CONTAINERS:
                yield call


@idiom("frame.rebound")
def _rebound(view: ClassView) -> Iterator[ast.AST]:
    """found_terminator or collect_incoming_data is assigned at run time."""
    yield from (use.node for use in view.using(_FOUND, _COLLECT) if use.is_written)


@idiom("frame.inherited")
def _frame_inherited(view: ClassView) -> Iterator[ast.AST]:
    """The class has no found_terminator() of its own."""
    if view.is_chat and _FOUND not in view.methods:
        yield view.entry.node


@idiom("frame.closes")
def _closes(view: ClassView) -> Iterator[ast.AST]:
    """A frame may close the channel."""
    yield from (u.node for u in view.using("close", "close_when_done") if u.method == _FOUND)


@idiom("frame.raises")
def _raises(view: ClassView) -> Iterator[ast.AST]:
    """found_terminator() raises."""
    yield from (node for node in view.nodes(_FOUND) if isinstance(node, ast.Raise))


@idiom("frame.blocks")
def _blocks(view: ClassView) -> Iterator[ast.AST]:
    """A call in the class keeps the whole loop waiting."""
    yield from view.calls_of(*_BLOCKING)


@idiom("frame.unpickles")
def _unpickles(view: ClassView) -> Iterator[ast.AST]:
    """What comes over the wire is unpickled or evaluated."""
    yield from view.calls_of("pickle.loads", "cPickle.loads", "marshal.loads", "eval", "exec", "pickle.load")


def is_count(node: ast.expr) -> bool:
    """Tell whether a terminator is a number, as far as it shows."""
    if isinstance(node, ast.Constant):
        return type(node.value) is int
    if isinstance(node, ast.BinOp):
        return is_count(node.left) or is_count(node.right)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return node.func.id in ("int", "len", "min", "max", "long")
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr in ("calcsize", "from_bytes")
    name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
    return any(word in name.lower() for word in ("len", "size", "length", "count", "nbytes", "remaining"))


def _calls(view: ClassView, *methods: str) -> Iterator[ast.Call]:
    return (node for node in view.nodes(*methods) if isinstance(node, ast.Call))


def _is_alias(view: ClassView, name: str) -> bool:
    value = view.attribute(_COLLECT)
    return isinstance(value, ast.Attribute) and value.attr == name
