"""Configuration, ignore comments, baseline, standard input: everything that narrows or widens a run."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from calling import call, lines

from programs import program

if TYPE_CHECKING:
    from conftest import Tree

BRIDGED = program(methods="def readable(self):\n    return len(self.data) < 3\n")


def codes(result: object) -> list[str]:
    return [finding["code"] for finding in json.loads(result.stdout)["findings"]]  # type: ignore[attr-defined]


def test_findings_are_shown_in_their_source(tree: Tree) -> None:
    path = tree.write("main.py", program())
    shown = lines(call("check", path))
    assert shown[1:3] == [" 7 | class Session(asynchat.async_chat):", "   | ^"]


# -- only, skip, jobs


def test_only_and_skip_choose_codes(tree: Tree) -> None:
    path = tree.write("main.py", BRIDGED)
    assert set(codes(call("check", "--format=json", path))) == {"IMPORT", "PREDICATE", "PROGRAM"}
    assert set(codes(call("check", "--format=json", "--only=predicate", path))) == {"PREDICATE"}
    assert set(codes(call("check", "--format=json", "--skip=IMPORT,PROGRAM", path))) == {"PREDICATE"}


def test_what_is_skipped_is_not_fixed(tree: Tree) -> None:
    path = tree.write("main.py", program())
    call("fix", "--skip=STREAMS,IMPORT", path)
    assert tree.read("main.py") == program()
    call("fix", "--skip=STREAMS", path)
    assert "from asyncore_bridge import asyncore" in tree.read("main.py")


def test_an_unknown_code_is_a_warning_and_chooses_nothing(tree: Tree) -> None:
    path = tree.write("main.py", program())
    result = call("fix", "--only=STREMS", path)
    assert "Warning: --only names an unknown code 'STREMS' (did you mean STREAMS?)" in result.stderr
    assert tree.read("main.py") == program()


def test_a_difference_is_no_code_to_choose_by(tree: Tree) -> None:
    path = tree.write("main.py", program())
    result = call("fix", "--skip=unsent,STREAMS,IMPORT", path)
    assert "--skip names UNSENT, which is a difference and no finding" in result.stderr
    assert call("fix", "--only=UNSENT", path).exit_code == 2
    assert tree.read("main.py") == program()


def test_several_processes_find_the_same(tree: Tree) -> None:
    for number in range(12):
        tree.write(f"p{number}.py", program() if number % 2 else BRIDGED)
    assert call("check", "-j3", tree.root).stdout == call("check", "-j1", tree.root).stdout


# -- pyproject.toml


_END_THE_COMMAND = """
import os, signal, sys
from asyncore_codemods import pool
from asyncore_codemods.cli import cli

def work(project, modules, options):
    if modules[0].path.name == "0.py":
        os.kill(os.getpid() if sys.argv[3:] else os.getppid(), int(sys.argv[2]))
    signal.pause()

pool.rewrite_program = work
cli.main(["fix", "-j", "2", sys.argv[1]])
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no workers")
@pytest.mark.parametrize(("number", "status"), [("SIGTERM", -signal.SIGTERM), ("SIGKILL", -9), ("SIGINT", 130)])
def test_workers_end_with_the_command(tree: Tree, number: str, status: int) -> None:
    for index in range(8):
        tree.write(f"{index}.py", program())
    end = getattr(signal, number)
    words = [sys.executable, "-c", _END_THE_COMMAND, str(tree.root), str(int(end))]
    result = subprocess.run(words, capture_output=True, timeout=60, check=False)  # until no worker has the pipes
    said = b"Interrupted.\n" if number == "SIGINT" else b""
    assert (result.returncode, result.stdout, result.stderr) == (status, b"", said)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no workers")
def test_a_worker_that_is_killed_is_no_traceback(tree: Tree) -> None:
    for index in range(8):
        tree.write(f"{index}.py", program())
    words = [sys.executable, "-c", _END_THE_COMMAND, str(tree.root), str(int(signal.SIGKILL)), "worker"]
    result = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    said = "Error: a process that did part of the work was ended, for want of memory perhaps."
    assert (result.returncode, result.stderr) == (2, f"{said} Try it with `--jobs 1`.\n")
    assert tree.read("0.py") == program()


def test_pyproject_sets_options_and_the_command_line_wins(tree: Tree) -> None:
    path = tree.write("src/main.py", program())
    tree.write("pyproject.toml", '[tool.asyncore-migrate]\nlevel = "import"\n')
    assert "IMPORT" in codes(call("check", "--format=json", path))
    assert "STREAMS" in codes(call("check", "--format=json", "--level=streams", path))


