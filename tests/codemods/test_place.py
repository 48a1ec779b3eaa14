"""Changes are placed where they belong, and nothing else moves."""

from __future__ import annotations

import ast
import textwrap
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asyncore_codemods.plan.changes import FileChanges
from asyncore_codemods.rewrite.place import MisplacedError, apply_changes
from asyncore_codemods.source import parse_source
from asyncore_codemods.spans import Span


def span(text: str, wanted: str) -> Span:
    """Return where the statement, expression or argument that reads *wanted* is."""
    source = parse_source(Path("x.py"), text.encode())
    for node in ast.walk(source.tree):
        if hasattr(node, "lineno") and source.segment(node) == wanted:
            return source.span(node)
    raise AssertionError(wanted)


def dedent(text: str) -> str:
    return textwrap.dedent(text).lstrip("\n")


def test_statements_go_and_what_stands_above_them_stays() -> None:
    text = dedent("""
        def f(self):
            # a group of two
            self.a = 1
            self.b = 2  # b

            # about c
            self.c = 3

            self.d = 4
    """)
    changes = FileChanges(removed={span(text, "self.a = 1"), span(text, "self.c = 3")})
    assert apply_changes(text, changes) == dedent("""
        def f(self):
            # a group of two
            self.b = 2  # b

            # about c

            self.d = 4
    """)


def test_comments_go_to_what_stands_for_their_statement() -> None:
    text = dedent("""
        def f(self):
            self.a()  # a

            self.b(1)  # b
            self.x = 1
            # about c
            self.c()
    """)
    a, b, c = (span(text, wanted) for wanted in ("self.a()", "self.b(1)", "self.c()"))
    changes = FileChanges(removed={a, c}, statements={b: "self.all()"}, stands_for={a: b, c: b})
    assert apply_changes(text, changes) == dedent("""
        def f(self):
            # a
            # about c
            self.all()  # b
            self.x = 1
    """)


def test_comments_behind_which_nothing_comes_stand_above_the_last_statement() -> None:
    text = "def f():\n    a = 1\n    b = 2  # b\n\nif f:\n    c = 3  # c\n"
    changes = FileChanges(removed={span(text, "b = 2"), span(text, "c = 3")})
    assert apply_changes(text, changes) == "def f():\n    # b\n    a = 1\n\nif f:\n    # c\n    pass\n"


def test_comments_that_are_not_true_any_more_go() -> None:
    text = dedent("""
        def f(self):
            # RFC 1

            # the base class wants it
            # like that
            base.__init__(self)  # so does super()
            # None if it has gone
            x = self.accept()  # ticket 5
            y = 1
            z = 1  # forgotten
    """)
    base, accept, last = (span(text, one) for one in ("base.__init__(self)", "x = self.accept()", "z = 1"))
    changes = FileChanges(statements={base: "self.a = 1"}, removed={accept, last}, gone={last})
    assert apply_changes(text, changes) == dedent("""
        def f(self):
            # RFC 1

            self.a = 1
            # ticket 5
            y = 1
    """)


@pytest.mark.parametrize(
    ("method", "reads"), [("async def run(self):\n    x = await self.read(1)", True), ("a = 1", False)]
)
def test_comments_about_input_go_to_where_it_is_read(method: str, reads: bool) -> None:
    text = dedent("""
        class A:
            def __init__(self):
                self.a = 1
                # about b
                self.set_terminator(b)  # CR

            # ---- input ----

            # in pieces
            def c(self): pass

            # ---- output ----
            def d(self): pass
    """)
    removed = {span(text, "self.set_terminator(b)"), span(text, "def c(self): pass")}
    place = span(text, text[text.index("def __init__") : text.index("  # CR")])
    result = apply_changes(text, FileChanges(removed=removed, read=removed, methods={place: [method]}))
    said = ("# about b", "# CR")
    if reads:
        said_there = "".join(f"        {one}\n" for one in (*said, "# in pieces"))
        expected = f"        self.a = 1\n\n    async def run(self):\n{said_there}        x = await self.read(1)\n"
    else:
        expected = "        # about b\n        # CR\n        self.a = 1\n\n    a = 1\n"
    assert (
        result == f"class A:\n    def __init__(self):\n{expected}\n    # ---- output ----\n    def d(self): pass\n"
    )


