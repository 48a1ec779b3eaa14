"""Recognise Python 2 source.

The running interpreter is no judge of it: libcst accepts `except X, e:`, and so does Python 3.14 (PEP 758), with
another meaning. Two looks, then: in a file that does not parse, marks are searched for in the tokens (comments and
strings stepped over, the rest matched statement by statement); in one that does, the two constructs that are
valid syntax today and still mean something else are searched for in the tree.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

_TOKEN = re.compile(
    r"""(?P<string>[A-Za-z]{0,2}(?:'''(?:\\.|[^\\])*?'''|\"\"\"(?:\\.|[^\\])*?\"\"\"
                  |'(?:\\.|[^\\'\n])*'|\"(?:\\.|[^\\\"\n])*\"))
      |(?P<comment>\#[^\n]*)
      |(?P<continued>\\\r?\n)
      |(?P<newline>\n)
      |(?P<space>[ \t\r\f]+)
      |(?P<number>(?:0[xXoObB])?\d[\w.]*)
      |(?P<name>[^\W\d]\w*)
      |(?P<op><>|>>|==|!=|<=|>=|->|\*\*|//|.)""",
    re.VERBOSE | re.DOTALL,
)

_OPEN, _CLOSE = "([{", ")]}"


class _Token(NamedTuple):
    kind: str
    text: str
    line: int


def marks_in_text(text: str) -> list[tuple[int, str]]:
    """Return the line and the description of everything in *text* that is valid in Python 2 only."""
    marks = []
    for statement in _statements(text):
        marks += _marks_of(statement)
    return marks


def marks_in_tree(nodes: Sequence[ast.AST], lines: list[str]) -> list[tuple[int, str]]:
    """Return the same for the tree of a file that parses: `print >>file, x`, and `except X, e:` on Python 3.14."""
    marks = []
    prints = not any(
        isinstance(node, ast.ImportFrom) and node.module == "__future__" and "print_function" in ast.dump(node)
        for node in nodes
    )  # else it is no statement on Python 2 either
    for node in nodes:
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.RShift):
            if prints and isinstance(node.left, ast.Name) and node.left.id == "print":
                marks.append((node.lineno, "a print statement"))
        elif isinstance(node, ast.ExceptHandler) and isinstance(node.type, ast.Tuple) and node.name is None:
            start = lines[node.type.lineno - 1].encode()[node.type.col_offset :]
            if not start.startswith(b"("):
                marks.append((node.lineno, "an except clause with a comma"))
    return sorted(marks)


def _statements(text: str) -> list[list[_Token]]:
    """Cut *text* into simple statements and block headers: lists of tokens without space and comments."""
    statements: list[list[_Token]] = []
    current: list[_Token] = []
    line, depth = 1, 0
    for match in _TOKEN.finditer(text):
        kind, piece = str(match.lastgroup), match.group()
        if kind == "newline" and not depth:
            statements.append(current)
            current = []
        elif kind not in ("comment", "space", "continued", "newline"):
            depth += (piece in _OPEN) - (piece in _CLOSE)
            depth = max(depth, 0)
            if not depth and piece in (":", ";"):
                statements.append([*current, _Token(kind, piece, line)])
                current = []
            else:
                current.append(_Token(kind, piece, line))
        line += piece.count("\n")
    statements.append(current)
    return [statement for statement in statements if statement]


def _marks_of(tokens: list[_Token]) -> list[tuple[int, str]]:
    first = tokens[0]
    marks = []
    if first.kind == "name":
        what = _STATEMENT_CHECKS.get(first.text, _nothing)(tokens)
        if what:
            marks.append((first.line, what))
    for token, following in zip(tokens, [*tokens[1:], first]):
        if token.text == "lambda" and following.text == "(":
            marks.append((token.line, "a tuple as a parameter"))
        if token.text == "`":
            marks.append((token.line, "backticks"))
            break
        if token.text == "<>":
            marks.append((token.line, "the <> operator"))
        elif token.kind == "number" and re.fullmatch(r"0\d*[1-9]\d*", token.text):
            marks.append((token.line, f"the octal number {token.text}"))
        elif token.kind == "number" and re.fullmatch(r"(?:0[xX][\da-fA-F]+|\d+)[lL]", token.text):
            marks.append((token.line, f"the long integer {token.text}"))
        elif token.kind == "string" and re.match(r"[uU][rR]", token.text):
            marks.append((token.line, "a ur'' string"))
    return marks


def _nothing(_tokens: list[_Token]) -> str:
    return ""


def _print(tokens: list[_Token]) -> str:
    """`print` with something after it that can only be an argument; `print(x)` and `print = x` are not."""
    if len(tokens) == 1 or tokens[1].text in (";", ":"):
        return ""  # a bare `print` is an expression in Python 3: no proof
    after = tokens[1]
    if after.text == ">>" and len(tokens) > 2:
        return "a print statement"
    starts_argument = after.kind in ("string", "number", "name") or after.text in ("`", "~", "{")
    is_operator = after.text in ("and", "or", "if", "in", "is", "not", "else", "for")
    return "a print statement" if starts_argument and not is_operator else ""


def _except(tokens: list[_Token]) -> str:
    if _top_level(tokens, ",") and tokens[-1].text == ":" and not _top_level(tokens, "as"):
        return "an except clause with a comma"
    return ""


def _exec(tokens: list[_Token]) -> str:
    return "an exec statement" if len(tokens) > 1 and tokens[1].kind in ("string", "name") else ""


def _raise(tokens: list[_Token]) -> str:
    return "a raise statement with a comma" if _top_level(tokens, ",") else ""


def _def(tokens: list[_Token]) -> str:
    depth = 0
    for before, token in zip(tokens, tokens[1:]):
        if token.text == "(" and depth == 1 and before.text in ("(", ","):
            return "a tuple as a parameter"
        depth += (token.text in _OPEN) - (token.text in _CLOSE)
    return ""


def _top_level(tokens: list[_Token], text: str) -> bool:
    depth = 0
    for token in tokens:
        depth += (token.text in _OPEN) - (token.text in _CLOSE)
        if token.text == text and not depth:
            return True
    return False


_STATEMENT_CHECKS = {"print": _print, "except": _except, "exec": _exec, "raise": _raise, "def": _def}
