"""Installed distributions that import the removed modules are found, with who requires them."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from asyncore_codemods.cli import cli
from asyncore_codemods.environment import imports_in, read_environment


@pytest.fixture
def site(tmp_path: Path):
    def install(name: str, files: dict[str, str], requires: tuple[str, ...] = ()) -> None:
        info = tmp_path / f"{name.replace('-', '_')}-1.0.dist-info"
        info.mkdir()
        lines = ["Metadata-Version: 2.1", f"Name: {name}", "Version: 1.0"]
        lines += [f"Requires-Dist: {requirement}" for requirement in requires]
        (info / "METADATA").write_text("\n".join(lines) + "\n")
        for path, text in files.items():
            (tmp_path / path).parent.mkdir(exist_ok=True)
            (tmp_path / path).write_text(text)
        (info / "RECORD").write_text("".join(f"{path},,\n" for path in files))

    install.path = [str(tmp_path)]
    return install


def test_nothing(site) -> None:
    site("clean", {"clean/__init__.py": "import asyncio  # not asyncore\ntext = 'import asyncore'\n"})
    found = read_environment(site.path)
    assert (found.searched, found.dependants, found.substitutes) == (1, [], [])


def test_who_imports_them_and_who_requires_those(site) -> None:
    site("Old_Lib", {"oldlib/__init__.py": "x = 1\n", "oldlib/net.py": "x = 1\nimport asyncore, asynchat\n"})
    site("middle", {"middle.py": "import oldlib\n"}, ("old-lib>=1",))
    site("top", {"top.py": "import middle\n"}, ("middle[x] ; python_version > '3'",))
    site("optional", {"optional.py": ""}, ("old-lib; extra == 'net'",))
    (dependant,) = read_environment(site.path).dependants
    assert (dependant.name, dependant.version, dependant.modules) == ("Old_Lib", "1.0", ["asynchat", "asyncore"])
    assert dependant.required_by == ["middle", "top"]
    assert [(Path(s.path).name, s.line) for s in dependant.sites] == [("net.py", 2), ("net.py", 2)]


def test_circles_of_requirements_end(site) -> None:
    site("a", {"a.py": "import smtpd\n"}, ("b",))
    site("b", {"b.py": ""}, ("a",))
    assert [d.required_by for d in read_environment(site.path).dependants] == [["b"]]


def test_substitutes_are_named_and_not_accused(site) -> None:
    site("pyasyncore", {"asyncore/__init__.py": "import asyncore\n"})
    found = read_environment(site.path)
    assert (found.substitutes, found.dependants) == (["pyasyncore"], [])


def test_files_that_are_missing_or_do_not_parse(site, tmp_path: Path) -> None:
    site("old", {"old.py": "import asyncore\nprint 'x'\n", "gone.py": "import asyncore\n"})
    (tmp_path / "gone.py").unlink()
    assert read_environment(site.path).dependants == []


@pytest.mark.parametrize(
    ("text", "needs"),
    [
        ("import asyncore", True),
        ("from asynchat import async_chat", True),
        ("def f():\n    import smtpd", True),
        ("try:\n    import asyncore\nexcept ImportError:\n    asyncore = None", False),
        ("if sys.version_info < (3, 12):\n    import asyncore", False),
    ],
)
def test_imports(text: str, needs: bool) -> None:
    (found,) = imports_in(text.encode(), "a.py")
    assert found.guarded is not needs


@pytest.mark.parametrize(
    "text", ["from . import asyncore", "from .asyncore import x", "import a.asyncore", "# import asyncore", "x("]
)
def test_what_only_looks_like_it(text: str) -> None:
    assert imports_in(text.encode(), "a.py") == []


def test_the_command_looks_at_the_active_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packages = tmp_path / "lib" / "python3.12" / "site-packages"
    packages.mkdir(parents=True)
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path))
    clean = CliRunner().invoke(cli, ["check", "--environment"])
    assert (clean.exit_code, "0 distributions searched: none import" in clean.output) == (0, True)
    info = packages / "old-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: old\nVersion: 1.0\n")
    (info / "RECORD").write_text("old.py,,\n")
    (packages / "old.py").write_text("import smtpd\n")
    result = CliRunner().invoke(cli, ["check", "--environment"])
    assert result.exit_code == 1
    assert "old 1.0 imports smtpd" in result.output
    assert f"{packages / 'old.py'}:1: smtpd" in result.output
    as_json = CliRunner().invoke(cli, ["check", "--environment", "--format", "json"])
    assert '"name": "old"' in as_json.output


def test_environment_and_paths_exclude_each_other() -> None:
    result = CliRunner().invoke(cli, ["check", "--environment", "x.py"])
    assert (result.exit_code, "goes with no path" in result.output) == (2, True)
