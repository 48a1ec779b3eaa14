"""Where an accepting method lets go of a connection.

asyncore's listeners need do nothing about a connection that they do not want: its socket is closed as soon as it is
nobody's. A stream stays open, and has to be closed where the method ends without a session.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from collections.abc import Container

    from asyncore_codemods.index.modules import FunctionNode


class Dropped:
    """Walks through a method, asking at each end whether anybody has the connection.

    *settling* are the calls that take it over or close it, *gone* are statements that will not be there any more,
    *unwrapped* those that only their blocks will stay of, *left* those behind which the method will be left.
    """

    def __init__(
        self,
        settling: Container[object],
        gone: Container[object],
        unwrapped: Container[object],
        left: Container[object],
    ) -> None:
        self._settling = settling
        self._gone = gone
        self._unwrapped = unwrapped
        self._left = left
        self.returns: list[ast.stmt] = []  # in front of these, the connection is nobody's
        self.ends: list[ast.stmt] = []  # behind these

    def read(self, function: FunctionNode) -> None:
        """Fill `returns` and `ends`."""
        if self._block(function.body, is_open=True):
            self.ends.append(function.body[-1])

    def _block(self, body: list[ast.stmt], *, is_open: bool) -> bool | None:
        """Tell whether the connection may be nobody's behind *body*; None if nothing comes there."""
        for statement in body:
            after = self._statement(statement, is_open=is_open)
            if after is None:
                return None
            is_open = after
        return is_open

    def _statement(self, node: ast.stmt, *, is_open: bool) -> bool | None:
        if node in self._gone:
            return is_open
        if node in self._unwrapped and isinstance(node, ast.If):
            return self._block([*node.body, *node.orelse], is_open=is_open)
        if isinstance(node, ast.Return):
            if is_open and not self._settles(node):
                self.returns.append(node)
            return None
        if isinstance(node, ast.Raise):
            return None
        if isinstance(node, ast.If):
            return _joined(self._block(node.body, is_open=is_open), self._block(node.orelse, is_open=is_open))
        if isinstance(node, ast.Try):
            return self._try(node, is_open=is_open)
        return is_open and not self._settles(node)

    def _try(self, node: ast.Try, *, is_open: bool) -> bool | None:
        after = self._block([*node.body, *node.orelse], is_open=is_open)
        for handler in node.handlers:
            handled = self._block(handler.body, is_open=is_open)
            if handler.body[-1] in self._left:
                self.ends += [handler.body[-1]] if handled else []
            else:
                after = _joined(after, handled)
        return after if after is None else self._block(node.finalbody, is_open=after)

    def _settles(self, node: ast.stmt) -> bool:
        return any(inner in self._settling for inner in walk(node))


def _joined(*ends: bool | None) -> bool | None:
    reached = [end for end in ends if end is not None]
    return any(reached) if reached else None
