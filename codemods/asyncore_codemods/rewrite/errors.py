"""What goes wrong when a file is rewritten; apart from the rest of the package, which needs libcst."""

from __future__ import annotations


class RewriteError(Exception):
    """A rewrite that cannot be written; the file is left alone."""
