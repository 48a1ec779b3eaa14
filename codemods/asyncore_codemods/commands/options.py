"""The options that the commands share, joined with those of pyproject.toml."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable

import click

from asyncore_codemods.codes import SAFE_DIFFERENCES
from asyncore_codemods.commands.saying import fail, warn
from asyncore_codemods.config import Config, ConfigError, load_config
from asyncore_codemods.options import LEVELS, TARGETS, Options
from asyncore_codemods.suppress import KNOWN_CODES, unknown_code

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_Function = Callable[..., Any]
STDIN = Path("-")


class PathType(click.Path):
    """A path; not an empty one, of a variable that is not set: pathlib takes that for the current directory."""

    def __init__(self, **kinds: bool) -> None:
        super().__init__(path_type=Path, **kinds)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path, or fail."""
        if value == "":
            self.fail("a path is empty; the current directory is `.`.", param, ctx)
        return super().convert(value, param, ctx)


@dataclass
class Request:
    """What a command was asked to do: where, how, and what stands for a file on disk."""

    paths: tuple[Path, ...]
    options: Options
    config: Config
    stdin: Path | None = None  # the name of the file whose text is the standard input
    contents: dict[Path, bytes] | None = None

    @property
    def names(self) -> str:
        """The paths, as they are named in messages."""
        return ", ".join(map(str, self.paths))

    @property
    def title(self) -> str:
        """The paths, as a person who does not see the command would call them."""
        return ", ".join(str(path) if path.name else path.resolve().name for path in self.paths)


def codes(text: str | None) -> list[str]:
    """Return the codes in a list with commas."""
    return [code.strip().upper() for code in (text or "").split(",") if code.strip()]


def run_options(function: _Function) -> _Function:
    """Give a command the arguments and options that say what to look at and what to do; see request()."""
    for decorate in reversed(_DECORATORS):
        function = decorate(function)
    return function


_DECORATORS: tuple[Callable[[_Function], _Function], ...] = (
    click.argument("paths", nargs=-1, type=PathType()),
    click.option(
        "--level",
        type=click.Choice(LEVELS),
        default=None,
        help="How far to go: only move imports to the bridge; put the loop under asyncio.run() as well; or rewrite "
        "classes to asyncio streams.  [default: streams]",
    ),
    click.option(
        "--unsafe/--no-unsafe", default=None, help="Rewrite also what differs in more than the safe ways."
    ),
    click.option(
        "--exact/--no-exact",
        default=None,
        help="Rewrite only what shows no difference at all, back-pressure included.",
    ),
    click.option(
        "--target",
        type=click.Choice(TARGETS),
        default=None,
        help="The oldest Python that the result must run on.  [default: 3.9]",
    ),
    click.option(
        "--python2/--no-python2",
        default=None,
        help="Convert Python 2 files to Python 3 first; needs the extra asyncore-bridge[python2].",
    ),
    click.option("--only", metavar="CODES", help="Look for and fix these codes alone (with commas)."),
    click.option("--skip", metavar="CODES", help="Leave out these codes (with commas)."),
    click.option(
        "--include", metavar="PATTERN", multiple=True, help="Search files like this, as in .gitignore; not *.py."
    ),
    click.option("--exclude", metavar="PATTERN", multiple=True, help="Leave out files and directories like this."),
    click.option(
        "--force-exclude/--no-force-exclude",
        default=None,
        help="Leave them out even if they are named, as pre-commit does.",
    ),
    click.option(
        "-j", "--jobs", type=click.IntRange(1), metavar="N", help="Processes to use.  [default: all CPUs]"
    ),
    click.option(
        "--stdin-filename",
        type=PathType(dir_okay=False),
        metavar="FILE",
        help="Read standard input, and take it for the text of FILE.",
    ),
)


