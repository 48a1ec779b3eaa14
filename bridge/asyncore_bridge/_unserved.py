"""A hint for channels that nobody serves, though an event loop runs where they were made.

``serve()`` and its kin serve the connections that they make; a session that opens a socket of its own puts it into
a socket map, which needs ``attach()`` or ``until_empty()``.  Nothing else would ever say so.
"""

from __future__ import annotations

import logging
import weakref
from typing import TYPE_CHECKING, Any

from . import _loops, _mapdriver

if TYPE_CHECKING:
    from .asyncore import dispatcher

logger = logging.getLogger("asyncore_bridge")

PATIENCE = 1.0
"""Seconds in which somebody may begin to serve the map before anything is said."""

_named: weakref.WeakSet[type[Any]] = weakref.WeakSet()
"""The classes of which it was said: once is enough."""


def watch(channel: dispatcher) -> None:
    """Look at *channel*, whose map nobody has ever driven, again in a while, if an event loop runs here."""
    loop = _loops.running()
    if loop is not None and type(channel) not in _named:
        loop.call_later(PATIENCE, _look, weakref.ref(channel))


def _look(reference: weakref.ref[dispatcher]) -> None:
    channel: Any = reference()
    if (
        channel is not None
        and channel._map.get(channel._fileno) is channel
        and type(channel) not in _named
        and _mapdriver.existing(channel._map) is None
    ):
        _named.add(type(channel))
        logger.warning(
            "%r has a socket of its own, and nobody serves its map: use 'with asyncore_bridge.attach():', or await "
            "until_empty(), on this event loop",
            channel,
            extra={"channel": channel},
        )
