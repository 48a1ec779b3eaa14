"""The files of a project that can matter, and the legacy classes in them.

A file is central when it imports one of the removed modules or defines a class that derives from one of theirs.
What central files import matters too, and so do the files that import a central one, as they make and use its
classes; one of these may define further legacy classes and so become central itself. So do, in the end, files
further off that may be handed an object of such a class (handed_on.py). Every other file is never parsed.
"""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.discover import Discovery, context_root, discover, fault_of_name, is_project
from asyncore_codemods.index.handed_on import FURTHER, loads_by_name, uses_of
from asyncore_codemods.index.mentions import PACKAGE, imported_words, mentions
from asyncore_codemods.index.modules import Module, read_module
from asyncore_codemods.index.unread import read_unparsed
from asyncore_codemods.options import Options
from asyncore_codemods.source import SourceError, complain_of_other_content, parse_source, read_bytes
from asyncore_codemods.standard import standard_modules

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path
from asyncore_codemods.index.project import OWN_COPY, ClassEntry, Project, package_base

_ROOM = 64_000_000  # bytes of files that do not seem to matter, kept in case their imports do


def build_index(
    paths: Iterable[Path],
    progress: Callable[[Path], None] | None = None,
    contents: Mapping[Path, bytes] | None = None,
    options: Options | None = None,
) -> Project:
    """Read what matters in and around *paths* and return the project; only files in *paths* are editable.

    *contents* stand for what files hold on disk.
    """
    return _Builder(list(paths), progress, contents or {}, options or Options()).build()


