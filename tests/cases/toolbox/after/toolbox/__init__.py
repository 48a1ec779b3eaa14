"""Lines over TCP, for programs that bring the loop."""

from .lines import LineClient, LineServer

__all__ = ["LineClient", "LineServer"]
