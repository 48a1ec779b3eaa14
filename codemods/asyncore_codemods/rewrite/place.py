"""Place changes in a file: a libcst transformer that looks every node up by where it stands.

Whatever is not at the place of a change comes out as it went in, byte for byte. Every change must be met exactly
once: one that is not means that the plan and the file disagree, and then nothing may be written.
"""

from __future__ import annotations

import ast
import bisect
import itertools
import re
from typing import TYPE_CHECKING, Any, cast

import libcst as cst
from libcst.metadata import MetadataWrapper

from asyncore_codemods.rewrite.comments import is_mark, sweep, without_blanks
from asyncore_codemods.rewrite.errors import RewriteError
from asyncore_codemods.rewrite.fold import fold
from asyncore_codemods.rewrite.layout import lay_out
from asyncore_codemods.rewrite.nesting import nest_changes
from asyncore_codemods.rewrite.parameters import annotated, has_types, with_types
from asyncore_codemods.rewrite.receivers import name_receivers
from asyncore_codemods.rewrite.statements import StatementPlacer
from asyncore_codemods.spans import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from asyncore_codemods.plan.changes import FileChanges
    from asyncore_codemods.rewrite.statements import Statement


class MisplacedError(RewriteError):
    """A planned change was not found where it should be."""


def apply_changes(text: str, changes: FileChanges) -> str:
    """Return *text* with *changes* carried out; raises MisplacedError if one of them has no place."""
    tree = ast.parse(text)
    laid_out, changes = lay_out(text, tree, name_receivers(tree, changes))
    if laid_out != text:
        text, tree = laid_out, ast.parse(laid_out)
    changes = nest_changes(changes, text)
    folded = fold(text, tree, _lines_of(changes))
    result = folded.unfold(_placed(folded.text, changes))
    return _placed(text, changes) if result is None else result


def _placed(text: str, changes: FileChanges) -> str:
    wrapper = MetadataWrapper(cst.parse_module(text), unsafe_skip_copy=True)
    placer = _Placer(changes, wrapper.module.config_for_parsing)
    module = wrapper.visit(placer)
    placer.check()
    return module.code


def _lines_of(changes: FileChanges) -> set[int]:
    """Return the lines in which changes start."""
    return {
        item.line
        for name in changes.__dataclass_fields__
        for item in getattr(changes, name)
        if isinstance(item, Span)
    }


