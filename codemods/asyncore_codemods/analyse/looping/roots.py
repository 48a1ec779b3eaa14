"""What a loop drives, and how it is named there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asyncore_codemods.analyse.looping.makers import Product
    from asyncore_codemods.spans import Place


@dataclass
class Root:
    """One or more objects that the loop drives, and the expression for them at the loop.

    `bound` are statements that must bind their value to the name `text`. `inlined` is a statement that goes,
    because its call moves into the loop's. A `collected` root stands for all the objects that a `for` statement
    makes: it gets a list called `text`. `each` says that there is such a list already. `hoisted` are calls in the
    midst of a statement, `servers["a"] = Server(port)`, which get a name in front of that. What a `with` has
    `entered` gets one there.
    """

    text: str
    classes: frozenset[str]
    calls: list[Place] = field(default_factory=list)
    bound: list[Place] = field(default_factory=list)
    hoisted: list[tuple[Place, str]] = field(default_factory=list)
    entered: list[tuple[Place, str]] = field(default_factory=list)
    inlined: Place | None = None
    each: bool = False
    source: Place | None = None  # of an inlined root: the call that moves
    products: list[Product] = field(default_factory=list)  # what functions make for it
    collected: Place | None = None  # the statement in front of which the list is made
    appended: list[tuple[Place, str]] = field(default_factory=list)  # statements, and the name that they bind
