"""handle_write() methods that send what is in a buffer, or in a queue, and do nothing else.

There are few ways to write that down, so they are a table of texts: a body is compared with what is written there,
in the spelling of ast.unparse(), where {own} is `self`, {x} the attribute, {piece} and {sent} are variables. What
is kept may be text that is encoded when it is sent; the table is for what is left of a body without that.
"""

from __future__ import annotations

import ast
import codecs
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.output.asking import asks_box
from asyncore_codemods.analyse.output.limits import Limit, without_limit
from asyncore_codemods.analyse.values.syntax import catches_socket_errors, self_attribute, significant, values_given
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asyncore_codemods.analyse.families.hierarchies import Definition
    from asyncore_codemods.index.project import ClassEntry

_PLAIN_BUFFERS = (
    "{sent} = {own}.send({own}.{x}{part})\n{own}.{x} = {own}.{x}[{sent}:]",
    "{sent} = {own}.send({own}.{x}{part})\ndel {own}.{x}[:{sent}]",
    "{piece} = {own}.{x}{part}\n{sent} = {own}.send({piece})\n{own}.{x} = {own}.{x}[{sent}:]",
    "{own}.{x} = {own}.{x}[{own}.send({own}.{x}{part}):]",
    "del {own}.{x}[:{own}.send({own}.{x}{part})]",
)
_WHOLE = "{own}.send({own}.{x}{part})"
_BUFFERS = (
    *_PLAIN_BUFFERS,
    *(shape.replace(_WHOLE, "{own}.send(bytes({own}.{x}{part}))") for shape in _PLAIN_BUFFERS),
    *(shape.replace(_WHOLE, "{own}.send(bytes({own}.{x}){part})") for shape in _PLAIN_BUFFERS),
)
_TAKEN = "{piece} = {own}.{x}.{take}\n{sent} = {own}.send({piece})\n"
_HEAD = "{sent} = {own}.send({own}.{x}[0])\n"
_FIRST = "{piece} = {own}.{x}[0]\n{sent} = {own}.send({piece})\n"
_QUEUES = (
    *(
        _TAKEN + rest.replace("BACK", back)
        for back in ("{own}.{x}.appendleft(REST)", "{own}.{x}.insert(0, REST)")
        for rest in (
            "if {partly}:\n    " + back.replace("REST", "{piece}[{sent}:]") + "{leave}",
            "if {piece}[{sent}:]:\n    " + back.replace("REST", "{piece}[{sent}:]") + "{leave}",
            "{piece} = {piece}[{sent}:]\nif {piece}:\n    " + back.replace("REST", "{piece}") + "{leave}",
            "{rest} = {piece}[{sent}:]\nif {rest}:\n    " + back.replace("REST", "{rest}") + "{leave}",
        )
    ),
    _FIRST + "if {partly}:\n    {own}.{x}[0] = {piece}[{sent}:]{leave}\nelse:\n    {drop}",
    _FIRST + "if {partly}:\n    {own}.{x}[0] = {piece}[{sent}:]\n    {out}\n{drop}",
    _FIRST + "if {wholly}:\n    {drop}\nelse:\n    {own}.{x}[0] = {piece}[{sent}:]{leave}",
    _HEAD + "if {sent} < len({own}.{x}[0]):\n    {own}.{x}[0] = {own}.{x}[0][{sent}:]{leave}\nelse:\n    {drop}",
    _HEAD + "if {sent} == len({own}.{x}[0]):\n    {drop}\nelse:\n    {own}.{x}[0] = {own}.{x}[0][{sent}:]{leave}",
)
_JOINED = "{piece} = b''.join({own}.{x})\n{sent} = {own}.send({piece})\n"
_JOINS = tuple(
    _JOINED + rest
    for rest in (
        "{own}.{x} = [{piece}[{sent}:]]",
        "{own}.{x}[:] = [{piece}[{sent}:]]",
        "{own}.{x} = [{piece}[{sent}:]] if {piece}[{sent}:] else []",
        "{own}.{x} = [{piece}[{sent}:]] if {partly} else []",
        "{own}.{x} = []\nif {partly}:\n    {own}.{x}.append({piece}[{sent}:])",
        "if {partly}:\n    {own}.{x} = [{piece}[{sent}:]]\nelse:\n    {own}.{x} = []",
    )
)
_CARELESS = (
    "{own}.send({own}.{x}.{take})",
    "{piece} = {own}.{x}.{take}\n{own}.send({piece})",
    "{own}.send({own}.{x}[0])\n{drop}",
    "for {piece} in {own}.{x}:\n    {own}.send({piece})\n{clear}",
    "{rest} = {own}.{x}\n{renew}\nfor {piece} in {rest}:\n    {own}.send({piece})",
    "{rest}, {own}.{x} = ({own}.{x}, {new})\nfor {piece} in {rest}:\n    {own}.send({piece})",
    "{own}.send(b''.join({own}.{x}))\n{clear}",
    "{piece} = b''.join({own}.{x})\n{clear}\n{own}.send({piece})",
    "{piece} = b''.join({own}.{x})\n{own}.send({piece})\n{clear}",
)  # what the kernel does not take is lost
_CARELESS_BUFFERS = (
    "{own}.send({own}.{x})\n{own}.{x} = b''",
    "{own}.send(bytes({own}.{x}))\n{clear}",
    "{piece} = {own}.{x}\n{own}.{x} = b''\n{own}.send({piece})",
    "{piece}, {own}.{x} = ({own}.{x}, b'')\n{own}.send({piece})",
)
_BOXES = (
    "{own}.send({own}.{x}.{get})",
    "{piece} = {own}.{x}.{get}\n{own}.send({piece})",
    "try:\n    {piece} = {own}.{x}.{get}\nexcept {empty}:\n    return\n{own}.send({piece})",
    "try:\n    {piece} = {own}.{x}.{get}\nexcept {empty}:\n    pass\nelse:\n    {own}.send({piece})",
)  # a queue.Queue, of which the same is true
_PARTS = {
    "{take}": r"(?:popleft\(\)|pop\(0\))",
    "{drop}": r"(?:{own}\.{x}\.popleft\(\)|{own}\.{x}\.pop\(0\)|del {own}\.{x}\[0\])",
    "{partly}": r"(?:{sent} < len\({piece}\)|{sent} != len\({piece}\)|len\({piece}\) > {sent})",
    "{wholly}": r"(?:{sent} == len\({piece}\)|{sent} >= len\({piece}\)|len\({piece}\) == {sent})",
    "{clear}": r"(?:{renew}|{own}\.{x}\.clear\(\)|del {own}\.{x}\[:\]|{own}\.{x}\[:\] = \[\])",
    "{renew}": r"{own}\.{x} = {new}",
    "{new}": r"(?:\[\]|(?:collections\.)?deque\(\)|list\(\)|bytearray\(\))",
    "{fails}": r"(?:raise .*|break|return)",
    "{leave}": r"(?:\n    (?:break|return))?",
    "{out}": r"(?:break|return)",
    "{part}": r"(?:\[:[\w.]+\])?",
    "{get}": r"get(?:_nowait)?\((?:False|block=False)?\)",
    "{empty}": r"(?:\w+\.)?Empty",
}
_KINDS = (
    ("buffer", _BUFFERS),
    ("buffer", _CARELESS_BUFFERS),
    ("queue", _QUEUES + _JOINS),
    ("queue", _CARELESS),
    ("box", _BOXES),
)
# Encodings in which text is the same bytes, whatever has been encoded before it: no mark at the start, no states.
_STATELESS = ("ascii", "utf-8", "cp437", "cp850", "cp1250", "cp1251", "cp1252", "koi8-r", "koi8-u")
_SIX = re.compile(r"(?<=send\()six\.b\((?P<what>[\w.]+(?:\.\w+\(0?\))?)\)(?=\))")  # on Python 3
_ENCODED = (
    re.compile(r"(?<=send\()(?P<what>[\w.]+(?:\.\w+\(0?\))?)\.encode\((?P<how>[^()]*)\)(?=\))"),
    re.compile(r"(?<=send\()bytes\((?P<what>[\w.]+(?:\.\w+\(0?\))?), (?P<how>'[\w-]+')\)(?=\))"),
    re.compile(r"(?<== )(?P<what>\w+\.\w+(?:\.\w+\(0?\))?)\.encode\((?P<how>[^()]*)\)(?=\n)"),
)