class _Placer(StatementPlacer):
    """Carries out the changes of definitions, files and blocks as well: all there are."""

    def __init__(self, changes: FileChanges, config: cst.PartialParserConfig) -> None:
        super().__init__(changes, config)
        self.last_class = max((span.start for span in changes.after_class), default=None)
        self.functions_placed = False
        self.generated: list[cst.CSTNode] = []  # methods and functions that are not the author's
        self.lines = sorted(_lines_of(changes))

    def check(self) -> None:
        """Raise MisplacedError unless every change has been met, or stood inside something that went."""
        gone = [span for kind, span in self.done if kind in ("removed", "statements")]
        for span in self.changes.enclosed:
            if ("enclosed", span) not in self.done:  # it must be run, wherever its statement has gone
                raise MisplacedError(f"no enclosed change at line {span.line}, column {span.column}")
        for span in self.changes.extracted:
            if span not in self.extraction.done:
                raise MisplacedError(f"no statements to extract at line {span.line}")
        inside = ("expressions", "arguments", "hoisted", "entered", "awaited")
        for kind in (*self.by_start, *inside):  # every change, met or gone
            for span in getattr(self.changes, kind):
                if (kind, span) not in self.done and not any(outer.contains(span) for outer in gone):
                    raise MisplacedError(f"no {kind} change at line {span.line}, column {span.column}")

    def on_visit(self, node: cst.CSTNode) -> bool:
        """Step over statements in which nothing changes: most of a file, and visiting it is what takes time."""
        if isinstance(node, (cst.SimpleStatementLine, cst.BaseCompoundStatement)) and not getattr(
            node, "decorators", ()
        ):
            span = self._span(node)
            index = bisect.bisect_left(self.lines, span.line)
            if index == len(self.lines) or self.lines[index] > span.end_line:
                return False
        return super().on_visit(node)

    # -- definitions

    def visit_ClassDef(self, node: cst.ClassDef) -> None:
        self.comments.enter_class(node, self._span(node))

    def visit_FunctionDef(self, node: cst.FunctionDef) -> None:
        self.comments.functions.append(node)

    def visit_IndentedBlock(self, node: cst.IndentedBlock) -> None:
        self.comments.enter_block([self._planned(one) for one in node.body], node.body)

    def visit_Module(self, node: cst.Module) -> None:
        self.comments.enter_block([self._planned(one) for one in node.body], node.body)

    def leave_FunctionDef(self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef) -> Any:
        self.comments.leave_function(original_node)
        if self._at("removed", original_node) is not None:
            return self._gone(original_node, updated_node)
        span = self._at("parameters", original_node)
        if span is not None:
            code = f"def f({self.changes.parameters[span]}): pass"
            made = cast("cst.FunctionDef", cst.parse_statement(code, self.config))
            typed = has_types(original_node)
            params = [
                param if typed and param.annotation else annotated(param, typed) for param in made.params.params
            ]
            updated_node = updated_node.with_changes(params=made.params.with_changes(params=params))
        if self._at("coroutines", original_node) is not None:
            updated_node = updated_node.with_changes(asynchronous=cst.Asynchronous())
        span = self._at("guarded", original_node)
        if span is not None:
            updated_node = self._guard(updated_node, *self.changes.guarded[span])
        span = self._at("body_starts", original_node)
        if span is not None:
            updated_node = self._start_body(updated_node, self._parse(self.changes.body_starts[span]))
        span = self._at("methods", original_node)
        if span is not None:
            methods = self._methods(span, original_node.leading_lines)
            return cst.FlattenSentinel(self._hand_on_blanks(updated_node, methods))
        return updated_node

    def _hand_on_blanks(self, node: cst.FunctionDef, methods: list[Statement]) -> list[Statement]:
        """Return *node* and *methods* behind it, where blank lines that count as its own come behind the last."""
        body, last = node.body, methods[-1]
        if not isinstance(body, cst.IndentedBlock) or not body.footer or without_blanks(body.footer):
            return [node, *methods]
        moved = last.with_changes(body=cast("Any", last.body).with_changes(footer=body.footer))
        self.generated.append(moved)
        return [node.with_changes(body=body.with_changes(footer=())), *methods[:-1], moved]

    def _start_body(self, node: cst.FunctionDef, lines: list[Statement]) -> cst.FunctionDef:
        body = list(cast("cst.IndentedBlock", node.body).body)
        at = 1 if body and node.get_docstring() is not None else 0
        return node.with_changes(body=node.body.with_changes(body=[*body[:at], *lines, *body[at:]]))

    def _guard(self, node: cst.FunctionDef, handling: str, keeps_last: bool) -> cst.FunctionDef:
        """Put a function's body, but for its docstring and perhaps its last statement, into a `try`."""
        body = list(cast("cst.IndentedBlock", node.body).body)
        first = 1 if node.get_docstring() is not None else 0
        last = len(body) - 1 if keeps_last else len(body)
        text = f"try:\n    pass\nexcept Exception:  # noqa: BLE001\n{handling}"
        guard = cast("cst.Try", self._generated(text)[0])
        guard = guard.with_changes(body=guard.body.with_changes(body=body[first:last]))
        return node.with_changes(body=node.body.with_changes(body=[*body[:first], guard, *body[last:]]))

    def _methods(self, span: Span, spacing: Iterable[cst.EmptyLine]) -> list[Statement]:
        above = itertools.takewhile(lambda line: line.comment is None, spacing)
        blank = [cst.EmptyLine(indent=False) for _ in above]  # not with the spaces that the author's may hold
        blank = blank or [cst.EmptyLine(indent=False)]
        made: list[Statement] = []
        for text in self.changes.methods[span]:
            made += [statement.with_changes(leading_lines=blank) for statement in self._parse(self._indented(text))]
        self.generated += made
        return made

    def _indented(self, text: str) -> str:
        """Give generated code the file's own indentation."""
        unit = str(self.config.default_indent)
        if unit == "    ":
            return text
        lines = []
        for line in text.split("\n"):
            stripped = line.lstrip(" ")
            lines.append(unit * ((len(line) - len(stripped)) // 4) + stripped)
        return "\n".join(lines)

    def leave_ClassDef(self, original_node: cst.ClassDef, updated_node: cst.ClassDef) -> Any:
        span = self._at("bases", original_node)
        if span is not None:
            updated_node = self._without_bases(original_node, updated_node, self.changes.bases[span])
        span = self._at("methods", original_node)
        if span is not None:
            updated_node = self._first_in_class(updated_node, self._methods(span, ()))
        body: list[Any] = list(updated_node.body.body)
        body = self.comments.leave_class(original_node, body, self._is_generated, self._parse, self._renew)
        if any(isinstance(one, cst.FunctionDef) and has_types(one) for one in original_node.body.body):
            body = [with_types(cast("Any", one)) if self._is_generated(one) else one for one in body]
        if any(new is not old for new, old in zip(body, updated_node.body.body)):
            updated_node = updated_node.with_changes(body=updated_node.body.with_changes(body=body))
        if self.changes.functions and self._span(original_node).start == self.last_class:
            return cst.FlattenSentinel([updated_node, *self._functions()])
        return updated_node

    def _is_generated(self, node: cst.CSTNode) -> bool:
        """Tell whether *node* is a method or a function that is not the author's."""
        return isinstance(node, cst.FunctionDef) and any(node is made for made in self.generated)

    def _functions(self) -> list[Statement]:
        blank = [cst.EmptyLine(indent=False), cst.EmptyLine(indent=False)]
        self.functions_placed = True
        made = [
            statement.with_changes(leading_lines=blank)
            for text in self.changes.functions.values()
            for statement in self._parse(self._indented(text.rstrip("\n")))
        ]
        self.generated += made
        return made

    def _spaced(self, body: Sequence[Any], blanks: int) -> list[Any]:
        """Set off what stands behind generated code by so many blank lines, if its author was sparing with them."""
        spaced: list[Any] = []
        for before, statement in zip([None, *body], body):
            follows = any(before is made for made in self.generated)
            if follows and not any(statement is made for made in self.generated):
                lines = list(statement.leading_lines)
                missing = blanks - (len(lines) - len(without_blanks(lines)))
                extra = [cst.EmptyLine(indent=False)] * max(missing, 0)
                statement = statement.with_changes(leading_lines=[*extra, *lines])  # noqa: PLW2901
            spaced.append(statement)
        return spaced

    def _without_bases(
        self, original_node: cst.ClassDef, updated_node: cst.ClassDef, gone: set[Span]
    ) -> cst.ClassDef:
        kept = [
            new for old, new in zip(original_node.bases, updated_node.bases) if self._span(old.value) not in gone
        ]
        if kept:
            kept[-1] = kept[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
            return updated_node.with_changes(bases=kept)
        return updated_node.with_changes(
            bases=[],
            lpar=cst.MaybeSentinel.DEFAULT,
            rpar=cst.MaybeSentinel.DEFAULT,
            whitespace_after_name=cst.SimpleWhitespace(""),
        )

    def _first_in_class(self, node: cst.ClassDef, methods: list[Statement]) -> cst.ClassDef:
        """Put methods behind the docstring and the attributes, in front of the first method."""
        body: list[Any] = [s for s in node.body.body if not is_mark(s)]
        at = next((i for i, s in enumerate(body) if isinstance(s, cst.FunctionDef)), len(body))
        if at == len(body) and all(
            isinstance(s, cst.SimpleStatementLine) and isinstance(s.body[0], cst.Pass) for s in body
        ):
            body, at = [], 0
        if at == 0:
            lines = list(body[0].leading_lines) if body else []
            blank = lines[: len(lines) - len(without_blanks(lines))]
            methods = [methods[0].with_changes(leading_lines=blank), *methods[1:]]
            self.generated.append(methods[0])
            if body:
                body[0] = body[0].with_changes(leading_lines=without_blanks(lines))
        spaced = self._spaced([*body[:at], *methods, *body[at:]], blanks=1)
        return node.with_changes(body=node.body.with_changes(body=spaced))

    # -- what is left of blocks

    def leave_IndentedBlock(self, original_node: cst.IndentedBlock, updated_node: cst.IndentedBlock) -> Any:
        body = self._extracted(original_node, updated_node, blanks=1)
        return updated_node.with_changes(body=self._spaced(sweep(body, keep_block=True), blanks=1))

    def _generated(self, text: str) -> list[Statement]:
        return self._parse(self._indented(text))

    def _extracted(
        self,
        original_node: cst.IndentedBlock | cst.Module,
        updated_node: cst.IndentedBlock | cst.Module,
        blanks: int,
    ) -> Sequence[Any]:
        starts = {self._span(statement).start for statement in original_node.body}

        def swept(moved: Sequence[Any]) -> list[Any]:
            return self._spaced(sweep(moved, keep_block=True), blanks=1)

        body = self.comments.settle(updated_node.body, self._renew)
        return self.extraction.extract(starts, body, self._generated, swept, blanks)

    def _renew(self, old: cst.CSTNode, new: cst.CSTNode) -> None:
        """Have *new* be what *old* was: only the lines above it are others."""
        self.extraction.renew(old, new)
        self.generated += [new] if any(old is made for made in self.generated) else []
        if id(old) in self.comments.marks:
            self.comments.marks[id(new)] = self.comments.marks[id(old)][0], new

    def _above_definitions(self, body: Sequence[cst.CSTNode]) -> int:
        """Return where functions go in a file without classes: behind its imports, and the constants below them."""
        behind = max((i + 1 for i, statement in enumerate(body) if _is_import(statement)), default=0)
        at = behind
        while at < len(body) and _is_assignment(body[at]) and not self._mentions_new(body[at]):
            at += 1
        is_above = at < len(body) and isinstance(body[at], (cst.FunctionDef, cst.ClassDef))
        return at if is_above else behind

    def _mentions_new(self, statement: cst.CSTNode) -> bool:
        words = re.findall(r"\w+", cst.Module([]).code_for_node(statement))
        return not self.changes.functions.keys().isdisjoint(words)

    def leave_Module(self, original_node: cst.Module, updated_node: cst.Module) -> cst.Module:
        body = sweep(self._extracted(original_node, updated_node, blanks=2), keep_block=False)
        if self.changes.functions and not self.functions_placed:
            at = self._above_definitions(body)
            body = [*body[:at], *self._functions(), *body[at:]]
        return updated_node.with_changes(body=self._spaced(body, blanks=2))


def _is_import(statement: cst.CSTNode) -> bool:
    return isinstance(statement, cst.SimpleStatementLine) and isinstance(
        statement.body[0], (cst.Import, cst.ImportFrom)
    )


def _is_assignment(statement: cst.CSTNode) -> bool:
    return isinstance(statement, cst.SimpleStatementLine) and all(
        isinstance(part, (cst.Assign, cst.AnnAssign)) for part in statement.body
    )
