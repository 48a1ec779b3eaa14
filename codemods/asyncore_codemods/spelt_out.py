"""Hooks that are spelt out, put in fewer words in the trees: it changes nothing of what they say.

`if self.buffer: return True`, then `return False`, says what `return self.buffer` says to asyncore, and so do
`return True if self.buffer else False` and `return bool(self.buffer)`. So every question about readable()
and writable() has the same answer for all of them. The text is as it was, and the test stands where it did.

A lock around all that a predicate or handle_write() does is for threads that put something into the buffer, and
says nothing about what is sent. `with suppress(OSError):` in handle_read() and handle_write() is a `try`.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_PREDICATES = ("readable", "writable")
_LOCKS = ("Lock", "RLock")


def shorten_hooks(nodes: Sequence[ast.AST]) -> None:
    """Have each predicate among *nodes* that says True if something is so, and False if not, return that something.

    Locks around predicates and handle_write() are left out, and suppress() is a `try` in what reads and sends.
    """
    for node in nodes:
        for function in node.body if isinstance(node, ast.ClassDef) else ():
            if isinstance(function, ast.FunctionDef) and function.name in (*_PREDICATES, "handle_write"):
                _unlock(function, nodes)
            if isinstance(function, ast.FunctionDef) and function.name in _PREDICATES:
                _shorten(function.body)
            if isinstance(function, ast.FunctionDef) and function.name in ("handle_read", "handle_write"):
                _Trying(nodes).visit(function)


class _Trying(ast.NodeTransformer):
    """Puts a `try` that lets errors pass for `with suppress(...)`, in the same place."""

    def __init__(self, nodes: Iterable[ast.AST]) -> None:
        self.suppress = set()  # what is called so there
        for node in nodes:
            if isinstance(node, ast.Import):
                self.suppress |= {f"{a.asname or a.name}.suppress" for a in node.names if a.name == "contextlib"}
            elif isinstance(node, ast.ImportFrom) and node.module == "contextlib":
                self.suppress |= {a.asname or a.name for a in node.names if a.name == "suppress"}

    def visit_With(self, node: ast.With) -> ast.AST:
        """Replace *node* if it does nothing but suppress errors."""
        self.generic_visit(node)
        call = node.items[0].context_expr
        if len(node.items) > 1 or not isinstance(call, ast.Call) or ast.unparse(call.func) not in self.suppress:
            return node
        if node.items[0].optional_vars is not None or call.keywords or not call.args:
            return node
        kind = call.args[0] if len(call.args) == 1 else ast.Tuple(call.args, ast.Load())
        handler = ast.ExceptHandler(kind, None, [ast.Pass()])
        made = ast.copy_location(ast.Try(node.body, [handler], [], []), node)
        for inner in (handler, handler.body[0], kind):
            ast.copy_location(inner, call)
        return made


def _unlock(function: ast.FunctionDef, nodes: Iterable[ast.AST]) -> None:
    """Put the body of a `with` for that of *function*, if it holds a lock for all that the function does."""
    only = function.body[-1]
    if not isinstance(only, ast.With) or len(only.items) > 1 or only.items[0].optional_vars is not None:
        return
    manager = ast.unparse(only.items[0].context_expr)
    if len(function.body) == 1 and manager in locks_among(nodes):
        function.body = only.body


def locks_among(nodes: Iterable[ast.AST]) -> set[str]:
    """Return what *nodes* assign nothing but new locks to."""
    assigned = [node for node in nodes if isinstance(node, ast.Assign)]
    locks = [node for node in assigned if isinstance(node.value, ast.Call) and _makes_lock(node.value)]
    others = {ast.unparse(target) for node in assigned if node not in locks for target in node.targets}
    return {ast.unparse(target) for node in locks for target in node.targets} - others


def _makes_lock(call: ast.Call) -> bool:
    return ast.unparse(call.func).rpartition(".")[2] in _LOCKS


def _shorten(body: list[ast.stmt]) -> None:
    """Put one `return` for the last statements of *body* if they come to that."""
    for count in (2, 1):
        test = _returned(body[-count:]) if len(body) >= count else None
        if test is not None:
            body[-count:] = [ast.copy_location(ast.Return(value=bare_test(test)), body[-count])]
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


def bare_test(test: ast.expr) -> ast.expr:
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
