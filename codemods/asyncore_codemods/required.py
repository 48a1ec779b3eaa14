"""Which of the removed modules, or of their copies on PyPI, a file says that its project requires.

Each kind of file is read in its own way, as far as it says what is installed: lists for pip, setup.py, setup.cfg
and tox.ini, pyproject.toml and Pipfile, conda's environments, and `pip install` in scripts and in what people read.
"""

from __future__ import annotations

import ast
import re
import sys
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from asyncore_codemods.analyse.values.syntax import parent_map
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_MODULE = r"(?:asyncore|asynchat|smtpd)"
_NAME = rf"(?P<name>(?:py|standard[-_.])?{_MODULE})"
_MENTION = re.compile(_MODULE, re.IGNORECASE)
_REQUIREMENT = re.compile(rf"\s*{_NAME}\s*(?:\[[^\]]*\])?\s*(?:[=<>!~;@#,(].*)?$", re.IGNORECASE | re.DOTALL)
_PIP = re.compile(
    rf"\bpip[\d.]*\s+install\s+(?:[^\s;&|`]+\s+)*?[\"']?{_NAME}(?![\w.-])", re.IGNORECASE
)  # whatever options and packages come first
_LISTS = re.compile(r".*(?:requirement|constraint).*\.(?:txt|in|pip)", re.IGNORECASE)
_CONDA = re.compile(r"(?:.*[-_.])?env(?:ironment)?(?:[-_.].*)?\.ya?ml", re.IGNORECASE)
_SCRIPTS = re.compile(
    r"(?:Docker|Container)file.*|Makefile|README.*|.*\.(?:sh|bash|md|rst|ya?ml|ini)", re.IGNORECASE
)
_OTHER = ("setup.py", "setup.cfg", "tox.ini", "pyproject.toml", "Pipfile")
_FILES = re.compile(
    "|".join([_LISTS.pattern, _CONDA.pattern, _SCRIPTS.pattern, *map(re.escape, _OTHER)]), re.IGNORECASE
)
_REQUIRES = re.compile(r"require|dependenc|deps", re.IGNORECASE)
_MANY = 1_000_000  # bytes: nobody writes such a file


@dataclass(frozen=True)
class Required:
    """A requirement, by the name that the file gives it; `line` and `column` count from 1."""

    name: str
    line: int
    column: int

    @property
    def is_copy(self) -> bool:
        """Whether it is a copy of a removed module, and not merely called like one."""
        return re.fullmatch(_MODULE, self.name, re.IGNORECASE) is None


def may_require(name: str, directory: str) -> bool:
    """Tell whether a file called *name* in a directory called *directory* is one that required_in() can read."""
    return _FILES.fullmatch(name) is not None or (directory == "requirements" and name.endswith((".txt", ".in")))


def required_in(file: Path) -> Iterator[Required]:
    """Yield what *file* requires of the removed modules; nothing if it cannot be read."""
    text = _text_of(file)
    if not _MENTION.search(text):
        return
    name = file.name
    if name == "setup.py":
        yield from _in_setup(text)
    elif name in ("pyproject.toml", "Pipfile"):
        yield from _in_toml(text)
    elif _LISTS.fullmatch(name) or (file.parent.name == "requirements" and file.suffix in (".txt", ".in")):
        yield from _in_lines(text, re.compile(""))
    else:
        if name in ("setup.cfg", "tox.ini"):
            yield from _in_sections(text)
        if _CONDA.fullmatch(name):
            yield from _in_lines(text, re.compile(r"\s*-\s*[\"']?"))
        for number, line in enumerate(text.splitlines(), 1):
            yield from (_at(match, number) for match in _PIP.finditer(line))


def script_lines(file: Path) -> Iterator[tuple[int, str]]:
    """Yield the lines of *file*, with their numbers, if it is a script or something that people read."""
    if _SCRIPTS.fullmatch(file.name) or file.name == "setup.cfg":
        text = _text_of(file)
        yield from enumerate(text.splitlines(), 1) if _MENTION.search(text) else ()


def _text_of(file: Path) -> str:
    try:
        return file.read_text("utf-8", "replace") if file.stat().st_size < _MANY else ""
    except OSError:
        return ""


