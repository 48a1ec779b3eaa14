"""What is known about a program around its classes: who makes them, where the loop runs, what else is used."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asyncore_codemods.model.sessions import Reason, Replacement
    from asyncore_codemods.spans import Place, Span


class Mention(enum.Enum):
    """How a class is mentioned."""

    BASE = "base"  # class Other(Cls)
    CONSTRUCTED = "constructed"  # Cls(...)
    BASE_CALL = "base call"  # Cls.method(self, ...)
    ATTRIBUTE = "attribute"  # Cls.counter
    CHECKED = "checked"  # isinstance(x, Cls)
    STORED = "stored"  # handler_class = Cls in a class body
    PASSED = "passed"  # Server(port, Cls)
    OTHER = "other"


@dataclass(frozen=True)
class ClassMention:
    """One mention of a class of the project."""

    mention: Mention
    place: Place
    scope: str  # "" for module level, else the dotted name of the function
    call: Span | None = None
    statement: Span | None = None
    stored_as: str = ""  # STORED: the class attribute; PASSED: the parameter
    owner: str = ""  # STORED: the class; PASSED: the constructed class


@dataclass(frozen=True)
class ModuleUse:
    """A use of something in a removed module that is not a class being derived from."""

    name: str  # "asyncore.loop"
    place: Place
    scope: str
    statement: Span
    call: Span | None = None
    alone: bool = False


@dataclass
class Block:
    """Statements that go into a coroutine: those around a loop and behind it that have to run inside."""

    place: Place  # from the first of them to the last
    name: str  # of the coroutine
    shared: str = ""  # what it starts with: `nonlocal` or `global`, and the names that it gives to others
    returns: bool = False  # what it returns is returned where it stood
    is_endless: bool = False  # nothing behind it would be reached
    catches: bool = False  # a `try` around the loop is part of it
    signals: tuple[str, ...] = ()  # `signal.SIGTERM`, say: those besides Ctrl-C of which the handlers raise
    method: Span | None = None  # whose whole body it is: that becomes the coroutine
    calls: list[Place] = field(default_factory=list)  # of this method
    outer: Block | None = None  # around the one call, where that has to be in a coroutine as well


@dataclass
class Polling:
    """A loop that is run for one pass at a time, in a `while` that does other work in between."""

    seconds: str  # how long a pass waits, as an expression
    loop: Place  # the `while`
    event: str = ""  # what ends the wait early
    is_global: bool = False  # it is a name of the module, not an attribute
    woken: list[Replacement] = field(default_factory=list)  # statements, and the line behind each that sets it
    declared: Replacement | None = None  # a statement, and the line in front of it that declares the name
    asks: list[Replacement] = field(default_factory=list)  # expressions that ask whether the map is empty
    removed: Place | None = None  # a time.sleep() that the wait stands for as well
    carried: Place | None = None  # the pass, or the function of which it is all, and which the `while` calls
    before: str = ""  # the call of that function, if it does something before the pass
    behind: str = ""  # or behind it
    may_be_over: bool = False  # before its first pass
    is_ahead: bool = False  # the wait stands in front of the statement with this call, which uses what it returns


@dataclass
class LastLoop:
    """A loop behind the loop, which lets go out what is said at the end."""

    place: Place  # the whole call, or that of the function in which it stands
    seconds: float | None  # how long it waits, None for as long as it takes
    catches: bool = False  # there is a `try` around it, for Ctrl-C perhaps
    carried: Place | None = None  # the loop itself, where that stands in a function which is called here
    is_first: bool = False  # in that, rather than last


@dataclass
class LoopSite:
    """A call of asyncore.loop(), or of threading.Thread(target=asyncore.loop)."""

    place: Place  # the whole call
    scope: str
    statement: Span
    alone: bool
    in_loop: bool
    guarded: bool  # stands in a `try`, or something follows it: the program outlives the loop
    owner: str = ""  # the class, if it stands in a method
    self_name: str = ""
    is_thread: bool = False  # asyncore.loop is the target of a thread
    is_apart: bool = False  # it runs in a thread of its own, in one way or another
    template: str = "asyncio.run({})"  # what becomes of the whole call
    problems: list[Reason] = field(default_factory=list)
    block: Block | None = None  # if its statement goes into a coroutine
    polling: Polling | None = None  # if it runs single passes
    around: Place | None = None  # a `while` that runs it once only, and goes
    given: Place | None = None  # the statement that keeps its arguments, which goes
    handed: Place | None = None  # asyncore.loop(), where that stands in a function that the site calls
    handed_to: Place | None = None  # this function
    handed_scope: str = ""  # and its name
    ended: list[Place] = field(default_factory=list)  # with the `break` that ends it
    last: list[LastLoop] = field(default_factory=list)  # those that let go out what is said at the end
    repeats: bool = False  # it is all that a `while` does, which asks a flag first
    is_endless: bool = False  # it would go on if the loop ended because nothing was left
    goes_on: bool = False  # or by an exception
    whole: LoopSite | None = None  # what all the passes of an endless `while` come to, if that never ends by itself

    def set_apart(self, *, apart: bool) -> None:
        """Say whether the loop has a thread of its own, in which nothing but asyncio.run() has to be called."""
        self.is_apart = apart
        if apart:
            lazy, direct = "target=lambda: asyncio.run({})", "target=asyncio.run, args=({},)"
            self.template = self.template.replace(lazy, direct)


@dataclass
class SocketSetup:
    """create_socket(), set_reuse_addr(), bind() and listen() of a listener, or the socket that it is given."""

    method: str  # "" if others call them
    module: str
    statements: dict[str, Place] = field(default_factory=dict)  # by the name of the call
    address: str = ""
    backlog: str = ""
    plain: bool = True  # what socket.create_server() does, in one piece
    steps: list[tuple[str, Place, tuple[str, ...]]] = field(default_factory=list)  # else, one by one
    given: str = ""  # what the socket is called that the constructor is given, if it is not made here
    announced: list[Place] = field(
        default_factory=list
    )  # where such a listener is told that it is one, by `accepting`
    owner: str = "self"  # what the listener is called there


@dataclass
class AcceptSite:
    """Where a listener makes a session of a new connection."""

    call: Place
    statement: Place
    classes: frozenset[str]
    sock: Replacement  # the argument that is the socket
    target: str = ""  # the variable it is assigned to
    is_statement: bool = False
    run_after: Place | None = None  # the last statement of its block
    is_last: bool = False  # nothing follows it there
    before_return: bool = False  # the block ends with a bare return
    is_outermost: bool = False  # the block is the method's own


@dataclass
class AcceptFacts:
    """handle_accept() or handle_accepted() of a listener."""

    method: str
    place: Place
    self_name: str
    sites: list[AcceptSite] = field(default_factory=list)
    removed: list[Place] = field(default_factory=list)
    unwrapped: list[Place] = field(default_factory=list)
    replaced: list[Replacement] = field(default_factory=list)
    parameters: list[Place] = field(default_factory=list)  # of handle_accepted: sock and addr
    address: str = ""  # what must hold the peer's address, a variable or `host, port`; "" if it is never read
    names: frozenset[str] = frozenset()  # every name the method binds or reads
    resized: list[Replacement] = field(default_factory=list)  # a socket that methods in between are given
    made: list[Place] = field(default_factory=list)  # where they make the session
    coroutines: list[Place] = field(default_factory=list)  # those of them that run it
    awaited: list[Place] = field(default_factory=list)  # and the calls of those
    closes: bool = False  # the new connection, whatever it is
    entered: set[str] = field(default_factory=set)  # the lists that its stream is put into
    sends: set[str] = field(default_factory=set)  # paths of the files that send to all in such a list
    left: list[Place] = field(default_factory=list)  # statements behind which the method is left
    dropped: list[Place] = field(default_factory=list)  # statements in front of which the connection is nobody's
    dropped_at_end: list[Place] = field(default_factory=list)  # and those behind which it is


@dataclass
class ListenerFacts:
    """A class that accepts connections."""

    setups: list[SocketSetup]  # one, or one for each listener that others set up
    accepts: list[AcceptFacts]  # one for each class that has its own

    @property
    def sites(self) -> list[AcceptSite]:
        """Every place where a session is made for a new connection."""
        return [site for accept in self.accepts for site in accept.sites]
