"""The classes of a project and what their names stand for, across its files."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, TypeVar

from asyncore_codemods import legacy
from asyncore_codemods.index.modules import Module, dotted_name
from asyncore_codemods.nodes import is_stored, walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from asyncore_codemods.index.unread import Unread
    from asyncore_codemods.source import SourceError

_Answer = TypeVar("_Answer")
OWN_COPY = "!"  # marks a module of the project that is called like a removed one
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

    @property
    def is_thread(self) -> bool:
        """Whether its objects are threads."""
        return any("threading.Thread" in one.bases for one in self.lineage())

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
    unread: dict[Path, Unread] = field(default_factory=dict)  # those, and others that could not be parsed
    skipped: list[tuple[Path, str]] = field(default_factory=list)
    requirements: list[Path] = field(default_factory=list)  # files that may say which packages it needs
    searched: int = 0
    meanings: dict[int, str] = field(default_factory=dict)  # of nodes that mean more than their names say
    _answers: dict[Callable[[Project], Any], Any] = field(default_factory=dict)  # what once() has been asked
    _by_path: dict[str, Module] = field(default_factory=dict)  # by the path that places have
    _places: dict[Path, _Place] = field(default_factory=dict)
    _aliases: dict[Module, list[str]] = field(default_factory=dict)  # every name that a module can be imported by
    _found: dict[tuple[str, Path], Module | None] = field(default_factory=dict)  # what names import where
    _further: dict[tuple[str, Path], list[Module]] = field(default_factory=dict)  # and what else they may mean
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
        self._by_path[str(module.path)] = module
        self._found.clear()
        self._further.clear()
        self._meanings.clear()
        self._answers.clear()
        self._aliases[module] = names = list(names)
        for name in names:
            self.by_name.setdefault(name, []).append(module)

    def once(self, question: Callable[[Project], _Answer]) -> _Answer:
        """Return the answer to *question* about the whole project, the same one each time: not to be changed."""
        if question not in self._answers:
            self._answers[question] = question(self)
        answer: _Answer = self._answers[question]
        return answer

    @property
    def assigned_attributes(self) -> frozenset[str]:
        """The attributes that some file assigns, whatever they belong to: an object may have them from others."""
        return self.once(_assigned_attributes)

    def resolve_node(self, module: Module, node: ast.expr) -> str | None:
        """Return the same for a name or attribute expression, None for any other."""
        if id(node) in self.meanings:
            return self.meanings[id(node)]
        dotted = dotted_name(node)
        return None if dotted is None else self.resolve(module, dotted)

    def module_at(self, path: str) -> Module:
        """Return the module in the file at *path*, as a Place names it. Raises KeyError if there is none."""
        return self._by_path[path]

    def class_named(self, module: Module, node: ast.expr) -> ClassEntry | None:
        """Return the class of the project that a name or attribute expression in *module* stands for."""
        target = self.resolve_node(module, node)
        return self.class_at(target, module) if target else None

    def class_at(self, dotted: str, importer: Module) -> ClassEntry | None:
        """Return the class of the project that *dotted*, a resolved name, stands for in *importer*."""
        module_name, _, name = dotted.rpartition(".")
        modules = [importer] if module_name in ("", importer.name) else self._named(module_name, importer)
        module = next((module for module in modules if name in module.classes), None)
        if module is None:
            return self._local_class(dotted, importer)
        return self.entries.get(id(module.classes[name]))

    def _local_class(self, name: str, module: Module) -> ClassEntry | None:
        """Return the class *name* that a function of *module* defines, if that is all that has this name there."""
        if len(module.all_classes) == len(module.classes):
            return None
        found = [node for node in module.all_classes if node.name == name]
        if len(found) != 1 or name in module.bindings or _is_variable(module, name):
            return None
        return self.entries.get(id(found[0]))

    def _named(self, name: str, importer: Module) -> list[Module]:
        """Return what *name* is in *importer*, then those that call themselves so but go by a longer name there.

        Those lie in directories without an `__init__.py`, whose names do not belong to their own.
        """
        if name not in self.by_name:
            return []
        asked = name, importer.path.parent  # asked for again and again
        if asked not in self._further:
            found = self.find_module(name, importer)
            others = [
                other
                for other in self.by_name[name]
                if any(self._shares_root(other, importer, alias) for alias in self._aliases.get(other, ()))
            ]
            self._further[asked] = others if found is None else [found, *others]
        return self._further[asked]

    def find_module(self, name: str, importer: Module) -> Module | None:
        """Return the module of the project that `import name` in *importer* would load.

        Where there are several, as in a tree with a copy of itself, that is the one nearest to *importer*.
        """
        if name not in self.by_name:
            return None
        asked = name, importer.path.parent  # asked for again and again
        if asked not in self._found:
            candidates = [other for other in self.by_name[name] if self._shares_root(other, importer, name)]
            self._found[asked] = min(candidates, key=lambda other: self._distance(other, importer), default=None)
        return self._found[asked]

    def _distance(self, candidate: Module, importer: Module) -> int:
        """Return over how many directories the way leads from one file to the other."""
        ours, theirs = (self._place(module).path.parts for module in (importer, candidate))
        common = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(ours, theirs)))
        return len(ours) + len(theirs) - 2 * common

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
            self._places[module.path] = place = _Place(path, package_base(path))
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


def package_base(path: Path) -> Path:
    """Return the directory that holds the top-level package of a file."""
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


def _assigned_attributes(project: Project) -> frozenset[str]:
    trees = [module.source.tree for module in project.modules.values()]
    return frozenset(node.attr for tree in trees for node in walk(tree, ast.Attribute) if is_stored(node))


def _is_variable(module: Module, name: str) -> bool:
    """Tell whether *name* is a parameter somewhere in *module*, or a variable."""
    return any(
        (isinstance(node, ast.arg) and node.arg == name)
        or (isinstance(node, ast.Name) and node.id == name and is_stored(node))
        for node in walk(module.source.tree)
    )