def test_a_heading_stays_when_the_method_below_it_goes() -> None:
    text = "class A:\n    # input\n\n    # of a\n    def a(self): pass\n\n    def b(self): pass\n"
    changes = FileChanges(removed={span(text, "def a(self): pass")})
    assert apply_changes(text, changes) == "class A:\n    # input\n\n    def b(self): pass\n"


def test_a_block_that_is_left_empty_gets_a_pass() -> None:
    text = "try:\n    loop()\nexcept KeyboardInterrupt:\n    close_all()\n"
    changes = FileChanges(removed={span(text, "close_all()")})
    assert apply_changes(text, changes) == "try:\n    loop()\nexcept KeyboardInterrupt:\n    pass\n"


def test_a_statement_becomes_several_and_keeps_its_comments() -> None:
    text = "def f():\n    # above\n    base()  # behind\n    x = 1\n"
    changes = FileChanges(statements={span(text, "base()"): "a = 1\nb = 2"})
    # the expression and its statement begin and end alike
    assert apply_changes(text, changes) == "def f():\n    # above\n    a = 1\n    b = 2  # behind\n    x = 1\n"


def test_expressions_keep_what_is_around_them() -> None:
    text = "x = (  self.push ( a,  # why\n   b ) )\n"
    changes = FileChanges(expressions={span(text, "self.push"): "self.writer.write"})
    assert apply_changes(text, changes) == "x = (  self.writer.write ( a,  # why\n   b ) )\n"


def test_one_argument_becomes_two() -> None:
    text = "Session(self, sock, addr)\nOther(sock=sock)\n"
    first = span(text, "sock")
    second = Span(2, 11, 2, 15)
    changes = FileChanges(arguments={first: "reader, writer", second: "reader=reader, writer=writer"})
    assert apply_changes(text, changes) == (
        "Session(self, reader, writer, addr)\nOther(reader=reader, writer=writer)\n"
    )


def test_joined_statements() -> None:
    text = "def f():\n    a = 1; b = 2; c = 3\n"
    changes = FileChanges(removed={span(text, "b = 2")}, statements={span(text, "c = 3"): "d = 4"})
    assert apply_changes(text, changes) == "def f():\n    a = 1; d = 4\n"


def test_joined_statements_get_lines_where_a_change_needs_them() -> None:
    text = "def f():\n    a(1); b(é); \\\n c = ''; d()  # behind\n    e(); g()"
    changes = FileChanges(
        wrapped={span(text, "b(é)"): ("await ", ".run()")}, expressions={span(text, "g()"): "h()"}
    )
    assert apply_changes(text, changes) == (
        "def f():\n    a(1)\n    await b(é).run()\n    c = ''\n    d()  # behind\n    e(); h()"
    )


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_suite_behind_its_colon_gets_lines(newline: str) -> None:
    text = newline.join(["class A:", "\tdef f(x,", "\t\t\ty):\ta(x); b(y);  # both", "\tdef g(): c()", ""])
    changes = FileChanges(
        removed={span(text, "c()")},
        prepended={span(text, "b(y)"): "between()"},
        expressions={span(text, "a(x)"): "a(z)"},
    )
    assert apply_changes(text, changes).split(newline) == [
        "class A:",
        "\tdef f(x,",
        "\t\t\ty):",
        "\t\ta(z)",
        "\t\tbetween()",
        "\t\tb(y)  # both",
        "\tdef g():",
        "\t\tpass",
        "",
    ]


@pytest.mark.parametrize(
    ("line", "wanted", "result"),
    [
        ("if a: b()", "b()", "if a:\n    await b()\n"),
        ("if a:\n  pass\nelif c: b()\nelse: d()", "d()", "if a:\n  pass\nelif c: b()\nelse:\n  await d()\n"),
        ("if a: c()\nelif b: d(); e()", "e()", "if a: c()\nelif b:\n    d()\n    await e()\n"),
        ("try: a()\nexcept E: b()", "b()", "try: a()\nexcept E:\n    await b()\n"),
        ("try: a()\nfinally: b()", "a()", "try:\n    await a()\nfinally: b()\n"),
        ("a(\n  1); b()", "b()", "a(\n  1)\nawait b()\n"),
        ("a(1);", "a(1)", "await a(1)\n"),
    ],
)
def test_every_kind_of_suite(line: str, wanted: str, result: str) -> None:
    changes = FileChanges(wrapped={span(line + "\n", wanted): ("await ", "")})
    assert apply_changes(line + "\n", changes) == result


