"""The workloads and their targets.

Targets were set on prototypes, before the bridge was written; where one is not met, RESULTS.md says so.
"""

from __future__ import annotations

from typing import NamedTuple

import load
from measures import (
    Measure,
    calls,
    flat,
    idle,
    import_time,
    lines,
    memory,
    passes,
    served,
    stalled,
    wall,
)


class Workload(NamedTuple):
    """One row of the table, or several: one for each contestant."""

    title: str
    measure: Measure
    targets: dict[str, float | None]
    """Contestants beside the stdlib, and what each should reach (None: only shown)."""
    unit: str = ""
    """For absolute figures, of which less is better; otherwise ratios to the stdlib, of which more is."""
    baseline: str = "stdlib"
    """Whom the others are compared with; "" for a figure that stands alone."""


RATIOS = {
    "lines-1": Workload(
        "line echo, 1 connection", lines(1, 1, 20000), {"default": 1.0, "uvloop": 1.05, "native": None}
    ),
    "lines-50": Workload(
        "line echo, 50 connections",
        lines(50, 1, 40000),
        {
            "default": 1.10,
            "uvloop": 1.15,
            "served": None,
            "served-uvloop": None,
            "native": None,
            "native-uvloop": None,
        },
    ),
    "lines-fresh": Workload(
        "the same, before any connection was closed",
        lines(50, 1, 40000, fresh=True),
        {"default": 1.10, "uvloop": 1.15, "served": None, "native": None},
    ),
    "bursts": Workload(
        # without the option the kernel joins what the stdlib sends, at the price of up to 40 ms for each burst
        "line echo, 50 connections, bursts of 16, TCP_NODELAY",
        lines(50, 16, 160000, "nodelay=yes"),
        {"default": 7, "uvloop": 7, "native": None},
    ),
    "two-pushes": Workload(
        "two pushes a reply", lines(50, 1, 20000, "class=two_pushes"), {"default": 1.5, "uvloop": 1.5}
    ),
    "two-pushes-event": Workload(
        'two pushes a reply, coalesce="event"',
        lines(50, 1, 20000, "class=two_pushes", "coalesce=event"),
        {"default": 3, "uvloop": 3},
    ),
    "two-pushes-wall": Workload(
        "two pushes a reply, by the wall clock", wall(20000, "class=two_pushes"), {"default": 100, "uvloop": 100}
    ),
    "pass-busy": Workload("loop(count=1), one busy channel", passes("busy"), {"default": 0.95}),
    "pass-idle": Workload("loop(count=1), idle", passes("idle"), {"default": 1.0}),
    "idle-10000": Workload("10 active beside 10,000 idle", idle(10000, 10, 20000), {"default": 90, "uvloop": 90}),
    "idle-5000": Workload("1 active beside 5,000 idle", idle(5000, 1, 10000), {"default": 120, "uvloop": 120}),
    "connect": Workload(
        "connect, one line, close",
        served("lines.py", load.connections, 8000, "class=connect"),
        {"default": 0.9, "uvloop": 1.0},
    ),
    "datagrams": Workload(
        "UDP echo", served("datagrams.py", load.datagrams, 30000), {"default": 0.95, "uvloop": 1.2}
    ),
    "bulk-in": Workload(
        "256 MiB in, counted frames of 64 KiB",
        served("bulk.py", load.bulk_in, 256, "in"),
        {"default": 1, "uvloop": 1, "served": None, "served-uvloop": None},
    ),
    "bulk-out": Workload(
        "256 MiB out, from a producer",
        served("bulk.py", load.bulk_out, 256, "out"),
        {"default": 1, "uvloop": 1, "served": None, "served-uvloop": None},
    ),
    "monitored": Workload(
        "counters on, 50 connections",
        lines(50, 1, 40000),
        {"monitored": 0.95, "was-monitored": None},
        baseline="default",
    ),
}

COSTS = {
    "flat": Workload(
        "10 active beside 10,000 idle, of 10 alone",
        lambda contestant: 1 / flat(10000, 10, 20000)(contestant),
        {"default": 1.1, "uvloop": 1.1},
        "times the cost",
        "",
    ),
    "memory": Workload(
        "memory of an idle connection", memory(2000), {"default": 1.8, "uvloop": None, "served": None}, "KiB"
    ),
    "stalled": Workload(
        "growth with a stalled reader, 256 MiB offered",
        stalled(256),
        {"default": 0.3, "uvloop": 0.3, "served": 0.3, "served-uvloop": 0.3},
        "MiB",
    ),
    "calls": Workload(
        "Python calls a line", calls(), {"default": None, "monitored": None, "was-monitored": None}, "calls"
    ),
    "import": Workload(
        "import asyncore_bridge.asynchat, after asyncio",
        import_time("import asyncore_bridge.asynchat"),
        {"default": 3},
        "ms",
        "",
    ),
}

WORKLOADS = {**RATIOS, **COSTS}
