"""Python 2 is recognised by what is written, whatever the interpreter that looks at it makes of it."""

from __future__ import annotations

import ast
import re

import pytest

from asyncore_codemods.nodes import listed
from asyncore_codemods.python2 import marks_in_text, marks_in_tree


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("print 'x'", "a print statement"),
        ("if x: print x, y", "a print statement"),
        ("print >>sys.stderr, x", "a print statement"),
        ("try:\n    pass\nexcept ValueError, e:\n    pass", "an except clause with a comma"),
        ("try:\n    pass\nexcept (A, B), e: pass", "an except clause with a comma"),
        ("exec 'code' in scope", "an exec statement"),
        ("raise ValueError, 'x'", "a raise statement with a comma"),
        ("x = `y`", "backticks"),
        ("if a <> b: pass", "the <> operator"),
        ("mode = 0644", "the octal number 0644"),
        ("big = 10L", "the long integer 10L"),
        ("big = 0xFFL", "the long integer 0xFFL"),
        ("x = ur'y'", "a ur'' string"),
        ("def f(self, (host, port)): pass", "a tuple as a parameter"),
        ("def f((a, b)=(1, 2), c=3): pass", "a tuple as a parameter"),
        ("sort(key=lambda (k, v): v)", "a tuple as a parameter"),
    ],
)
def test_marks(text: str, mark: str) -> None:
    assert mark in [what for _, what in marks_in_text(text)]


@pytest.mark.parametrize(
    "text",
    [
        "print('x')",
        "print",
        "print = 1",
        "x = print if y else z",
        "'print x'",
        '"""\nprint x\nexcept A, e:\n"""',
        "# print x, 0644, 10L",
        "try:\n    pass\nexcept (A, B) as e:\n    pass",
        "raise ValueError('a, b')",
        "raise (A, B)",
        "f(`1`)".replace("`", "'"),
        "x = 0 + 0o17 + 1_000 + 0.5 + 1e10 + 00",
        "exec('x')",
        "x = a < b > c",
        "x = (1,\n     print)",
        "def f(a=(1, 2), b: (int, str) = (3), *c, d=f((1, 2))) -> (int): pass",
        "lambda a=(1, 2): (a)",
    ],
)
def test_no_marks(text: str) -> None:
    assert marks_in_text(text) == []


def test_lines_are_counted_through_strings_and_continuations() -> None:
    assert marks_in_text('"""\n\n"""\nx = 1 + \\\n  2\nprint x\n') == [(6, "a print statement")]


def test_print_to_a_file_is_valid_today_and_means_something_else() -> None:
    text = "import sys\nprint >>sys.stderr, 'x'\n"
    assert marks_in_tree(listed(ast.parse(text)), re.split("\n", text)) == [(2, "a print statement")]


def test_a_parenthesised_tuple_of_exceptions_is_fine() -> None:
    text = "try:\n    pass\nexcept (A, B):\n    pass\n"
    assert marks_in_tree(listed(ast.parse(text)), text.split("\n")) == []
