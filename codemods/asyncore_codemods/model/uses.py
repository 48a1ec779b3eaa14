"""How a class uses what it inherits: every appearance of an inherited name, with its place and its arguments."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asyncore_codemods.spans import Span


class Kind(enum.Enum):
    """The form in which a name appears."""

    CALL = "call"  # self.push(...)
    READ = "read"  # self.addr, self.push without a call
    WRITE = "write"  # self.connected = ...
    DELETE = "delete"  # del self.socket
    BASE_CALL = "base call"  # async_chat.push(self, ...), super().push(...)


@dataclass(frozen=True)
class Argument:
    """One argument of a call, or an assigned value."""

    text: str
    span: Span
    keyword: str | None = None
    constant: object = None
    is_constant: bool = False
    names: frozenset[str] = frozenset()
    starred: bool = False


@dataclass(frozen=True)
class Use:
    """One appearance of an inherited name.

    `span` is the attribute expression, `call` the whole call, `statement` the statement it stands in; `alone`
    says that the statement is nothing but this call or this assignment. `deferred` marks uses in lambdas and nested
    functions, which run at another time.
    """

    name: str
    kind: Kind
    method: str
    span: Span
    statement: Span
    call: Span | None = None
    arguments: tuple[Argument, ...] = ()
    value: Argument | None = None
    alone: bool = False
    deferred: bool = False
    through: str = ""  # for BASE_CALL: the resolved class, "super" for super()
    tail: str = ""  # for READ: the attribute taken of it, as in self.socket.getpeername
    tail_call: Span | None = None  # and the call of that, if it is called

    @property
    def is_call(self) -> bool:
        """Whether the name is called, on self or through the base class."""
        return self.kind in (Kind.CALL, Kind.BASE_CALL)


@dataclass(frozen=True)
class Escape:
    """A place where the object itself is handed on: `room.join(self)`, `self.peer.owner = self`."""

    method: str
    span: Span
    statement: Span
    receiver: str  # the called expression, or the assigned target


@dataclass(frozen=True)
class Parameter:
    """A parameter of a method, other than the object itself."""

    name: str
    span: Span
    default: str | None = None
    starred: bool = False
    keyword_only: bool = False


@dataclass
class Method:
    """A method that a class defines itself."""

    name: str
    span: Span
    self_name: str
    parameters: list[Parameter]
    decorators: list[str]
    is_async: bool
    body: list[Span]
    calls: set[str] = field(default_factory=set)
    # what the whole body amounts to: pass, close, hook, true, false, inherited, or the state it asks for
    trivial: str = ""


@dataclass(frozen=True)
class ClassAttribute:
    """An assignment in the class body."""

    name: str
    value: Argument
    statement: Span


@dataclass(frozen=True)
class AttributeWrite:
    """An assignment to an attribute of the object that is the author's own."""

    name: str
    method: str
    statement: Span
    value: Argument | None
    alone: bool
