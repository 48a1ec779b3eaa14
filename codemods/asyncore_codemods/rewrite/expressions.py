"""Place changes of expressions, arguments and parameters: what goes on inside statements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import libcst as cst
from libcst.metadata import PositionProvider

from asyncore_codemods.rewrite.errors import StaysError
from asyncore_codemods.rewrite.parameters import parameter
from asyncore_codemods.spans import Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asyncore_codemods.plan.changes import FileChanges


_OWN_PARENTHESES = (cst.Tuple, cst.GeneratorExp, cst.NamedExpr)  # which go with them


class ExpressionPlacer(cst.CSTTransformer):
    """Changes what is inside statements, and notes in `done` what has been met."""

    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self, changes: FileChanges, config: cst.PartialParserConfig) -> None:
        super().__init__()
        self.changes = changes
        self.config = config
        self.done: set[tuple[str, Span]] = set()
        self.quotes: list[str] = []  # of the f-strings around
        self.hoisted: list[tuple[Span, str, cst.BaseExpression]] = []  # which go in front of their statement

    def _span(self, node: cst.CSTNode) -> Span:
        found = self.get_metadata(PositionProvider, node)
        return Span(found.start.line, found.start.column, found.end.line, found.end.column)

    def on_leave(self, original_node: Any, updated_node: Any) -> Any:
        """Change an expression, once that is done with what it contains."""
        result = super().on_leave(original_node, updated_node)
        if not isinstance(original_node, cst.BaseExpression) or not isinstance(result, cst.BaseExpression):
            return result
        span = self._span(original_node)
        if span in self.changes.awaited and isinstance(original_node, cst.Call):
            self.done.add(("awaited", span))
            return cst.Await(result)
        if span in self.changes.enclosed and isinstance(original_node, cst.Call):
            self.done.add(("enclosed", span))
            return cst.Call(cst.parse_expression(self.changes.enclosed[span]), [cst.Arg(result)])
        text = self.changes.expressions.get(span)
        if text is not None:
            self.done.add(("expressions", span))
            return self._expression(text, result)
        target = self.changes.hoisted.get(span)
        if target is not None:
            self.done.add(("hoisted", span))
            self.hoisted.append((span, target, result))
            return cst.Name(target)
        return result

    def _expression(self, text: str, old: cst.BaseExpression) -> cst.BaseExpression:
        new = cst.parse_expression(text, self.config)
        if isinstance(old, _OWN_PARENTHESES):
            return new
        return new.with_changes(lpar=old.lpar, rpar=old.rpar) if old.lpar else new

    def visit_FormattedString(self, node: cst.FormattedString) -> None:
        """Note which quotes the braces stand in."""
        self.quotes.append(node.end)

    def leave_FormattedString(self, original_node: cst.FormattedString, updated_node: cst.FormattedString) -> Any:
        """Forget them."""
        self.quotes.pop()
        return updated_node

    def leave_FormattedStringExpression(
        self, original_node: cst.FormattedStringExpression, updated_node: cst.FormattedStringExpression
    ) -> Any:
        """Refuse what only Python 3.12 reads in braces."""
        old, new = (cst.Module([]).code_for_node(node) for node in (original_node, updated_node))
        if old != new and ("\\" in new or self.quotes[-1][0] in new):
            line = self._span(original_node).line
            raise StaysError(f"would need quotes or a backslash in the braces of line {line}: take the value out")
        return updated_node

    def leave_WithItem(self, original_node: cst.WithItem, updated_node: cst.WithItem) -> cst.WithItem:
        """Give what is entered a name."""
        span = self._span(original_node.item)
        name = self.changes.entered.get(span)
        if name is None:
            return updated_node
        self.done.add(("entered", span))
        return updated_node.with_changes(asname=cst.AsName(cst.Name(name)))

    def leave_Arg(self, original_node: cst.Arg, updated_node: cst.Arg) -> Any:
        """Put other arguments in the place of one, or none."""
        span = self._span(original_node.value)
        text = self.changes.arguments.get(span)
        if text is None:
            return updated_node
        self.done.add(("arguments", span))
        if not text:
            return cst.RemoveFromParent()
        made = cast("cst.Call", cst.parse_expression(f"f({text})", self.config)).args
        last = made[-1].with_changes(
            comma=updated_node.comma, whitespace_after_arg=updated_node.whitespace_after_arg
        )
        return cst.FlattenSentinel([*made[:-1], last])

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.Call:
        """Leave no comma behind the last argument if the one behind it has gone."""
        last = original_node.args[-1:]
        if updated_node.args and last and self.changes.arguments.get(self._span(last[0].value)) == "":
            kept = updated_node.args[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
            return updated_node.with_changes(args=[*updated_node.args[:-1], kept])
        return updated_node

    def leave_Parameters(self, original_node: cst.Parameters, updated_node: cst.Parameters) -> cst.Parameters:
        """Put other parameters in the place of one, or none."""
        return updated_node.with_changes(
            params=self._parameters(original_node.params, updated_node.params),
            posonly_params=self._parameters(original_node.posonly_params, updated_node.posonly_params),
        )

    def _parameters(self, before: Sequence[cst.Param], after: Sequence[cst.Param]) -> Sequence[cst.Param]:
        params: list[cst.Param] = []
        changed = False
        for old, new in zip(before, after):
            span = self._parameter_span(old)
            text = self.changes.arguments.get(span)
            if text is None:
                params.append(new)
                continue
            changed = True
            self.done.add(("arguments", span))
            if not text:
                continue
            names = [name.strip() for name in text.split(",")]
            comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
            typed = old.annotation is not None
            params += [parameter(name, typed).with_changes(comma=comma) for name in names[:-1]]
            params.append(parameter(names[-1], typed).with_changes(comma=new.comma))
        if not changed:
            return after
        if params and self.changes.arguments.get(self._parameter_span(before[-1])) == "":
            params[-1] = params[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
        return params

    def _parameter_span(self, param: cst.Param) -> Span:
        """Return what a parameter covers: its name and its annotation, not its default."""
        span = self._span(param.name)
        if param.annotation is None:
            return span
        end = self.get_metadata(PositionProvider, param.annotation.annotation).end
        return Span(span.line, span.column, end.line, end.column)