def test_an_option_in_front_of_its_command(tree: Tree) -> None:
    path = tree.write("main.py", program())
    result = call("--level", "import", path)
    assert result.exit_code == 2
    assert "asyncore-migrate fix --level" in result.stderr
    assert "No such option" in call("--levle", "import", path).stderr


def test_what_the_call_says_goes_before_what_excludes_it(tree: Tree) -> None:
    tree.write("pyproject.toml", "[tool.asyncore-migrate]\nexact = true\n")
    path = tree.write("main.py", program())
    assert "unsafe" not in call("check", path).stdout
    assert "STREAMS" not in codes(call("check", "--format=json", path))
    assert "STREAMS" in codes(call("check", "--format=json", "--unsafe", path))
    tree.write("pyproject.toml", "[tool.asyncore-migrate]\nunsafe = true\n")
    assert "STREAMS" not in codes(call("check", "--format=json", "--exact", path))
    tree.write("pyproject.toml", "[tool.asyncore-migrate]\nunsafe = true\nexact = true\n")
    result = call("check", path)
    assert result.exit_code == 2
    assert "exclude each other" in result.stderr


def test_what_is_left_out_and_uses_what_has_been_rewritten_is_named(tree: Tree) -> None:
    tree.write("main.py", program())
    tree.write("tests/test_main.py", "from main import Session, Server\n")
    tree.write("tests/test_others.py", "from elsewhere import Session\nimport asyncore\n")
    result = call("fix", "--exclude", "tests", tree.root)
    assert lines(result)[-1] == "1 file written, 2 classes rewritten to asyncio."
    told = result.stderr.splitlines()
    assert "Left out, and they use what has been rewritten" in told[0]
    assert told[1] == f"  {tree.root / 'tests' / 'test_main.py'}: Server, Session"
    assert "`asyncore-migrate fix --level import`" in told[2]
    assert told[3:] == [f"  {tree.root / 'tests' / 'test_others.py'}"]
    assert call("fix", "--exclude", "tests", tree.root).stderr == ""


def test_excludes_hold_in_a_directory_elsewhere(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    tree.write("project/main.py", program())
    tree.write("project/tests/test_main.py", program())
    tree.write("here/a.py", "")
    monkeypatch.chdir(tree.root / "here")
    for path in ("../project", "..", tree.root / "project"):
        assert "test_main" not in call("check", "--exclude", "tests", path).stdout


def test_excludes_in_pyproject_are_relative_to_it(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    tree.write("src/main.py", program())
    tree.write("src/gen/main.py", program())
    tree.write("pyproject.toml", '[tool.asyncore-migrate]\nexclude = ["/src/gen"]\n')
    monkeypatch.chdir(tree.root / "src")
    assert "1 file." in lines(call("check", "."))[-1].replace(",", ".")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('levle = "import"', "has an unknown key 'levle'; did you mean 'level'?"),
        ('skip = ["PREDICAT"]', "skip names an unknown code 'PREDICAT' (did you mean PREDICATE?)"),
    ],
)
def test_odd_configuration_warns(tree: Tree, text: str, message: str) -> None:
    path = tree.write("main.py", program())
    tree.write("pyproject.toml", f"[tool.asyncore-migrate]\n{text}\n")
    result = call("check", path)
    assert result.exit_code == 1
    assert "Warning: " in result.stderr
    assert message in result.stderr


def test_a_table_of_another_name_is_warned_of(tree: Tree) -> None:
    path = tree.write("main.py", program())
    tree.write("pyproject.toml", '[tool.asyncore_migrate]\nlevel = "import"\n')
    assert "did you mean [tool.asyncore-migrate]?" in call("check", path).stderr


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('level = "moon"', "one of 'import', 'loop', 'streams' is needed"),
        ("skip = 3", "a list of strings is needed"),
        ("unsafe = 1", "true or false is needed"),
        ("jobs = 0", "a whole number from 1 on is needed"),
        ("level = ", "is not valid TOML"),
    ],
)
def test_impossible_configuration_is_an_error(tree: Tree, text: str, message: str) -> None:
    path = tree.write("main.py", program())
    tree.write("pyproject.toml", f"[tool.asyncore-migrate]\n{text}\n")
    result = call("fix", path)
    assert result.exit_code == 2
    assert message in result.stderr
    assert tree.read("main.py") == program()


# -- ignore comments


