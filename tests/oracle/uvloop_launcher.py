"""Run a script or ``-m module`` with uvloop as asyncio's loop: ``python uvloop_launcher.py SCRIPT ARGS``.

The program knows nothing of it, as in production, where a web server or a command line option chooses the
loop.
"""

from __future__ import annotations

import asyncio
import runpy
import sys
import warnings
from pathlib import Path


def main() -> None:
    """Choose uvloop, then behave as the interpreter does."""
    import uvloop

    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", DeprecationWarning
        )  # policies go from 3.14 on; there is no other way in from outside
        asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    if sys.argv[1] == "-m":
        sys.path[0] = ""
        del sys.argv[:2]
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
    else:
        del sys.argv[0]
        sys.path[0] = str(Path(sys.argv[0]).resolve().parent)
        runpy.run_path(sys.argv[0], run_name="__main__")


if __name__ == "__main__":
    main()
