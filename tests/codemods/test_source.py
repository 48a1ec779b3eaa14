"""Reading a file: encodings, places, and what cannot be read."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from asyncore_codemods.source import SourceError, parse_source, read_source
from asyncore_codemods.spans import Span

HERE = Path("here.py")


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        (b"x = 1\n", "utf-8"),
        (b"\xef\xbb\xbfx = 1\r\n", "utf-8-sig"),
        ("# -*- coding: latin-1 -*-\nx = 'é'\n".encode("latin-1"), "iso-8859-1"),
        (b"", "utf-8"),
    ],
)
def test_keeps_bytes_and_encoding(raw: bytes, encoding: str) -> None:
    source = parse_source(HERE, raw)
    assert source.encoding == encoding
    assert source.text.encode(encoding) == raw


def test_columns_are_characters() -> None:
    source = parse_source(HERE, "x = 'é€' + name\n".encode())
    name = next(node for node in ast.walk(source.tree) if isinstance(node, ast.Name) and node.id == "name")
    assert source.span(name) == Span(1, 11, 1, 15)
    assert source.segment(name) == "name"


def test_a_piece_may_span_lines_of_any_kind() -> None:
    source = parse_source(HERE, b"f(1,\r\n  2)\r\n\x0cy = 3\r\n")
    call = next(node for node in ast.walk(source.tree) if isinstance(node, ast.Call))
    assert source.segment(call) == "f(1,\n  2)"
    last = source.tree.body[-1]
    assert source.segment(last) == "y = 3"


@pytest.mark.parametrize(
    ("raw", "code", "words"),
    [
        (b"x = ]\n", "SYNTAX", "unmatched ']' in line 1"),
        (b"a\n\0b", "ENCODING", "null byte in line 2"),
        (b"x = '\xff'\n", "ENCODING", "byte 0xff in line 1"),
        (b"# coding: martian\n", "ENCODING", "martian"),
        (b"def f():\n    print 'x'\n", "PYTHON2", "a print statement in line 2"),
    ],
)
def test_says_what_is_wrong(raw: bytes, code: str, words: str) -> None:
    with pytest.raises(SourceError) as caught:
        parse_source(HERE, raw)
    assert caught.value.code == code
    assert words in caught.value.message


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cannot be read: No such file"):
        read_source(tmp_path / "nothing.py")


@pytest.mark.parametrize(("coding", "why"), [("hex", "not one of text: hex"), ("punycode", "not valid punycode")])
def test_encodings_that_are_not_of_text(coding: str, why: str) -> None:
    with pytest.raises(SourceError, match=why) as raised:
        parse_source(Path("a.py"), f"# coding: {coding}\nimport asyncore\n".encode())
    assert raised.value.code == "ENCODING"


def test_brackets_as_deep_as_no_parser_goes() -> None:
    text = f"import asyncore\nx = {'(' * 3000}{')' * 3000}\n"
    with pytest.raises(SourceError, match="is not valid Python"):
        parse_source(Path("a.py"), text.encode())
