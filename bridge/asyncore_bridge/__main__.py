"""Run a legacy program, unmodified, with the bridge's modules in place of the missing ones.

    python -m asyncore_bridge PROGRAM.py [ARGUMENT ...]
    python -m asyncore_bridge -m MODULE [ARGUMENT ...]
"""

from __future__ import annotations

import runpy
import sys


def main() -> None:
    from . import install
    install()
    args = sys.argv[1:]
    if args[0] == "-m":
        sys.argv = args[1:]
        runpy.run_module(args[1], run_name="__main__", alter_sys=True)
    else:
        import os
        sys.argv = args
        sys.path[0] = os.path.dirname(os.path.abspath(args[0]))
        runpy.run_path(args[0], run_name="__main__")

main()