def _at(match: re.Match[str], line: int, offset: int = 0) -> Required:
    return Required(match["name"], line, match.start("name") + offset + 1)


def _in_lines(text: str, before: re.Pattern[str]) -> Iterator[Required]:
    """Yield the requirements that stand on a line of their own behind what matches *before*."""
    for number, line in enumerate(text.splitlines(), 1):
        start = before.match(line)
        rest = line[start.end() :].rstrip("\"'") if start else "#"
        match = _REQUIREMENT.match(rest)
        if match and start:
            yield _at(match, number, start.end())


def _in_setup(text: str) -> Iterator[Required]:
    """Yield the strings that setup() is given by way of something that is called like requirements."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return
    parents = parent_map(tree)
    for node in walk(tree, ast.Constant):
        if isinstance(node.value, str):
            match = _REQUIREMENT.match(node.value)
            if match and _is_requirement(node, parents):
                yield Required(match["name"], node.lineno, node.col_offset + 1)


def _is_requirement(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    """Tell whether something around *node*, a keyword, a variable or a key, is called like requirements."""
    child, current = node, parents.get(node)
    while current is not None:
        names: list[str] = []
        if isinstance(current, ast.keyword):
            names = [current.arg or ""]
        elif isinstance(current, (ast.Assign, ast.AugAssign)):
            targets = current.targets if isinstance(current, ast.Assign) else [current.target]
            names = [ast.unparse(target) for target in targets]
        elif isinstance(current, ast.Dict) and child in current.values:
            key = current.keys[current.values.index(child)]
            names = [ast.unparse(key)] if key is not None else []
        elif isinstance(current, ast.Call) and child is not current.func:
            names = [ast.unparse(current.func)]  # requirements.append("...")
        if any(_REQUIRES.search(name) for name in names):
            return True
        child, current = current, parents.get(current)
    return False


def _in_sections(text: str) -> Iterator[Required]:
    """Yield what the values of setup.cfg and tox.ini require that are called like requirements."""
    section = key = ""
    for number, line in enumerate(text.splitlines(), 1):
        header = re.match(r"\[([^\]]+)\]", line)
        named = re.match(r"([A-Za-z][\w.-]*)\s*[=:]", line)
        start = 0
        if header:
            section, key = header[1].strip(), ""
            continue
        if named:
            key, start = named[1], named.end()
        if _REQUIRES.search(section) or _REQUIRES.search(key):
            for part in re.finditer(r"[^;]+(?:;\s*(?:python|sys|os|platform)[^;]*)?", line[start:]):
                match = _REQUIREMENT.match(re.sub(r"^\s*[\w,{}-]+:\s", " ", part.group()))  # tox: `py39: package`
                if match:
                    column = line.index(match["name"], start + part.start())
                    yield Required(match["name"], number, column + 1)


def _in_toml(text: str) -> Iterator[Required]:
    """Yield what the tables of a TOML file require that are called like requirements."""
    try:
        whole = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    lines = text.splitlines()
    seen: set[tuple[int, int]] = set()
    for written in _strings(whole, wanted=False):
        match = _REQUIREMENT.match(written)
        for number, line in enumerate(lines if match else (), 1):
            assert match is not None
            column = _written_at(line, written)
            if column is not None and (number, column) not in seen:
                seen.add((number, column))
                yield Required(match["name"], number, column + 1)
                break


def _strings(value: Any, *, wanted: bool) -> Iterator[str]:
    """Yield the strings in lists that are called like requirements, and the keys of such tables."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if wanted and _REQUIREMENT.fullmatch(key):
                yield key
            here = bool(_REQUIRES.search(key)) or key in ("packages", "dev-packages")
            is_list = key == "packages" and isinstance(inner, list)  # of the project's own packages
            yield from _strings(inner, wanted=(wanted or here) and not is_list)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner, wanted=wanted)
    elif isinstance(value, str) and wanted:
        yield value


def _written_at(line: str, text: str) -> int | None:
    """Return where *text* stands in a line of TOML, quoted or as a key."""
    for quote in ("'", '"'):
        if f"{quote}{text}{quote}" in line:
            return line.index(f"{quote}{text}{quote}")
    key = re.match(rf"\s*{re.escape(text)}\s*=", line)
    return len(line) - len(line.lstrip()) if key else None