class _Builder:
    """Grows the set of files that matter."""

    def __init__(
        self,
        paths: list[Path],
        progress: Callable[[Path], None] | None,
        contents: Mapping[Path, bytes],
        options: Options,
    ) -> None:
        self.paths = paths
        self.progress = progress
        self.contents = {path.resolve(): raw for path, raw in contents.items()}
        self.options = options
        self.imports: dict[Path, frozenset[bytes]] = {}  # the words on each file's import lines
        self.project = Project()
        self.given: set[Path] = set()
        self.roots: dict[Path, Path] = {}  # every known file -> the context it belongs to
        self.names: set[str] = set()  # of all these files, and of the directories around them
        self.raw: dict[Path, bytes] = {}  # what will be read once more
        self.parsed: dict[Path, Module] = {}  # what has been, before it was known to matter
        self.room = _ROOM
        self.shown: dict[Path, Path] = {}  # files as they were named on the command line
        self.central: set[Path] = set()
        self.passed: set[Path] = set()  # files that are read, but not central, whose imports have been looked at
        self.looked_for: set[str] = set()
        self.followed: set[Path] = set()  # files whose imports have been followed, wherever they lead
        self.room_for_further = FURTHER

    def build(self) -> Project:
        """Return the project with its classes linked."""
        seeds = self._find_files()
        queue = seeds
        while queue:
            for path in queue:
                self._load(path)
            self._collect_classes()
            queue = self._neighbours() or self._further()
        return self.project

    def _find_files(self) -> list[Path]:
        found = discover(self.paths, self.options)
        self.shown = {real: path for path, real in found.real.items()}
        self.project.skipped = found.skipped
        self.project.requirements = found.requirements
        self.project.searched = len(found.files) + len(found.unnamed)
        self.given = set(self.shown)
        seeds = []
        for path in found.files:
            if self.progress:
                self.progress(path)
            key = found.real[path]
            try:
                raw = self._read(key)
                if path in self.paths:
                    complain_of_other_content(path, raw)
            except SourceError as error:
                self.project.unreadable.append((path, error))
                continue
            if mentions(raw):
                self.raw[key] = raw
                seeds.append(path)
            elif len(raw) <= self.room:
                self.room -= len(raw)
                self.raw[key] = raw
        self._complain_of_names(found)
        if seeds:
            self._find_context(found)
        return seeds

    def _complain_of_names(self, found: Discovery) -> None:
        for shown, path in found.unnamed.items():
            try:
                if mentions(self._read(path)):
                    raise SourceError("UNREADABLE", fault_of_name(path))
            except SourceError as error:
                self.project.unreadable.append((shown, error))

    def _find_context(self, found: Discovery) -> None:
        contexts = {path: context_root(path) for path in self.paths}
        given = {path.resolve() for path in self.paths}
        for root in dict.fromkeys(contexts.values()):
            around = found if given == {root} else discover([root])
            self.roots.update((real, root) for real in around.real.values() if real not in self.roots)
        for path, real in found.real.items():
            if real not in self.roots:
                self.roots[real] = context_root(path)
        self.names = {path.stem for path in self.roots}
        self.names |= {name for directory in {path.parent for path in self.roots} for name in directory.parts}

    def _read(self, key: Path) -> bytes:
        return self.contents[key] if key in self.contents else read_bytes(key)

    def _bytes(self, path: Path) -> bytes:
        """Return what a file holds, which may have been kept when it was looked at first."""
        return self.raw[path] if path in self.raw else self._read(path)

    def _load(self, path: Path) -> None:
        key = path.resolve()
        if key in self.project.modules:
            return
        try:
            module = self.parsed.pop(key, None) or self._parse(key, path)
        except SourceError as error:
            shown = self.shown.get(key, path)
            if key in self.given and shown not in (told for told, _ in self.project.unreadable):
                self.project.unreadable.append((shown, error))
            self.roots.pop(key, None)  # never again
            return
        self.project.add(key, module, {module.name, *_names_of(key, self.roots.get(key, key.parent))})

    def _parse(self, key: Path, path: Path) -> Module:
        """Return the module in a file. Raises SourceError, and notes what can be told of the file even so."""
        path = self.shown.get(key, path)
        raw = b""
        try:
            raw = self.raw.pop(key) if key in self.raw else self._read(key)
            source = parse_source(path, raw, python2=self.options.python2)
        except SourceError as error:
            self.project.unread[key] = read_unparsed(path, raw, error)
            raise
        name, is_package = _module_name(key, self.roots.get(key, key.parent))
        return read_module(source, name, is_package=is_package, editable=key in self.given)

    def _neighbours(self) -> list[Path]:
        """Return files not read yet that the central ones import, or that import the central ones.

        What the others import counts if it uses one of the removed modules.
        """
        wanted: set[Path] = set()
        for path, module in self.project.modules.items():
            if path not in self.central and self._is_central(module):
                self.central.add(path)
                wanted |= self._imported_by(path, module)
            elif path not in self.central and path not in self.passed:
                self.passed.add(path)
                others = self._imported_by(path, module) - set(self.project.modules) - set(self.project.unread)
                wanted |= {other for other in others if self._mentions(other)}
        return sorted((wanted | self._importers()) - set(self.project.modules))

    def _further(self) -> list[Path]:
        """Return files not read yet that may be handed an object of a legacy class, the nearest first.

        They are imported by those that have been read, or may be loaded by these by a name.
        """
        new = list(islice(self._handed_to(), self.room_for_further))
        self.room_for_further -= len(new)
        return new

    def _handed_to(self) -> Iterator[Path]:
        """Yield those files, each once, and look no further than is asked for."""
        seen = {*self.project.modules, *self.project.unread}
        searched: set[Path] = set()  # for what may be loaded by a name
        for path, module in self.project.modules.items():
            if path in self.followed or not self.central:
                continue
            self.followed.add(path)
            found: Iterable[Path] = sorted(self._imported_by(path, module))
            if loads_by_name(module.source.text):
                found = chain(found, self._plugins(self._home(path), searched))
            for other in found:
                if other not in seen:
                    seen.add(other)
                    yield other

    def _home(self, path: Path) -> Path:
        """Return the directory in which a file may find modules by their names: not all around a lone package."""
        base = package_base(path)
        root = self.roots.get(path, path.parent)
        if (
            path.parent == base
            or base != root
            or is_project(root)
            or any(one.resolve() == root for one in self.paths)
        ):
            return base
        return base / path.relative_to(base).parts[0]

    def _plugins(self, directory: Path, searched: set[Path]) -> Iterator[Path]:
        """Yield the files below *directory* not *searched* before that name something of the classes."""
        names = uses_of([entry for entry in self.project.classes.values() if entry.root is not None])
        for path in sorted(path for path in self.roots if path not in searched and directory in path.parents):
            searched.add(path)
            try:
                if names.search(self._bytes(path)):
                    yield path
            except SourceError:
                continue

    def _imported_by(self, path: Path, module: Module) -> set[Path]:
        names = {imported.target for imported in module.imports} | set(module.stars)
        return {found for name in names for found in self._files_of(name, path)}

    def _mentions(self, path: Path) -> bool:
        try:
            return mentions(self._bytes(path))
        except SourceError:
            return False

    def _is_central(self, module: Module) -> bool:
        project = self.project
        if module.imports_legacy:
            return True
        if any(project.entries[id(node)].root for node in module.all_classes):
            return True
        return any(self._is_legacy_name(module, imported.name) for imported in module.imports)

    def _is_legacy_name(self, module: Module, name: str) -> bool:
        """Tell whether an imported name stands for a removed module or for a legacy class of the project."""
        means = self.project.resolve(module, name)
        if legacy.is_legacy(means) and not means.split(".")[0].endswith(OWN_COPY):
            return True
        entry = self.project.class_at(means, module)
        return entry is not None and entry.root is not None

    def _files_of(self, name: str, importer: Path) -> list[Path]:
        """Return the known files that importing the dotted *name* in *importer* runs."""
        if name.partition(".")[0] not in self.names:
            return []
        for base in _import_bases(importer, self.roots.get(importer, importer.parent), name):
            found = []
            directory = base
            for part in name.split("."):
                candidates = (directory / f"{part}.py", directory / part / "__init__.py")
                found += [candidate for candidate in candidates if candidate in self.roots]
                directory = directory / part
            if found:
                return found
        return []

    def _importers(self) -> set[Path]:
        """Return the files that import something central, looked for by name first."""
        modules = [self.project.modules[path] for path in self.central]
        stems = {m.path.parent.name if m.is_package else m.path.stem for m in modules}
        stems -= self.looked_for
        self.looked_for |= stems
        if not stems:
            return set()
        words = {stem.encode() for stem in stems}
        packages = {path.parent for path in self.central if path.name == "__init__.py"}
        found = set()
        for path in self.roots:
            if path in self.project.modules:
                continue
            try:
                imported = self._imported_words(path)
            except SourceError as error:
                self.project.unread[path] = read_unparsed(self.shown.get(path, path), b"", error)
                continue
            # `from . import Bot` does not name the package that it means
            inside = PACKAGE in imported and not packages.isdisjoint(path.parents)
            if not inside and words.isdisjoint(imported):
                continue
            try:
                module = self._parse(path, path)
            except SourceError:
                continue
            targets = [one.target for one in module.imports] + module.stars
            if any(file in self.central for target in targets for file in self._files_of(target, path)):
                self.parsed[path] = module
                found.add(path)
        return found

    def _imported_words(self, path: Path) -> frozenset[bytes]:
        words = self.imports.get(path)
        if words is None:
            self.imports[path] = words = imported_words(self._bytes(path))
        return words

    def _collect_classes(self) -> None:
        """Enter the classes of the modules loaded since the last time, and link all of them anew."""
        project = self.project
        for module in project.modules.values():
            for node in module.all_classes:
                if id(node) not in project.entries:
                    self._enter(module, node)
        self._link()

    def _enter(self, module: Module, node: ast.ClassDef) -> None:
        project = self.project
        is_local = module.classes.get(node.name) is not node
        qualname = f"{module.name}.{node.name}" + (f":{node.lineno}" if is_local else "")
        if qualname in project.classes:  # two scripts of one name in different directories
            qualname = f"{module.path}:{node.name}:{node.lineno}"
        entry = ClassEntry(qualname, node.name, module, node, [], is_local=is_local)
        project.classes[qualname] = entry
        project.entries[id(node)] = entry

    def _link(self) -> None:
        project = self.project
        for entry in project.classes.values():
            entry.bases = [project.resolve_node(entry.module, base) or "?" for base in entry.node.bases]
            entry.root = None
            entry.parents.clear()
            entry.children.clear()
        for entry in project.classes.values():
            for base in entry.bases:
                parent = project.class_at(base, entry.module)
                if parent is not None and parent is not entry:
                    entry.parents.append(parent)
                    parent.children.append(entry)
        for entry in project.classes.values():
            roots = [b for ancestor in entry.lineage() for b in ancestor.bases if b in legacy.CLASSES]
            if roots:
                entry.root = max(roots, key=lambda name: len(legacy.ancestors(name)))


