"""How a class sends: pushes, producers, and reaching into the machinery behind them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.idioms.registry import idiom
from asyncore_codemods.nodes import is_none

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asyncore_codemods.analyse.families.views import ClassView

INTERNALS = ("producer_fifo", "ac_in_buffer", "ac_out_buffer", "incoming", "out_buffer")


@idiom("output.push")
def _push(view: ClassView) -> Iterator[ast.AST]:
    """The class pushes."""
    yield from view.calls("push")


@idiom("output.formatted-text")
def _formatted(view: ClassView) -> Iterator[ast.AST]:
    """What is pushed is formatted text."""
    for call in view.calls("push"):
        for node in call.args[:1]:
            added = isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Mod, ast.Add)) and has_text(node)
            if added or isinstance(node, ast.JoinedStr) or method_called(node) == "format":
                yield call


@idiom("output.bytes")
def _bytes(view: ClassView) -> Iterator[ast.AST]:
    """What is pushed is bytes, or text that is encoded on the spot."""
    for call in view.calls("push"):
        for node in call.args[:1]:
            literal = isinstance(node, ast.Constant) and isinstance(node.value, bytes)
            if literal or method_called(node) == "encode":
                yield call


@idiom("output.push-overridden")
def _push_overridden(view: ClassView) -> Iterator[ast.AST]:
    """push() is overridden."""
    if "push" in view.methods:
        yield view.methods["push"]


@idiom("output.producer")
def _producer(view: ClassView) -> Iterator[ast.AST]:
    """Output is asked from producers."""
    yield from view.calls("push_with_producer")


@idiom("output.close-when-done")
def _close_when_done(view: ClassView) -> Iterator[ast.AST]:
    """The channel closes when what is queued has been sent."""
    yield from view.calls("close_when_done")


@idiom("output.greeting")
def _greeting(view: ClassView) -> Iterator[ast.AST]:
    """The constructor already pushes."""
    yield from (use.node for use in view.using("push") if use.method == "__init__" and use.call)


@idiom("output.push-none")
def _push_none(view: ClassView) -> Iterator[ast.AST]:
    """None is pushed, which closes the channel when it is reached."""
    for call in view.calls("push"):
        if call.args and is_none(call.args[0]):
            yield call


@idiom("internals.initiate-send")
def _initiate_send(view: ClassView) -> Iterator[ast.AST]:
    """initiate_send() is called."""
    yield from view.calls("initiate_send")


@idiom("internals.overridden")
def _overridden(view: ClassView) -> Iterator[ast.AST]:
    """initiate_send(), refill_buffer() or discard_buffers() is overridden."""
    for name in ("initiate_send", "refill_buffer", "discard_buffers"):
        if name in view.methods:
            yield view.methods[name]


@idiom("internals.discard-buffers")
def _discard(view: ClassView) -> Iterator[ast.AST]:
    """discard_buffers() is called."""
    yield from view.calls("discard_buffers")


@idiom("internals.buffers")
def _buffers(view: ClassView) -> Iterator[ast.AST]:
    """The queue of producers or a buffer of the base class is used."""
    yield from (use.node for use in view.using(*INTERNALS))


@idiom("internals.sizes")
def _sizes(view: ClassView) -> Iterator[ast.AST]:
    """The sizes of the buffers are set."""
    yield from (use.node for use in view.using(*legacy.SIZES))
    yield from (value for name in legacy.SIZES if (value := view.attribute(name)) is not None)


@idiom("producer.class")
def _producer_class(view: ClassView) -> Iterator[ast.AST]:
    """A producer: a class with more()."""
    if "more" in view.methods and not view.root:
        yield view.methods["more"]


@idiom("producer.file")
def _reads_file(view: ClassView) -> Iterator[ast.AST]:
    """more() reads a file."""
    for node in view.nodes("more"):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "read":
            yield node


@idiom("producer.wrapper")
def _wraps(view: ClassView) -> Iterator[ast.AST]:
    """more() asks another producer."""
    for node in view.nodes("more"):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "more":
            yield node


@idiom("producer.sentinel")
def _sentinel(view: ClassView) -> Iterator[ast.AST]:
    """more() returns None, or a name that stands for "not yet"."""
    for node in view.nodes("more"):
        if isinstance(node, ast.Return):
            value = node.value
            if is_none(value) or (isinstance(value, (ast.Name, ast.Attribute)) and ast.unparse(value).isupper()):
                yield node


@idiom("producer.side-effects")
def _side_effects(view: ClassView) -> Iterator[ast.AST]:
    """more() does something besides: it calls a function for its effect."""
    for node in view.nodes("more"):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            yield node


def has_text(node: ast.expr) -> bool:
    """Tell whether a str literal takes part in *node* as an operand."""
    if isinstance(node, ast.BinOp):
        return has_text(node.left) or (isinstance(node.op, ast.Add) and has_text(node.right))
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def method_called(node: ast.AST) -> str:
    """Return `format` for a call of something.format(), "" for everything else."""
    return node.func.attr if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else ""
