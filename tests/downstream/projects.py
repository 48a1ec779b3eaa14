"""The pinned projects and how they reach this machine: their archives, as PyPI serves them, never built or run.

``projects.toml`` names each by version, file and SHA-256, so that figures of one day can be compared
with another's. A project's ``setup.py`` is not executed to unpack it, which matters where it needs Python 2.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sys
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

HERE = Path(__file__).resolve().parent
# outside every checkout, whose .gitignore and pyproject.toml would be taken for the projects' own
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "asyncore-bridge" / "downstream"
INDEX = "https://pypi.org/simple/"


@dataclass(frozen=True)
class Suite:
    """How a project tests itself."""

    needs: list[str]
    """What to install beside it."""
    command: list[str]
    """Arguments for Python, in the project's top directory."""
    copies: dict[str, str] = field(default_factory=dict)
    """Copies of the old modules inside the project, for Pythons without them, and what they are copies of."""
    new: str = ""
    """Why the counts on the newest Python are not those on the old one, where that is no matter of the bridge."""
    new_failed: int = 0
    """How many tests fail there for these reasons."""
    installed: bool = False
    """Whether the tests are those of the installed release: they say nothing of a rewritten copy."""


@dataclass(frozen=True)
class Project:
    """One release of a project: the archive it comes in and that archive's hash."""

    name: str
    version: str
    file: str
    sha256: str
    suite: Suite | None = None

    @property
    def label(self) -> str:
        """The name and version, as in file names."""
        return f"{self.name}-{self.version}"


class FetchError(Exception):
    """A project could not be had as it is pinned."""


def load_projects(names: Iterable[str] = ()) -> list[Project]:
    """Return the pinned projects, or those that are named. Raises ValueError for a name that is not pinned."""
    entries = tomllib.loads((HERE / "projects.toml").read_text("utf-8"))["project"]
    projects = [
        Project(**{**entry, "suite": Suite(**entry["suite"]) if "suite" in entry else None}) for entry in entries
    ]
    wanted = {_normal(name) for name in names}
    unknown = wanted - {_normal(project.name) for project in projects}
    if unknown:
        raise ValueError(f"not in projects.toml: {', '.join(sorted(unknown))}")
    return [project for project in projects if not wanted or _normal(project.name) in wanted]


def load_copies() -> list[Project]:
    """Return the pinned projects that are there for the copy of asyncore which they carry."""
    return [Project(**entry) for entry in tomllib.loads((HERE / "projects.toml").read_text("utf-8"))["copy"]]


def fetch(project: Project, cache: Path = CACHE) -> Path:
    """Return the directory with the unpacked project, downloading it the first time.

    Raises FetchError if the index does not have the file, or has another one under its name.
    """
    folder = cache / "src" / project.label
    if folder.exists():
        return folder
    archive = cache / "archives" / project.file
    if not archive.exists() or _digest(archive) != project.sha256:
        _download(project, archive)
    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    _unpack(archive, partial)
    partial.rename(folder)
    return folder


def top(folder: Path) -> Path:
    """Return the project's top directory: an archive's only directory, or all of it."""
    inside = list(folder.iterdir())
    return inside[0] if len(inside) == 1 and inside[0].is_dir() else folder


def sources(folder: Path) -> Iterator[Path]:
    """Yield the Python files of an unpacked project, in a fixed order."""
    for path in sorted(folder.rglob("*.py")):
        if path.is_file():
            yield path


def _download(project: Project, archive: Path) -> None:
    from unearth import PackageFinder  # only needed for this: the rest works on what is already here

    finder = PackageFinder(index_urls=[INDEX], ignore_compatibility=True)
    found = finder.find_matches(f"{project.name}=={project.version}", allow_yanked=True, allow_prereleases=True)
    link = next((package.link for package in found if package.link.filename == project.file), None)
    if link is None:
        raise FetchError(f"{INDEX} has no {project.file}")
    archive.parent.mkdir(parents=True, exist_ok=True)
    response = finder.session.get(link.normalized)
    response.raise_for_status()
    archive.write_bytes(response.content)
    if _digest(archive) != project.sha256:
        archive.unlink()
        raise FetchError(f"{project.file} is not the file that projects.toml pins")


def _unpack(archive: Path, folder: Path) -> None:
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as opened:
            opened.extractall(folder)  # drops absolute and parent paths by itself
    else:
        shutil.unpack_archive(archive, folder, **({"filter": "data"} if sys.version_info >= (3, 12) else {}))


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
