"""The small description of a class that the printer turns into code."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asyncore_codemods.codes import Code
    from asyncore_codemods.model.sessions import Delivery, Framing
    from asyncore_codemods.spans import Place


class Ending(enum.Enum):
    """The form in which the end of a connection is written."""

    CLOSE = "close"  # finally: self.writer.close()
    HOOK_FINALLY = "hook finally"  # finally: self.handle_close()
    HOOK_AFTER = "hook after"  # errors are printed, then self.handle_close(); nothing runs on cancellation
    HANDLERS = "handlers"  # handle_close() or handle_error(), as asyncore chose


@dataclass
class Dialled:
    """A statement that keeps the address of a client."""

    place: Place
    own: str  # what it calls the client
    made: Place | None  # the call that makes it, where whoever does also tells it where to connect


@dataclass
class ConnectionDescription:
    """What a client does before its loop."""

    family: str
    over_tcp: bool = True
    over_unix: bool = False  # a path, or an internet address if over_tcp
    address: str = "addr"  # the attribute that holds where to connect to
    taken: str = ""  # or the connection, if there is one already: this is
    greets: bool = False  # calls handle_connect()
    waits: bool = False  # which is a coroutine
    writes: bool = False  # then calls handle_write(), once
    request: str = ""  # the attribute whose value is sent first
    closes_early: bool = False  # may be closed before it is connected
    closed: str = "closed"  # the attribute that tells that it has ended, if one is needed
    keeps_connected: bool = False  # and self.connected, which somebody asks for
    knows_host: bool = False  # no name server is asked for the host
    told_why: bool = False  # handle_error() asks why a connection cannot be made
    looks_up: bool = False  # must tell who makes it of a host that is not known
    dialled: list[Dialled] = field(default_factory=list)  # where the address is kept
    unsent: str = ""  # the attribute that keeps what is sent before there is a connection
    queues: bool = False  # or it goes to the queue of what waits behind producers
    finished: str = ""  # the attribute that tells that it is to close when all of that has gone out
    told: bool = False  # whoever makes it tells it where to connect
    accepts: bool = False  # is given a connection that was accepted, perhaps, and connects if it is not
    again: bool = False  # may connect again when a connection has ended
    in_handlers: bool = False  # or while it handles what it received
    connecting: str = "connecting"  # the attribute that tells that there is to be a connection
    attempt: str = "run_connection"  # the coroutine that serves one connection of several

    @property
    def can_look_up(self) -> bool:
        """Whether one call tells that a host is not known, if that can be."""
        return not self.over_unix and (self.knows_host or self.family in ("socket.AF_INET", "AF_INET"))


@dataclass
class SessionDescription:
    """One hierarchy of sessions, as asyncio code."""

    name: str
    place: Place  # the class statement that run() goes into
    framing: Framing
    terminator: str
    delivery: Delivery
    unit: str = "frame"
    may_be_empty: bool = False
    only_counts: bool = False
    one_shot: bool = False
    checks: set[str] = field(default_factory=set)  # files in which lengths are checked when they are set
    guard_empty: bool = False
    while_open: bool = False  # stop reading as soon as the connection is closing
    others_close: bool = False  # others may close a session that has received something in that moment
    while_live: bool = False  # or as soon as it has been closed for good: a client sends what it still has to send
    drains: bool = True
    discards: bool = False  # reads and throws away
    speaks: str = ""  # the method that says all it has to say
    farewell: bool = False  # all it has to say is said in the constructor, which also closes
    ending: Ending = Ending.CLOSE
    partner: str = ""  # the attribute with the session that sends what this one receives
    may_be_alone: bool = False  # which is None at times
    is_waited_for: bool = False  # such a session itself
    is_left_waiting: bool = False  # and only others wait for it: one may, of a writer
    finishes: bool = False  # its close_when_done() runs no hook: for dispatchers, there is no such thing
    hook_method: str = ""  # what ends a session, if the author has a say in it
    hook_may_fail: bool = False  # which may raise, and handle_error() is for that, too
    tells: bool = False  # errors go to the author's own log_info()
    shows: bool = False  # or to standard error, as the log is what the program prints
    notes: bool = False  # handle_read() notes that something has come
    goes_on: bool = False  # handle_error() may leave the connection open
    may_end: bool = False  # and may close it, too
    hangs_up: bool = False  # handle_error() closes when all is sent
    flag: bool = False  # keeps self.connected, so that a hook does not follow close()
    detects: bool = False  # push() runs the hook at once when the peer turns out to be gone
    may_flush: bool = False  # close_when_done() is used, so a closing writer may still have something to send
    end: str = ""  # the method that runs the hook before the peer sees the end, after close_when_done()
    hard_close: bool = False  # close() is used to drop what has not been sent
    forgets: bool = False  # it shows when the session is freed: nothing may keep it
    exits: bool = False  # a handler may raise SystemExit
    interruptible: bool = False  # the program goes on after Ctrl-C has cancelled its tasks
    output: str = "push"  # the method that sends: push() or send()
    generated_output: str = "push"  # what ours is called; the author's own may stand before it
    send_all: str = ""  # the method that sends what a producer has, if there is one
    asks_late: bool = False  # of which nothing may be asked before all has gone out
    queued: str = ""  # the attribute that keeps what waits behind a producer, if a task sends those
    sending: str = "sending"  # the attribute that keeps that task
    send_queued: str = "send_queued"  # and what it runs
    pull: str = ""  # the method that calls handle_write() as long as there is something to send
    woken: bool = False  # and others have it called
    asks: str = ""  # which this expression tells
    turns: bool = False  # what comes meanwhile is read in between, by the same method
    gates: bool = False  # readable() is asked before each read
    sends: bool = False  # input handlers send by themselves, too
    starts: bool = False  # there may be something to send before anything has come
    once: bool = False  # and handle_write() is called first, whatever there is
    reads: bool = True  # input is handled at all
    waits: bool = False  # found_terminator() is a coroutine
    piece_size: str = ""  # PIECEWISE: how much is read at most, if that is not the usual
    lets_in: bool = False  # handles what it receives when those who connected before that are known
    handler: str = "collect_incoming_data"  # PIECES: what is called with each piece
    size: str = "65536"  # PIECES: how much is read at most
    measures: bool = False  # PIECES: that is worked out before each piece, and may come to nothing
    at_end: bool = False  # PIECES: the handler is given the empty piece at the end as well
    at_end_first: bool = False  # before the hooks: what matters stands in front of recv(), which ran them
    may_fail: bool = False  # which may raise, and end in the author's hooks
    keeps_address: bool = False
    decode: str = ""  # ".decode('utf-8')": what each frame goes through first
    is_text: bool = False  # output is encoded
    reads_text: bool = False  # frames are decoded
    loop: str = ""  # the attribute that is the event loop, which other threads ask for
    call: str = ""  # the method that they ask, where that loop is closed once it has ended
    registry: str = ""  # the attribute of the class that keeps all sessions
    all_open: str = ""  # and its method that returns those whose connections are open
    reader: str = "reader"
    writer: str = "writer"
    run: str = "run"
    outside_methods: set[str] = field(default_factory=set)  # push, close_when_done, close: what others call
    methods: set[str] = field(default_factory=set)  # those of them to write
    keeps_close: bool = False  # there is a close(), written or the author's own
    defaults: set[str] = field(default_factory=set)  # hooks that some classes override, and others inherited
    differences: list[Code] = field(default_factory=list)
    connection: ConnectionDescription | None = None  # of a client

    @property
    def hook(self) -> str:
        """The statement that ends a session."""
        return f"self.{self.hook_method}()" if self.hook_method else f"self.{self.writer}.close()"

    @property
    def connects_again(self) -> bool:
        """Whether it is a client that connects more than once."""
        return self.connection is not None and self.connection.again

    @property
    def flag_start(self) -> str:
        """What the flag starts with; a client is connected later."""
        return "connected = True" if self.connection is None else f"{self.connection.closed} = False"

    def flag_end(self, own: str = "self") -> list[str]:
        """Return the statements that say the session is over, of an object that is called *own*."""
        if self.connection is None:
            return [f"{own}.connected = False"]
        is_over = [f"{own}.{self.connection.closed} = True"]
        return [*is_over, f"{own}.connected = False"] if self.connection.keeps_connected else is_over

    def dropping(self, own: str = "self") -> list[str]:
        """Return the statements that close the connection of *own* at once, whatever is still to be sent.

        A transport that was closing, and has sent the rest meanwhile, has gone: asyncio's abort() fails there.
        """
        writer = f"{own}.{self.writer}"
        if not self.may_flush and not self.finishes:
            return [f"{writer}.transport.abort()"]
        return [
            f"if {writer}.transport.get_write_buffer_size():",
            f"    {writer}.transport.abort()",
            f"{writer}.close()",
        ]

    @property
    def is_live(self) -> str:
        """The expression that tells whether the session has not ended yet."""
        return "self.connected" if self.connection is None else f"not self.{self.connection.closed}"


@dataclass
class ListenerDescription:
    """One listener, as asyncio code."""

    name: str
    place: Place
    accept: str  # the name of its accepting method
    constructor: list[str] = field(default_factory=list)  # the body of that, if the class had none
    loop: str = ""  # the attribute that is its event loop, if it makes that itself
    closes: bool = False  # close() must go on existing
    lets_go: bool = False  # its port is free once the loop has ended, for the program goes on
    has_threads: bool = False  # and be called in any of them
    stopping: str = "stopping"  # the future that close() sets then
    serve: str = "serve_forever"
    can_run: bool = False  # serve can be called run, as in what is started
    closing: list[tuple[Place, str]] = field(default_factory=list)  # where the author's close() calls the inherited
    waits: bool = False  # may be closed before it serves
    server: str = "server"
    registry: str = ""  # the attribute of the class that keeps all listeners
    all_open: str = ""  # and its method that returns those that are open


@dataclass
class DatagramDescription:
    """One class on a datagram socket, as an asyncio protocol."""

    name: str
    place: Place
    size: str = ""  # the length that datagrams are cut to
    closes_on_empty: bool = False  # recv() takes an empty datagram for the end, and does not say who sent it
    sends: bool = False  # and may go on to send something, which does nothing then
    connects: bool = False  # has one peer, and is told if that is not there
    waits: bool = False  # may be closed before it receives anything
    polls: bool = False  # asks writable() and handle_write() after each datagram
    starts: bool = False  # and before the first
    flush: str = ""  # the method that does so, which is called when others have given it something to send
    handles_error: bool = False
    shows: bool = False  # errors go to standard error, as the log is what the program prints
    defaults: set[str] = field(default_factory=set)  # hooks that some classes override, and others inherited
    handles_close: bool = False
    serve: str = "serve_forever"
    finished: str = "finished"  # the future that tells that it has been closed
    lets_in: bool = False  # handles nothing before those are there who have connected before
    receive: str = "receive"  # the method that does so then
    can_run: bool = False  # serve can be called run, as in what is started
    is_started: bool = False  # by a handler: another one may close it before there is a transport


@dataclass
class PipeDescription:
    """One class that reads from a pipe, as an asyncio protocol, or has its file watched."""

    name: str
    place: Place
    size: str = ""  # how much is handled at most
    adds_up: bool = False  # in whatever pieces it comes
    at_end: bool = False  # the handler is given the empty piece at the end as well
    handles_error: bool = False
    shows: bool = False  # errors go to standard error, as the log is what the program prints
    handles_close: bool = False
    differences: list[Code] = field(default_factory=list)
    serve: str = "read_forever"
    finished: str = "finished"  # the future that tells that it has ended
    lets_in: bool = False  # handles nothing before those are there who have connected before
    receive: str = "receive"  # the method that does so then
    file: str = "file"  # the attribute that keeps the file
    opened: list[Place] = field(default_factory=list)  # where constructors open it
    constructor: list[str] = field(default_factory=list)  # the lines of the one that does, if the author has none
    can_run: bool = False  # serve can be called run, as in what is started
    may_end_early: bool = False  # others may close it, before it reads perhaps
    waits: bool = False  # and so it knows that it does not read yet
    watches: str = ""  # the method that calls the handler when there is something, which that reads itself


@dataclass
class MailServerDescription:
    """One smtpd.SMTPServer, as a server and a handler for aiosmtpd."""

    name: str
    place: Place
    channel: str = ""  # the author's own class of sessions
    session: str = "SMTP"  # what the generated class of sessions is called
    notices: str = ""  # the method that is told of each connection's address
    arguments: dict[str, str] = field(default_factory=dict)  # for the session: its limits
    is_text: bool = False  # process_message() gets a str
    is_old: bool = False  # and had the signature of Python 2 for it
    options: tuple[str, ...] = ()  # the keyword arguments of process_message()
    has_status: bool = True  # process_message() may return a reply
    prints: bool = False  # a DebuggingServer that adds nothing
    prints_by_call: bool = False  # a DebuggingServer that calls its base class
    constructs: bool = False  # needs a constructor
    parameters: str = ""  # of that, behind localaddr
    setup: list[str] = field(default_factory=list)  # its body
    closes: bool = False  # close() must go on existing
    lets_go: bool = False  # its port is free once the loop has ended, for the program goes on
    has_threads: bool = False  # and be called in any of them
    accepts: bool = False  # somebody asks whether it is accepting
    is_polled: bool = False  # the program looks at other things meanwhile, and stops the server in the end
    waits: bool = False  # may be closed before it serves, or told to serve once more
    stopping: str = "stopping"  # the future that close() sets then
    serve: str = "serve_forever"
    server: str = "server"
