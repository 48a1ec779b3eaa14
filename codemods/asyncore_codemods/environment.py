"""Installed distributions that import the removed modules, and who requires them.

What a program's own source does not show: a dependency that stops at `import asyncore` on Python 3.12. Files are
scanned as bytes first; only those that mention a removed module are parsed.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections import deque
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from asyncore_codemods import legacy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_REQUIREMENT = re.compile(r"^\s*([A-Za-z0-9][A-Za-z0-9._-]*)")
_NAMES = tuple(name.encode() for name in legacy.MODULES)
_OURS = ("asyncore-bridge",)
# Distributions that put the modules back: whoever has them is not in need.
SUBSTITUTES = {
    "pyasyncore": ("asyncore",),
    "pyasynchat": ("asynchat",),
    "standard-asyncore": ("asyncore",),
    "standard-asynchat": ("asynchat",),
    "standard-smtpd": ("smtpd",),
}


@dataclass(frozen=True)
class ImportSite:
    """An import of a removed module in an installed file."""

    path: str
    line: int
    module: str
    guarded: bool  # in a `try` that catches ImportError, or under an `if`: perhaps it can do without


@dataclass
class Dependant:
    """A distribution that imports removed modules."""

    name: str
    version: str
    sites: list[ImportSite] = field(default_factory=list)
    required_by: list[str] = field(default_factory=list)  # names, the nearest first, through others included

    @property
    def modules(self) -> list[str]:
        """The removed modules that it imports."""
        return sorted({site.module for site in self.sites})

    @property
    def needs(self) -> list[str]:
        """Those of them that it imports without a way out."""
        return sorted({site.module for site in self.sites if not site.guarded})


@dataclass
class Environment:
    """What was found: `searched` distributions, those that import removed modules, and those that provide them."""

    searched: int = 0
    dependants: list[Dependant] = field(default_factory=list)
    substitutes: list[str] = field(default_factory=list)


def read_environment(path: Iterable[str] | None = None) -> Environment:
    """Return what the installed distributions import; *path* is what to search, sys.path by default.

    Distributions whose metadata or files cannot be read count as searched and are passed over.
    """
    found = Environment()
    installed: dict[str, metadata.Distribution] = {}
    for distribution in metadata.distributions(path=list(path)) if path is not None else metadata.distributions():
        name = distribution.metadata["Name"]
        if name:
            installed.setdefault(normal(name), distribution)  # the first on the path is the one that is imported
    requirers = _requirers(installed)
    for name, distribution in sorted(installed.items()):
        found.searched += 1
        if name in SUBSTITUTES:
            found.substitutes.append(name)
        elif name not in _OURS:
            sites = list(_sites(distribution))
            if sites:
                above = list(_above(name, requirers))
                found.dependants.append(
                    Dependant(distribution.metadata["Name"], distribution.version, sites, above)
                )
    return found


def normal(name: str) -> str:
    """Return the normalised name of a distribution."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _requirers(installed: dict[str, metadata.Distribution]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, distribution in sorted(installed.items()):
        for requirement in distribution.requires or ():
            match = _REQUIREMENT.match(requirement)
            if match and not re.search(r";.*\bextra\s*==", requirement):
                found.setdefault(normal(match.group(1)), []).append(name)
    return found


def _above(name: str, requirers: dict[str, list[str]]) -> Iterator[str]:
    seen, queue = {name}, deque([name])
    while queue:
        for above in requirers.get(queue.popleft(), ()):
            if above not in seen:
                seen.add(above)
                queue.append(above)
                yield above


def _sites(distribution: metadata.Distribution) -> Iterator[ImportSite]:
    own = {Path(str(file)).parts[0].partition(".")[0] for file in distribution.files or ()}
    for file in distribution.files or ():
        if file.suffix != ".py":
            continue
        path = Path(str(distribution.locate_file(file)))
        try:
            raw = path.read_bytes()
        except OSError:
            continue
        if any(name in raw for name in _NAMES):
            yield from (site for site in imports_in(raw, str(path)) if site.module not in own)


def imports_in(raw: bytes, path: str) -> list[ImportSite]:
    """Return the imports of removed modules in the source *raw*; none if it does not parse."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(raw)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    sites: list[ImportSite] = []
    _walk(tree, path, sites, guarded=False)
    return sites


def _walk(node: ast.AST, path: str, sites: list[ImportSite], *, guarded: bool) -> None:
    names: list[str] = []
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom) and not node.level:
        names = [node.module or ""]
    line = getattr(node, "lineno", 0)
    sites += [ImportSite(path, line, name, guarded) for name in names if name in legacy.MODULES]
    guarded = guarded or isinstance(node, ast.If) or (isinstance(node, ast.Try) and bool(node.handlers))
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.stmt, ast.excepthandler)):
            _walk(child, path, sites, guarded=guarded)
