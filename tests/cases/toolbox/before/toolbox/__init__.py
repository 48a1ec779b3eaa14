"""Lines over TCP, for programs that bring the loop."""

try:
    import asyncore
except ImportError:
    raise SystemExit("this needs Python 3.11 or older")

from .lines import LineClient, LineServer

__all__ = ["LineClient", "LineServer"]
