"""Where the comments of removed statements go: a comment often says what the code beside it does not.

It stays where it stood, in front of what follows, as if only the code had been deleted; or above the last
statement, if nothing follows. But
* what was said of a statement for which another one stands, such as listen(), goes to that,
* what was said of the terminator, or of the buffer, goes to where frames are read, if that is in the same class,
* what speaks of what the base class does, or of what accept() returns, goes with the code: it is not true any more,
* what was said of a method goes with it, too. A heading, which has a blank line or a ruler, stays.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import libcst as cst

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from asyncore_codemods.plan.changes import FileChanges
    from asyncore_codemods.spans import Span

_MARK, _DEFINITION = "__asyncore_codemods_gone__", "__asyncore_codemods_gone_definition__"
_RULER = re.compile(r"#+\s*[-=*~_#]{2}|.*[-=*~_#]{3}\s*$|#{3}")
_READS = re.compile(r"await .*\b(?:read|receive)\w*\(")
_TERMINATOR = re.compile(r"\bset_terminator\b")
_OF_THE_BASE = re.compile(r"(?i)\b(?:base|super|parent|asyncore|asynchat|async_chat|dispatcher)\b|__init__")
_OF_THE_PAIR = re.compile(r"\baccept\b|\bNone\b")
_SPEAKS = ((re.compile(r"__init__|\bsuper\b"), _OF_THE_BASE), (re.compile(r"\baccept\("), _OF_THE_PAIR))
_STATE = re.compile(r"self\.\w+ *(?::[^=]+)?=")  # of what is read, which is emptied once it is handled


@dataclass
class Class:
    """A class that is being rewritten, and the comments that are to go to where it reads."""

    node: cst.ClassDef
    reads: bool
    comments: list[str] = field(default_factory=list)


@dataclass
class Comments:
    """What becomes of the comments of a file."""

    changes: FileChanges
    classes: list[Class] = field(default_factory=list)
    functions: list[cst.FunctionDef] = field(default_factory=list)
    # by identity; the nodes are kept, so that no identity comes twice
    marks: dict[int, tuple[Span, cst.CSTNode]] = field(default_factory=dict)
    made: dict[int, tuple[Span, cst.CSTNode]] = field(default_factory=dict)  # what took the place of a statement
    grouped: set[Span] = field(default_factory=set)  # statements that others follow closely

    # -- statements that go

    def enter_class(self, node: cst.ClassDef, span: Span) -> None:
        """Note that what follows is in the class at *span*."""
        texts = [text for at, made in self.changes.methods.items() if span.contains(at) for text in made]
        self.classes.append(Class(node, any(_READS.search(text) for text in texts)))

    def enter_block(self, spans: Sequence[Span], statements: Sequence[Any]) -> None:
        """Note which of the *statements* of a block, at *spans*, are followed closely by one that stays."""
        follows = False
        for index in range(len(spans) - 1, -1, -1):
            if follows:
                self.grouped.add(spans[index])
            is_close = not getattr(statements[index], "leading_lines", ())
            follows = is_close and (follows or spans[index] not in self.changes.removed)

    def mark(self, node: Any, span: Span, code: str = "") -> cst.SimpleStatementLine:
        """Return a statement that stands for *node* at *span*, which goes, with the lines that are to stay."""
        above, beside = list(getattr(node, "leading_lines", ())), _beside(node)
        if isinstance(node, (cst.FunctionDef, cst.ClassDef)):
            above, own = _heading(above)
            if span in self.changes.read:
                self._read(own)
        else:
            above, beside = without_untrue(code, above), [] if _is_untrue(code, beside) else beside
            if span in self.changes.gone:
                above, beside = (above if span in self.grouped else []), []
            elif span in self.changes.read:
                above, beside = self._of_input(span, code, above, beside)
        lines = [*above, *(_line(comment) for comment in beside)]
        name = _DEFINITION if isinstance(node, (cst.FunctionDef, cst.ClassDef)) else _MARK
        made = cst.SimpleStatementLine([cst.Expr(cst.Name(name))], leading_lines=lines)
        self.marks[id(made)] = span, made
        return made

    def _of_input(self, span: Span, code: str, above: list[Any], beside: list[str]) -> tuple[list[Any], list[str]]:
        """Move what is said of the terminator, or of a buffer where it is made."""
        sets = _TERMINATOR.search(code)
        if not sets and self.functions and self.functions[-1].name.value != "__init__":
            return above, [] if _STATE.match(code) or self._read(beside) else beside
        taken = above if sets or span not in self.grouped else []
        if not self._read([line.comment.value for line in taken if line.comment] + beside):
            return above, beside
        return ([] if taken else above), []

    def _read(self, comments: Iterable[Any]) -> bool:
        """Have *comments* stand above what reads, if there is such a place in the class; tell whether there is."""
        if not self.classes or not self.classes[-1].reads:
            return False
        said = (one if isinstance(one, str) else one.comment.value for one in comments)
        self.classes[-1].comments += said
        return True

    def replaced(self, span: Span, node: cst.CSTNode) -> None:
        """Note that *node* is what the statement at *span* has become."""
        self.made[id(node)] = span, node

    # -- blocks

    def settle(self, body: Sequence[Any], renew: Callable[[Any, Any], None]) -> list[Any]:
        """Hand the comments of marks on to those that stand for them; *renew* is told what becomes of which."""
        result = list(body)
        for index, node in enumerate(result):
            span = self.made[id(node)][0] if id(node) in self.made else None
            if span is None or span not in self.changes.stands_for.values():
                continue
            before: list[Any] = []
            behind: list[Any] = []
            first = index
            while first and is_mark(result[first - 1]):
                first -= 1
            for at, other in enumerate(result):
                if not is_mark(other) or self.changes.stands_for.get(self.marks[id(other)][0]) != span:
                    continue
                lines = list(other.leading_lines)
                if not first <= at < index:
                    lines = [line for line in lines if line.comment]
                (before if at < index else behind).extend(lines)
                result[at] = other.with_changes(leading_lines=())
                renew(other, result[at])
            blank = len(node.leading_lines) - len(without_blanks(node.leading_lines))
            if before and before[0].comment is not None:  # the line that sets them off comes first
                before[:0] = node.leading_lines[:blank]
            lines = [*before, *node.leading_lines[blank if before else 0 :]]
            new = node.with_changes(leading_lines=[*_once_blank(lines), *behind])
            renew(node, new)
            result[index] = new
        return result

    def leave_function(self, node: cst.FunctionDef) -> None:
        """Note that *node* ends, unless it was stepped over."""
        if self.functions and self.functions[-1] is node:
            self.functions.pop()

    def leave_class(
        self,
        old: cst.ClassDef,
        body: Sequence[Any],
        is_generated: Callable[[Any], bool],
        parse: Callable[[str], list[Any]],
        renew: Callable[[Any, Any], None],
    ) -> list[Any]:
        """Return *body* with the comments that go to where the class reads."""
        result = list(body)
        if not self.classes or self.classes[-1].node is not old:
            return result  # it was stepped over
        comments = self.classes.pop().comments
        for index, node in enumerate(result) if comments else ():
            if is_generated(node):
                lines = cst.Module([node.with_changes(leading_lines=())]).code.split("\n")
                at = next((i for i, line in enumerate(lines) if _READS.search(line)), None)
                if at is not None:
                    indent = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
                    lines[at:at] = [indent + comment for comment in comments]
                    made = parse("\n".join(lines).rstrip("\n"))[0]
                    result[index] = made.with_changes(leading_lines=node.leading_lines)
                    renew(node, result[index])
                    break
        return result


def is_mark(node: cst.CSTNode) -> bool:
    """Tell whether *node* stands for a removed statement."""
    return _mark_of(node) in (_MARK, _DEFINITION)


def _mark_of(node: cst.CSTNode) -> str:
    expression = node.body[0] if isinstance(node, cst.SimpleStatementLine) else None
    name = expression.value if isinstance(expression, cst.Expr) else None
    return name.value if isinstance(name, cst.Name) else ""


def sweep(body: Sequence[Any], *, keep_block: bool) -> list[Any]:
    """Return *body* without the marks; a block that becomes empty gets a `pass`.

    What stood in front of a removed statement stays if it is a comment, or if the next statement followed closely.
    """
    swept: list[Any] = []
    carried: list[cst.EmptyLine] = []
    last: list[cst.EmptyLine] = []  # comments behind which nothing comes
    for position, statement in enumerate(body):
        if not is_mark(statement):
            if carried:
                above = list(statement.leading_lines)
                lines = _once_blank([*_without_empty_headings(carried, above), *above])
                swept.append(statement.with_changes(leading_lines=lines))
                carried = []
            else:
                swept.append(statement)
            last = []
            continue
        if _mark_of(statement) == _MARK:
            last += [line for line in statement.leading_lines if line.comment is not None]
        following = body[position + 1] if position + 1 < len(body) else None
        close = following is not None and not following.leading_lines
        said = any(line.comment for line in statement.leading_lines)
        carried = [*carried, *statement.leading_lines] if close or said else _only_said(carried)
    if keep_block and not swept:
        swept.append(cst.SimpleStatementLine([cst.Pass()]))
    if last and swept and not _is_heading(last):
        swept[-1] = swept[-1].with_changes(leading_lines=[*swept[-1].leading_lines, *last])
    if keep_block and swept and getattr(body[0], "leading_lines", None) is not None and is_mark(body[0]):
        swept[0] = swept[0].with_changes(leading_lines=without_blanks(swept[0].leading_lines))
    return swept


def without_blanks(lines: Iterable[cst.EmptyLine]) -> list[cst.EmptyLine]:
    """Drop blank lines at the front."""
    kept = list(lines)
    while kept and kept[0].comment is None:
        kept.pop(0)
    return kept


def divide_lines(lines: Sequence[cst.EmptyLine]) -> tuple[list[cst.EmptyLine], list[cst.EmptyLine]]:
    """Divide the lines above a statement: comments that follow the statement before it at once, and the rest."""
    comments = list(itertools.takewhile(lambda line: line.comment is not None, lines))
    divided = len(comments) if len(comments) < len(lines) else 0  # unless they stand right above this one
    return list(lines[:divided]), list(lines[divided:])


def without_untrue(code: str, lines: Iterable[cst.EmptyLine]) -> list[cst.EmptyLine]:
    """Return what stands above *code* without the comments that are not true if that goes."""
    kept: list[cst.EmptyLine] = []
    block: list[cst.EmptyLine] = []
    for line in lines:
        if line.comment is None:
            kept += [*block, line]
            block = []
        else:
            block.append(line)
    return kept if _is_untrue(code, [line.comment.value for line in block if line.comment]) else [*kept, *block]


def is_untrue(code: str, comment: str) -> bool:
    """Tell whether what is said of *code* is not true if that goes."""
    return _is_untrue(code, [comment])


def _is_untrue(code: str, comments: Iterable[str]) -> bool:
    found = [subject for does, subject in _SPEAKS if does.search(code)]
    return any(subject.search(comment) for subject in found for comment in comments)


def _beside(node: Any) -> list[str]:
    """Return the comment behind a statement, if there is one."""
    comment = getattr(getattr(node, "trailing_whitespace", None), "comment", None)
    return [comment.value] if comment is not None else []


def _line(comment: str) -> cst.EmptyLine:
    return cst.EmptyLine(comment=cst.Comment(comment))


def _heading(lines: list[Any]) -> tuple[list[Any], list[Any]]:
    """Return what stands above a definition: what introduces more than that, and what is said of it."""
    last = max((i for i, line in enumerate(lines) if line.comment is None), default=-1)
    own = lines[last + 1 :]
    if _is_heading(own):
        return lines, []
    return (lines[: last + 1] if any(line.comment for line in lines[: last + 1]) else []), own


def _is_heading(lines: Iterable[Any]) -> bool:
    return any(line.comment and _RULER.match(line.comment.value) for line in lines)


def _without_empty_headings(carried: list[cst.EmptyLine], above: list[cst.EmptyLine]) -> list[cst.EmptyLine]:
    """Return what is *carried* to a statement, unless it is the heading of nothing, as another one follows."""
    if _is_heading(above):
        last = max((i for i, line in enumerate(carried) if _is_heading([line])), default=-1)
        return [] if last >= 0 else carried
    return carried


def _only_said(lines: list[cst.EmptyLine]) -> list[cst.EmptyLine]:
    return lines if any(line.comment for line in lines) else []


def _once_blank(lines: Iterable[cst.EmptyLine]) -> list[cst.EmptyLine]:
    """Return *lines* without blank ones between comments that follow others (at most what the author wrote)."""
    kept: list[cst.EmptyLine] = []
    spoken = False
    for line in lines:
        if line.comment is None and spoken and kept and kept[-1].comment is None:
            continue
        spoken = spoken or line.comment is not None
        kept.append(line)
    return kept
