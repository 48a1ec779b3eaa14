"""`[tool.asyncore-migrate]` in pyproject.toml: the options of every run of a project."""

from __future__ import annotations

import difflib
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from asyncore_codemods.options import LEVELS, TARGETS
from asyncore_codemods.suppress import KNOWN_CODES, unknown_code

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

SECTION = "tool.asyncore-migrate"

_LISTS = ("only", "skip", "include", "exclude")
_FLAGS = ("unsafe", "exact", "force-exclude", "python2")
_CHOICES = {"level": LEVELS, "target": TARGETS}
_TEXTS = ("baseline",)
_MISNAMED = re.compile(rb"^\s*\[tool\.[\"']?(asyncore[\w-]*)[\"']?\]", re.MULTILINE)
KEYS = (*_LISTS, *_FLAGS, *_CHOICES, *_TEXTS, "jobs")


class ConfigError(Exception):
    """A pyproject.toml that cannot be read, or holds a value that cannot be meant."""


@dataclass
class Config:
    """What a pyproject.toml says, and what is odd about it."""

    directory: Path = field(default_factory=Path.cwd)
    values: dict[str, Any] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


def load_config(start: Path) -> Config:
    """Return the configuration that holds for *start*: the nearest pyproject.toml above it that has our section.

    Raises ConfigError. Unknown keys and codes are warnings, so that one file may serve several versions.
    """
    absolute = start.absolute()
    odd: list[str] = []
    for directory in (absolute, *absolute.parents):
        path = directory / "pyproject.toml"
        if path.is_file():
            table = _section(path)
            if table is not None:
                config = _checked(path, table)
                return Config(config.directory, config.values, odd + config.warnings)
            odd += [
                f"{path}: [tool.{name.decode()}] is not looked at; did you mean [{SECTION}]?"
                for name in _MISNAMED.findall(path.read_bytes())
            ]
    return Config(warnings=odd)


def _section(path: Path) -> dict[str, Any] | None:
    try:
        raw = path.read_bytes()
        if b"asyncore-migrate" not in raw:
            return None
        whole = tomllib.loads(raw.decode())
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror or error}.") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path}: is not valid TOML: {error}.") from error
    tools = whole.get("tool")
    table = tools.get("asyncore-migrate") if isinstance(tools, dict) else None
    if table is not None and not isinstance(table, dict):
        raise ConfigError(f"{path}: [{SECTION}] is not a table.")
    return table


def _checked(path: Path, table: dict[str, Any]) -> Config:
    config = Config(path.parent)
    for key, value in table.items():
        if key not in KEYS:
            close = difflib.get_close_matches(key, KEYS, n=1)
            hint = f"did you mean {close[0]!r}?" if close else f"there are {', '.join(KEYS)}."
            config.warnings.append(f"{path}: [{SECTION}] has an unknown key {key!r}; {hint}")
            continue
        wrong = _wrong(key, value)
        if wrong:
            raise ConfigError(f"{path}: [{SECTION}] {key} = {value!r}: {wrong}.")
        config.values[key] = value
    for key in ("only", "skip"):
        config.warnings += [
            f"{path}: [{SECTION}] {key} names an unknown code {unknown_code(code)}"
            for code in config.values.get(key, ())
            if code not in KNOWN_CODES
        ]
    return config


def _wrong(key: str, value: object) -> str:
    """Return what is wrong with a value, "" if it will do."""
    if key in _LISTS and not (isinstance(value, list) and all(isinstance(item, str) for item in value)):
        return "a list of strings is needed"
    if key in _FLAGS and not isinstance(value, bool):
        return "true or false is needed"
    if key in _CHOICES and value not in _CHOICES[key]:
        return f"one of {', '.join(map(repr, _CHOICES[key]))} is needed"
    if key in _TEXTS and not isinstance(value, str):
        return "a string is needed"
    if key == "jobs" and (isinstance(value, bool) or not isinstance(value, int) or value < 1):
        return "a whole number from 1 on is needed"
    return ""
