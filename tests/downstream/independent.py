"""A second opinion on which classes there are, which shares no code with the codemods.

Files are read with `ast`, or, where Python 3 cannot parse them, with regular expressions for imports and class
headers. A base class is followed through imports and project modules by the simplest logic that works: a module is
whatever file its dotted name ends in. Every meaning of a name counts, as a name may be imported in two ways.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .projects import sources

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LEGACY = {
    "asyncore": {"dispatcher", "dispatcher_with_send", "file_dispatcher"},
    "asynchat": {"async_chat"},
    "smtpd": {"SMTPServer", "SMTPChannel", "DebuggingServer", "PureProxy", "MailmanProxy"},
}
BRIDGE = "asyncore_bridge"

_ENOUGH = 200  # steps to follow a name: modules may import each other in circles

_IMPORT = re.compile(r"^[ \t]*import[ \t]+([^#\n]+)", re.MULTILINE)
_FROM = re.compile(r"^[ \t]*from[ \t]+([.\w]+)[ \t]+import[ \t]+(\([^)]*\)|[^#\n]+)", re.MULTILINE)
_CLASS = re.compile(r"^([ \t]*)class[ \t]+(\w+)[ \t]*(?:\(([^)]*)\))?[ \t]*:", re.MULTILINE)
_METHOD = re.compile(r"^[ \t]+def[ \t]+(\w+)", re.MULTILINE)
_TEXT_CALL = re.compile(r"\.(?:set_terminator|push)\s*\(\s*[urfURF]?[\"']")


@dataclass(eq=False)
class Class:
    """A class statement that the scan met."""

    name: str
    file: File
    line: int
    bases: list[str]
    methods: frozenset[str]
    text: bool = False
    """Sets a str as its terminator or pushes one: works on Python 2 only."""
    roots: set[str] = field(default_factory=set)
    on_bridge: bool = False
    """Some meaning of its bases is in asyncore_bridge."""
    parents: list[Class] = field(default_factory=list)
    looked_up: set[str] = field(default_factory=set)

    @property
    def kind(self) -> str:
        """Which of the removed classes it is, in the groups that reports count by."""
        for kind, names in _KINDS.items():
            if self.roots & names:
                return kind
        return "dispatcher"

    @property
    def group(self) -> str:
        """What it can run on, as reports count it apart."""
        return "Python 2" if not self.python3 else "text" if self.in_text_mode else "Python 3"

    @property
    def key(self) -> tuple[str, str, frozenset[str]]:
        """What makes it a distinct class: copies in several projects count once."""
        return self.group, self.name, self.methods

    @property
    def python3(self) -> bool:
        """Whether Python 3 parses its file, and the files of the classes it derives from."""
        return self.file.python3 and all(parent.python3 for parent in self.parents)

    @property
    def in_text_mode(self) -> bool:
        """Whether it or a class it derives from speaks str."""
        return self.text or any(parent.in_text_mode for parent in self.parents)


_KINDS = {
    "smtp channel": {"smtpd.SMTPChannel"},
    "smtp server": {f"smtpd.{name}" for name in LEGACY["smtpd"] if name != "SMTPChannel"},
    "async_chat": {"asynchat.async_chat"},
}


@dataclass(eq=False)
class File:
    """What was read off one file."""

    path: Path
    module: list[str]
    is_package: bool
    python3: bool
    meanings: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    stars: list[str] = field(default_factory=list)
    classes: list[Class] = field(default_factory=list)


def scan(folder: Path) -> list[File]:
    """Return the files below *folder*; the legacy classes in them have `roots`."""
    files = [_read(path, folder) for path in sources(folder)]
    _Resolver(files).resolve()
    return files


def legacy_classes(files: list[File]) -> list[Class]:
    """Return the classes that derive from one of the removed ones."""
    return [found for file in files for found in file.classes if found.roots]


def _read(path: Path, folder: Path) -> File:
    is_package = path.name == "__init__.py"
    parts = [part.replace(".", "-") for part in path.relative_to(folder).with_suffix("").parts]
    file = File(path, parts[:-1] if is_package else parts, is_package, python3=True)
    raw = path.read_bytes()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(raw)
    except (SyntaxError, ValueError):
        file.python3 = False
        _read_by_pattern(file, raw.decode("latin-1"))
    else:
        # `print >>file, x` compiles on Python 3, where it is a shift of a tuple's first item
        file.python3 = not any(_is_print_to(node) for node in ast.walk(tree))
        _read_tree(file, tree)
    return file


def _is_print_to(node: ast.AST) -> bool:
    shifted = isinstance(node, ast.BinOp) and isinstance(node.op, ast.RShift)
    return shifted and isinstance(node.left, ast.Name) and node.left.id == "print"


# -- Python 3


def _read_tree(file: File, tree: ast.Module) -> None:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                _import(file, alias.name, alias.asname)
        elif isinstance(node, ast.ImportFrom):
            start = "." * node.level + (node.module or "")
            for alias in node.names:
                _import_from(file, start, alias.name, alias.asname)
        elif isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            value = _dotted(node.value)
            if value:
                file.meanings[node.targets[0].id].add(value)
        elif isinstance(node, ast.ClassDef):
            bases = [base for base in map(_dotted, node.bases) if base]
            methods = frozenset(n.name for n in node.body if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef)))
            text = any(_is_text_call(inner) for inner in ast.walk(node))
            file.classes.append(Class(node.name, file, node.lineno, bases, methods, text))


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        start = _dotted(node.value)
        return f"{start}.{node.attr}" if start else ""
    return ""


def _is_text_call(node: ast.AST) -> bool:
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
        return False
    if node.func.attr not in ("set_terminator", "push"):
        return False
    value = node.args[0]
    while isinstance(value, ast.BinOp):
        value = value.left
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr == "format":
        value = value.func.value
    return isinstance(value, ast.JoinedStr) or (isinstance(value, ast.Constant) and isinstance(value.value, str))


# -- Python 2


def _read_by_pattern(file: File, text: str) -> None:
    for found in _IMPORT.finditer(text):
        for part in found[1].split(","):
            name, _, alias = part.strip().partition(" as ")
            _import(file, name.strip(), alias.strip() or None)
    for found in _FROM.finditer(text):
        for part in found[2].strip("()").split(","):
            name, _, alias = part.strip().partition(" as ")
            if name.strip():
                _import_from(file, found[1], name.strip(), alias.strip() or None)
    headers = list(_CLASS.finditer(text))
    for found, following in zip(headers, [*headers[1:], None]):
        body = text[found.end() : following.start() if following else len(text)]
        bases = [base.strip() for base in (found[3] or "").split(",") if re.fullmatch(r"[\w.]+", base.strip())]
        line = text.count("\n", 0, found.start(2)) + 1
        methods = frozenset(_METHOD.findall(body))
        file.classes.append(Class(found[2], file, line, bases, methods, bool(_TEXT_CALL.search(body))))


# -- names


def _import(file: File, name: str, alias: str | None) -> None:
    if alias:
        file.meanings[alias].add(name)
    else:
        head = name.partition(".")[0]
        file.meanings[head].add(head)


def _import_from(file: File, start: str, name: str, alias: str | None) -> None:
    dots = len(start) - len(start.lstrip("."))
    if dots:
        package = file.module if file.is_package else file.module[:-1]
        package = package[: len(package) - dots + 1]
        start = ".".join(["", *package, *filter(None, [start.lstrip(".")])])  # the leading dot: from the top
    if name == "*":
        file.stars.append(start)
    else:
        file.meanings[alias or name].add(f"{start}.{name}")


class _Resolver:
    def __init__(self, files: list[File]) -> None:
        self.files = files
        self.by_tail: dict[str, list[File]] = defaultdict(list)
        for file in files:
            if file.module:
                self.by_tail[file.module[-1]].append(file)

    def resolve(self) -> None:
        """Find the classes in rounds: those of the removed classes first, then those that derive from them."""
        names = {name for found in LEGACY.values() for name in found}
        while True:
            known = len(names)
            for file in self.files:
                aliases = {
                    name for name, meanings in file.meanings.items() if names & {m.split(".")[-1] for m in meanings}
                }
                for found in file.classes:
                    for base in set(found.bases) - found.looked_up:
                        if base.split(".")[-1] in names | aliases:
                            found.looked_up.add(base)
                            self._look_up(found, base)
            self._inherit()
            names |= {found.name for file in self.files for found in file.classes if found.roots}
            if len(names) == known:
                return

    def _inherit(self) -> None:
        changed = True
        while changed:
            changed = False
            for file in self.files:
                for found in file.classes:
                    inherited = set().union(*(parent.roots for parent in found.parents)) - found.roots
                    found.roots |= inherited
                    changed = changed or bool(inherited)

    def _look_up(self, found: Class, base: str) -> None:
        for meaning in self._meanings(found.file, base, found, set()):
            if isinstance(meaning, str):
                found.on_bridge = found.on_bridge or meaning.startswith(f"{BRIDGE}.")
                found.roots.add(meaning.removeprefix(f"{BRIDGE}."))
            elif meaning is not found:
                found.parents.append(meaning)

    def _meanings(self, file: File, dotted: str, at: Class | None, seen: set[object]) -> Iterator[str | Class]:
        """Yield what *dotted* can mean in *file*: a removed class, or classes of the project."""
        if (file, dotted) in seen or len(seen) > _ENOUGH:
            return
        seen.add((file, dotted))
        head, _, rest = dotted.partition(".")
        if not rest:
            # a class in the same file; of several with one name, all but itself
            yield from (other for other in file.classes if other.name == head and other is not at)
        for meant in file.meanings.get(head, ()):
            if meant == dotted and meant not in LEGACY and "." not in meant:
                continue
            full = f"{meant}.{rest}" if rest else meant
            yield from self._absolute(file, full, seen)
        for star in file.stars:
            yield from self._absolute(file, f"{star}.{dotted}", seen)

    def _absolute(self, file: File, full: str, seen: set[object]) -> Iterator[str | Class]:
        parts = full.split(".")
        removed = parts[1:] if parts[0] == BRIDGE else parts
        if len(removed) == 2 and removed[1] in LEGACY.get(removed[0], ()):
            yield full
        from_top = not parts[0]
        parts = [part for part in parts if part]
        for size in range(len(parts) - 1, 0, -1):
            rest = ".".join(parts[size:])
            for module in self._modules(parts[:size], from_top=from_top):
                yield from self._meanings(module, rest, None, seen)
        if "." not in full:
            yield from self._meanings(file, full, None, seen)

    def _modules(self, parts: list[str], *, from_top: bool) -> list[File]:
        if len(parts) == 1 and parts[0] in LEGACY and not from_top:
            return []  # the removed module, not a file of the project that has its name
        tail = self.by_tail.get(parts[-1], [])
        if from_top:
            return [file for file in tail if file.module == parts]
        return [file for file in tail if file.module[-len(parts) :] == parts]
