"""Left luggage: a server, and a client that blocks."""

from .client import Porter
from .server import Counter

__all__ = ["Counter", "Porter"]