def request(paths: tuple[Path, ...], *, stdin_filename: Path | None, jobs: int | None, **given: Any) -> Request:
    """Return what the call and pyproject.toml ask for together; exits with 2 if that makes no sense."""
    paths, contents = _input(paths, stdin_filename)
    if given["exact"] and given["unsafe"]:
        raise click.UsageError("--exact and --unsafe exclude each other.")
    both = sorted(set(codes(given["only"])) & set(codes(given["skip"])))
    if both:
        raise click.UsageError(f"--only and --skip both name {', '.join(both)}.")
    try:
        config = load_config(_start(paths))
    except ConfigError as error:
        fail(str(error))
    for warning in config.warnings:
        warn(warning)
    values = config.values

    def chosen(name: str, default: Any) -> Any:
        value = given[name.replace("-", "_")]
        return values.get(name, default) if value is None else value

    unsafe, exact = chosen("unsafe", False), chosen("exact", False)
    if unsafe and exact and not (given["unsafe"] or given["exact"]):
        fail(f"{config.directory / 'pyproject.toml'}: exact and unsafe exclude each other.")
    for name in ("only", "skip"):
        _warn_of_unknown(name, codes(given[name]))
    only = codes(given["only"]) or values.get("only") or None  # an empty list is no wish to see nothing
    if only and not KNOWN_CODES.difference(SAFE_DIFFERENCES).intersection(only):
        where = "--only" if given["only"] else f"{config.directory / 'pyproject.toml'}: only"
        fail(f"{where} names no code that findings have, so nothing would be looked for.")
    skip = codes(given["skip"]) + list(values.get("skip", ()))
    options = Options(
        level=chosen("level", "streams"),
        unsafe=unsafe and not given["exact"],  # what the call says counts, and what that excludes does not
        exact=exact and not given["unsafe"],
        python2=chosen("python2", False),
        target=chosen("target", "3.9"),
        only=None if only is None else frozenset(only),
        skip=frozenset(skip),
        include=_placed(given["include"], paths) or _below(config, "include"),
        exclude=_placed(given["exclude"], paths) + _below(config, "exclude"),
        force_exclude=chosen("force-exclude", False),
        jobs=jobs or values.get("jobs") or _processors(),
    )
    return Request(paths, options, config, stdin_filename, contents)


def _input(paths: tuple[Path, ...], name: Path | None) -> tuple[tuple[Path, ...], dict[Path, bytes] | None]:
    if name is not None:
        if set(paths) - {STDIN, name}:
            raise click.UsageError("--stdin-filename goes with no other path.")
        return (name,), {name: sys.stdin.buffer.read()}
    if STDIN in paths:
        raise click.UsageError("to read standard input, say what it is called: --stdin-filename FILE.")
    paths = paths or (Path(),)
    for path in paths:
        if not os.path.lexists(path):
            raise click.UsageError(f"{path} does not exist.")
        if not path.exists():
            raise click.UsageError(f"{path} is a symbolic link to nowhere.")
        if not (path.is_dir() or path.is_file()):
            raise click.UsageError(f"{path} is neither a file nor a directory.")
    return paths, None


def _start(paths: Iterable[Path]) -> Path:
    """Return where to look for pyproject.toml from: what all paths have in common."""
    places = [str(path.absolute() if path.is_dir() else path.absolute().parent) for path in paths]
    try:
        return Path(os.path.commonpath([os.path.normpath(place) for place in places]))
    except ValueError:  # on different drives
        return Path.cwd()


def _warn_of_unknown(option: str, given: Iterable[str]) -> None:
    for code in given:
        if code not in KNOWN_CODES:
            warn(f"--{option} names an unknown code {unknown_code(code)}")
        elif code in SAFE_DIFFERENCES:
            warn(f"--{option} names {code}, which is a difference and no finding; --exact allows no difference")


def _placed(patterns: Sequence[str], paths: Iterable[Path]) -> tuple[tuple[str, str], ...]:
    """Return patterns of the command line, which hold in the working directory and where *paths* are outside it."""
    here = Path.cwd()
    named = [Path(os.path.normpath((path if path.is_dir() else path.parent).absolute())) for path in paths]
    outside = [str(path) for path in named if here not in (path, *path.parents)]
    return tuple((directory, pattern) for directory in dict.fromkeys([str(here), *outside]) for pattern in patterns)


def _below(config: Config, key: str) -> tuple[tuple[str, str], ...]:
    return tuple((str(config.directory), pattern) for pattern in config.values.get(key, ()))


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