@dataclass(frozen=True)
class Sending:
    """What handle_write() empties."""

    attribute: str
    kind: str  # "buffer" (bytes, or a bytearray), "queue" (of pieces) or "box" (a queue.Queue)
    encoding: str | None = None  # the arguments of encode(), where text is kept
    limit: Limit | None = None  # of a message, beyond which handle_write() refuses to send it
    by_base: bool = False  # with the send() of asyncore, past one of its own


def read_sending(definition: Definition, *, may_refuse: bool = False) -> Sending | None:
    """Return what a handle_write() empties, None if it does more than that, or something else.

    If it *may_refuse*, the caller has to see to it that no message is too long.
    """
    own = definition.self_name
    body = _without_else(_named_before(significant(definition.function.body)))
    test: ast.expr | None = None
    if len(body) == 1 and isinstance(body[0], (ast.If, ast.While)) and not body[0].orelse:
        test, body = body[0].test, significant(body[0].body)
    elif len(body) > 1 and leaves_if_empty(body[0]):
        test, body = body[0].test, body[1:]  # type: ignore[attr-defined]  # it is an `if`
    limit: Limit | None = None
    if may_refuse:
        body, limit = without_limit(body)
    text = "\n".join(ast.unparse(statement) for statement in _without_check(_without_try(_named_before(body), own)))
    text, by_base = _without_base(text, definition)
    text, encoding = _without_encoding(text)
    for kind, shapes in _KINDS:
        for shape in shapes:
            found = pattern(shape, own).fullmatch(text)
            if found is not None:
                attribute = found.group("x")
                asks = test is None or asks_for(test, own, attribute)
                is_it = limit is not None and found.groupdict().get("piece") == limit.name
                asks &= limit is None or (is_it and kind != "buffer" and encoding is None)
                return Sending(attribute, kind, encoding, limit, by_base) if asks else None
    return None


