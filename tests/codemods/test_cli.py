"""The command line: what it says, where, and how it ends."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from calling import call, lines

from asyncore_codemods.verify import VerificationError
from programs import program

if TYPE_CHECKING:
    from conftest import Tree

BRIDGED = program(methods="def readable(self):\n    return len(self.data) < 3\n")


# -- check


def test_help_is_a_word_too() -> None:
    assert call("help", "fix").stdout == call("fix", "--help").stdout
    assert "Commands:" in call("help").stdout
    assert "is what `asyncore-migrate diff` shows" in call("fix", "--dry-run", "x").stderr


def test_check_says_what_can_be_done_and_writes_nothing(tree: Tree) -> None:
    path = tree.write("main.py", program())
    result = call("check", "--format=concise", path)
    assert result.exit_code == 1
    assert lines(result)[:2] == [
        f"{path}:7:1: STREAMS [*] Session can become asyncio streams code (BACKPRESSURE, FLUSH-ON-EOF)",
        f"{path}:23:1: STREAMS [*] Server can become asyncio streams code",
    ]
    assert lines(result)[-1] == "2 findings in 1 file, 2 fixable with `asyncore-migrate fix`."
    assert result.stderr == ""
    assert tree.read("main.py") == program()


def test_check_says_why_not_and_what_to_do_next(tree: Tree) -> None:
    path = tree.write("main.py", BRIDGED)
    result = call("check", path)
    assert result.exit_code == 1
    assert f"{path}:21:5: PREDICATE Session overrides readable()" in lines(result)
    advice = "express a pause with an asyncio.Event, and a time limit with asyncio.wait_for()."
    assert f"  PREDICATE: Leave it on the bridge, or {advice}" in lines(result)
    assert f"{path}:25:1: PROGRAM Server stays on the bridge because Session does" in lines(result)


def test_check_of_clean_code(tree: Tree) -> None:
    tree.write("a.py", "x = 1\n")
    result = call("check", tree.root)
    assert (result.exit_code, result.stdout) == (0, "1 file searched: nothing to report.\n")


def test_a_path_alone_is_checked(tree: Tree) -> None:
    path = tree.write("main.py", program())
    assert call(path).stdout == call("check", path).stdout


# -- diff


def test_diff_is_a_patch(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tree.root)
    tree.write("main.py", program().rstrip("\n"))
    before = tree.read("main.py")
    result = call("diff", ".")
    assert result.exit_code == 1
    assert lines(result)[:2] == ["--- a/main.py", "+++ b/main.py"]
    assert "\\ No newline at end of file" in lines(result)
    assert tree.read("main.py") == before
    tree.write("x.patch", result.stdout_bytes)
    subprocess.run(["git", "init", "-q"], check=True)
    subprocess.run(["git", "apply", "x.patch"], check=True)
    after = tree.read("main.py")
    tree.write("main.py", before)
    assert call("fix", "main.py").exit_code == 0
    assert tree.read("main.py") == after


def test_diff_keeps_its_findings_off_the_patch(tree: Tree) -> None:
    path = tree.write("main.py", BRIDGED)
    result = call("diff", path)
    assert "PREDICATE" not in result.stdout
    assert "PREDICATE Session overrides readable()" in result.stderr


# -- fix


def test_fix_writes_and_says_how_the_result_differs(tree: Tree) -> None:
    path = tree.write("main.py", program())
    result = call("fix", path)
    assert result.exit_code == 0
    assert lines(result)[0] == (
        f"{path}:7:1: STREAMS [fixed] Session is asyncio streams code now (BACKPRESSURE, FLUSH-ON-EOF)"
    )
    assert "  BACKPRESSURE: A peer that does not read is no longer read from." in lines(result)
    assert lines(result)[-1] == "1 file written, 2 classes rewritten to asyncio."
    assert "asyncore" not in tree.read("main.py")
    again = call("fix", path)
    assert (again.exit_code, lines(again)) == (0, ["Nothing to change."])


def test_mistakes_of_a_class_that_is_rewritten(tree: Tree) -> None:
    """Its class is counted once, and is not told to use what it has no more."""
    result = call("fix", tree.write("main.py", program(found='self.push(b"x")\nself.close()')))
    assert "PUSH-CLOSE Session closes right after push()" in result.stdout
    assert lines(result)[-2:] == [
        "  PUSH-CLOSE: The old code did this: look at what it has become (`asyncore-migrate explain PUSH-CLOSE`).",
        "1 file written, 2 classes rewritten to asyncio.",
    ]


def test_what_is_excluded_by_force_is_no_error(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tree.root)
    path = tree.write("main.py", program())
    assert call("check", "--exclude", "main.py", "--force-exclude", path).exit_code == 0
    assert call("fix", "--exclude", "main.py", "--force-exclude", path).exit_code == 0
    assert tree.read("main.py") == program()


def test_a_report_in_a_file_has_no_colours(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tree.write("main.py", program())
    call("report", "-o", tree.root / "plain.txt", path)
    assert "\x1b" not in tree.read("plain.txt")
    monkeypatch.setenv("FORCE_COLOR", "1")
    call("report", "-o", tree.root / "coloured.txt", path)
    assert "\x1b" in tree.read("coloured.txt")


def test_fix_moves_to_the_bridge_what_it_cannot_rewrite(tree: Tree) -> None:
    path = tree.write("main.py", BRIDGED)
    result = call("fix", path)
    assert result.exit_code == 1
    assert lines(result)[-1] == "1 file written, 2 classes on the bridge."
    assert "The project needs asyncore-bridge now" in result.stderr
    moved = BRIDGED.replace(
        "import asynchat\nimport asyncore\n",
        ("from asyncore_bridge import asynchat\nfrom asyncore_bridge import asyncore\n"),
    )
    assert tree.read("main.py") == moved
    again = call("fix", path)
    assert again.exit_code == 1
    assert "needs" not in again.stderr
    assert lines(again)[-1] == "Nothing to change."
    assert tree.read("main.py") == moved


def test_fix_goes_on_from_the_bridge_when_the_reason_has_gone(tree: Tree) -> None:
    path = tree.write("main.py", BRIDGED)
    call("fix", path)
    tree.write("main.py", tree.read("main.py").replace("return len(self.data) < 3", "return True"))
    assert call("fix", path).exit_code == 0
    assert "asyncore" not in tree.read("main.py")


def test_fix_moves_imports_only_if_so_asked(tree: Tree) -> None:
    path = tree.write("main.py", program())
    result = call("fix", "--level=import", path)
    assert result.exit_code == 0  # everything that was asked for is done
    assert lines(result) == [
        f"{path}: its imports come from asyncore_bridge now",
        "1 file written, 2 classes on the bridge.",
    ]
    assert "from asyncore_bridge import asyncore" in tree.read("main.py")


def test_fix_is_exact_if_so_asked(tree: Tree) -> None:
    path = tree.write("main.py", program())
    result = call("fix", "--exact", path)
    assert result.exit_code == 1
    assert "but not exactly: --exact rules out BACKPRESSURE" in result.stdout
    assert "Server can become asyncio streams code, but not without Session, of which --exact" in result.stdout
    assert "from asyncore_bridge import asyncore" in tree.read("main.py")


def test_fix_converts_a_program_together_or_not_at_all(tree: Tree) -> None:
    tree.write("session.py", program().split("class Server")[0])
    tree.write(
        "main.py",
        ("import asyncore\nfrom session import Session\n\n\nclass Server" + program().split("class Server")[1]),
    )
    before = tree.read("session.py"), tree.read("main.py")
    for level in ("import", "loop", "streams"):
        result = call("fix", "--level", level, tree.root / "main.py")
        assert result.exit_code == 1
        assert "session.py, which was not given" in result.stdout
        assert (tree.read("session.py"), tree.read("main.py")) == before
    assert call("fix", tree.root).exit_code in (0, 1)


def test_half_of_a_program_is_not_moved_to_the_bridge(tree: Tree) -> None:
    """Before Python 3.12 the other half would have the standard library's socket map, which nobody looks at."""
    start = "import asyncore\n\nfrom pages.shelf import Shelf\n\nShelf()\nasyncore.loop()\n"
    tree.write("start.py", start)
    tree.write("pages/__init__.py", "")
    tree.write("pages/shelf.py", "from .base import Base\n\n\nclass Shelf(Base):\n    pass\n")
    tree.write("pages/base.py", "import asyncore\n\n\nclass Base(asyncore.dispatcher):\n    pass\n")
    for given, other in (("start.py", "base.py"), ("pages", "start.py"), ("pages/base.py", "start.py")):
        result = call("fix", "--level", "import", tree.root / given)
        assert result.exit_code == 1
        assert f"{other}, which was not given" in result.stdout
    assert tree.read("start.py") == start
    assert call("fix", "--level", "import", tree.root).exit_code == 0


