"""Print, as JSON, every class that the codemods find below a folder and what becomes of it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from asyncore_codemods.findings import Strategy
from asyncore_codemods.index import build_index
from asyncore_codemods.plan.datagrams import DatagramPlan
from asyncore_codemods.plan.programs import plan_program, programs_of


def main() -> None:
    """Judge the folder that is named."""
    project = build_index([Path(sys.argv[1])], None)
    classes = []
    for modules in programs_of(project):
        plan = plan_program(project, modules)
        for planned in plan.hierarchies:
            strategy = Strategy.BRIDGE
            if plan.converts:
                strategy = Strategy.DATAGRAM if isinstance(planned.plan, DatagramPlan) else Strategy.STREAMS
            codes = sorted({str(reason.code) for reason in [*planned.reasons, *plan.reasons]})
            classes += [
                {
                    "path": str(member.module.path),
                    "line": member.node.lineno,
                    "name": member.qualname.rpartition(".")[2].partition(":")[0],
                    "strategy": strategy.value,
                    "codes": codes,
                }
                for member in planned.hierarchy.members
            ]
    print(json.dumps(classes))


main()
