"""Runs the samples of the README and the guide (tests/support/documents.py), and divides the tests for xdist."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from support.documents import collect

if TYPE_CHECKING:
    from xdist.scheduler import LoadScopeScheduling

pytest_collect_file = collect()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Keep together what shares something: the tests of a file, or the transcripts of a program or a case.

    Its own ``--dist loadgroup``, which would do the same with marks, does nothing with pytest 9.2.
    """
    from xdist.scheduler import LoadScopeScheduling  # noqa: PLC0415  it may not be there

    class Scheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file, _, test = nodeid.partition("::")
            words = test.partition("[")[2].rstrip("]").split("-")
            if file.endswith("tests/codemods/test_transcripts.py"):
                return f"{file} {words[0]}"
            if file.endswith("tests/test_programs.py"):
                return f"{file} {words[-1]}"
            if file.endswith(("test_inventory.py", "test_idiom_table.py")):
                return "what looks at the classes of all programs"
            return file

    return Scheduling(config, log)
