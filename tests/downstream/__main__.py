"""Survey the pinned projects: ``python -m downstream`` (in ``tests``), or ``nox -s survey``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from .projects import CACHE, FetchError, fetch, load_projects
from .survey import complaints, distinct, survey, table


def main() -> int:
    """Run the command; return 1 where the tool crashed or missed something, 2 where a project could not be had."""
    options = _parser().parse_args()
    surveyed, failed = [], 0
    for label, folder in _folders(options):
        if isinstance(folder, FetchError):
            print(f"{label}: {folder}", file=sys.stderr)
            failed = 2
            continue
        result = survey(label, folder)
        surveyed.append(result)
        print(f"{label:28} {len(result.scanned):3} classes {result.seconds:6.1f} s", file=sys.stderr)
    print(table(surveyed), distinct(surveyed), sep="\n\n")
    said = [line for result in surveyed for line in complaints(result)]
    if said:
        print("", *said, sep="\n")
    return failed or bool(said)


def _folders(options: argparse.Namespace):
    for folder in options.folder:
        yield folder.name, folder
    if options.folder and not options.names:
        return
    for project in load_projects(options.names):
        try:
            yield project.label, fetch(project, options.cache)
        except FetchError as error:
            yield project.label, error


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m downstream", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="PROJECT", help="all that are pinned unless named")
    parser.add_argument("--folder", action="append", type=Path, default=[], help="look at a directory of one's own")
    parser.add_argument("--cache", type=Path, default=CACHE, help="where projects are kept (default: %(default)s)")
    return parser


sys.exit(main())
