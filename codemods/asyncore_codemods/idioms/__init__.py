"""The idioms of old programs: small detectors, each with a name and a sentence about what it sees.

A detector looks at one class and yields the nodes where the idiom shows. What the detectors find is described, not
judged: the model lists it, people search reports for it, and the survey counts it. Nothing is rewritten because of
it.
"""

from __future__ import annotations

from asyncore_codemods.idioms import accepting, data, events, inputs, outputs, sockets, structure  # noqa: F401  they register
from asyncore_codemods.idioms.registry import IDIOMS, Idiom, read_idioms

__all__ = ["IDIOMS", "Idiom", "read_idioms"]
