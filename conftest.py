"""Runs the samples of the README and the guide; see tests/support/documents.py."""

from support.documents import collect

pytest_collect_file = collect()