def test_line_ends_and_byte_order_mark_survive(tree: Tree) -> None:
    raw = b"\xef\xbb\xbf" + program().replace("\n", "\r\n").encode()
    path = tree.write("main.py", raw)
    assert call("fix", path).exit_code == 0
    after = path.read_bytes()
    assert after.startswith(b"\xef\xbb\xbfimport asyncio\r\n")
    assert b"\n" not in after.replace(b"\r\n", b"")


def test_an_old_encoding_survives(tree: Tree) -> None:
    text = "# -*- coding: latin-1 -*-\n# Grüße\n" + program()
    path = tree.write("main.py", text.encode("latin-1"))
    assert call("fix", path).exit_code == 0
    assert path.read_bytes().startswith("# -*- coding: latin-1 -*-\n# Grüße\nimport asyncio".encode("latin-1"))


# -- what goes wrong


@pytest.mark.parametrize("command", ["check", "diff", "fix"])
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"import asyncore\nprint 'x'\n", "is Python 2: a print statement in line 2. Convert it to Python 3 first"),
        (
            b"import asyncore\ntry:\n    pass\nexcept E, e:\n    pass\n",
            "is Python 2: an except clause with a comma",
        ),
        (b"import asyncore\ndef f(:\n", "is not valid Python 3"),
        (b"import asyncore\n\xff\n", "is not valid utf-8: byte 0xff in line 2"),
        (b"import asyncore\n\0\n", "holds a null byte in line 2"),
        (b"# coding: klingon\nimport asyncore\n", "declares an encoding that cannot be used"),
    ],
)
def test_a_file_that_cannot_be_understood(tree: Tree, command: str, content: bytes, words: str) -> None:
    path = tree.write("old.py", content)
    other = tree.write("main.py", BRIDGED)
    result = call(command, tree.root)
    assert result.exit_code == 2
    errors = [line for line in result.stderr.splitlines() if line.startswith("Error:")]
    assert len(errors) == 1
    assert errors[0].startswith(f"Error: {path}: ")
    assert words in errors[0]
    assert "Traceback" not in result.output
    assert path.read_bytes() == content
    assert (other.read_text() != BRIDGED) is (command == "fix")  # the others are dealt with


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a name is text")
@pytest.mark.parametrize("command", ["check", "diff", "fix", "report"])
def test_a_name_that_is_not_text_costs_one_file(tree: Tree, command: str) -> None:
    other = tree.write("main.py", BRIDGED)
    odd = os.fsencode(tree.root) + b"/odd\xffname.py"
    for name, content in ((odd, BRIDGED), (os.fsencode(tree.root) + b"/idle\xff.py", "x = 1\n")):
        with open(name, "w") as file:
            file.write(content)
    result = call(command, tree.root)
    assert result.exit_code == 2
    errors = [line for line in result.stderr.splitlines() if line.startswith("Error:")]
    said = "has a name that is not text in UTF-8. Check its permissions and its name; save a notebook as a script."
    assert errors == [f"Error: {tree.root}/odd\\xffname.py: {said}"]
    assert "Traceback" not in result.output
    with open(odd) as file:
        assert file.read() == BRIDGED
    assert (other.read_text() != BRIDGED) is (command == "fix")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere names are text in any locale")
