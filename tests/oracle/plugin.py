"""pytest glue: which oracle answers is said in the header, what was tolerated in the summary.

Enabled by ``pytest_plugins = ["oracle.plugin"]`` in ``tests/conftest.py``. Offers the fixture `truth`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from .finding import OracleMissing, OracleUnusable, find_oracle
from .modes import Stdlib
from .process import restore_interrupts
from .running import Truth

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .comparison import Comparison

TOLERATED = pytest.StashKey["list[str]"]()


def pytest_configure(config: pytest.Config) -> None:
    """Prepare the list of what was tolerated, and the signals that programs under test inherit."""
    config.stash[TOLERATED] = []
    config.pluginmanager.register(FromWorkers())
    restore_interrupts()


class FromWorkers:
    """With pytest-xdist: collects what was tolerated in each of its processes."""

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take over a process's list at its end; one that crashed has none."""
        node.config.stash[TOLERATED] += getattr(node, "workeroutput", {}).get("tolerated", [])


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In a process of pytest-xdist: hand over what was tolerated."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["tolerated"] = session.config.stash[TOLERATED]


def pytest_report_header() -> str:
    """Say who the oracle is."""
    try:
        return f"oracle: asyncore, asynchat and smtpd of {find_oracle()}"
    except OracleMissing as missing:
        return f"oracle: none, {missing}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """List the differences that were tolerated by name."""
    lines = config.stash[TOLERATED]
    if lines:
        terminalreporter.section("differences tolerated by name")
        for line in sorted(set(lines)):
            terminalreporter.line(line)


@pytest.fixture(scope="session")
def truth() -> Truth:
    """The oracle's transcripts; tests that need it are skipped, with the reason, where there is no oracle."""
    try:
        return Truth(Stdlib.of(find_oracle()))
    except OracleUnusable as mistake:
        pytest.fail(str(mistake), pytrace=False)
    except OracleMissing as missing:
        pytest.skip(str(missing))


@pytest.fixture
def same(request: pytest.FixtureRequest) -> Iterator[Same]:
    """A callable that fails the test, readably, for comparisons that differ, and reports what was tolerated."""
    yield Same(request.config)


class Same:
    """Demands that comparisons show no differences."""

    def __init__(self, config: pytest.Config) -> None:
        self._report = config.stash[TOLERATED]

    def __call__(self, *comparisons: Comparison) -> None:
        """Fail with everything that differs in any of *comparisons*."""
        __tracebackhide__ = True
        for comparison in comparisons:
            self._report += [f"{name}: {comparison.title}, {what}" for name, what in comparison.tolerated]
            if comparison.varies:
                self._report.append(f"the {comparison.sides[0]} itself varies: {comparison.title}")
        different = [str(comparison) for comparison in comparisons if not comparison.same]
        if different:
            pytest.fail("\n\n".join(different), pytrace=False)