def test_an_ignored_class_is_neither_reported_nor_rewritten(tree: Tree) -> None:
    comment = "class Session(asynchat.async_chat):  # asyncore-migrate: ignore[STREAMS]"
    path = tree.write("main.py", program().replace("class Session(asynchat.async_chat):", comment))
    said = call("check", "--format=concise", path).stdout
    assert "UNUSED-IGNORE" not in said
    assert "PROGRAM Session" not in said
    assert "PROGRAM Server is kept on the bridge because of the ignore comment in line 7" in said
    for level in ("import", "loop"):
        assert "UNUSED-IGNORE" not in call("check", f"--level={level}", path).stdout
    call("fix", path)
    assert "from asyncore_bridge import asynchat" in tree.read("main.py")


def test_an_ignored_class_keeps_its_family_and_no_other(tree: Tree) -> None:
    classes = program(main="").partition("\nclass ")[2]
    others = "\nclass " + classes.replace("Session", "Guest").replace("Server", "Hall")
    comment = "class Guest(asynchat.async_chat):  # asyncore-migrate: ignore[STREAMS]"
    text = program(
        main=others.replace("class Guest(asynchat.async_chat):", comment) + "\nServer(1)\nHall(2)\nasyncore.loop()"
    )
    path = tree.write("main.py", text)
    said = call("fix", path).stdout
    assert "STREAMS [fixed] Session is asyncio streams code now" in said
    assert "PROGRAM Hall is kept on the bridge because of the ignore comment in line" in said
    assert "Guest" not in said
    assert "UNUSED-IGNORE" not in said
    new = tree.read("main.py")
    assert "class Session:" in new
    assert comment in new
    assert "class Hall(asyncore.dispatcher):" in new
    assert "until_empty())" in new
    again = call("check", "--format=concise", path).stdout
    assert "Guest" not in again
    assert "UNUSED-IGNORE" not in again


def test_what_keeps_a_class_is_named(tree: Tree) -> None:
    path = tree.write("main.py", program())
    assert "is kept on the bridge because of --skip STREAMS" in call("check", "--skip=STREAMS", path).stdout
    assert "is kept on the bridge because of --only" in call("check", "--only=PROGRAM", path).stdout


def test_an_ignored_import_stays(tree: Tree) -> None:
    text = BRIDGED.replace("import asyncore\n", "import asyncore  # asyncore-migrate: ignore[IMPORT]\n")
    path = tree.write("main.py", text)
    checked, fixed = call("check", path), call("fix", path)
    assert tree.read("main.py") == text
    others = "IMPORT imports asynchat, which Python 3.12 removed; the comment in line 2 keeps it"
    assert others in checked.stdout and others in fixed.stdout
    assert "fixable" not in checked.stdout


def test_ignore_file_and_bare_ignore(tree: Tree) -> None:
    path = tree.write("main.py", "# asyncore-migrate: ignore-file\n" + BRIDGED)
    assert (call("check", path).exit_code, call("fix", path).exit_code) == (0, 0)


@pytest.mark.parametrize(
    ("comment", "message"),
    [
        ("ignore[LOOP]", "this comment silences no LOOP here"),
        ("ignore", "this comment silences nothing"),
        ("ignore[LOOPS]", "names an unknown code: 'LOOPS' (did you mean LOOP?)"),
        ("ignroe[LOOP]", "this comment is not understood"),
    ],
)
def test_a_comment_without_effect_is_a_finding(tree: Tree, comment: str, message: str) -> None:
    path = tree.write("main.py", BRIDGED.replace("import sys\n", f"import sys  # asyncore-migrate: {comment}\n"))
    found = [f for f in json.loads(call("check", "--format=json", path).stdout)["findings"]
             if f["code"] == "UNUSED-IGNORE"]  # fmt: skip
    assert [finding["line"] for finding in found] == [4]
    assert message in found[0]["message"]


def test_a_comment_in_a_string_is_none(tree: Tree) -> None:
    path = tree.write("main.py", BRIDGED + '\nTEXT = "# asyncore-migrate: ignore[LOOP]"\n')
    assert "UNUSED-IGNORE" not in call("check", path).stdout


# -- baseline


def test_unknown_codes_in_the_configuration_are_no_codes_at_all(tree: Tree) -> None:
    tree.write("pyproject.toml", '[tool.asyncore-migrate]\nonly = ["STREMS"]\n')
    result = call("check", tree.write("a.py", "import asyncore\n"))
    assert result.exit_code == 2
    assert "pyproject.toml: only names no code that findings have" in result.stderr


