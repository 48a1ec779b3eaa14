"""Putting the bridge's modules where legacy programs look for them: into ``sys.modules``."""

from __future__ import annotations

import contextlib
import importlib
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

NAMES = ("asyncore", "asynchat", "smtpd")
"""The modules that Python 3.12 removed."""


def install() -> None:
    """Make ``import asyncore``, ``asynchat`` and ``smtpd`` give the bridge's modules, in this process.

    Call it before the first legacy module is imported.  If the stdlib's modules (Python 3.9-3.11) were
    imported already, whoever imported them keeps them: a RuntimeWarning names the importers.
    Calling it again does nothing.
    """
    for name in NAMES:
        ours = importlib.import_module(f"asyncore_bridge.{name}")
        present = sys.modules.get(name)
        if present is not None and present is not ours:
            _warn(name, present)
        sys.modules[name] = ours
    # for children that multiprocessing spawns: they inherit sys.path, and look there last
    shims = str(Path(__file__).with_name("shims"))
    if shims not in sys.path:
        sys.path.append(shims)


@contextlib.contextmanager
def installed() -> Iterator[None]:
    """Have ``install()`` in force within a ``with`` block, for tests; afterwards all is as it was."""
    before = {name: sys.modules.get(name) for name in NAMES}
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


def _warn(name: str, present: ModuleType) -> None:
    importers = sorted(
        other
        for other, module in list(sys.modules.items())
        if other not in NAMES
        and not other.startswith("asyncore_bridge")
        and any(value is present or _is_from(value, name) for value in list(vars(module).values()))
    )
    warnings.warn(
        f"asyncore_bridge.install(): {name} of the standard library was imported before, by "
        f"{', '.join(importers) or 'a module that is gone'}; classes made from it stay off the bridge. "
        "Call install() before that import.",
        RuntimeWarning,
        stacklevel=3,
    )


def _is_from(value: object, name: str) -> bool:
    """Whether *value* is something that the stdlib's module *name* defines, or a class derived from it."""
    if isinstance(value, type):
        return any(base.__module__ == name for base in value.__mro__)
    return getattr(value, "__module__", None) == name
