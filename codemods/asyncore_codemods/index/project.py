"""The files of a project that can matter, and the legacy classes in them.

A file is central when it imports one of the removed modules or defines a class that derives from one of theirs.
What central files import matters too, and so do the files that import a central one, as they make and use its
classes; one of these may define further legacy classes and so become central itself. Every other file is never
parsed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.discover import Discovery, context_root, discover
from asyncore_codemods.index.mentions import imported_words, mentions
from asyncore_codemods.index.modules import Module, dotted_name, read_module
from asyncore_codemods.options import Options
from asyncore_codemods.source import SourceError, parse_source, read_bytes

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Iterable, Iterator, Mapping

OWN_COPY = "!"  # marks a module of the project that is called like a removed one
_ROOM = 64_000_000  # bytes of files that do not seem to matter, kept in case their imports do
_FAR = 100  # steps: packages that import each other in circles can make a name ever longer


@dataclass(eq=False)
class ClassEntry:
    """A class statement of the project, with its bases resolved as far as they can be."""

    qualname: str
    name: str
    module: Module
    node: ast.ClassDef
    bases: list[str]
    parents: list[ClassEntry] = field(default_factory=list)
    children: list[ClassEntry] = field(default_factory=list)
    root: str | None = None  # the removed class it derives from
    is_local: bool = False

    def lineage(self) -> Iterator[ClassEntry]:
        """Yield the class and its ancestors in the project, nearest first."""
        seen = {self.qualname}
        queue = [self]
        while queue:
            entry = queue.pop(0)
            yield entry
            for parent in entry.parents:
                if parent.qualname not in seen:
                    seen.add(parent.qualname)
                    queue.append(parent)

    def descendants(self) -> Iterator[ClassEntry]:
        """Yield every class of the project below this one."""
        seen = {self.qualname}
        queue = list(self.children)
        while queue:
            entry = queue.pop(0)
            if entry.qualname not in seen:
                seen.add(entry.qualname)
                yield entry
                queue += entry.children


@dataclass(eq=False)
class Project:
    """The parsed files that matter, by path, and what was found in them."""

    modules: dict[Path, Module] = field(default_factory=dict)
    by_name: dict[str, list[Module]] = field(default_factory=dict)
    classes: dict[str, ClassEntry] = field(default_factory=dict)
    entries: dict[int, ClassEntry] = field(default_factory=dict)  # the same, by the identity of their statements
    unreadable: list[tuple[Path, SourceError]] = field(default_factory=list)
    skipped: list[tuple[Path, str]] = field(default_factory=list)
    requirements: list[Path] = field(default_factory=list)  # files that may say which packages it needs
    searched: int = 0
    _places: dict[Path, _Place] = field(default_factory=dict)
    _aliases: dict[Module, list[str]] = field(default_factory=dict)  # every name that a module can be imported by
    _meanings: dict[tuple[Module, str], str] = field(default_factory=dict)  # of names, asked for again and again

    def resolve(self, module: Module, dotted: str) -> str:
        """Return what *dotted* means in *module*: a path in the removed modules, in the project, or as imported."""
        means = self._meanings.get((module, dotted))
        if means is None:
            self._meanings[module, dotted] = means = self._resolve(module, dotted, set())
        return means

    def add(self, key: Path, module: Module, names: Iterable[str]) -> None:
        """Enter a module that can be imported by *names*."""
        self.modules[key] = module
        self._meanings.clear()
        self._aliases[module] = names = list(names)
        for name in names:
            self.by_name.setdefault(name, []).append(module)

    def resolve_node(self, module: Module, node: ast.expr) -> str | None:
        """Return the same for a name or attribute expression, None for any other."""
        dotted = dotted_name(node)
        return None if dotted is None else self.resolve(module, dotted)

    def class_at(self, dotted: str, importer: Module) -> ClassEntry | None:
        """Return the class of the project that *dotted*, a resolved name, stands for in *importer*."""
        module_name, _, name = dotted.rpartition(".")
        modules = [importer] if module_name in ("", importer.name) else self._named(module_name, importer)
        module = next((module for module in modules if module is not None and name in module.classes), None)
        return None if module is None else self.entries.get(id(module.classes[name]))

    def _named(self, name: str, importer: Module) -> Iterator[Module | None]:
        """Yield what *name* is in *importer*, then those that call themselves so but go by a longer name there.

        Those lie in directories without an `__init__.py`, whose names do not belong to their own.
        """
        yield self.find_module(name, importer)
        for other in self.by_name.get(name, ()):
            if any(self._shares_root(other, importer, alias) for alias in self._aliases.get(other, ())):
                yield other

    def find_module(self, name: str, importer: Module) -> Module | None:
        """Return the module of the project that `import name` in *importer* would load."""
        candidates = self.by_name.get(name, ())
        return next((other for other in candidates if self._shares_root(other, importer, name)), None)

    def imported_modules(self, module: Module) -> Iterator[Module]:
        """Yield the modules of the project that *module* imports."""
        for imported in module.imports:
            found = self._locate(imported.target, module)
            if found is not None:
                yield found[0]
        for star in module.stars:
            starred = self.find_module(star, module)
            if starred is not None:
                yield starred

    def _shares_root(self, candidate: Module, importer: Module, name: str) -> bool:
        """Tell whether the directory that *name* starts from is one that *importer* would look in."""
        path = self._place(candidate).path
        depth = name.count(".") + 1 + (1 if candidate.is_package else 0)
        start = Path(*path.parts[:-depth]) if depth < len(path.parts) else path.parent
        own = self._place(importer)
        if start != own.base and own.base in own.path.parents and _is_package(start):
            # an import that does not start at the top of its package is Python 2's, and looks beside the importer
            return start == own.path.parent and name.partition(".")[0] not in legacy.MODULES
        return start == own.base or own.base in start.parents or start in own.base.parents

    def _place(self, module: Module) -> _Place:
        place = self._places.get(module.path)
        if place is None:
            path = module.path.resolve()
            self._places[module.path] = place = _Place(path, _package_base(path))
        return place

    def _resolve(self, module: Module, dotted: str, seen: set[tuple[str, str]]) -> str:
        if (module.name, dotted) in seen or len(seen) > _FAR:
            return dotted
        seen.add((module.name, dotted))
        head, _, rest = dotted.partition(".")
        target = module.bindings.get(head)
        if target is None:
            target = self._from_star(module, head, seen)
        if target is None:
            return dotted
        if target.startswith("="):  # an alias made by assignment
            target = self._resolve(module, target[1:], seen)
        return self._follow(f"{target}.{rest}" if rest else target, module, seen)

    def _follow(self, target: str, importer: Module, seen: set[tuple[str, str]]) -> str:
        """Go through the project's own modules until *target* is where it was defined."""
        found = self._locate(target, importer)
        if found is None:
            return legacy.canonical(target)
        module, rest = found
        if not rest:
            return module.name
        head = rest.split(".", 1)[0]
        binding = module.bindings.get(head)
        defined_here = binding == f"{module.name}.{head}"
        if defined_here or (binding is None and self._from_star(module, head, set(seen)) is None):
            return f"{module.name}.{rest}"
        return self._resolve(module, rest, seen)

    def _locate(self, target: str, importer: Module) -> tuple[Module, str] | None:
        parts = target.split(".")
        for end in range(len(parts), 0, -1):
            module = self.find_module(".".join(parts[:end]), importer)
            if module is not None:
                return module, ".".join(parts[end:])
        return None

    def _from_star(self, module: Module, name: str, seen: set[tuple[str, str]]) -> str | None:
        for star in module.stars:
            if legacy.is_legacy(star):
                target = f"{legacy.canonical(star)}.{name}"
                if target in legacy.CLASSES or name in _STAR_NAMES.get(legacy.canonical(star), ()):
                    return target
            other = self.find_module(star, module)
            if other is None or (other.name, name) in seen:
                continue
            if name in other.bindings or self._from_star(other, name, seen | {(other.name, name)}) is not None:
                return self._resolve(other, name, seen)
        return None


