"""Files are written together or not at all, and each is old or new at any moment."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from asyncore_codemods.findings import FileResult
from asyncore_codemods.write import WriteError, write_together
from conftest import Tree


def result(path: Path, new: bytes = b"new") -> FileResult:
    return FileResult(str(path), path.read_bytes(), new)


def test_replaces_and_keeps_the_mode(tree: Tree) -> None:
    path = tree.write("a.py", b"old")
    path.chmod(0o750)
    write_together([result(path)])
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o750
    assert [p.name for p in tree.root.iterdir()] == ["a.py"]


def test_goes_through_symlinks(tree: Tree) -> None:
    path = tree.write("real/a.py", b"old")
    link = tree.root / "link.py"
    link.symlink_to(path)
    write_together([result(link)])
    assert link.is_symlink()
    assert path.read_bytes() == b"new"


def test_a_file_that_has_changed_is_left_alone_with_its_companions(tree: Tree) -> None:
    one, two = tree.write("a.py", b"old"), tree.write("b.py", b"old")
    results = [result(one), result(two)]
    two.write_bytes(b"edited meanwhile")
    with pytest.raises(WriteError, match="has changed since it was read"):
        write_together(results)
    assert one.read_bytes() == b"old"
    assert two.read_bytes() == b"edited meanwhile"
    assert sorted(p.name for p in tree.root.iterdir()) == ["a.py", "b.py"]


def test_a_file_that_has_gone(tree: Tree) -> None:
    one = tree.write("a.py", b"old")
    results = [result(one)]
    one.unlink()
    with pytest.raises(WriteError, match="cannot be written: No such file"):
        write_together(results)


def test_a_failure_in_the_middle_puts_the_others_back(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = tree.write("a.py", b"old"), tree.write("b.py", b"old")
    original = Path.replace

    def replace(self: Path, target: Path) -> Path:
        if Path(target).name == "b.py":
            raise OSError(28, "No space left on device")
        return original(self, target)

    results = [result(one), result(two)]
    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(WriteError, match="No space left"):
        write_together(results)
    assert one.read_bytes() == b"old"
    assert two.read_bytes() == b"old"
    assert sorted(p.name for p in tree.root.iterdir()) == ["a.py", "b.py"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a process of another user")
@pytest.mark.parametrize(("which", "message"), [("a.py", "is read-only"), (".", "is in a read-only directory")])
def test_what_this_user_may_not_write(which: str, message: str) -> None:
    """One file of two: the other is left as it was, too, and nothing lies beside them."""
    with tempfile.TemporaryDirectory() as name:  # pytest's own are closed to other users
        tree = Tree(Path(name))
        other, path = tree.write("other/b.py", b"old"), tree.write("a.py", b"old")
        refused = tree.root / which
        mode = refused.stat().st_mode
        refused.chmod(mode & ~0o222)
        assert message in _refusal(tree.root, [result(other), result(path)])
        refused.chmod(mode)
        assert other.read_bytes() == path.read_bytes() == b"old"
        assert os.listdir(other.parent) == ["b.py"]


def _refusal(root: Path, files: list[FileResult]) -> str:
    """Return what write_together() says in a process that is not root's, who may write everything."""
    nobody = 65534
    if os.geteuid() == 0:
        for path in (root, *root.rglob("*")):
            os.chown(path, nobody, nobody)
    reading, writing = os.pipe()
    if not os.fork():
        try:
            if os.geteuid() == 0:
                os.setgid(nobody)
                os.setuid(nobody)
            write_together(files)
        except WriteError as error:
            os.write(writing, str(error).encode())
        finally:
            os._exit(0)
    os.close(writing)
    os.wait()
    with open(reading, encoding="utf-8") as said:
        return said.read()


@pytest.mark.parametrize(("mode", "result_mode"), [(0o664, 0o644), (0o640, 0o600), (0o2755, 0o755)])
def test_a_group_that_the_user_is_not_in_cannot_be_kept(
    tree: Tree, monkeypatch: pytest.MonkeyPatch, mode: int, result_mode: int
) -> None:
    path = tree.write("a.py", b"old")
    path.chmod(mode)
    real = os.stat(path)

    def foreign(self: Path, **options: bool) -> os.stat_result:
        found = os.stat(self, **options)
        return os.stat_result([*found[:5], real.st_gid + 1, *found[6:]]) if self == path else found

    def refuses(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "stat", foreign)
    monkeypatch.setattr(os, "chown", refuses)
    write_together([result(path)])
    assert path.read_bytes() == b"new"
    assert os.stat(path).st_mode & 0o7777 == result_mode
    assert os.listdir(tree.root) == ["a.py"]


def test_an_owner_that_cannot_be_kept(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tree.write("a.py", b"old")
    path.chmod(0o4755)

    def foreign(self: Path, **options: bool) -> os.stat_result:
        found = os.stat(self, **options)
        return os.stat_result([*found[:4], found[4] + 1, *found[5:]]) if self == path else found

    def refuses(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "stat", foreign)
    monkeypatch.setattr(os, "chown", refuses)
    write_together([result(path)])
    assert path.read_bytes() == b"new"
    assert os.stat(path).st_mode & 0o7777 == 0o755
