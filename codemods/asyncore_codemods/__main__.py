"""The `asyncore-migrate` command.

The libraries that the command needs come with an extra, because the bridge goes into production and they do not
belong there. This module imports none of them, so that it can say what is missing.
"""

from __future__ import annotations

import atexit
import gc
import importlib.util
import sys

_NEEDED = ("libcst", "click", "rich", "pathspec", "jinja2")
_OBJECTS = 200_000  # a syntax tree is many small objects that all stay: looking for garbage among them is in vain


def main() -> None:
    """Run the command line; exits with 0 (clean), 1 (findings) or 2 (something is wrong)."""
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        sys.stderr.write(
            f"asyncore-migrate needs what is not installed: {', '.join(missing)}. "
            "Run: pip install 'asyncore-bridge[codemods]'\n"
        )
        sys.exit(2)
    gc.set_threshold(_OBJECTS, 20, 20)
    atexit.register(gc.freeze)  # Python looks through all objects once more when it ends, which is in vain, too
    try:
        from asyncore_codemods.cli import cli  # noqa: PLC0415  it imports what may be missing

        cli.main(prog_name="asyncore-migrate")
    except KeyboardInterrupt:  # while it imports
        sys.exit(130)
    except OSError as error:  # standard output is on a full disk, for instance
        if sys.stderr is not None:
            place = f"{error.filename}: " if error.filename else ""
            sys.stderr.write(f"Error: {place}{error.strerror or error}.\n")
        # what is still buffered could not be written either, and must not be tried again at exit
        sys.stdout = None  # as it is in a process without standard output
        sys.exit(2)


if __name__ == "__main__":
    main()
