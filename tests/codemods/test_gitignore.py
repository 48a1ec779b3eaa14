"""What is ignored is what git ignores."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from asyncore_codemods.discover import discover
from asyncore_codemods.options import Options

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Tree

FILES = (
    "a.py",
    "b c.py",
    "build/x.py",
    "build/keep/x.py",
    "docs/build/x.py",
    "lib/a.py",
    "lib/deep/a.py",
    "lib/deep/er/z.py",
    "#odd.py",
    "!odd.py",
    "ünïcode.py",
    "Upper.py",
    "tail .py",
    "x.py/y.py",
)

CASES = {
    "names at any depth": {".gitignore": "a.py\n"},
    "anchored": {".gitignore": "/a.py\n"},
    "anchored by a slash inside": {".gitignore": "lib/a.py\n"},
    "directories only": {".gitignore": "build/\n"},
    "a directory called like a file": {".gitignore": "x.py/\n"},
    "taken back": {".gitignore": "*.py\n!a.py\n"},
    "not from below an ignored directory": {".gitignore": "build/\n!build/keep/x.py\n"},
    "from below ignored contents": {".gitignore": "build/*\n!build/keep\n"},
    "two stars": {".gitignore": "lib/**/a.py\n"},
    "leading stars": {".gitignore": "**/deep/a.py\n"},
    "trailing stars": {".gitignore": "lib/**\n!lib/a.py\n"},
    "escapes": {".gitignore": "\\#odd.py\n\\!odd.py\n# comment\n"},
    "classes and marks": {".gitignore": "[ab].py\n?pper.py\n"},
    "trailing space": {".gitignore": "a.py   \ntail\\ .py\n"},
    "carriage returns": {".gitignore": "a.py\r\nbuild/\r\n"},
    "not ASCII": {".gitignore": "ünï*.py\n"},
    "the deeper file wins": {".gitignore": "*.py\n", "lib/.gitignore": "!a.py\n"},
    "three levels": {".gitignore": "z.py\n", "lib/.gitignore": "!z.py\n", "lib/deep/.gitignore": "er/z.py\n"},
    "the deeper file is relative": {"lib/.gitignore": "/a.py\n/deep/er\n"},
    "exclude file": {".git/info/exclude": "lib/a.py\n"},
    "empty and odd": {".gitignore": "\n\n/\n!\n   \n"},
}


@pytest.mark.parametrize("ignores", CASES.values(), ids=list(CASES))
def test_as_git(tree: Tree, ignores: dict[str, str]) -> None:
    subprocess.run(["git", "init", "-q", tree.root], check=True)
    for name in FILES:
        tree.write(name, "")
    for name, text in ignores.items():
        tree.write(name, text.encode())
    git = subprocess.run(
        ["git", "-c", "core.excludesFile=/dev/null", "ls-files", "-z", "--others", "--exclude-standard"],
        cwd=tree.root, capture_output=True, check=True,
    )  # fmt: skip
    wanted = sorted(name for name in git.stdout.decode().split("\0") if name.endswith(".py"))
    found = sorted(path.relative_to(tree.root).as_posix() for path in discover([tree.root]).files)
    assert found == wanted
    below = sorted(path.relative_to(tree.root).as_posix() for path in discover([tree.root / "lib"]).files)
    assert below == [name for name in wanted if name.startswith("lib/")]


def names(root: Path, options: Options) -> list[str]:
    return [path.relative_to(root).as_posix() for path in discover([root], options).files]


def test_include_and_exclude(tree: Tree) -> None:
    for name in ("a.py", "bin/tool", "gen/b.py", "gen/c.py"):
        tree.write(name, "")
    here = str(tree.root)
    assert names(tree.root, Options(exclude=((here, "gen/"),))) == ["a.py"]
    assert names(tree.root, Options(exclude=((here, "gen/*"), (here, "!gen/c.py")))) == ["a.py", "gen/c.py"]
    assert names(tree.root, Options(include=((here, "bin/*"),))) == ["bin/tool"]
    elsewhere = str(tree.root / "other")
    assert names(tree.root, Options(exclude=((elsewhere, "*.py"),))) == ["a.py", "gen/b.py", "gen/c.py"]


def test_a_named_file_is_excluded_only_by_force(tree: Tree) -> None:
    path = tree.write("gen/b.py", "")
    pattern = ((str(tree.root), "gen/"),)
    assert discover([path], Options(exclude=pattern)).files == [path]
    assert discover([path], Options(exclude=pattern, force_exclude=True)).files == []
