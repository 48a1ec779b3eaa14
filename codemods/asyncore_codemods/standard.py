"""What the standard library has."""

from __future__ import annotations

import sys
import sysconfig
from functools import cache
from pathlib import Path


@cache
def standard_modules() -> frozenset[str]:
    """Return the names of the standard library's modules, which Python 3.9 does not tell by itself."""
    if sys.version_info >= (3, 10):
        return sys.stdlib_module_names
    directory = Path(sysconfig.get_path("stdlib"))
    places = [place for place in (directory, directory / "lib-dynload") if place.is_dir()]
    files = {path.name.partition(".")[0] for place in places for path in place.iterdir()}
    return frozenset(files) | frozenset(sys.builtin_module_names)
