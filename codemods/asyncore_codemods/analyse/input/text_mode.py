"""Classes that handle text: on Python 2 that was bytes, and Python 3 refuses it.

A terminator that is text gives such a class away. On Python 3 it fails at the first byte received, so what it did
is what it did on Python 2, where the text was what came over the wire. Rewritten code decodes each frame before it
is handled, and encodes what is pushed; a class that encodes all of that itself is left to it, and may decode.
Where one decodes all that it collects, but does not encode, Python 2 sent its own Unicode, four bytes a character:
nothing worth keeping. What it pushes is encoded then as well.
Only where the class asks for it with `use_encoding` does asynchat itself encode the terminator; such a class
handles bytes.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from asyncore_codemods.codes import Code
from asyncore_codemods.model.sessions import Reason
from asyncore_codemods.nodes import walk
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asyncore_codemods.analyse.families.hierarchies import Definition, Hierarchy
    from asyncore_codemods.analyse.output.producing import ProducingFacts
    from asyncore_codemods.analyse.usage.outside import OutsideUse
    from asyncore_codemods.model.sessions import InputIdiom

_BINARY = frozenset(
    {"array", "base64", "binascii", "bz2", "cPickle", "gzip", "hashlib", "hmac", "marshal", "md5", "pickle"}
    | {"sha", "ssl", "struct", "zlib"}
)


def encodes_terminators(hierarchy: Hierarchy) -> str:
    """Return the encoding in which asynchat sends and looks for text, "" if the class does not ask for that."""
    asked, encoding = False, "latin-1"
    for member in hierarchy.channels:
        for attribute in hierarchy.facts[member.qualname].attributes:
            if attribute.name == "use_encoding" and attribute.value.is_constant:
                asked = bool(attribute.value.constant)
            elif attribute.name == "encoding" and isinstance(attribute.value.constant, str):
                encoding = attribute.value.constant
    return encoding if asked else ""


def as_bytes(text: str, encoding: str) -> str:
    """Return a literal of text as a literal of bytes, for characters that *encoding* has."""
    encoded: bytes = ast.literal_eval(text).encode(encoding)
    if text[:1] in "\"'" and text.isascii() and not re.search(r"\\[uUN]", text):
        literal = f"b{text}"
        if ast.literal_eval(literal) == encoded:
            return literal
    return repr(encoded)


def why_not_text(
    hierarchy: Hierarchy, gathering: InputIdiom, producing: ProducingFacts, output: str, *, encodes: bool
) -> list[Reason]:
    """Return what else of a class that handles text is not text.

    *output* is the method that sends, *encodes* says that the class encodes all that it gives that.
    """
    top = hierarchy.top
    whole = Place(str(top.module.path), top.module.source.span(top.node))
    if producing.waited_for:
        return [Reason(Code.TEXT_MODE, "handles text, and sends what a producer has, which may be bytes", whole)]
    collects = hierarchy.methods.get("collect_incoming_data", [])
    decodes = gathering.text_by_frame and len(collects) == 1
    for definition in hierarchy.definitions():
        pushed = [call.args[-1] for call in _sendings(hierarchy, definition, output) if encodes]
        for node in walk(definition.function):
            what = _binary(hierarchy, definition, node)
            if (
                what
                and node not in pushed
                and not (decodes and definition in collects and _recodes(node, "decode"))
            ):
                return [Reason(Code.TEXT_MODE, f"handles text, but {what}", definition.place(node))]
    return []


def encodes_output(hierarchy: Hierarchy, outside: list[OutsideUse], output: str) -> bool:
    """Tell whether a class that handles text encodes all that it sends with *output*, and nobody else uses that."""
    if not hierarchy.overrides(output) and any(
        use.name == output and use.may_be(hierarchy.names) for use in outside
    ):
        return False
    calls = [call for definition in hierarchy.definitions() for call in _sendings(hierarchy, definition, output)]
    return bool(calls) and all(call.args and _recodes(call.args[-1], "encode") for call in calls)


def _sendings(hierarchy: Hierarchy, definition: Definition, output: str) -> Iterator[ast.Call]:
    """Yield the calls of the inherited method that sends."""
    for node in walk(definition.function, ast.Call):
        if isinstance(node.func, ast.Attribute) and node.func.attr == output:
            own = isinstance(node.func.value, ast.Name) and node.func.value.id == definition.self_name
            if not (own and hierarchy.overrides(output)):
                yield node


def _recodes(node: ast.AST, method: str) -> bool:
    """Tell whether a call of encode() or decode() is one between text and bytes, as decode("hex") is not."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr != method:
        return False
    given = [*node.args[:1], *(one.value for one in node.keywords if one.arg == "encoding")]
    try:
        "".encode(*(ast.literal_eval(encoding) for encoding in given))
    except (LookupError, TypeError, ValueError):
        return False
    return True


def _binary(hierarchy: Hierarchy, definition: Definition, node: ast.AST) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, bytes):
        return "has bytes as well"
    if isinstance(node, ast.Name) and node.id in ("bytes", "bytearray", "memoryview", "unicode"):
        return f"uses {node.id}"
    if not isinstance(node, ast.Call):
        return ""
    if isinstance(node.func, ast.Attribute) and node.func.attr in ("encode", "decode"):
        return f"calls {node.func.attr}()"
    if isinstance(node.func, ast.Name) and node.func.id == "str" and len(node.args) + len(node.keywords) > 1:
        return "decodes with str()"
    target = hierarchy.project.resolve_node(definition.module, node.func) or ""
    if target.partition(".")[0] in _BINARY or "BytesIO" in target:
        return f"calls {target}(), which needs bytes"
    return ""
