"""With --python2, Python 2 files are converted first, and then dealt with like any other."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from asyncore_codemods.convert2 import ConversionError, convert
from asyncore_codemods.options import Options
from asyncore_codemods.pipeline import run
from asyncore_codemods.source import SourceError, parse_source

if TYPE_CHECKING:
    from conftest import Tree

OLD = "import asyncore\n\nclass C(asyncore.dispatcher):\n    def handle_close(self):\n        print 'closed'\n"


def test_without_it_the_file_is_left_alone_with_one_finding(tree: Tree) -> None:
    tree.write("a.py", OLD + "        exec 'x'\n")
    outcome = run([tree.root])
    assert [finding.code.value for finding in outcome.findings] == ["PYTHON2"]
    assert outcome.changed == []


def test_with_it_the_file_is_converted_and_goes_on(tree: Tree) -> None:
    tree.write("a.py", OLD)
    outcome = run([tree.root], Options(python2=True))
    assert outcome.errors == []
    (file,) = outcome.changed
    assert file.old == OLD.encode()
    assert (
        file.new
        == OLD.replace("print 'closed'", "print('closed')")
        .replace("import asyncore\n", "from asyncore_bridge import asyncore\n")
        .encode()
    )
    assert Path(file.path).name == "a.py"


def test_python3_is_not_touched_by_it(tree: Tree) -> None:
    text = "import asyncore\n\nclass C(asyncore.dispatcher):\n    x = {}.keys()\n"
    tree.write("a.py", text)
    (file,) = run([tree.root], Options(python2=True)).changed
    assert b".keys()\n" in file.new
    assert b"list(" not in file.new


def test_line_ends_are_kept() -> None:
    assert convert("print 1\r\nprint 2\r\n") == "print(1)\r\nprint(2)\r\n"
    assert convert("try: pass\nexcept A, e: pass") == "try: pass\nexcept A as e: pass\n"


def test_tabs_are_eight_columns_wide_where_spaces_are_about() -> None:
    text = 'if 1:\n        print 1\n\tprint """\n\tx"""\n'
    with pytest.raises(SourceError, match="is Python 2: "):
        parse_source(Path("a.py"), text.encode())
    assert convert(text) == 'if 1:\n        print(1)\n        print("""\n\tx""")\n'
    assert convert("if 1:\n\tprint 1\n") == "if 1:\n\tprint(1)\n"


def test_tabs_that_python3_refuses_are_python2s() -> None:
    text = b"if 1:\n        a = 1\n\tb = 2\n"
    with pytest.raises(SourceError, match="is Python 2: indentation that mixes tabs and spaces in line 3"):
        parse_source(Path("a.py"), text)
    assert parse_source(Path("a.py"), text, python2=True).text == "if 1:\n        a = 1\n        b = 2\n"


def test_a_print_that_is_a_function_is_no_statement() -> None:
    text = b"from __future__ import print_function\nprint >> file, 1\n"
    assert parse_source(Path("a.py"), text).raw == text
    with pytest.raises(SourceError, match="a print statement"):
        parse_source(Path("a.py"), text.replace(b"print_function", b"division"))


def test_what_is_neither_cannot_be_converted() -> None:
    with pytest.raises(ConversionError, match="cannot be converted from Python 2"):
        convert("print 1 (\n")


NEWER = ["match x:\n    case 1: pass\n", "try:\n    pass\nexcept* A:\n    pass\n", "type X = int\n"]


@pytest.mark.parametrize("text", NEWER)
def test_syntax_newer_than_this_python_is_said_to_be_that(text: str) -> None:
    try:
        compile(text, "x", "exec")
    except SyntaxError:
        version = ".".join(map(str, sys.version_info[:2]))
        with pytest.raises(SourceError, match=f"newer than Python {version}"):
            parse_source(Path("a.py"), text.encode())
    else:
        assert parse_source(Path("a.py"), text.encode()).text == text


def test_an_error_is_no_newer_syntax() -> None:
    with pytest.raises(SourceError, match="is not valid Python"):
        parse_source(Path("a.py"), b"def (:\n")
