"""Run the benchmarks: see README.md beside this file."""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import load
from contestants import Running, environment, oracle, output

Measure = Callable[[str], float]
"""Takes a contestant, returns a figure of which more is better."""

BRIDGE = ("default", "uvloop")


def lines(conns: int, depth: int, total: int, *args: str) -> Measure:
    """Lines per second of server CPU."""

    def measure(contestant: str) -> float:
        with Running(contestant, "lines.py", *args) as server:
            socks = load.connect(server.port, conns)
            load.lines(socks, depth, total // 10)
            before = server.cpu()
            load.lines(socks, depth, total)
            return total / (server.cpu() - before)

    return measure


def idle(idle_conns: int, active: int, total: int) -> Measure:
    """Lines per second of server CPU on *active* connections, beside *idle_conns* that say nothing."""

    def measure(contestant: str) -> float:
        share = max(total // 50, 200) if contestant == "stdlib" else total
        with Running(contestant, "lines.py") as server:
            sleeping = load.connect(server.port, idle_conns)
            socks = load.connect(server.port, active)
            load.lines(socks, 1, max(share // 10, active))
            before = server.cpu()
            load.lines(socks, 1, share)
            figure = share / (server.cpu() - before)
            for sock in sleeping:
                sock.close()
            return figure

    return measure


def wall(total: int, *args: str) -> Measure:
    """Lines per second by the wall clock: where replies of two pushes stall."""

    def measure(contestant: str) -> float:
        with Running(contestant, "lines.py", *args) as server:
            socks = load.connect(server.port, 10)
            share = total // 100 if contestant == "stdlib" else total
            started = time.monotonic()
            load.lines(socks, 1, share)
            return share / (time.monotonic() - started)

    return measure


def passes(kind: str) -> Measure:
    """Passes per second of CPU."""
    return lambda contestant: 1e6 / float(output(contestant, "passes.py", kind))


def served(server: str, generate: Callable[[int, int], None], total: int, *args: str) -> Measure:
    """What *generate* makes of the server, per second of its CPU."""

    def measure(contestant: str) -> float:
        with Running(contestant, server, *args) as process:
            generate(process.port, max(total // 10, 8))
            before = process.cpu()
            generate(process.port, total)
            return total / (process.cpu() - before)

    return measure


def memory(conns: int) -> Measure:
    """Connections per mebibyte of the server's memory."""

    def measure(contestant: str) -> float:
        with Running(contestant, "lines.py") as server:
            warm = load.connect(server.port, 100)
            load.lines(warm, 1, 200)
            before = server.resident()
            socks = load.connect(server.port, conns)
            load.lines(warm, 1, 200)
            time.sleep(0.5)
            figure = conns / ((server.resident() - before) / (1 << 20))
            for sock in socks:
                sock.close()
            return figure

    return measure


WORKLOADS: dict[str, tuple[str, Measure, tuple[str, ...]]] = {
    "lines-1": ("line echo, 1 connection", lines(1, 1, 20000), (*BRIDGE, "native")),
    "lines-50": (
        "line echo, 50 connections",
        lines(50, 1, 40000),
        (*BRIDGE, "monitored", "native", "native-uvloop"),
    ),
    "bursts": ("line echo, 50 connections, bursts of 16", lines(50, 16, 160000), (*BRIDGE, "native")),
    "two-pushes": ("two pushes a reply", lines(50, 1, 20000, "class=two_pushes"), BRIDGE),
    "two-pushes-event": (
        'two pushes a reply, coalesce="event"',
        lines(50, 1, 20000, "class=two_pushes", "coalesce=event"),
        BRIDGE,
    ),
    "two-pushes-wall": ("two pushes a reply, by the wall clock", wall(20000, "class=two_pushes"), BRIDGE),
    "pass-busy": ("loop(count=1), one busy channel", passes("busy"), ("default",)),
    "pass-idle": ("loop(count=1), idle", passes("idle"), ("default",)),
    "idle-10000": ("10 active beside 10,000 idle", idle(10000, 10, 20000), BRIDGE),
    "idle-5000": ("1 active beside 5,000 idle", idle(5000, 1, 10000), BRIDGE),
    "connect": ("connect, one line, close", served("lines.py", load.connections, 8000, "class=connect"), BRIDGE),
    "datagrams": ("UDP echo", served("datagrams.py", load.datagrams, 30000), BRIDGE),
    "bulk-in": ("256 MiB in, counted frames", served("bulk.py", load.bulk_in, 256, "in"), BRIDGE),
    "bulk-out": ("256 MiB out, from a producer", served("bulk.py", load.bulk_out, 256, "out"), BRIDGE),
    "memory": ("memory, 2,000 idle connections", memory(2000), ("default",)),
}


def compare(name: str, rounds: int) -> None:
    """Print one row: the stdlib's figure, and each contestant's ratio to it."""
    title, measure, contestants = WORKLOADS[name]
    figures: list[float] = []
    ratios: dict[str, list[float]] = {contestant: [] for contestant in contestants}
    for _ in range(rounds):
        base = measure("stdlib")
        figures.append(base)
        for contestant in contestants:
            ratios[contestant].append(measure(contestant) / base)
    cells = [
        f"{contestant} {statistics.median(found):.2f} ({min(found):.2f}-{max(found):.2f})"
        for contestant, found in ratios.items()
    ]
    print(f"{name:17} {title:38} stdlib {statistics.median(figures):10.0f}   {'   '.join(cells)}", flush=True)


def import_time() -> None:
    """Print how long it takes to import the bridge on top of asyncio."""

    def once(code: str) -> float:
        before = "import time, asyncio, logging, socket; t = time.perf_counter()"
        timed = f"{before}; {code}; print(time.perf_counter() - t)"
        done = subprocess.run(
            [oracle(), "-c", timed], capture_output=True, text=True, check=True, env=environment()
        )
        return float(done.stdout) * 1000

    once("import asyncore_bridge.asynchat")
    for code in ("import asyncore_bridge.asynchat", "import asyncore_bridge"):
        found = [once(code) for _ in range(9)]
        median = statistics.median(found)
        print(f"{'import':17} {code:38} {median:.1f} ms on top of asyncio ({min(found):.1f} at best)")


def main() -> None:
    """Run what the command line names, or everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workloads", nargs="*", metavar="WORKLOAD")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args()
    if options.list:
        for name, (title, _, contestants) in WORKLOADS.items():
            print(f"{name:17} {title} ({', '.join(contestants)})")
        return
    unknown = set(options.workloads) - set(WORKLOADS) - {"import"}
    if unknown:
        sys.exit(f"there is no workload {', '.join(sorted(unknown))}; see --list")
    load.raise_limits()
    for name in options.workloads or [*WORKLOADS, "import"]:
        if name == "import":
            import_time()
        else:
            compare(name, options.rounds)


if __name__ == "__main__":
    main()