def _without_base(text: str, definition: Definition) -> tuple[str, bool]:
    """Return a body that calls its own send(), and whether that was asyncore's, past a send() of the author's."""
    shapes = [r"(?:\w+\.)?dispatcher\.send\({own}, "]
    if not any(getattr(n, "name", "") == "send" for one in definition.entry.parents for n in _inherited(one)):
        shapes.append(r"super\(\)\.send\(")
    own = definition.self_name
    plain = re.sub("|".join(shapes).replace("{own}", re.escape(own)), f"{own}.send(", text)
    return plain, plain != text


def _inherited(entry: ClassEntry) -> Iterator[ast.stmt]:
    for one in entry.lineage():
        yield from one.node.body


def _without_try(body: list[ast.stmt], own: str) -> list[ast.stmt]:
    """Return a body with what stands in a `try` around send() for errors that this deals with."""
    flat: list[ast.stmt] = []
    for statement in body:
        guards = guards_send(statement, own) or _guards_all(statement, own)
        flat += [*statement.body, *statement.orelse] if guards else [statement]  # type: ignore[attr-defined]  # it is a `try`
    return flat


def _guards_all(statement: ast.stmt, own: str) -> bool:
    """Tell the same of a `try` around send() and what takes as much off the buffer."""
    if not isinstance(statement, ast.Try) or len(statement.body) != 2 or statement.orelse:
        return False
    first, last = statement.body
    guard = ast.Try([first], statement.handlers, [], statement.finalbody)
    return guards_send(guard, own) and _takes_off(last, _assigned([first]))


def _without_check(body: list[ast.stmt]) -> list[ast.stmt]:
    """Return a body that takes what was sent off its buffer without asking first whether that is anything."""
    if not body:
        return body
    *before, last = body
    sent = _assigned(before[-1:])
    taken = taken_if_sent(last, sent) if sent else None
    if taken is not None:
        return [*before, taken]
    sent, check = _assigned(before[-2:-1]), before[-1] if before else None
    if sent and isinstance(check, ast.If) and leaves_if_empty(check) and _takes_off(last, sent):
        asks = ast.unparse(check.test) in (f"not {sent}", f"{sent} == 0", f"{sent} <= 0")
        return [*before[:-1], last] if asks else body
    return body


def _assigned(statements: list[ast.stmt]) -> str:
    """Return the variable that a statement, alone in a list, assigns to, "" if it does not."""
    target = statements[0].targets[0] if statements and isinstance(statements[0], ast.Assign) else None
    return target.id if isinstance(target, ast.Name) else ""


def _without_else(body: list[ast.stmt]) -> list[ast.stmt]:
    """Return a body, if that is an `if` with two branches of which one does nothing, without an `else`."""
    only = body[0] if len(body) == 1 else None
    if not isinstance(only, ast.If) or not only.orelse:
        return body
    if _does_nothing(only.orelse):
        return [ast.If(only.test, only.body, [])]
    return [ast.If(only.test, [ast.Return()], []), *significant(only.orelse)] if _does_nothing(only.body) else body


def _does_nothing(body: list[ast.stmt]) -> bool:
    """Tell whether a branch at the end of a method is nothing but `pass` or `return`."""
    return [ast.unparse(statement) for statement in significant(body)] in (
        [],
        ["pass"],
        ["return"],
        ["return None"],
    )


