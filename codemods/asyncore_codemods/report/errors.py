"""What goes wrong when a report is made."""

from __future__ import annotations


class ReportError(Exception):
    """A report that cannot be made; the message says what to do."""
