"""What is to happen to the text of a program: places and new texts, file by file.

A plan names changes, rewrite/ carries them out. Nothing here knows a syntax tree.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from asyncore_codemods.model.sessions import Replacement
    from asyncore_codemods.spans import Place, Span


@dataclass
class FileChanges:
    """The changes of one file; every dictionary is keyed by the place of what is changed."""

    removed: set[Span] = field(default_factory=set)  # statements and definitions
    # of those whose comments do not simply stay in front of what follows:
    stands_for: dict[Span, Span] = field(default_factory=dict)  # the statement that does what the removed one did
    read: set[Span] = field(default_factory=set)  # the comments go to where input is read
    gone: set[Span] = field(default_factory=set)  # the comments have lost their sense
    statements: dict[Span, str] = field(default_factory=dict)  # a statement becomes these lines
    expressions: dict[Span, str] = field(default_factory=dict)
    arguments: dict[Span, str] = field(default_factory=dict)  # one argument or parameter becomes these
    wrapped: dict[Span, tuple[str, str]] = field(default_factory=dict)  # text around a statement
    hoisted: dict[Span, str] = field(default_factory=dict)  # an expression gets this name, in a statement before
    entered: dict[Span, str] = field(default_factory=dict)  # what a `with` enters gets this name, `as name`
    prepended: dict[Span, str] = field(default_factory=dict)  # lines in front of a statement
    appended: dict[Span, str] = field(default_factory=dict)  # lines behind a statement
    unwrapped: set[Span] = field(default_factory=set)  # an `if` becomes its body, a `try` that and its `else`
    coroutines: set[Span] = field(default_factory=set)  # def -> async def
    awaited: set[Span] = field(default_factory=set)  # calls to be awaited
    enclosed: dict[Span, str] = field(default_factory=dict)  # a call becomes the argument of this function
    bases: dict[Span, set[Span]] = field(default_factory=dict)  # class -> bases to take away
    methods: dict[Span, list[str]] = field(default_factory=dict)  # new methods behind this one, or first in a class
    parameters: dict[Span, str] = field(default_factory=dict)  # def -> its whole new parameter list
    body_starts: dict[Span, str] = field(default_factory=dict)  # lines at the start of a function's body
    # what to do about an exception in a function's body, and whether its last statement is to stay out of that
    guarded: dict[Span, tuple[str, bool]] = field(default_factory=dict)
    functions: dict[str, str] = field(default_factory=dict)  # module-level helpers by name
    after_class: set[Span] = field(default_factory=set)  # classes behind the last of which helpers go
    imports: set[str] = field(default_factory=set)  # modules that the new code needs
    # statements become a function's: what stands in front of them there, and behind, and the call in their place
    extracted: dict[Span, tuple[str, str, str]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return any(bool(getattr(self, name)) for name in self.__dataclass_fields__)


@dataclass
class Changes:
    """The changes of a program, by file."""

    files: dict[str, FileChanges] = field(default_factory=dict)

    def of(self, path: str) -> FileChanges:
        """Return the changes of one file."""
        return self.files.setdefault(path, FileChanges())

    def remove(self, places: Iterable[Place]) -> None:
        """Take statements or definitions away."""
        for place in places:
            self.of(place.path).removed.add(place.span)

    def remove_input(self, places: Iterable[Place]) -> None:
        """Take away statements and definitions that are about what is received."""
        places = list(places)
        self.remove(places)
        for place in places:
            self.of(place.path).read.add(place.span)

    def forget(self, places: Iterable[Place]) -> None:
        """Take statements away, and what is said of them."""
        places = list(places)
        self.remove(places)
        for place in places:
            self.of(place.path).gone.add(place.span)

    def unwrap(self, places: Iterable[Place]) -> None:
        """Keep what is in the blocks of statements that go."""
        for place in places:
            self.of(place.path).unwrapped.add(place.span)

    def make_coroutines(self, places: Iterable[Place]) -> None:
        """Have functions be defined by `async def`."""
        for place in places:
            self.of(place.path).coroutines.add(place.span)

    def make_awaited(self, places: Iterable[Place]) -> None:
        """Put `await` in front of calls."""
        for place in places:
            self.of(place.path).awaited.add(place.span)

    def replace(self, replacements: Iterable[Replacement]) -> None:
        """Put new texts for expressions."""
        for replacement in replacements:
            self.of(replacement.place.path).expressions[replacement.place.span] = replacement.text

    def rewrite(self, replacements: Iterable[Replacement]) -> None:
        """Put new lines for statements."""
        for replacement in replacements:
            self.of(replacement.place.path).statements[replacement.place.span] = replacement.text

    def make_returning(self, names: Mapping[Place, str]) -> None:
        """Have statements return their values, or these names behind them."""
        for place, name in names.items():
            if name:
                self.of(place.path).appended[place.span] = f"return {name}"
            else:
                self.of(place.path).wrapped[place.span] = "return ", ""

    def resize(self, replacements: Iterable[Replacement]) -> None:
        """Put several arguments or parameters for one."""
        for replacement in replacements:
            self.of(replacement.place.path).arguments[replacement.place.span] = replacement.text

    def merge(self, other: Changes) -> None:
        """Take over the changes of another part of the program."""
        for path, theirs in other.files.items():
            ours = self.of(path)
            for name in ours.__dataclass_fields__:
                mine, more = getattr(ours, name), getattr(theirs, name)
                if name == "methods":
                    for span, texts in more.items():
                        mine.setdefault(span, []).extend(texts)
                else:
                    mine.update(more)
