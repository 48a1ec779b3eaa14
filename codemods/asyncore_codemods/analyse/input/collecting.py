"""What collect_incoming_data() does with a piece of data, read off its statements."""

from __future__ import annotations

import ast
import codecs
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.values.syntax import is_length_of, is_self_attribute, self_attribute, significant
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from asyncore_codemods.analyse.families.hierarchies import Definition

_LENIENT = ("ignore", "replace", "surrogateescape", "backslashreplace")  # ways to deal with what is no text


@dataclass
class Collected:
    """What collect_incoming_data() does with a piece."""

    kind: str  # list, bytes, bytearray, file, incoming, drop, additive
    attribute: str = ""
    decode: str = ""  # ".decode('utf-8')": the call that each piece went through
    touched: set[str] = field(default_factory=set)
    lists: set[str] = field(default_factory=set)  # those of them that hold the pieces one by one
    is_text: bool = False

    @property
    def may_fail(self) -> bool:
        """Whether a piece may be one that cannot be decoded."""
        if not self.decode:
            return False
        call = ast.parse(f"data{self.decode}", mode="eval").body
        assert isinstance(call, ast.Call)
        given = dict(zip(("encoding", "errors"), call.args))
        given.update((keyword.arg, keyword.value) for keyword in call.keywords if keyword.arg)
        values = {name: ast.literal_eval(value) for name, value in given.items()}
        encoding, errors = values.get("encoding", "utf-8"), values.get("errors", "strict")
        try:
            name = codecs.lookup(encoding).name
        except (LookupError, TypeError):
            return True
        return name != "iso8859-1" and (name not in ("ascii", "utf-8") or errors not in _LENIENT)


def read_collecting(definition: Definition) -> Collected | None:
    """Return what collect_incoming_data() does with a piece, or None if it is more than to gather it."""
    function = definition.function
    positional = function.args.args
    if len(positional) != 2 or function.decorator_list:
        return None
    data = positional[1].arg
    body = significant(function.body)
    if not body or (len(body) == 1 and isinstance(body[0], ast.Return) and body[0].value is None):
        return Collected("drop")
    if len(body) == 1:
        simple = _read_step(body[0], definition.self_name, data)
        if simple is not None and simple.kind != "count":
            simple.lists |= {simple.attribute} if simple.kind == "list" else set()
            return simple
    return _additive(body, definition.self_name, data)


def _additive(body: list[ast.stmt], own: str, data: str) -> Collected | None:
    """Return what *body* adds to, or None if it does anything but add."""
    found = Collected("additive")
    touched = found.touched
    tests: list[ast.expr] = []
    for statement in significant(body):
        if isinstance(statement, ast.If):
            tests.append(statement.test)
            inner = [_additive(block, own, data) for block in (statement.body, statement.orelse)]
            either: set[str] = set()
            for part in inner:
                if part is None:
                    return None
                either |= part.touched
                found.lists |= part.lists
                found.decode = found.decode or part.decode
            if touched & either:
                return None
            touched |= either
        elif isinstance(statement, ast.Return) and statement.value is None:
            continue
        else:
            step = _read_step(statement, own, data)
            if step is None or step.attribute in touched:
                return None  # what is added twice, piece by piece, is not the frame twice
            touched.add(step.attribute)
            found.lists |= {step.attribute} if step.kind == "list" else set()
            found.decode = found.decode or step.decode
    for test in tests:
        for node in walk(test):
            if isinstance(node, ast.Call) or (isinstance(node, ast.Name) and node.id != own):
                return None
            if self_attribute(node, own) in touched:
                return None
    return found


def _read_step(statement: ast.stmt, own: str, data: str) -> Collected | None:
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
    if is_length_of(value, data):
        return Collected("count", name)
    if isinstance(value, ast.List) and len(value.elts) == 1:
        decode = _decoded(value.elts[0], data)
        return None if decode is None else Collected("list", name, decode)
    decode = _decoded(value, data)
    return None if decode is None else Collected("bytes", name, decode)


def _read_call(call: ast.Call, own: str, data: str) -> Collected | None:
    if len(call.args) != 1 or call.keywords or not isinstance(call.func, ast.Attribute):
        return None
    decode = _decoded(call.args[0], data)
    if decode is None:
        return None
    if is_self_attribute(call.func, own, "_collect_incoming_data"):
        return Collected("incoming", "incoming") if not decode else None
    attribute = self_attribute(call.func.value, own)
    kind = {"append": "list", "extend": "bytearray", "write": "file"}.get(call.func.attr)
    return Collected(kind, attribute, decode) if kind and attribute else None


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
