"""Survey the pinned projects: ``python -m downstream`` (in ``tests``), or ``nox -s survey``."""

from __future__ import annotations

import argparse
import collections
import sys
from pathlib import Path

from oracle.pythons import find

from .projects import CACHE, FetchError, fetch, load_projects
from .rewriting import ENDS, Rewritten, ends_table, rewrite, rewritten_table
from .survey import Surveyed, complaints, distinct, survey, table


def main() -> int:
    """Run the command; return 1 where the tool crashed or missed something, 2 where a project could not be had."""
    options = _parser().parse_args()
    surveyed: list[Surveyed] = []
    rewritten: list[Rewritten] = []
    failed = 0
    for label, folder in _folders(options):
        if isinstance(folder, FetchError):
            print(f"{label}: {folder}", file=sys.stderr)
            failed = 2
            continue
        if options.fix:
            rewritten += [
                rewrite(label, folder, options.cache / "work", mode, options.old, options.new)
                for mode in ("", "--unsafe")
            ]
            print(f"{label:28} " + ", ".join(f"{r.mode}: {_counts(r)}" for r in rewritten[-2:]), file=sys.stderr)
        else:
            surveyed.append(survey(label, folder))
            print(
                f"{label:28} {len(surveyed[-1].scanned):3} classes {surveyed[-1].seconds:6.1f} s", file=sys.stderr
            )
    said = [line for result in surveyed for line in complaints(result)]
    said += [f"{result.label} {result.mode}: {problem}" for result in rewritten for problem in result.problems]
    if options.fix:
        print(rewritten_table(rewritten), ends_table(rewritten), sep="\n\n")
    else:
        print(table(surveyed), distinct(surveyed), sep="\n\n")
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
    parser.add_argument("--fix", action="store_true", help="rewrite copies and look at the result")
    parser.add_argument("--old", default=_python(3, 11), help="the Python of the originals (default: %(default)s)")
    parser.add_argument("--new", default=_python(3, 13), help="the Python of the results (default: %(default)s)")
    return parser


def _python(*minor: int) -> str:
    found = find(minor)
    return found.executable if found else sys.executable


def _counts(result: Rewritten) -> str:
    counts = collections.Counter(result.ends.values())
    return " ".join(f"{counts[end]} {end}" for end in ENDS)


sys.exit(main())
