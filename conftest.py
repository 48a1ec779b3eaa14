"""Runs the samples of the README and the guide (tests/support/documents.py), and divides the tests for xdist."""

from __future__ import annotations

import pytest

from support.documents import collect

pytest_collect_file = collect()


@pytest.hookimpl(tryfirst=True)  # pytest-xdist's own hook looks at these marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of a file together, for they share fixtures, unless they say how to divide them."""
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.nodeid.split("::")[0]))
