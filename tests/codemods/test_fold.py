"""What is folded away comes back as it was."""

from __future__ import annotations

import ast

import libcst as cst
import pytest

from asyncore_codemods.rewrite.fold import fold

DEFINITION = '@decorated(\n    1)\nclass A:\n    """Doc."""\n\n    def f(self):\n        return """x\n"""  # end\n'
TEXT = f"import a\n\n\n{DEFINITION}\n\nasync def g():\n    x = 1\n    y = 2\n    z = 3\n    return x\n\n\nx = A()\n"


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_lines_keep_their_numbers_and_everything_comes_back(ending: str) -> None:
    text = TEXT.replace("\n", ending)
    folded = fold(text, ast.parse(text))
    assert len(folded.pieces) == 2
    assert len(folded.text.splitlines()) == len(text.splitlines())
    assert [type(node) for node in ast.parse(folded.text).body] == [type(node) for node in ast.parse(text).body]
    assert ast.parse(folded.text).body[-1].lineno == ast.parse(text).body[-1].lineno
    assert folded.unfold(cst.parse_module(folded.text).code) == text


def test_what_changes_is_not_folded() -> None:
    folded = fold(TEXT, ast.parse(TEXT), {9})
    assert len(folded.pieces) == 1
    assert DEFINITION in folded.text


@pytest.mark.parametrize("tail", ["    # about g\n", "# about x\n"])
def test_a_definition_with_a_comment_behind_is_not_folded(tail: str) -> None:
    text = TEXT.replace("    return x\n", f"    return x\n{tail}")
    assert len(fold(text, ast.parse(text)).pieces) == 1


def test_a_lost_piece_is_noticed() -> None:
    folded = fold(TEXT, ast.parse(TEXT))
    assert folded.unfold("x = 1\n") is None


def test_a_text_with_our_mark_is_left_alone() -> None:
    text = TEXT + '"""0 folded by asyncore-migrate"""\n'
    assert fold(text, ast.parse(text)).pieces == []
