"""Predicates that are spelt out, put in fewer words in the trees: it changes nothing of what they say.

`if self.buffer: return True`, then `return False`, says what `return self.buffer` says to asyncore, and so do
`return True if self.buffer else False` and `return bool(self.buffer)`. So every question about readable()
and writable() has the same answer for all of them. The text is as it was, and the test stands where it did.
"""

from __future__ import annotations

import ast

_PREDICATES = ("readable", "writable")


def shorten_predicates(tree: ast.Module) -> None:
    """Have each predicate in *tree* that says True if something is so, and False if not, return that something."""
    for node in ast.walk(tree):
        for function in node.body if isinstance(node, ast.ClassDef) else ():
            if isinstance(function, ast.FunctionDef) and function.name in _PREDICATES:
                _shorten(function.body)


def _shorten(body: list[ast.stmt]) -> None:
    """Put one `return` for the last statements of *body* if they come to that."""
    for count in (2, 1):
        test = _returned(body[-count:]) if len(body) >= count else None
        if test is not None:
            body[-count:] = [ast.copy_location(ast.Return(value=_bare(test)), body[-count])]
            return


def _returned(statements: list[ast.stmt]) -> ast.expr | None:
    """Return the test whose outcome is what *statements* return."""
    first = statements[0]
    if isinstance(first, ast.Return) and len(statements) == 1:
        return first.value
    if not isinstance(first, ast.If) or bool(first.orelse) == (len(statements) > 1):
        return None
    return _chosen(first.test, *map(_constant, (first.body, first.orelse or statements[1:])))


def _constant(block: list[ast.stmt]) -> bool | None:
    """Return the True or False that is all that a block returns, None if that is not what it does."""
    only = block[0] if len(block) == 1 else None
    return _flag(only.value) if isinstance(only, ast.Return) else None


def _flag(node: ast.expr | None) -> bool | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, bool) else None


def _chosen(test: ast.expr, then: bool | None, otherwise: bool | None) -> ast.expr | None:
    """Return what is asked where *test* decides between two values."""
    if then and otherwise is False:
        return test
    if then is False and otherwise and isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return test.operand
    return None


def _bare(test: ast.expr) -> ast.expr:
    """Return a test without what only makes a bool of it."""
    while True:
        inner: ast.expr | None = None
        if isinstance(test, ast.IfExp):
            inner = _chosen(test.test, _flag(test.body), _flag(test.orelse))
        elif isinstance(test, ast.Call) and isinstance(test.func, ast.Name) and test.func.id == "bool":
            inner = test.args[0] if len(test.args) == 1 and not test.keywords else None
        if inner is None or isinstance(inner, ast.Starred):
            return test
        test = inner
