"""Print run(): what a session does from its first word to its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncore_codemods.model.sessions import Delivery, Framing
from asyncore_codemods.plan.description import Ending
from asyncore_codemods.printer.helpers import helper_name
from asyncore_codemods.printer.reporting import passed_over, reported, uncaught

if TYPE_CHECKING:
    from asyncore_codemods.plan.description import SessionDescription

_READ_PIECE = {Framing.CONSTANT: "read_piece", Framing.DELIMITERS: "read_piece", Framing.OPEN: "read_open_piece"}
_DECODE = (
    'decode = codecs.getincrementaldecoder("utf-8")("surrogateescape").decode  # pieces may end within characters'
)
SURROGATES = 'errors="surrogateescape"'  # whatever is not UTF-8 goes out as it came
_COMPLAINS = (3, 13)  # before, asyncio prints a traceback for each connection that is cancelled: cpython#110894
_ANY_ERROR = "except Exception:  # noqa: BLE001"  # handle_error() is for any; ruff has that rule by default
_TELL_ERROR = 'self.log_info(f"uncaptured python exception, closing the connection ({error!r})", "error")'
_ERROR_TOLD = "except Exception as error:  # noqa: BLE001"
_LIKE_DATA = "the end, which recv() returned like any other data"


def run_methods(description: SessionDescription, helpers: list[str], target: tuple[int, int]) -> list[str]:
    """Return run() and what it is made of; add to *helpers* those that it calls. *target* is the oldest Python."""
    return _farewell(description) if description.farewell else _run(description, helpers, target)


def indented(lines: list[str]) -> list[str]:
    """Return *lines* one level deeper."""
    return [f"    {line}" if line else line for line in lines]


def _run(description: SessionDescription, helpers: list[str], target: tuple[int, int]) -> list[str]:
    connection = description.connection
    if connection is None or not connection.again:
        return [_run_connection(description, description.run, helpers, target)]
    connecting = f"self.{connection.connecting}"
    lines = [
        f"async def {description.run}(self):",
        '    """Connect, as often as there is to be a connection."""',
        f"    while {connecting}:",
        f"        {connecting} = False",
        f"        await self.{connection.attempt}()",
    ]
    return ["\n".join(lines), _run_connection(description, connection.attempt, helpers, target)]


def _run_connection(description: SessionDescription, name: str, helpers: list[str], target: tuple[int, int]) -> str:
    lines = [f"async def {name}(self):", f'    """{_summary(description)}"""']
    complains = target < _COMPLAINS
    lines += indented(_connect(description, helpers, complains=complains))
    pieces, piecewise = description.delivery is Delivery.PIECES, description.delivery is Delivery.PIECEWISE
    if piecewise or (description.lets_in and not pieces):
        lines += indented(["unread = bytearray()  # received behind what was handled"])
        lines += indented([_DECODE] if piecewise and description.reads_text else [])
    lines += indented(["try:", *indented(_greet(description) + _loop(description, helpers))])
    lines += indented(_ending(description, complains=complains))
    return "\n".join(lines)


def _connect(description: SessionDescription, helpers: list[str], *, complains: bool) -> list[str]:
    """Print how a client connects. A host that is not known is an error that connect() raised itself."""
    connection = description.connection
    if connection is None:
        return []
    streams = f"self.{description.reader}, self.{description.writer}"
    address = f"self.{connection.address}"
    logged = reported(description, '"cannot connect to %s"', address)
    failed = [_TELL_ERROR if description.tells else logged]
    if description.ending is Ending.HANDLERS or description.goes_on:
        failed = ["self.handle_error()"]
    if description.ending is Ending.HANDLERS:
        failed += _hung_up(description)
    elif description.flag or description.hook != "self.close()":
        failed += _hook(description)
    before = [f"if self.{connection.closed}:", "    return"] if connection.closes_early else []
    if connection.taken:
        before[1:1] = [f"    {address}.close()"] if before else []
        return [*before, f"{streams} = await asyncio.open_connection(sock={address})"]
    behind = [f"if self.{connection.closed}:  # meanwhile", f"    self.{description.writer}.close()", "    return"]
    unknown = [
        "except socket.gaierror:",
        "    raise  # no such host: connect() would have raised that at once",
    ]
    if connection.looks_up or connection.knows_host or not connection.over_tcp:
        unknown = []  # the constructor has raised it, or there is nothing to look up
    opens = "asyncio.open_connection"
    if connection.told_why and connection.over_tcp and "self.handle_error()" in failed:
        opens = "open_streams"
        helpers.append(opens)
    tcp = f"{streams} = await {opens}(*{address}, family={connection.family})"
    unix = f"{streams} = await asyncio.open_unix_connection({address})"
    opening = [tcp if connection.over_tcp else unix]
    if connection.over_tcp and connection.over_unix:
        opening = [f"if isinstance({address}, tuple):", f"    {tcp}", "else:", f"    {unix}"]
    lines = [
        "try:",
        *indented(opening),
        *unknown,
        "except OSError as error:" if _TELL_ERROR in failed else "except OSError:",
        *indented([*failed, "return"]),
        *(behind if connection.closes_early else []),
    ]
    if connection.accepts:
        lines = [f"if self.{description.writer} is None:  # not accepted, but to be made", *indented(lines)]
        if connection.greets or (complains and description.interruptible):
            lines = [
                f"connects = self.{description.writer} is None  # was not accepted",
                "if connects:",
                *lines[1:],
            ]
    return [*before, *lines]


def _greet(description: SessionDescription) -> list[str]:
    """Print what a client does first on its new connection."""
    connection, writer = description.connection, f"self.{description.writer}"
    lines: list[str] = []
    if connection is None:
        return lines
    if connection.request:
        lines.append(f"{writer}.write(self.{connection.request})")
    if connection.unsent:
        data = f'b"".join(self.{connection.unsent})'
        if description.is_text:
            data = f'"".join(self.{connection.unsent}).encode({SURROGATES})'
        lines.append(f"{writer}.write({data})")
        if connection.again:
            lines.append(f"self.{connection.unsent}.clear()")
    if connection.finished:
        close = "self.close_when_done()" if description.finishes else f"{writer}.close()"
        lines += [f"if self.{connection.finished}:", f"    {close}"]
    if connection.queues:
        task = f"self.{description.sending} = asyncio.create_task(self.{description.send_queued}())"
        lines += [f"if self.{description.queued}:", f"    {task}"]
    if connection.greets:
        wait = "await " if connection.waits else ""
        greeting = [f"{wait}self.handle_connect()", *_left(description)]
        lines += ["if connects:", *indented(greeting)] if connection.accepts else greeting
    if connection.writes:
        lines += ["self.handle_write()", *_left(description)]
    if connection.keeps_connected:
        lines.append("self.connected = True")
    return lines


def _farewell(description: SessionDescription) -> list[str]:
    """Print a session that speaks and closes; it reads on meanwhile, or unread input makes the close a reset."""
    reader, writer = f"self.{description.reader}", f"self.{description.writer}"
    says = f"        self.{description.speaks}()\n" if description.speaks else ""
    left = "".join(f"    {line}\n" for line in passed_over(description, "ConnectionError"))
    reading = [f"while await {reader}.read(65536):", "    pass"]
    if description.forgets:
        ignoring = ["try:", *indented(reading), *passed_over(description, "ConnectionError")]
    else:
        ignoring = ["with contextlib.suppress(ConnectionError):", *indented(reading)]
    return [
        (
            f"async def {description.run}(self):\n"
            '    """Send what is queued, then close."""\n'
            "    ignoring = asyncio.create_task(self.ignore_input())\n"
            "    try:\n"
            f"{says}"
            f"        {writer}.transport.set_write_buffer_limits(high=0)  # drain() waits for the last byte\n"
            f"        await {writer}.drain()\n"
            f"{left}"
            "    finally:\n"
            "        ignoring.cancel()\n"
            f"        {writer}.close()"
        ),
        "\n".join(
            [
                "async def ignore_input(self):",
                '    """Read and drop what the peer says: left unread, it would turn the close into a reset."""',
                *indented(ignoring),
            ]
        ),
    ]


def _summary(description: SessionDescription) -> str:
    if not description.reads and not description.pull:
        return "Connect, and hang up."
    if not description.reads:
        return "Send what there is to send, until either side closes."
    if description.discards:
        what = "read and ignore what comes"
    elif description.delivery in (Delivery.PIECES, Delivery.PIECEWISE):
        what = "handle what comes, as it comes,"
    else:
        what = f"answer {description.unit} by {description.unit}"
    if description.connection is not None and not description.connection.taken:
        what = "connect, and " + what
    return f"{what[0].upper()}{what[1:]} until either side closes."


def _loop(description: SessionDescription, helpers: list[str]) -> list[str]:
    if description.delivery is Delivery.PIECES:
        return _pieces(description, helpers)
    condition = f"not self.{description.writer}.is_closing()" if description.while_open else "True"
    found = "await self.found_terminator" if description.waits else "self.found_terminator"
    if description.delivery is Delivery.PIECEWISE:
        helpers += _receiving(description, _READ_PIECE.get(description.framing, "read_any_piece"))
        return [f"while {condition}:", *indented(_piecewise(description, found) + _drain(description))]
    frame = _read(description, helpers)
    lines = [f"while {condition}:"]
    body: list[str] = []
    if description.others_close:
        read = [f"frame = {frame}"] if description.delivery is not Delivery.SIGNAL else [frame]
        body += _unless_closed(description, read)
        frame = "frame"
    spent = _spent(description)
    if spent and description.delivery is not Delivery.KEPT:
        body += [*([f"frame = {frame}"] if frame != "frame" else []), *spent]
        frame = "frame"
    if (description.goes_on or description.reads_text or description.decode) and frame != "frame":
        body.append(frame if description.delivery is Delivery.SIGNAL else f"frame = {frame}")
        frame = "frame"
    if description.reads_text and description.delivery is not Delivery.SIGNAL:
        frame = f"frame.decode({SURROGATES})"
    elif description.decode:
        frame += description.decode
    if description.delivery is Delivery.PARAMETER:
        handled = [f"{found}({frame})"]
    elif description.delivery is Delivery.SIGNAL:
        handled = ([] if frame == "frame" else [frame]) + [f"{found}()"]
    else:
        handled = _kept(description, frame, [*spent, f"{found}()"])
    return lines + indented(body + _guarded(description, handled) + _drain(description))


def _unless_closed(description: SessionDescription, read: list[str]) -> list[str]:
    """Print how a frame is read; asyncore reads nothing for a session that another one closes before its turn."""
    leave = "    break  # another one has closed it meanwhile"
    if description.while_open:
        return [*read, "if not self.connected:", leave]
    return ["is_open = self.connected", *read, "if is_open and not self.connected:", leave]


def _guarded(description: SessionDescription, handled: list[str]) -> list[str]:
    """Print how errors are dealt with after which the conversation may go on."""
    if not description.goes_on:
        return handled
    lines = ["try:", *indented(handled), _ANY_ERROR, "    self.handle_error()"]
    if description.may_end:
        lines += [f"    if self.{description.writer}.is_closing():", "        break"]
    return lines


def _piecewise(description: SessionDescription, found: str) -> list[str]:
    """Print how pieces are handled as they come; *unread* is what was received behind them."""
    streams = f"self.{description.reader}, self.{description.writer}"
    piece = "text" if description.reads_text else "data"
    read = helper_name(_receiving(description, "read_piece")[-1])
    size = f", {description.piece_size}" if description.piece_size else ""
    lines = [
        f"data, complete = await {read}({streams}, unread, {description.terminator}{size})",
        *(["self.handle_read()"] if description.notes else []),
        *(["text = decode(data, complete)"] if description.reads_text else []),
        f"if {piece}:",
        f"    self.collect_incoming_data({piece})",
    ]
    if description.reads_text and description.framing is Framing.MIXED:
        lines += [
            "if self.terminator and isinstance(self.terminator, int):",
            "    self.terminator -= len(data)  # so many bytes are still missing",
        ]
    elif description.framing is Framing.COUNTS:
        lines.append("    self.terminator -= len(data)")
    elif description.framing is Framing.MIXED:
        lines += [
            "    if self.terminator and isinstance(self.terminator, int):",
            "        self.terminator -= len(data)  # so much is still missing",
        ]
    return [*lines, "if complete:", f"    {found}()"]


def _spent(description: SessionDescription) -> list[str]:
    """Print what a count is once its frame is complete, where that can be seen."""
    if not description.one_shot:
        return []
    spent = "self.terminator = 0  # a count is good for one frame"
    if description.framing is Framing.COUNTS:
        return [spent]
    return ["if isinstance(self.terminator, int):", f"    {spent}"]


def _kept(description: SessionDescription, frame: str, found: list[str]) -> list[str]:
    if not description.guard_empty:
        return [f"self.collect_incoming_data({frame})", *found]
    if description.reads_text:
        return ["if frame:", f"    self.collect_incoming_data({frame})", *found]
    lines = [] if frame == "frame" else [f"frame = {frame}"]
    return [*lines, "if frame:", "    self.collect_incoming_data(frame)", *found]


def _pieces(description: SessionDescription, helpers: list[str]) -> list[str]:
    writer = f"self.{description.writer}"
    piece = _read_piece(description, description.size)
    if description.turns:
        return [f"await self.{description.pull}()"]
    if description.lets_in and description.reads:
        helpers.append("receive_some")
    if description.pull:
        first = _flush(description) if description.starts else []
        if description.once:
            first = ["self.handle_write()  # as soon as there is a connection, whatever there is to send", *first]
        return first + (_pulled(description, piece) if description.reads else [])
    if not description.reads:
        return []
    if description.discards:
        return [f"while {piece}:", "    pass"]
    noted = ["self.handle_read()"] if description.notes else []
    handled = _guarded(description, [*noted, f"self.{description.handler}(data)"])
    if description.while_open or description.while_live or description.measures:
        condition = f"not {writer}.is_closing()" if description.while_open else "True"
        condition = description.is_live if description.while_live else condition
        return [f"while {condition}:", *indented([*_piece(description, piece), *handled, *_drain(description)])]
    still = f"(data := {piece}) and self.connected" if description.others_close else f"data := {piece}"
    return [f"while {still}:", *indented(handled + _drain(description))]


def _read_piece(description: SessionDescription, size: str) -> str:
    reader = f"self.{description.reader}"
    return f"await receive_some({reader}, {size})" if description.lets_in else f"await {reader}.read({size})"


def _piece(description: SessionDescription, piece: str) -> list[str]:
    """Print how a piece is read, and what comes of the end."""
    if not description.measures:
        ended = "not data or not self.connected" if description.others_close else "not data"
        return [f"data = {piece}", f"if {ended}:", "    break"]
    return [
        f"size = {description.size}",
        f"data = {_read_piece(description, 'max(size, 1)')}",
        "if size < 0:",
        '    raise ValueError("cannot read less than nothing")',
        "if not data or not size:  # to recv(0), whatever came was the end",
        "    break",
    ]


def _flush(description: SessionDescription) -> list[str]:
    if description.woken:
        return [f"self.{description.pull}()", f"await self.{description.writer}.drain()"]
    return [f"await self.{description.pull}()"]


def _pulled(description: SessionDescription, piece: str) -> list[str]:
    """Print the loop of a session whose output is pulled once its input is handled."""
    handles = [f"self.{description.handler}(data)", *_flush(description)]
    handles += [f"await self.{description.writer}.drain()"] if description.sends and not description.woken else []
    handles += _wait(description) if description.partner else []
    gate = ["self.readable()"] if description.gates else []
    if description.while_open or description.while_live or description.measures:
        is_open = [f"not self.{description.writer}.is_closing()"] if description.while_open else []
        is_open = [description.is_live] if description.while_live else is_open
        condition = " and ".join([*is_open, *gate]) or "True"
        return [f"while {condition}:", *indented([*_piece(description, piece), *handles])]
    condition = f"self.readable() and (data := {piece})" if gate else f"data := {piece}"
    return [f"while {condition}:", *indented(handles)]


def _read(description: SessionDescription, helpers: list[str]) -> str:
    reader = f"self.{description.reader}"
    if description.framing is Framing.COUNTS and not description.lets_in:
        return f"await {reader}.readexactly({description.terminator})"
    if description.framing is Framing.COUNTS:
        helper = "read_exactly"
    elif description.only_counts and not description.lets_in:
        helper = "read_counted"
    elif description.framing in (Framing.MIXED, Framing.OPEN):
        helper = "read_any_frame" if description.may_be_empty else "read_frame"
    else:
        helper = "read_until"
    names = _receiving(description, helper)
    helpers += names
    unread = ", unread" if description.lets_in else ""
    return f"await {helper_name(names[-1])}({reader}{unread}, {description.terminator})"


def _receiving(description: SessionDescription, helper: str) -> list[str]:
    """Return what reads as *helper* does, and what that calls, for sessions that let others in first."""
    return ["receive_some", helper.replace("read", "receive", 1)] if description.lets_in else [helper]


def _left(description: SessionDescription) -> list[str]:
    """Print how a connection is left that a handler has replaced."""
    connection = description.connection
    if connection is None or not connection.in_handlers:
        return []
    return [f"if self.{connection.connecting}:  # another one, and no more is heard of this one", "    return"]


def _drain(description: SessionDescription) -> list[str]:
    return [*_left(description), *_wait(description)]


def _wait(description: SessionDescription) -> list[str]:
    if not description.drains or description.is_left_waiting or description.queued:
        return []  # where a task sends, that waits: two that do are too many for Python 3.9
    if description.partner:
        drain = f"await self.{description.partner}.drain()"
        return (
            [f"if self.{description.partner} is not None:", f"    {drain}"] if description.may_be_alone else [drain]
        )
    drain = f"await self.{description.writer}.drain()"
    if description.while_open or description.delivery is Delivery.PIECES:
        return [drain]
    return [f"if not self.{description.writer}.is_closing():", f"    {drain}"]


def _ending(description: SessionDescription, *, complains: bool) -> list[str]:
    """Print what follows the loop. Where the program ends by cancelling its tasks, no hook runs, as on asyncore."""
    hook, cancelled = _hook(description), []
    gone = passed_over(description, _gone(description), _nothing_to_do(description))
    accepts = description.connection is not None and description.connection.accepts
    if complains and description.interruptible and (description.connection is None or accepts):
        why = "the program ends; older Pythons would complain of a cancelled connection"
        otherwise = ["    if connects:", "        raise"] if accepts else []
        cancelled = ["except asyncio.CancelledError:", *otherwise, f"    return  # {why}"]
    if description.exits:
        cancelled += [
            "except SystemExit as leaving:  # which asyncio would call an error of this connection",
            "    asyncio.get_running_loop().call_soon(sys.exit, leaving.code)",
            "    return",
        ]
    handlers, handled = description.ending is Ending.HANDLERS, ["self.handle_error()", *_hung_up(description)]
    if not description.reads and not description.pull:  # handle_connect() has closed, or failed
        return [_ANY_ERROR, *indented(handled)] if handlers else [*_failed(description), *indented(hook)]
    if handlers and description.delivery is not Delivery.PIECES and not description.hook_may_fail:
        kept = gone if description.forgets else gone[:1]
        return [*kept, *indented(hook), *cancelled, _ANY_ERROR, *indented(handled)]
    end = []
    if description.at_end:
        why = "the end, which was handled before it was known" if description.at_end_first else _LIKE_DATA
        end = [f'self.{description.handler}(b"")  # {why}']
        if description.may_fail:
            failed = (
                [_ANY_ERROR, *indented(handled)] if handlers else [*_failed(description), f"    {description.hook}"]
            )
            end = ["try:", *indented(end), *failed]
        if description.at_end_first:
            hook, end = [hook[0], *indented(end), *hook[1:]] if description.flag else [*end, *hook], []
        elif description.flag:
            hook, end = [*hook, *indented(end)], []
    if handlers:
        failed = [_ANY_ERROR, *indented([*handled, "return"])]
        if description.hook_may_fail:
            hook = ["try:", *indented(hook), _ANY_ERROR, *indented(handled)]
        return [*gone, *cancelled, *failed, *hook, *end]
    if description.ending is Ending.HOOK_AFTER and description.at_end:
        failed = [*_failed(description), *indented(_hook(description)), "    return"]
        return [*gone, *cancelled, *failed, *hook, *end]
    if description.ending is Ending.HOOK_AFTER:
        return [*gone, *cancelled, *_failed(description), *hook]
    # asyncio would log it, in the midst of what the program prints.
    failed = _failed(description) if description.shows else []
    return [*gone, *cancelled, *failed, "finally:", *indented(hook), *end]


def _hung_up(description: SessionDescription) -> list[str]:
    """Print what follows a handle_error() that closes when all is sent: asynchat calls handle_close() then."""
    return _hook(description) if description.hangs_up and description.hook_method else []


def _failed(description: SessionDescription) -> list[str]:
    if description.tells:
        return [_ERROR_TOLD, f"    {_TELL_ERROR}"]
    return [_ANY_ERROR if description.shows else "except Exception:", f"    {uncaught(description, 'connection')}"]


def _hook(description: SessionDescription) -> list[str]:
    if description.flag:
        return [f"if {description.is_live}:", f"    {description.hook}"]
    return [description.hook]


def _nothing_to_do(description: SessionDescription) -> str:
    if description.unit == "line" and description.delivery not in (Delivery.PIECES, Delivery.PIECEWISE):
        return "the peer has gone; a partial line was never a line"
    return "the peer has gone"


def _gone(description: SessionDescription) -> str:
    if description.delivery is Delivery.PIECES:
        return "ConnectionError"
    return "(asyncio.IncompleteReadError, ConnectionError)"
