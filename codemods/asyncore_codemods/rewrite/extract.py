"""Put statements that stand together into a function of their own, in front of a call of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import libcst as cst

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from asyncore_codemods.spans import Span

_EMPTY = cst.EmptyLine(indent=False)


class Extraction:
    """Notes which new statements come from which old ones, and moves those of a span when their block is left."""

    def __init__(self, wanted: Mapping[Span, tuple[str, str, str]]) -> None:
        self.wanted = wanted
        self.done: set[Span] = set()
        self.made: list[cst.FunctionDef] = []
        self._nodes: dict[int, tuple[Span, cst.CSTNode]] = {}  # by identity; kept, so that no identity comes twice

    def note(self, old: Span, result: Any) -> None:
        """Note that the statement at *old* became *result*, one statement or several."""
        for span in self.wanted:
            if span.contains(old):
                for node in result if isinstance(result, cst.FlattenSentinel) else [result]:
                    self._nodes[id(node)] = span, node

    def renew(self, old: cst.CSTNode, new: cst.CSTNode) -> None:
        """Note that *new* stands where *old* stood, a new statement."""
        if id(old) in self._nodes:
            self._nodes[id(new)] = self._nodes[id(old)][0], new

    def extract(
        self,
        starts: set[tuple[int, int]],
        body: Sequence[Any],
        parse: Callable[[str], Sequence[Any]],
        sweep: Callable[[Sequence[Any]], list[Any]],
        blanks: int,
    ) -> Sequence[Any]:
        """Return *body*, a block whose old statements began at *starts*, with the functions that it gets."""
        for span, (head, foot, call) in self.wanted.items():
            if span.start not in starts:
                continue
            first = next(index for index, node in enumerate(body) if self._is_from(node, span))
            moved = [node for node in body if self._is_from(node, span)]
            rest = [node for node in body[first:] if not self._is_from(node, span)]
            at = len(moved) - 1 if _returns(moved[-1]) else len(moved)  # what comes last comes before a return
            moved[at:at] = parse(foot)
            if not call:  # they stay, with something in front of them and behind
                body = [*body[:first], *parse(head), *moved, *rest]
                self.done.add(span)
                continue
            comments = [line for line in moved[0].leading_lines if line.comment is not None]
            moved[0] = moved[0].with_changes(leading_lines=comments)
            function = cast("cst.FunctionDef", parse(f"{head}\n    pass")[0])
            block = cast("cst.IndentedBlock", function.body)
            function = function.with_changes(
                body=block.with_changes(body=[*block.body[:-1], *sweep(moved)]),
                leading_lines=[_EMPTY] * blanks if first else (),
            )
            self.made.append(function)
            called = parse(call)[0].with_changes(leading_lines=[_EMPTY] * blanks)
            body = [*body[:first], function, called, *rest]
            self.done.add(span)
        return body

    def lift(self, whole: cst.Try, blanks: int) -> Any:
        """Return a `try` with the function that its block begins with, if that is a new one, in front of it."""
        function, *rest = whole.body.body
        if not any(function is made for made in self.made):
            return whole
        rest = [cast("cst.SimpleStatementLine", rest[0]).with_changes(leading_lines=()), *rest[1:]]
        lines = [line for line in whole.leading_lines if line.comment is None]
        comments = [line for line in whole.leading_lines if line.comment is not None]
        function = function.with_changes(leading_lines=[_EMPTY] * max(blanks, len(lines)))
        block = whole.body.with_changes(body=rest)
        return cst.FlattenSentinel(
            [function, whole.with_changes(body=block, leading_lines=[*[_EMPTY] * blanks, *comments])]
        )

    def _is_from(self, node: cst.CSTNode, span: Span) -> bool:
        return id(node) in self._nodes and self._nodes[id(node)][0] is span


def _returns(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.SimpleStatementLine) and isinstance(node.body[-1], cst.Return)
