"""Every way out of a function, with what was done on it."""

from __future__ import annotations

import ast
import textwrap

import pytest

from asyncore_codemods.analyse.values.flow import PathWalker


def exits(body: str) -> set[str]:
    """Return the states at the ends of a function: "done" after a call of done(), "open" before."""
    function = ast.parse("def f():\n" + textwrap.indent(textwrap.dedent(body), "    ")).body[0]
    assert isinstance(function, ast.FunctionDef)

    def step(node: ast.AST, state: str) -> frozenset[str]:
        called = {n.func.id for n in ast.walk(node) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
        return frozenset({"done" if "done" in called else state})

    return set(PathWalker(step).exits(function, frozenset({"open"})))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("done()", {"done"}),
        ("x = 1", {"open"}),
        ("if x:\n    done()", {"done", "open"}),
        ("if x:\n    done()\nelse:\n    done()", {"done"}),
        ("if done():\n    pass", {"done"}),
        ("if x:\n    return\ndone()", {"done", "open"}),
        ("if x:\n    raise ValueError\ndone()", {"done"}),
        ("return done()", {"done"}),
        ("for x in y:\n    done()", {"done", "open"}),
        ("for x in done():\n    pass", {"done"}),
        ("for x in y:\n    done()\nelse:\n    done()", {"done"}),
        ("for x in y:\n    if x:\n        break\n    done()\nelse:\n    done()", {"done", "open"}),
        ("while True:\n    done()\n    break", {"done"}),
        ("while True:\n    if x:\n        continue\n    done()\n    return", {"done"}),
        ("while x:\n    done()", {"done", "open"}),
        ("try:\n    x()\n    done()\nexcept E:\n    pass", {"done", "open"}),
        ("try:\n    done()\n    x()\nexcept E:\n    pass", {"done", "open"}),
        ("try:\n    x()\nexcept E:\n    done()\nelse:\n    done()", {"done"}),
        ("try:\n    x()\nexcept E:\n    return\ndone()", {"done", "open"}),
        ("try:\n    x()\nfinally:\n    done()", {"done"}),
        ("with x:\n    done()", {"done"}),
        ("with done():\n    pass", {"done"}),
        ("def g():\n    done()", {"open"}),
        ("raise ValueError", set()),
    ],
)
def test_paths(body: str, expected: set[str]) -> None:
    assert exits(body) == expected