def test_a_name_that_is_not_text_in_this_locale(tree: Tree) -> None:
    tree.write("grün.py", BRIDGED)
    command = [sys.executable, "-m", "asyncore_codemods", "check", str(tree.root)]
    locale = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    result = subprocess.run(command, capture_output=True, env={**os.environ, **locale}, check=False)
    assert result.returncode == 2
    assert (
        b"has a name that is not text in ascii, which this locale has Python use: set PYTHONUTF8=1."
        in result.stderr
    )


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("notes.ipynb", b'{"cells": []}', "is a notebook, which is not Python source."),
        ("main.py", "import asyncore\n".encode("utf-16"), "holds a null byte in line 1"),
    ],
)
def test_what_is_named_and_cannot_be_searched(tree: Tree, name: str, content: bytes, words: str) -> None:
    result = call("check", tree.write(name, content))
    assert result.exit_code == 2
    assert words in result.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["check", "nowhere"], "nowhere does not exist."),
        *(
            ([command, ""], "a path is empty; the current directory is `.`.")
            for command in ("check", "diff", "fix")
        ),
        (["report", "main.py", ""], "a path is empty"),
        (["report", "main.py", "--output="], "a path is empty"),
        (["fix", "--stdin-filename="], "a path is empty"),
        ([""], "a path is empty"),
        (["fix", "empty"], "there are no Python files in 'empty'."),
        (["check", "--colour", "main.py"], "No such option"),
        (["fix", "--level", "moon", "main.py"], "'moon' is not one of 'import', 'loop', 'streams'"),
        (["nosuch.py"], "there is no file nosuch.py, nor such a command; there are check, diff, explain, fix"),
        (["fix", "--exact", "--unsafe", "main.py"], "--exact and --unsafe exclude each other."),
        (["check", "--only=LOOP", "--skip=loop,MAP", "main.py"], "--only and --skip both name LOOP."),
        (["repair", "main.py"], "No such command 'repair'"),
        (["explain", "PREDICAT"], "there is no code 'PREDICAT' (did you mean PREDICATE?)"),
        (["explain", "42"], "there is no code '42' (`asyncore-migrate rules` lists them)"),
    ],
)
def test_a_wrong_call(tree: Tree, monkeypatch: pytest.MonkeyPatch, words: list[str], message: str) -> None:
    monkeypatch.chdir(tree.root)
    tree.write("main.py", program())
    (tree.root / "empty").mkdir()
    result = call(*words)
    assert result.exit_code == 2
    assert message in result.stderr
    assert tree.read("main.py") == program()


