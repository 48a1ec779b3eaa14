"""Survey the pinned projects: ``python -m downstream`` (in ``tests``), or ``nox -s survey``.

``--bridge`` runs their suites on the bridge instead; ``--adopt`` adopts copies of asyncore that projects carry;
``nox -s downstream`` does both.
"""

from __future__ import annotations

import argparse
import collections
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from oracle.pythons import find

from .adopting import adopting, adopting_table, differences
from .projects import CACHE, FetchError, Project, fetch, load_projects
from .rewriting import BRIDGE, ENDS, MODES, Rewritten, ends_table, rewrite, rewritten_table
from .suites import run_suite
from .survey import complaints, distinct, survey, table
from .unchanged import complaints as unlike
from .unchanged import cpython, run, unchanged_table

if TYPE_CHECKING:
    from collections.abc import Iterator


def main() -> int:
    """Run the command; return 1 where something went wrong with a project, 2 where one could not be had."""
    options = _parser().parse_args()
    projects, failed = [], 0
    wanted = options.names or not (options.folder or options.adopt)
    for project in load_projects(options.names) if wanted else []:
        try:
            projects.append((project, fetch(project, options.cache)))
        except FetchError as error:
            print(f"{project.label}: {error}", file=sys.stderr)
            failed = 2
    projects += [(Project(folder.name, "here", "", ""), folder) for folder in options.folder]
    acts = {"adopt": _adopt, "bridge": _unchanged, "suites": _suites, "fix": _fix}
    act = next((act for name, act in acts.items() if getattr(options, name)), _survey)
    said = list(act(projects, options))
    if said:
        print("", *said, sep="\n")
    return failed or bool(said)


_Projects = list[tuple[Project, Path]]


def _survey(projects: _Projects, _options: argparse.Namespace) -> Iterator[str]:
    surveyed = []
    for project, folder in projects:
        result = survey(project.label, folder)
        surveyed.append(result)
        _progress(project, f"{len(result.scanned):3} classes {result.seconds:6.1f} s")
        yield from complaints(result)
    print(table(surveyed), distinct(surveyed), sep="\n\n")


def _fix(projects: _Projects, options: argparse.Namespace) -> Iterator[str]:
    rewritten = []
    for project, folder in projects:
        for mode in MODES:
            result = rewrite(project.label, folder, options.cache / "work", mode, options.old, options.new)
            rewritten.append(result)
            _progress(project, f"fix {mode}: {_counts(result)}")
            yield from (f"{result.label}, fix {result.mode}: {problem}" for problem in result.problems)
    print(rewritten_table(rewritten), ends_table(rewritten), sep="\n\n")


def _suites(projects: _Projects, options: argparse.Namespace) -> Iterator[str]:
    work = options.cache / "work"
    lines = []
    for project, folder in projects:
        if project.suite is None or project.suite.installed:
            continue
        before = run_suite(project, folder, options.old, options.cache)
        cells = [str(before)]
        for mode in MODES:
            result = rewrite(project.label, folder, work, mode, options.old, options.new)
            for python in (options.old, options.new):
                after = run_suite(project, result.copy, python, options.cache, path=[BRIDGE], needs=["aiosmtpd"])
                cells.append(str(after))
                (work / project.label / f"suite{mode}-{Path(python).name}.log").write_text(after.output, "utf-8")
                if (after.passed, after.failed) != (before.passed, before.failed):
                    yield f"{project.label}, fix {mode}, on {python}: {after} (before: {before})"
        _progress(project, "; ".join(cells))
        lines.append(f"| {project.label} | " + " | ".join(cells) + " |")
    print("| suite | before | fix, old Python | fix, new | --unsafe, old | --unsafe, new |")
    print("| --- | --- | --- | --- | --- | --- |", *lines, sep="\n")


def _unchanged(projects: _Projects, options: argparse.Namespace) -> Iterator[str]:
    rows = {}
    if not options.names:
        projects = [*cpython(options.old, options.cache / "work"), *projects]
    for project, folder in projects:
        if project.suite is None:
            continue
        columns = rows[project.label] = run(project, folder, options.old, options.new, options.cache)
        _progress(project, "; ".join(map(str, columns.values())))
        for name, result in columns.items():
            log = options.cache / "work" / project.label / f"unchanged-{name.replace(', ', '-')}.log"
            log.parent.mkdir(parents=True, exist_ok=True)
            log.write_text(result.output, "utf-8")
        yield from unlike(project, columns)
    print(unchanged_table(rows, Path(options.old).name, Path(options.new).name))
    for project, _ in projects:
        if project.suite is not None and project.suite.new:
            print(f"{project.label}: {project.suite.new}.")


def _adopt(_projects: _Projects, options: argparse.Namespace) -> Iterator[str]:
    rows = {}
    for copy, said in adopting(options.cache, options.new):
        rows[copy.label] = said
        _progress(copy, f"{len(said)} ways")
        yield from differences(copy, said)
    print(adopting_table(rows))


def _progress(project: Project, text: str) -> None:
    print(f"{project.label:28} {text}", file=sys.stderr)


def _counts(result: Rewritten) -> str:
    counts = collections.Counter(result.ends.values())
    return " ".join(f"{counts[end]} {end}" for end in ENDS)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m downstream", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="PROJECT", help="all that are pinned unless named")
    parser.add_argument("--folder", action="append", type=Path, default=[], help="look at a directory of one's own")
    parser.add_argument("--cache", type=Path, default=CACHE, help="where projects are kept (default: %(default)s)")
    parser.add_argument("--fix", action="store_true", help="rewrite copies and look at the result")
    parser.add_argument(
        "--bridge", action="store_true", help="run the projects' own tests on the bridge, unchanged"
    )
    parser.add_argument("--adopt", action="store_true", help="have the pinned copies of asyncore adopted")
    parser.add_argument("--suites", action="store_true", help="run the projects' own tests before and after fix")
    parser.add_argument("--old", default=_python(3, 11), help="the Python of the originals (default: %(default)s)")
    parser.add_argument("--new", default=_python(3, 13), help="the Python of the results (default: %(default)s)")
    return parser


def _python(*minor: int) -> str:
    found = find(minor)
    return found.executable if found else sys.executable


sys.exit(main())
