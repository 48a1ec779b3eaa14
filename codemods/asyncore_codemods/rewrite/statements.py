"""Carry out the changes of statements: those that go, are replaced, lose their heads, or get others beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Union, cast

import libcst as cst

from asyncore_codemods.rewrite.comments import (
    Comments,
    divide_lines,
    is_mark,
    is_untrue,
    without_blanks,
    without_untrue,
)
from asyncore_codemods.rewrite.expressions import ExpressionPlacer
from asyncore_codemods.rewrite.extract import Extraction

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asyncore_codemods.plan.changes import FileChanges
    from asyncore_codemods.spans import Span

Statement = Union[cst.SimpleStatementLine, cst.BaseCompoundStatement]
_KINDS = (
    "removed",
    "statements",
    "wrapped",
    "prepended",
    "appended",
    "unwrapped",
    "coroutines",
    "bases",
    "methods",
    "parameters",
    "body_starts",
    "guarded",
)  # of changes that are found by where a statement starts


class StatementPlacer(ExpressionPlacer):
    """Carries out the changes of expressions and statements."""

    def __init__(self, changes: FileChanges, config: cst.PartialParserConfig) -> None:
        super().__init__(changes, config)
        self.extraction = Extraction(changes.extracted)
        self.comments = Comments(changes)
        self.by_start = {kind: {span.start: span for span in getattr(changes, kind)} for kind in _KINDS}

    def _at(self, kind: str, node: cst.CSTNode) -> Any:
        """Return the span of the change of one kind that starts where *node* does, None if there is none."""
        span = self.by_start[kind].get(self._span(node).start)
        if span is not None:
            self.done.add((kind, span))
        return span

    def on_leave(self, original_node: Any, updated_node: Any) -> Any:
        """Put what belongs beside a statement in front of it and behind it."""
        result = super().on_leave(original_node, updated_node)
        if isinstance(original_node, (cst.SimpleStatementLine, cst.BaseCompoundStatement)):
            result = self._prepend(original_node, self._append(original_node, result))
            self.extraction.note(self._span(original_node), result)
        return result

    def _prepend(self, original_node: Any, result: Any) -> Any:
        span = self._at("prepended", original_node)
        if span is None:
            return result
        nodes = list(result) if isinstance(result, cst.FlattenSentinel) else [result]
        made = self._parse(self.changes.prepended[span])
        is_definition = isinstance(original_node, (cst.ClassDef, cst.FunctionDef))
        blank = [cst.EmptyLine(indent=False)] * 2 if is_definition else []
        staying, lines = divide_lines(nodes[0].leading_lines) if blank else ([], nodes[0].leading_lines)
        first = without_blanks(lines) if blank else ()
        above = blank[:1] if isinstance(made[0], cst.SimpleStatementLine) else blank
        made[0] = made[0].with_changes(leading_lines=[*staying, *(above or lines)])
        nodes[0] = nodes[0].with_changes(leading_lines=(*blank, *first))
        return cst.FlattenSentinel([*made, *nodes])

    def _append(self, original_node: Any, result: Any) -> Any:
        """Put lines behind a compound statement; those behind a simple one are in place already."""
        span = self._at("appended", original_node) if isinstance(original_node, cst.BaseCompoundStatement) else None
        if span is None:
            return result
        nodes = list(result) if isinstance(result, cst.FlattenSentinel) else [result]
        return cst.FlattenSentinel([*nodes, *self._parse(self.changes.appended[span])])

    def _parse(self, text: str) -> list[Statement]:
        return list(cst.parse_module(text + "\n", config=self._module_config()).body)

    def _module_config(self) -> cst.PartialParserConfig:
        return cst.PartialParserConfig(
            default_indent=self.config.default_indent, default_newline=self.config.default_newline
        )

    def leave_SimpleStatementLine(
        self, original_node: cst.SimpleStatementLine, updated_node: cst.SimpleStatementLine
    ) -> Any:
        """Replace a simple statement, wrap it, or take it away."""
        statements: list[Statement] = [updated_node]
        if len(original_node.body) > 1:
            return self._leave_joined(original_node, updated_node)
        span = self._at("statements", original_node)
        if span is not None:
            statements = self._take_place_of(updated_node, self._parse(self.changes.statements[span]))
            self.comments.replaced(span, statements[0])
        elif self._at("removed", original_node) is not None:
            statements = []
        wrapped = self._at("wrapped", original_node)
        if wrapped is not None:
            prefix, suffix = self.changes.wrapped[wrapped]
            code = _code_of(updated_node)
            statements = self._take_place_of(updated_node, self._parse(prefix + code + suffix))
        statements = self._with_hoisted(original_node, statements)
        appended = self._at("appended", original_node)
        if appended is not None:
            statements = [*statements, *self._parse(self.changes.appended[appended])]
        return self._result(original_node, updated_node, statements)

    def _leave_joined(self, original_node: cst.SimpleStatementLine, updated_node: cst.SimpleStatementLine) -> Any:
        """`a = 1; b = 2` on one line: only whole statements can go or be replaced by one other."""
        kept: list[cst.BaseSmallStatement] = []
        for old, new in zip(original_node.body, updated_node.body):
            start = self._span(old).start
            replaced = self.by_start["statements"].get(start)
            if start in self.by_start["removed"]:
                self.done.add(("removed", self.by_start["removed"][start]))
            elif replaced is not None:
                made = self._parse(self.changes.statements[replaced])
                if all(isinstance(m, cst.SimpleStatementLine) for m in made):
                    self.done.add(("statements", replaced))
                    kept += [small for m in made for small in cast("cst.SimpleStatementLine", m).body]
            else:
                kept.append(new)
        if not kept:
            return self._result(original_node, updated_node, [])
        semicolon = cst.Semicolon(whitespace_after=cst.SimpleWhitespace(" "))
        body = [small.with_changes(semicolon=semicolon) for small in kept[:-1]]
        body.append(kept[-1].with_changes(semicolon=cst.MaybeSentinel.DEFAULT))
        return updated_node.with_changes(body=body)

    def _with_hoisted(self, original_node: cst.CSTNode, statements: list[Statement]) -> list[Statement]:
        own = self._span(original_node)
        mine = [entry for entry in self.hoisted if own.contains(entry[0])]
        if not mine or not statements:
            return statements
        made: list[Statement] = []
        for entry in mine:
            self.hoisted.remove(entry)
            target = cst.AssignTarget(cst.Name(entry[1]))
            made.append(cst.SimpleStatementLine([cst.Assign([target], entry[2])]))
        first = statements[0]
        made[0] = made[0].with_changes(leading_lines=first.leading_lines)
        return [*made, first.with_changes(leading_lines=()), *statements[1:]]

    def _take_place_of(self, old: cst.SimpleStatementLine, new: list[Statement]) -> list[Statement]:
        """Give *new* the comments in front of and behind the statement it replaces."""
        code = _code_of(old)
        new[0] = new[0].with_changes(leading_lines=without_untrue(code, old.leading_lines))
        comment = old.trailing_whitespace.comment
        said = comment is not None
        if comment is not None and is_untrue(code, comment.value):
            old = old.with_changes(trailing_whitespace=cst.TrailingWhitespace())
            said = False
        if isinstance(new[-1], cst.SimpleStatementLine) and (said or new[-1].trailing_whitespace.comment is None):
            new[-1] = new[-1].with_changes(trailing_whitespace=old.trailing_whitespace)
        return new

    def _result(self, original: cst.CSTNode, updated: cst.CSTNode, statements: Sequence[Statement]) -> Any:
        if len(statements) == 1:
            return statements[0]
        if not statements:
            return self._gone(original, updated)
        return cst.FlattenSentinel(statements)

    def _gone(self, original: cst.CSTNode, updated: Any) -> cst.SimpleStatementLine:
        code = _code_of(updated) if isinstance(updated, cst.SimpleStatementLine) else ""
        return self.comments.mark(updated, self._planned(original), code)

    def _planned(self, node: cst.CSTNode) -> Span:
        """Return the span of a statement, as it was planned if it goes."""
        span = self._span(node)
        return cast("Span", self.by_start["removed"].get(span.start, span))

    def leave_If(self, original_node: cst.If, updated_node: cst.If) -> Any:
        """Take an `if` away, or leave its body, or its `else`, of it."""
        if self._at("removed", original_node) is not None:
            return self._gone(original_node, updated_node)
        if self._at("unwrapped", original_node) is not None:
            body = [s for s in updated_node.body.body if not is_mark(s)]
            left = updated_node.orelse if _only_passes(body) else None
            if left is not None:  # which is an `if` in its own right where it was an `elif`
                body = [left] if isinstance(left, cst.If) else list(left.body.body)
            return self._unwrap(original_node, updated_node, cast("list[Statement]", body))
        return updated_node

    def _unwrap(
        self, old: cst.CSTNode, node: cst.If | cst.Try | cst.While | cst.With, body: list[Statement]
    ) -> Any:
        if not body:
            return self._gone(old, node)
        first = body[0].with_changes(leading_lines=(*node.leading_lines, *body[0].leading_lines))
        return cst.FlattenSentinel([first, *body[1:]])

    def leave_While(self, original_node: cst.While, updated_node: cst.While) -> Any:
        """Take the statement away, or leave its body of it."""
        return self._without_head(original_node, updated_node)

    def leave_With(self, original_node: cst.With, updated_node: cst.With) -> Any:
        """Take the statement away, or leave its body of it."""
        return self._without_head(original_node, updated_node)

    def _without_head(self, old: cst.CSTNode, node: cst.While | cst.With) -> Any:
        if self._at("removed", old) is not None:
            return self._gone(old, node)
        if self._at("unwrapped", old) is not None:
            body = [s for s in node.body.body if not is_mark(s)]
            return self._unwrap(old, node, cast("list[Statement]", body))
        return node

    def leave_Try(self, original_node: cst.Try, updated_node: cst.Try) -> Any:
        """Take a `try` away, or leave its body and its `else` of it, or what it begins with in front of it."""
        if self._at("removed", original_node) is not None:
            return self._gone(original_node, updated_node)
        if self._at("unwrapped", original_node) is not None:
            orelse = updated_node.orelse.body.body if updated_node.orelse is not None else ()
            tried = () if _only_passes(updated_node.body.body) else updated_node.body.body
            body = [s for s in (*tried, *orelse) if not is_mark(s)]
            return self._unwrap(original_node, updated_node, cast("list[Statement]", body))
        return self.extraction.lift(updated_node, blanks=1 if self._span(original_node).column else 2)


def _only_passes(body: Sequence[cst.CSTNode]) -> bool:
    return all(
        isinstance(statement, cst.SimpleStatementLine) and isinstance(statement.body[0], cst.Pass)
        for statement in body
    )


def _code_of(node: cst.SimpleStatementLine) -> str:
    """Return a statement without its comments."""
    bare = node.with_changes(leading_lines=(), trailing_whitespace=cst.TrailingWhitespace())
    return cst.Module([bare]).code.strip()