@dataclass(frozen=True)
class _Place:
    """Where a module lies: its file without symlinks, and the directory that holds its top-level package."""

    path: Path
    base: Path


def _package_base(path: Path) -> Path:
    base = path.parent
    while _is_package(base) and base.parent != base:
        base = base.parent
    return base


def _is_package(directory: Path) -> bool:
    return (directory / "__init__.py").exists()


_STAR_NAMES = {
    "asyncore": {
        "dispatcher",
        "dispatcher_with_send",
        "file_dispatcher",
        "loop",
        "poll",
        "socket_map",
        "close_all",
    },
    "asynchat": {"async_chat", "simple_producer"},
    "smtpd": {"SMTPChannel", "SMTPServer", "DebuggingServer", "PureProxy"},
}


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
        self.raw: dict[Path, bytes] = {}  # what will be read once more
        self.room = _ROOM
        self.shown: dict[Path, Path] = {}  # files as they were named on the command line
        self.central: set[Path] = set()
        self.looked_for: set[str] = set()

    def build(self) -> Project:
        """Return the project with its classes linked."""
        seeds = self._find_files()
        queue = seeds
        while queue:
            for path in queue:
                self._load(path)
            self._collect_classes()
            queue = self._neighbours()
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
                    raise SourceError("UNREADABLE", "has a name that is not text in UTF-8")
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

    def _read(self, key: Path) -> bytes:
        return self.contents[key] if key in self.contents else read_bytes(key)

    def _load(self, path: Path) -> None:
        key = path.resolve()
        path = self.shown.get(key, path)
        if key in self.project.modules:
            return
        try:
            raw = self.raw.pop(key) if key in self.raw else self._read(key)
            source = parse_source(path, raw, python2=self.options.python2)
        except SourceError as error:
            if key in self.given:
                self.project.unreadable.append((path, error))
            self.roots.pop(key, None)  # never again
            return
        name, is_package = _module_name(key, self.roots.get(key, key.parent))
        module = read_module(source, name, is_package=is_package, editable=key in self.given)
        self.project.add(key, module, {name, *_names_of(key, self.roots.get(key, key.parent))})

    def _neighbours(self) -> list[Path]:
        """Return files not read yet that the central ones import, or that import the central ones."""
        wanted: set[Path] = set()
        for path, module in self.project.modules.items():
            if path not in self.central and self._is_central(module):
                self.central.add(path)
                names = {imported.target for imported in module.imports} | set(module.stars)
                wanted |= {found for name in names for found in self._files_of(name, path)}
        return sorted((wanted | self._importers()) - set(self.project.modules))

    def _is_central(self, module: Module) -> bool:
        project = self.project
        if any(legacy.is_legacy(imported.target) for imported in module.imports):
            return True
        if any(legacy.is_legacy(star) for star in module.stars):
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
        for base in _import_bases(importer, self.roots.get(importer, importer.parent)):
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
        found = set()
        for path, root in self.roots.items():
            if path in self.project.modules:
                continue
            try:
                if words.isdisjoint(self._imported_words(path)):
                    continue
                raw = self.raw[path] if path in self.raw else self._read(path)
                source = parse_source(path, raw, python2=self.options.python2)
            except SourceError:
                continue
            name, is_package = _module_name(path, root)
            module = read_module(source, name, is_package=is_package, editable=False)
            targets = [imported.target for imported in module.imports] + module.stars
            if any(file in self.central for target in targets for file in self._files_of(target, path)):
                self.raw[path] = raw
                found.add(path)
        return found

    def _imported_words(self, path: Path) -> frozenset[bytes]:
        words = self.imports.get(path)
        if words is None:
            self.imports[path] = words = imported_words(self.raw[path] if path in self.raw else self._read(path))
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


def _import_bases(importer: Path, root: Path) -> Iterator[Path]:
    """Yield the directories that absolute imports in *importer* may start from, the likeliest first."""
    base = _package_base(importer)
    yield base
    resolved_root = root.resolve()
    while base != resolved_root and resolved_root in base.parents:
        base = base.parent
        yield base
        yield base / "src"
