"""The old modules with one mistake each, the mistakes that a replacement of them is likely to make.

Run by the oracle's Python as ``python flaws NAME SCRIPT ARGS``: the mistake is put into the stdlib's classes, then
the program runs. The drives of ``tests/programs`` must notice every one of them (``test_oracle_sharpness.py``): a
drive that notices nothing proves nothing.
"""

from __future__ import annotations

import runpy
import sys
import warnings
from pathlib import Path

warnings.simplefilter("ignore", DeprecationWarning)

import framing  # noqa: E402, F401
import lifecycle  # noqa: E402, F401
import output  # noqa: E402, F401
from flaw_registry import FLAWS  # noqa: E402


def main() -> None:
    """Put the mistake in and run the program as the interpreter would."""
    del sys.argv[0]
    FLAWS[sys.argv.pop(0)]()
    sys.path[0] = str(Path(sys.argv[0]).resolve().parent)
    runpy.run_path(sys.argv[0], run_name="__main__")


if __name__ == "__main__":
    main()