def test_a_file_that_changes_meanwhile_is_left_alone(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tree.write("main.py", program())
    original = sys.modules["asyncore_codemods.commands.running"].run

    def run_and_edit(*args: object, **options: object) -> object:
        outcome = original(*args, **options)
        path.write_text("edited\n")
        return outcome

    monkeypatch.setattr("asyncore_codemods.commands.running.run", run_and_edit)
    result = call("fix", path)
    assert result.exit_code == 2
    assert result.stderr == f"Error: {path}: has changed since it was read; run the command again\n"
    assert lines(result) == ["Nothing was written."]
    assert path.read_text() == "edited\n"


def test_line_ends_of_another_age_are_what_is_wrong(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    text = program().replace("\n", "\r", 2).encode()
    path = tree.write("main.py", text)

    def refuses(*_: object) -> None:
        raise VerificationError("line 2 would change without need")

    monkeypatch.setattr("asyncore_codemods.verify._untouched", refuses)
    result = call("fix", path)
    assert result.exit_code == 2
    assert result.stderr == (
        f"Error: {path}: ends line 1 with a carriage return alone. Convert it to UTF-8 with line feeds at the line "
        "ends and form feeds on lines of their own, correct its coding line, or take out the bytes that are not "
        "text.\n"
    )
    assert path.read_bytes() == text


def test_a_form_feed_in_front_of_a_class_is_what_is_wrong(tree: Tree) -> None:
    text = program().replace("\nclass Server", "\n\fclass Server").encode()
    path = tree.write("main.py", text)
    result = call("fix", path)
    assert result.exit_code == 2
    line = text[: text.index(b"\f")].count(b"\n") + 1
    assert f"Error: {path}: has a form feed in front of its code in line {line}. " in result.stderr
    assert lines(result)[-1] == "Nothing was written."
    assert path.read_bytes() == text


def test_a_fault_of_the_tool_costs_one_program(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    tree.write("a.py", program())
    tree.write("b.py", program())
    original = sys.modules["asyncore_codemods.rewrite.program"].plan_program

    def plan(project: object, modules: list[object], options: object) -> object:
        if modules[0].path.name == "a.py":  # type: ignore[attr-defined]
            raise RuntimeError("oops")
        return original(project, modules, options)

    monkeypatch.setattr("asyncore_codemods.rewrite.program.plan_program", plan)
    result = call("fix", tree.root)
    assert result.exit_code == 2
    assert "a.py: cannot be dealt with: RuntimeError('oops')." in result.stderr
    assert tree.read("a.py") == program()
    assert "asyncore" not in tree.read("b.py")


def test_what_was_not_searched_is_said(tree: Tree) -> None:
    tree.write("env/pyvenv.cfg", "")
    tree.write("a.py", "x = 1\n")
    assert call("check", tree.root).stderr == f"Not searched: {tree.root / 'env'} (a virtual environment)\n"


# -- explain and rules


def test_explain_prints_the_page() -> None:
    result = call("explain", "backpressure")
    assert result.exit_code == 0
    assert result.stdout.startswith("# BACKPRESSURE: a peer that does not read")


def test_rules_lists_every_code() -> None:
    result = call("rules")
    assert result.exit_code == 0
    assert "FLUSH-ON-EOF       queued output is delivered when the peer half-closes" in lines(result)


# -- as a command


def run_command(*words: str, code: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    launch = ["-c", code] if code else ["-m", "asyncore_codemods"]
    return subprocess.run(
        [sys.executable, *launch, *words],
        capture_output=True, text=True, check=False, env={**os.environ, **environment},
    )  # fmt: skip


def test_without_the_extra_there_is_one_message() -> None:
    hide = (
        "import sys, importlib.util as u; find = u.find_spec;"
        "u.find_spec = lambda name, *a: None if name == 'libcst' else find(name, *a);"
        "from asyncore_codemods.__main__ import main; main()"
    )
    result = run_command(code=hide)
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert "pip install 'asyncore-bridge[codemods]'" in result.stderr


def test_advice_about_many_files_is_given_once(tree: Tree) -> None:
    tree.write("a.py", "import asyncore\nprint 1\n")
    single = call("check", tree.root)
    assert single.stderr.count("\n") == 1
    assert single.stderr.count("--python2") == 1
    tree.write("b.py", "import asyncore\nprint 1\n")
    several = call("check", tree.root)
    assert [line.partition(str(tree.root))[0] for line in several.stderr.splitlines()[:2]] == ["Error: ", "Error: "]
    assert several.stderr.splitlines()[2].startswith("  PYTHON2, 2 files: Convert")
    assert several.stderr.count("--python2") == 1


def test_a_report_does_not_call_what_it_cannot_read_empty(tree: Tree) -> None:
    tree.write("a.py", "import asyncore\nprint 1\n")
    assert call("report", tree.root).stdout == "1 file searched, without success.\n"
    tree.write("b.py", "x = 1\n")
    assert "2 files searched, 1 of them without success: no classes" in call("report", tree.root).stdout
    tree.write("c.py", "import asyncore\n\nclass C(asyncore.dispatcher):\n    pass\n")
    assert call("report", tree.root).stdout.startswith("1 class in 1 file.\n1 file could not be looked at.\n")


def test_a_use_is_mentioned_once(tree: Tree) -> None:
    tree.write("a.py", "import asyncore\n\nclass C(asyncore.dispatcher):\n    pass\n\nasyncore.poll()\n")
    found = [line for line in call("check", tree.root, "--format=concise").stdout.splitlines() if ".py:6:" in line]
    assert len(found) == 1
    assert "LOOP the program runs single passes with asyncore.poll()" in found[0]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_output_that_cannot_be_written_is_one_message(tree: Tree) -> None:
    path = tree.write("main.py", program())
    with open("/dev/full", "w", encoding="utf-8") as full:
        command = [sys.executable, "-m", "asyncore_codemods", "check", str(path)]
        result = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (result.returncode, result.stderr) == (2, "Error: No space left on device.\n")


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX shell")
def test_without_standard_streams_the_exit_status_is_the_same(tree: Tree) -> None:
    path = tree.write("main.py", program())
    for words, status in ((f"check {path}", 1), ("explain LOOP", 0)):
        command = f"{sys.executable} -m asyncore_codemods {words} >&- 2>&-"
        assert subprocess.run(command, shell=True, check=False).returncode == status


def test_an_interrupt_is_no_finding(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("asyncore_codemods.commands.running.run", interrupted)
    result = call("check", tree.write("main.py", program()))
    assert (result.exit_code, result.stderr) == (130, "Interrupted.\n")


def test_libcst_is_imported_only_where_something_is_rewritten(tree: Tree) -> None:
    path = tree.write("main.py", program())
    names = "print(sorted(name for name in ('libcst', 'rich', 'jinja2') if name in sys.modules))"
    check = (
        f"import sys; from asyncore_codemods.cli import cli; cli(['check', {str(path)!r}], standalone_mode=False)"
    )
    result = run_command(code=f"try:\n    {check}\nexcept SystemExit:\n    {names}")
    assert result.stdout.splitlines()[-1] == "[]"


def test_output_is_plain_when_piped_and_coloured_when_forced(tree: Tree) -> None:
    path = tree.write("main.py", program())
    plain = run_command("check", str(path), TERM="xterm-256color")
    assert "\x1b" not in plain.stdout
    assert "\x1b" in run_command("check", str(path), FORCE_COLOR="1", TERM="xterm-256color").stdout
    colourless = run_command("check", str(path), FORCE_COLOR="1", NO_COLOR="1", TERM="xterm-256color").stdout
    assert "\x1b[3" not in colourless  # no colour; bold is no colour


def test_version() -> None:
    result = run_command("--version")
    assert result.stdout.startswith("asyncore-migrate, version ")


def test_a_reason_says_whose_name_it_is(tree: Tree) -> None:
    found = 'self.push(b"%d" % self._fileno)'
    result = call("check", "--format=concise", tree.write("main.py", program(found=found)))
    assert "INTERNALS Session uses _fileno, which is asyncore's own" in result.stdout