def _module_name(path: Path, root: Path) -> tuple[str, bool]:
    """Return the dotted name of *path* as its own package knows it."""
    is_package = path.name == "__init__.py"
    parts = [] if is_package else [path.stem]
    directory = path.parent
    while (directory / "__init__.py").exists() and directory != root.parent:
        parts.insert(0, directory.name)
        directory = directory.parent
    if parts and parts[0] in legacy.MODULES:
        parts[0] += OWN_COPY
    return ".".join(parts) or path.parent.name, is_package


def _names_of(path: Path, root: Path) -> list[str]:
    """Return every dotted name by which *path* can be imported from some directory between it and *root*."""
    is_package = path.name == "__init__.py"
    parts = [path.parent.name] if is_package else [path.stem]
    directory = path.parent.parent if is_package else path.parent
    names = [".".join(parts)]
    resolved_root = root.resolve()
    while directory != resolved_root and resolved_root in directory.parents:
        parts.insert(0, directory.name)
        names.append(".".join(parts))
        directory = directory.parent
    return names


def _import_bases(importer: Path, root: Path, name: str) -> Iterator[Path]:
    """Yield the directories that the import of *name* in *importer* may start from, the likeliest first.

    A script starts from its own, even if that is a package for others. A file called `threading.py` in there is for
    the package, which has no scripts then: the standard library's is meant.
    """
    base = package_base(importer)
    yield base
    resolved_root = root.resolve()
    while base != resolved_root and resolved_root in base.parents:
        base = base.parent
        yield base
        yield base / "src"
    if name.partition(".")[0] not in standard_modules():
        yield importer.parent