def _named_before(body: list[ast.stmt]) -> list[ast.stmt]:
    """Return a body in which `n = x` stands in front of `if n:` and `if n > 0:`, where that was `if n := x:`."""
    found: list[ast.stmt] = []
    for statement in body:
        test = statement.test if isinstance(statement, ast.If) else None
        named = test.left if isinstance(test, ast.Compare) else test
        if isinstance(statement, ast.If) and isinstance(named, ast.NamedExpr):
            name = ast.Name(named.target.id)
            asked = ast.Compare(name, test.ops, test.comparators) if isinstance(test, ast.Compare) else name
            found.append(ast.Assign([named.target], named.value, lineno=statement.lineno))
            statement = ast.If(asked, statement.body, statement.orelse)  # noqa: PLW2901  the same in other words
        found.append(statement)
    return found


def taken_if_sent(statement: ast.stmt, sent: str) -> ast.stmt | None:
    """Return what an `if` does where something was sent, if that only takes as much off a buffer."""
    if not isinstance(statement, ast.If) or statement.orelse or len(statement.body) != 1:
        return None
    asks = ast.unparse(statement.test) in (sent, f"{sent} > 0", f"{sent} != 0")
    return statement.body[0] if asks and _takes_off(statement.body[0], sent) else None


def _takes_off(statement: ast.stmt, sent: str) -> bool:
    """Tell whether a statement takes *sent* bytes off a buffer, which is nothing if that is 0."""
    if isinstance(statement, ast.Assign):
        buffer = ast.unparse(statement.targets[0])
        return ast.unparse(statement.value) == f"{buffer}[{sent}:]"
    return isinstance(statement, ast.Delete) and ast.unparse(statement).endswith(f"[:{sent}]")


def guards_send(statement: ast.stmt, own: str) -> bool:
    """Tell whether a statement is a `try` around one send(), for errors that send() deals with."""
    if not isinstance(statement, ast.Try) or len(statement.body) != 1 or statement.finalbody:
        return False
    value = getattr(statement.body[0], "value", None)
    sends = isinstance(value, ast.Call) and self_attribute(value.func, own) == "send"
    return sends and catches_socket_errors(statement)


def _without_encoding(text: str) -> tuple[str, str | None]:
    """Return a body that sends what it has, and how it encoded that, None if it did not."""
    text = _SIX.sub(r"\g<what>.encode('latin-1')", text)
    for pattern in _ENCODED:
        found = pattern.search(text)
        if found is not None and _is_stateless(found["how"]):
            return text[: found.start()] + found["what"] + text[found.end() :], found["how"]
    return text, None


def _is_stateless(arguments: str) -> bool:
    """Tell whether these arguments of encode() are constant, and name an encoding that needs no context."""
    call = ast.parse(f"f({arguments})", mode="eval").body
    assert isinstance(call, ast.Call)
    given = values_given(call)
    if not all(isinstance(value, ast.Constant) and isinstance(value.value, str) for value in given):
        return False
    names = [*(ast.literal_eval(value) for value in call.args[:1])]
    names += [ast.literal_eval(k.value) for k in call.keywords if k.arg == "encoding"]
    try:
        known = [codecs.lookup(name).name for name in names]
    except LookupError:
        return False
    return all(name in _STATELESS or name.startswith("iso8859") for name in known)


def asks_for(test: ast.expr, own: str, attribute: str) -> bool:
    """Tell whether *test* looks at nothing but the buffer."""
    if asks_box(test, own, attribute):
        return True
    calls = list(walk(test, ast.Call))
    names = {node.id for node in walk(test, ast.Name)}
    return (
        all(isinstance(call.func, ast.Name) and call.func.id in ("len", "bool") for call in calls)
        and names <= {own, "len", "bool"}
        and {self_attribute(node, own) for node in walk(test, ast.Attribute)} == {attribute}
    )


def leaves_if_empty(statement: ast.stmt) -> bool:
    """Tell whether a statement returns if something is so, and does nothing else."""
    if not isinstance(statement, ast.If) or statement.orelse:
        return False
    body = significant(statement.body)
    return len(body) == 1 and isinstance(body[0], ast.Return) and body[0].value is None


def pattern(shape: str, own: str) -> re.Pattern[str]:
    """Return the regular expression of one shape: a variable's first mention names it, later ones repeat it."""
    text = re.escape(shape).replace(r"\{", "{").replace(r"\}", "}")
    for name, part in _PARTS.items():
        text = text.replace(name, part)
    text = text.replace("{own}", re.escape(own))
    for name in ("x", "piece", "sent", "rest"):
        mention = "{" + name + "}"
        text = text.replace(mention, rf"(?P<{name}>\w+)", 1).replace(mention, rf"(?P={name})")
    return re.compile(text)
