"""Putting the bridge's modules where legacy programs look for them: into ``sys.modules``."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

NAMES = ("asyncore", "asynchat", "smtpd")
"""The modules that Python 3.12 removed."""

SHIMS = str(Path(__file__).with_name("shims"))
"""Where children that multiprocessing spawns find them: they inherit sys.path, and look there last."""


def install() -> None:
    """Make ``import asyncore``, ``asynchat`` and ``smtpd`` give the bridge's modules, in this process.

    Call it before the first legacy module is imported.  If the stdlib's modules (Python 3.9-3.11), or others
    of these names, were imported already, whoever imported them keeps them: a RuntimeWarning for each names the
    importers.  Calling it again does nothing.
    """
    for name in NAMES:
        ours = importlib.import_module(f"asyncore_bridge.{name}")
        present = sys.modules.get(name)
        if present is not None and present is not ours:
            _warn(name, present)
        sys.modules[name] = ours
    if SHIMS not in sys.path:
        sys.path.append(SHIMS)


@contextlib.contextmanager
def installed() -> Iterator[None]:
    """Have ``install()`` in force within a ``with`` block, for tests; afterwards all is as it was.

    What was imported before keeps what it has, without a warning; so import the legacy modules in the block.
    """
    before = {name: sys.modules.get(name) for name in NAMES}
    had_shims = SHIMS in sys.path
    for name in NAMES:
        sys.modules.pop(name, None)
    install()
    try:
        yield
    finally:
        for name, module in before.items():
            if module is None:
                sys.modules.pop(name, None)
            else:
                sys.modules[name] = module
        if not had_shims and SHIMS in sys.path:
            sys.path.remove(SHIMS)


def _warn(name: str, present: ModuleType) -> None:
    importers = sorted(
        other
        for other, module in list(sys.modules.items())
        if other != name
        and not other.startswith("asyncore_bridge")
        and any(
            value is present or _is_from(value, name) for value in list(getattr(module, "__dict__", {}).values())
        )
    )
    programs = [other for other in importers if other not in NAMES]  # not asynchat, which has imported asyncore
    file = getattr(present, "__file__", None) or "?"
    is_stdlib = Path(file).parent == Path(os.__file__).parent
    warnings.warn(
        f"asyncore_bridge.install(): {name} {'of the standard library' if is_stdlib else f'({file})'} was imported "
        f"before, by {', '.join(programs or importers) or 'a module that is gone'}; classes made from it stay off "
        "the bridge. Call install() before that import.",
        RuntimeWarning,
        stacklevel=3,
    )


def _is_from(value: object, name: str) -> bool:
    """Whether *value* is something that the stdlib's module *name* defines, or a class derived from it."""
    if isinstance(value, type):
        return any(base.__module__ == name for base in value.__mro__)
    return getattr(value, "__module__", None) == name