def test_what_begins_a_body_behind_its_colon() -> None:
    text = "@decorated\ndef f(x): return x\n\nclass A(B): pass\n"
    function, a_class = (Span(2, 0, 2, 18), Span(4, 0, 4, 16))
    changes = FileChanges(body_starts={function: "begin()"}, methods={a_class: ["def g(self):\n    pass"]})
    assert apply_changes(text, changes) == (
        "@decorated\ndef f(x):\n    begin()\n    return x\n\nclass A(B):\n    def g(self):\n        pass\n"
    )


def test_an_if_is_unwrapped() -> None:
    text = "def f():\n    # maybe\n    if pair:\n        # really\n        use(pair)\n    done()\n"
    changes = FileChanges(unwrapped={Span(3, 4, 5, 17)})
    assert apply_changes(text, changes) == "def f():\n    # maybe\n    # really\n    use(pair)\n    done()\n"


@pytest.mark.parametrize("indent", ["  ", "\t"])
def test_generated_methods_take_on_the_indentation(indent: str) -> None:
    text = f"class A:\n{indent}def f(self):\n{indent}{indent}pass\n"
    place = Span(2, len(indent), 3, len(indent) * 2 + 4)
    changes = FileChanges(methods={place: ["def g(self):\n    if x:\n        y()"]})
    assert apply_changes(text, changes).endswith(f"\n\n{indent}def g(self):\n{indent * 2}if x:\n{indent * 3}y()\n")


def test_methods_are_set_off_from_an_author_who_is_sparing_with_lines() -> None:
    method = "def f(self):\n        pass"
    text = f"class A:\n    x = 1\n    {method}\n        \ndef g(): pass\n"
    own, its = span(text, f"class A:\n    x = 1\n    {method}"), span(text, method)
    changes = FileChanges(methods={own: ["def a(self): pass"], its: ["def z(self):\n    pass"]})
    assert apply_changes(text, changes) == (
        "class A:\n    x = 1\n\n    def a(self): pass\n\n    def f(self):\n        pass\n\n"
        "    def z(self):\n        pass\n        \ndef g(): pass\n"
    )


def test_a_comment_stays_with_the_statement_above_it() -> None:
    text = "x = 1\n# x = 2\n\n# about A\nclass A: pass\n"
    changes = FileChanges(prepended={span(text, "class A: pass"): "class B: pass"})
    wanted = "x = 1\n# x = 2\n\n\nclass B: pass\n\n\n# about A\nclass A: pass\n"
    assert apply_changes(text, changes) == wanted
    text = text.replace("# x = 2\n\n", "")
    wanted = wanted.replace("# x = 2\n", "")
    changes = FileChanges(prepended={span(text, "class A: pass"): "class B: pass"})
    assert apply_changes(text, changes) == wanted


def test_windows_line_ends() -> None:
    text = "class A(B):\r\n    def f(self):\r\n        pass\r\n"
    changes = FileChanges(
        bases={Span(1, 0, 3, 12): {Span(1, 8, 1, 9)}}, methods={Span(2, 4, 3, 12): ["def g(self):\n    x()"]}
    )
    assert apply_changes(text, changes) == (
        "class A:\r\n    def f(self):\r\n        pass\r\n\r\n    def g(self):\r\n        x()\r\n"
    )


def test_a_change_without_a_place_is_an_error() -> None:
    with pytest.raises(MisplacedError, match="line 7"):
        apply_changes("x = 1\n", FileChanges(expressions={Span(7, 0, 7, 1): "y"}))


@given(st.sampled_from(["x", "y", "z"]), st.integers(0, 3), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_everything_else_is_the_same_to_the_byte(name: str, blanks: int, newline: str, comment: bool) -> None:
    lines = [f"{other} = {other}( 1,2 )  # {other}" if comment else f"{other}=1" for other in ("x", "y", "z")]
    text = (newline * (blanks + 1)).join(lines) + newline
    target = next(node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name) and node.id == name)
    place = Span(target.lineno, target.col_offset, target.lineno, target.col_offset + 1)
    changed = apply_changes(text, FileChanges(expressions={place: "changed"}))
    column = sum(len(line) for line in text.splitlines(keepends=True)[: place.line - 1]) + place.column
    assert changed == text[:column] + "changed" + text[column + 1 :]
