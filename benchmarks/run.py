"""Run the benchmarks: see README.md beside this file."""

from __future__ import annotations

import argparse
import statistics
import sys

import load
from contestants import Setting, can_run
from workloads import WORKLOADS, Workload

HEAD = "| workload | who | {0} | figure | range | target | |\n| --- | --- | --: | --: | --: | --: | --- |"


def compare(workload: Workload, rounds: int) -> None:
    """Print the rows of one workload: contestants in turn, and the median of what they reached."""
    contestants = [name for name in workload.targets if can_run(name)]
    base: list[float] = []
    found: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds):
        if workload.baseline:
            base.append(workload.measure(workload.baseline))
        for name in contestants:
            figure = workload.measure(name)
            found[name].append(figure if workload.unit else figure / base[-1])
    for name, figures in found.items():
        print(row(workload, name, base, figures), flush=True)


def row(workload: Workload, name: str, base: list[float], figures: list[float]) -> str:
    """Return one row of the table."""
    target = workload.targets[name]
    median = statistics.median(figures)
    met = "" if target is None else "met" if (median <= target if workload.unit else median >= target) else "MISSED"
    shown = (
        f"{statistics.median(base):,.2f}"
        if base and workload.unit
        else f"{statistics.median(base):,.0f}"
        if base
        else ""
    )
    unit = f" {workload.unit}" if workload.unit else ""
    aim = "" if target is None else f"{'≤' if workload.unit else '≥'} {target:g}"
    spread = f"{min(figures):.2f}-{max(figures):.2f}"
    return f"| {workload.title} | {name} | {shown} | {median:.2f}{unit} | {spread} | {aim} | {met} |"


def main() -> None:
    """Run what the command line names, or everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workloads", nargs="*", metavar="WORKLOAD")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--python", default="", help="the Python that runs everybody, instead of a Python 3.11")
    parser.add_argument("--copies", default="", help="where its asyncore and asynchat are, if it has none")
    options = parser.parse_args()
    Setting.python, Setting.copies = options.python, options.copies
    if options.list:
        for name, workload in WORKLOADS.items():
            print(f"{name:17} {workload.title} ({', '.join(workload.targets)})")
        return
    unknown = set(options.workloads) - set(WORKLOADS)
    if unknown:
        sys.exit(f"there is no workload {', '.join(sorted(unknown))}; see --list")
    load.raise_limits()
    print(HEAD.format("stdlib"))
    for name in options.workloads or WORKLOADS:
        compare(WORKLOADS[name], options.rounds)


if __name__ == "__main__":
    main()
