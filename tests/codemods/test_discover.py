"""Which files are looked at."""

from __future__ import annotations

import inspect
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from asyncore_codemods.discover import context_root, discover

if TYPE_CHECKING:
    import pytest

    from conftest import Tree


def found(root: Path) -> list[str]:
    return [path.relative_to(root).as_posix() for path in discover([root]).files]


def test_python_files_below_a_directory(tree: Tree) -> None:
    for name in ("a.py", "b.pyw", "c.txt", "pkg/d.py", "pkg/deep/e.py"):
        tree.write(name, "")
    assert found(tree.root) == ["a.py", "b.pyw", "pkg/d.py", "pkg/deep/e.py"]


def test_a_named_file_is_taken_whatever_its_name(tree: Tree) -> None:
    path = tree.write("script", "#!/usr/bin/env python\n")
    assert discover([path, path]).files == [path]


def test_scripts_without_a_suffix_say_that_they_are_python(tree: Tree) -> None:
    tree.write("bin/served", "#!/usr/bin/env python3\n")
    tree.write("bin/shell", "#!/bin/sh\n")
    tree.write("LICENSE", "Python, too\n")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tree.root / "pipe")  # nobody writes to it
    assert found(tree.root) == ["bin/served"]


def test_what_setuptools_has_built_is_a_copy(tree: Tree) -> None:
    for name in (
        "build/lib/a.py",
        "build/lib.linux-x86_64-3.9/a.py",
        "build/bdist.linux/a.py",
        "build/a.py",
        "lib/a.py",
    ):
        tree.write(name, "")
    assert found(tree.root) == ["build/a.py", "lib/a.py"]


def test_a_directory_may_be_called_like_a_file(tree: Tree) -> None:
    tree.write("x.py/y.py", "")
    assert found(tree.root) == ["x.py/y.py"]


def test_gitignore_counts_at_every_level(tree: Tree) -> None:
    tree.write(".gitignore", "build/\n*_gen.py\n")
    tree.write("pkg/.gitignore", "!keep_gen.py\nlocal.py\n")
    for name in (
        "a.py",
        "a_gen.py",
        "build/b.py",
        "pkg/keep_gen.py",
        "pkg/other_gen.py",
        "pkg/local.py",
        "local.py",
    ):
        tree.write(name, "")
    assert found(tree.root) == ["a.py", "local.py", "pkg/keep_gen.py"]


def test_gitignore_above_counts_inside_a_repository_only(tree: Tree) -> None:
    tree.write(".gitignore", "*.py\n")
    tree.write("inner/a.py", "")
    assert found(tree.root / "inner") == ["a.py"]
    (tree.root / ".git").mkdir()
    assert found(tree.root / "inner") == []


def test_environments_and_vendored_trees_are_skipped_and_said(tree: Tree) -> None:
    tree.write("env/pyvenv.cfg", "")
    tree.write("env/lib/x.py", "")
    tree.write("node_modules/y.py", "")
    tree.write("__pycache__/z.py", "")
    tree.write("a.py", "")
    discovery = discover([tree.root])
    assert [path.name for path in discovery.files] == ["a.py"]
    assert [(path.name, why) for path, why in discovery.skipped] == [
        ("env", "a virtual environment"),
        ("node_modules", "JavaScript packages"),
    ]


def test_symlinks_are_followed_to_files_but_not_into_directories(tree: Tree) -> None:
    target = tree.write("real/a.py", "")
    (tree.root / "link.py").symlink_to(target)
    (tree.root / "loop").symlink_to(tree.root)
    (tree.root / "itself.py").symlink_to("itself.py")
    assert found(tree.root) == ["real/a.py"]  # by its own name, once


def test_directories_may_be_deeper_than_pythons_stack(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = "/".join("d" * 150)
    path = tree.write(f"{deep}/a.py", "")
    monkeypatch.chdir(tree.root)
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack()) + 100)
    try:
        assert discover([Path("d")]).files == [path.relative_to(tree.root)]
    finally:
        sys.setrecursionlimit(limit)


def test_context_is_the_project_or_the_package(tree: Tree) -> None:
    inner = tree.write("project/pkg/sub/a.py", "")
    tree.write("project/pkg/__init__.py", "")
    tree.write("project/pkg/sub/__init__.py", "")
    assert context_root(inner) == (tree.root / "project").resolve()
    tree.write("project/pyproject.toml", "")
    lone = tree.write("project/scripts/b.py", "")
    assert context_root(lone) == (tree.root / "project").resolve()