def test_no_codes_in_the_configuration_are_all_codes(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    tree.write("pyproject.toml", "[tool.asyncore-migrate]\nonly = []\nskip = []\n")
    tree.write("a.py", "import asyncore\n")
    monkeypatch.chdir(tree.root)
    assert codes(call("check", "--format=json")) == ["IMPORT"]


def test_a_baseline_lets_the_count_fall_only(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tree.root)
    tree.write("main.py", BRIDGED)
    assert call("check", "--write-baseline=b.json", ".").exit_code == 0
    same = call("check", "--baseline=b.json", ".")
    assert (same.exit_code, "known findings are in the baseline" in same.stdout) == (0, True)
    tree.write("more.py", BRIDGED)
    more = call("check", "--baseline=b.json", ".")
    assert more.exit_code == 1
    assert "more.py" in more.stdout
    assert "main.py:" not in more.stdout
    Path("more.py").unlink()
    Path("main.py").write_text("x = 1\n")
    fewer = call("check", "--baseline=b.json", ".")
    assert fewer.exit_code == 0
    assert "write it anew with --write-baseline" in fewer.stderr


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "there is no baseline"), (b"[]", "is not a baseline"), (b'{"version": 9}', "of version 9")],
)
def test_a_bad_baseline(tree: Tree, content: bytes | None, message: str) -> None:
    path = tree.write("main.py", BRIDGED)
    baseline = tree.root / "b.json"
    if content is not None:
        baseline.write_bytes(content)
    result = call("check", f"--baseline={baseline}", path)
    assert result.exit_code == 2
    assert message in result.stderr


# -- standard input


def test_standard_input_is_taken_for_a_file(tree: Tree) -> None:
    name = tree.root / "main.py"
    text = program().encode()
    assert call("check", "--stdin-filename", name, "-", stdin=text).exit_code == 1
    result = call("fix", "--stdin-filename", name, stdin=text)
    assert result.exit_code == 0
    assert b"import asyncio" in result.stdout_bytes
    assert not name.exists()
    assert call("fix", "--stdin-filename", name, stdin=b"x = 1\r\n").stdout_bytes == b"x = 1\r\n"
    assert "--- a/" in call("diff", "--stdin-filename", name, stdin=text).stdout


def test_standard_input_needs_a_name() -> None:
    result = call("check", "-")
    assert result.exit_code == 2
    assert "--stdin-filename FILE" in result.stderr


# -- odd targets


def test_a_link_to_nowhere_and_a_pipe(tree: Tree) -> None:
    (tree.root / "gone.py").symlink_to("nowhere.py")
    assert "is a symbolic link to nowhere" in call("check", tree.root / "gone.py").stderr
    assert "is neither a file nor a directory" in call("check", "/dev/null").stderr


# -- diff in git's eyes


@pytest.mark.parametrize("name", ["plain.py", "with space.py", "ünïcode/päth.py", 'quo"te.py', "tab\there.py"])
@pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
def test_git_applies_the_patch(tree: Tree, monkeypatch: pytest.MonkeyPatch, name: str, ending: bytes) -> None:
    monkeypatch.chdir(tree.root)
    text = program().rstrip("\n").encode().replace(b"\n", ending)
    path = tree.write(name, text)
    made = call("diff", ".").stdout_bytes
    call("fix", ".")
    wanted = path.read_bytes()
    path.write_bytes(text)
    subprocess.run(["git", "init", "-q"], check=True)
    subprocess.run(["git", "apply", "-"], input=made, check=True)
    assert path.read_bytes() == wanted != text


def test_git_applies_the_patch_from_anywhere(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    subprocess.run(["git", "init", "-q", str(tree.root)], check=True)
    path = tree.write("here/main.py", program())
    (tree.root / "there").mkdir()
    for directory, name in [("there", "../here/main.py"), ("here", "main.py")]:
        monkeypatch.chdir(tree.root / directory)
        made = call("diff", name)
        assert f"The names in this patch start in {tree.root.resolve()}." in made.stderr
        monkeypatch.chdir(tree.root)
        subprocess.run(["git", "apply", "-"], input=made.stdout_bytes, check=True)
        assert path.read_text() != program()
        path.write_text(program())


# -- libcst's own tool


def test_libcst_tool_runs_the_codemod(tree: Tree) -> None:
    tree.write("main.py", program())
    command = "codemod --no-format --hide-progress -x asyncore_codemods.libcst_command.MigrateCommand main.py"
    done = subprocess.run(
        [sys.executable, "-m", "libcst.tool", *command.split()],
        cwd=tree.root, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    fixed = tree.root / "fixed.py"
    fixed.write_text(program())
    call("fix", fixed)
    assert tree.read("main.py") == fixed.read_text()
