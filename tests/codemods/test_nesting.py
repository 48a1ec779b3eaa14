"""Changes of pieces that the new text of a statement holds."""

from __future__ import annotations

import pytest

from asyncore_codemods.plan.changes import FileChanges
from asyncore_codemods.rewrite.errors import RewriteError
from asyncore_codemods.rewrite.place import apply_changes
from asyncore_codemods.spans import Span

LINE = "self.buffer += self.recv(self.size)\n"
WHOLE, CALL, SIZE = Span(1, 0, 1, 35), Span(1, 15, 1, 35), Span(1, 25, 1, 34)


@pytest.mark.parametrize(
    ("statement", "expressions", "result"),
    [
        ("write(self.recv(self.size))", {CALL: "data"}, "write(data)"),
        ("write(self.recv(self.size))", {SIZE: "100"}, "write(self.recv(100))"),
        ("write(self.recv(self.size))", {CALL: "read(self.size)", SIZE: "100"}, "write(read(100))"),
        ("write(self.size)", {SIZE: "100"}, "write(100)"),
        ("self.size.x + yourself.size", {SIZE: "n"}, "n.x + yourself.size"),
        ("pass", {CALL: "data"}, "pass"),
    ],
)
def test_pieces_change_in_new_texts(statement: str, expressions: dict[Span, str], result: str) -> None:
    changes = FileChanges(statements={WHOLE: statement}, expressions=expressions)
    assert apply_changes(LINE, changes) == result + "\n"


def test_a_piece_that_is_there_twice_is_not_guessed_at() -> None:
    changes = FileChanges(statements={WHOLE: "write(self.size, self.size)"}, expressions={SIZE: "100"})
    with pytest.raises(RewriteError, match="line 1"):
        apply_changes(LINE, changes)
