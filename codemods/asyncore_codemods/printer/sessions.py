"""Print the methods of a session: its constructor's first lines, and beside run() what others still call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncore_codemods.printer.queues import has_to_wait, is_early, queue_methods, wait_for_all
from asyncore_codemods.printer.reporting import passed_over, uncaught
from asyncore_codemods.printer.run import SURROGATES, indented, run_methods

if TYPE_CHECKING:
    from asyncore_codemods.plan.description import SessionDescription


def constructor_lines(description: SessionDescription, own: str = "self") -> str:
    """Return the statements that stand for the base class's __init__()."""
    connection = description.connection
    if connection is not None:
        if connection.accepts:
            lines = [f"{own}.{description.reader} = reader", f"{own}.{description.writer} = writer"]
        else:
            lines = [f"{own}.{description.reader} = {own}.{description.writer} = None"]
        if connection.taken:
            lines.append(f"{own}.{connection.address} = {connection.taken}")
        if connection.told and not description.keeps_address:
            until = "unless" if connection.accepts else "until"
            lines.append(f"{own}.{connection.address} = None  # {until} it is told where to connect")
        if connection.unsent:
            lines.append(f"{own}.{connection.unsent} = []  # until there is a connection")
        if connection.finished:
            lines.append(f"{own}.{connection.finished} = False")
        if connection.again:
            lines.append(f"{own}.{connection.connecting} = False")
    else:
        lines = [f"{own}.{description.reader} = reader", f"{own}.{description.writer} = writer"]
    if description.loop and connection is not None:
        lines.append(f"{own}.{description.loop} = asyncio.new_event_loop()  # other threads ask it")
    elif description.loop:
        lines.append(f"{own}.{description.loop} = asyncio.get_running_loop()")
    if description.registry:
        lines.append(f"{description.name}.{description.registry} = (*{own}.{description.all_open}(), {own})")
    if description.keeps_address:
        accepted = " if writer is not None else None" if connection is not None else ""
        lines.append(f'{own}.addr = writer.get_extra_info("peername"){accepted}')
    if description.queued:
        lines.append(
            f"{own}.{description.queued} = collections.deque()  # a producer at work, and what waits behind it"
        )
    if description.flag:
        lines.append(f"{own}.{description.flag_start}")
    if connection is not None and connection.keeps_connected:
        lines.append(f"{own}.connected = {'writer is not None' if connection.accepts else 'False'}")
    return "\n".join(lines)


def constructor(description: SessionDescription) -> str:
    """Return an __init__() for a class that had none."""
    return "\n".join(["def __init__(self, reader, writer):", *indented(constructor_lines(description).split("\n"))])


def session_methods(description: SessionDescription, target: tuple[int, int]) -> tuple[list[str], list[str]]:
    """Return the methods to add, and the names of the helpers that they call; *target* is the oldest Python."""
    helpers: list[str] = []
    methods = run_methods(description, helpers, target)
    if description.output in description.methods:
        methods.append("\n".join(_push(description)))
    if description.send_all:
        methods.append("\n".join(_send_all(description)))
    if description.queued:
        methods += ["\n".join(lines) for lines in queue_methods(description, _gone(description))]
    if description.pull:
        methods.append("\n".join(_pull(description)))
    if "set_terminator" in description.methods:
        helpers.append("checked_terminator")
        methods.append(
            "def set_terminator(self, terminator):\n"
            '    """Say what ends the next frame: a delimiter, or the length in bytes; None if nothing does."""\n'
            "    self.terminator = checked_terminator(terminator)"
        )
    if "get_terminator" in description.methods:
        methods.append("def get_terminator(self):\n    return self.terminator")
    if description.is_waited_for:
        methods.append("\n".join(_drain_method(description)))
    if "close_when_done" in description.methods:
        methods.append("\n".join(_close_when_done(description)))
        if description.end:
            methods.append(
                f"def {description.end}(self):\n    if {description.is_live}:\n        {description.hook}"
            )
    if "close" in description.methods:
        methods.append("\n".join(_close(description)))
    if description.call:
        methods.append(_call_from_thread(description))
    return [*methods, *_defaults(description)], helpers


def _call_from_thread(description: SessionDescription) -> str:
    return (
        f"def {description.call}(self, method, *args):\n"
        '    """Have the event loop call *method*. Once that has ended, nothing is in its way here."""\n'
        "    try:\n"
        f"        self.{description.loop}.call_soon_threadsafe(method, *args)\n"
        "    except RuntimeError:  # the loop is closed\n"
        "        method(*args)"
    )


def registry_methods(description: SessionDescription) -> list[str]:
    """Return what goes in front of the constructor of a class that knows its sessions."""
    is_open = "one.connected" if description.flag else f"not one.{description.writer}.is_closing()"
    return [
        f"{description.registry} = ()  # those that were open when the last one came",
        (
            "@classmethod\n"
            f"def {description.all_open}(cls):\n"
            '    """Return the sessions whose connections are open, in the order in which they came."""\n'
            f"    return [one for one in cls.{description.registry} if {is_open}]"
        ),
    ]


def _defaults(description: SessionDescription) -> list[str]:
    """Print what subclasses override, as the others have inherited it."""
    methods = []
    if "handle_connect" in description.defaults:
        kind = "async def" if description.connection is not None and description.connection.waits else "def"
        methods.append(f'{kind} handle_connect(self):\n    """Do nothing; a subclass may have something to say."""')
    if "handle_error" in description.defaults:
        methods.append(
            f"def handle_error(self):\n    {uncaught(description, 'connection')}\n    {description.hook}"
        )
    if "handle_close" in description.defaults:
        close = "self.close()" if description.keeps_close else f"self.{description.writer}.close()"
        methods.append(f"def handle_close(self):\n    {close}")
    return methods


def _push(description: SessionDescription) -> list[str]:
    writer = f"self.{description.writer}"
    unsent = description.connection.unsent if description.connection is not None else ""
    finished = description.connection.finished if description.connection is not None else ""
    lines = [f"def {description.generated_output}(self, data):"]
    if description.detects:
        lines.append('    """Send *data*. If the peer turns out to be gone, the session ends here and now."""')
    elif unsent:
        lines.append('    """Send *data*, as soon as there is a connection."""')
    else:
        lines.append('    """Send *data*, unless the connection is closing."""')
    if finished:
        lines += [f"    if self.{finished}:", "        return  # nothing comes behind the end"]
    if description.queued:
        lines += [f"    if {has_to_wait(description)}:", f"        self.{description.queued}.append(data)"]
        if description.detects and is_early(description):
            lines.append("        return")
    if unsent:
        lines += [f"    if {writer} is None:", f"        self.{unsent}.append(data)", "        return"]
    sent = f"data.encode({SURROGATES})" if description.is_text else "data"
    either = "elif" if description.queued else "if"
    lines += [f"    {either} not {writer}.is_closing():", f"        {writer}.write({sent})"]
    return [*lines, *_gone(description)]


def _gone(description: SessionDescription) -> list[str]:
    """Print how a session that has just sent something ends if the peer turns out to be gone."""
    writer = f"self.{description.writer}"
    lines: list[str] = []
    if description.detects:
        gone = f"{writer}.is_closing()"
        if description.may_flush:
            lines.append(f"    gone = {gone} and not {writer}.transport.get_write_buffer_size()")
            gone = "gone"
        if description.output != "send":  # which asyncore, unlike push(), tries even if the channel is closed
            gone = f"{description.is_live} and {gone}"
        lines += [f"    if {gone}:", f"        {description.hook}"]
    return lines


def _send_all(description: SessionDescription) -> list[str]:
    writer = f"self.{description.writer}"
    return [
        f"async def {description.send_all}(self, producer):",
        '    """Send what *producer* has, asking it for more as the peer takes it."""',
        *([wait_for_all(description)] if description.asks_late else []),
        f"    while not {writer}.is_closing() and (data := producer.more()):",
        f"        {writer}.write(data)",
        f"        await {writer}.drain()",
    ]


def _pull(description: SessionDescription) -> list[str]:
    writer = f"self.{description.writer}"
    if description.turns:
        return _take_turns(description)
    more = f"{description.asks} and " if description.asks else ""
    if description.woken:
        return [
            f"def {description.pull}(self):",
            '    """Send what there is to send."""',
            f"    while {more}not {writer}.is_closing():",
            "        self.handle_write()",
        ]
    return [
        f"async def {description.pull}(self):",
        '    """Send what there is to send, as the peer takes it."""',
        f"    while {more}not {writer}.is_closing():",
        "        self.handle_write()",
        f"        await {writer}.drain()",
    ]


def _take_turns(description: SessionDescription) -> list[str]:
    """Print what reads what has come before it sends the next thing, as asyncore's loop did."""
    writer, reading = f"self.{description.writer}", f"self.{description.reader}.read({description.size})"
    return [
        f"async def {description.pull}(self):",
        '    """Handle what has come, then send what there is to send, in turns."""',
        f"    reading = asyncio.ensure_future({reading})",
        "    try:",
        f"        while not {writer}.is_closing():",
        f"            has_output = {description.asks}",
        "            if has_output:",
        "                await asyncio.sleep(0)  # for what has come already",
        "            else:",
        "                await asyncio.wait([reading])",
        "            if reading.done():",
        "                data = reading.result()",
        "                if not data:",
        "                    break",
        f"                self.{description.handler}(data)",
        f"                reading = asyncio.ensure_future({reading})",
        f"            if has_output and not {writer}.is_closing():",
        "                self.handle_write()",
        f"            await {writer}.drain()",
        "    finally:",
        "        reading.cancel()",
        "        await asyncio.gather(reading, return_exceptions=True)",
    ]


def _close_when_done(description: SessionDescription) -> list[str]:
    writer = f"self.{description.writer}"
    what = "sent" if description.finishes else "pushed"
    lines = ["def close_when_done(self):", f'    """Close the connection once everything {what} has gone out."""']
    connection = description.connection
    if description.finishes and connection is not None and connection.finished:
        later = f"self.{connection.finished} = True  # as soon as there is a connection"
        lines += [f"    if {writer} is None:", f"        {later}", "        return"]
        return [*lines, *indented([*description.flag_end(), f"{writer}.close()"])]
    if description.finishes:
        lines += indented(description.flag_end())
        if description.connection is not None:
            return [*lines, f"    if {writer} is not None:", f"        {writer}.close()"]
    if description.queued:
        lines += [
            f"    if {has_to_wait(description)}:",
            f"        self.{description.queued}.append(None)  # the end, once all before it has gone out",
            "        return",
        ]
    if description.end:
        soon = f"asyncio.get_running_loop().call_soon(self.{description.end})"
        lines += [
            f"    if not {writer}.transport.get_write_buffer_size():",
            f"        {soon}  # the hook runs before the peer sees the end",
        ]
    if description.connection is None or not description.connection.finished:
        return [*lines, f"    {writer}.close()"]
    finished = f"self.{description.connection.finished} = True  # as soon as there is a connection"
    return [*lines, f"    if {writer} is None:", f"        {finished}", "    else:", f"        {writer}.close()"]


def _drain_method(description: SessionDescription) -> list[str]:
    waiting = f"    await self.{description.writer}.drain()"
    lines = ["with contextlib.suppress(ConnectionError):", waiting]
    if description.forgets:
        lines = ["try:", waiting, *passed_over(description, "ConnectionError")]
    if description.connection is not None:
        lines = [f"if self.{description.writer} is not None:", *indented(lines)]
    says = '"""Wait until the peer has taken what it was sent, or has gone."""'
    return ["async def drain(self):", f"    {says}", *indented(lines)]


def _close(description: SessionDescription) -> list[str]:
    writer = f"self.{description.writer}"
    lines = ["def close(self):"]
    if description.hard_close:
        lines.append('    """Close the connection at once, whatever is still to be sent."""')
    if description.flag:
        lines += indented(description.flag_end())
    end = description.dropping() if description.hard_close else [f"{writer}.close()"]
    if description.connection is not None:
        end = [f"if {writer} is not None:", *indented(end)]
    return [*lines, *indented(end)]


def dial_lines(description: SessionDescription, address: str, own: str, method: str) -> str:
    """Return the statements that stand for connect(), in *method*."""
    connection = description.connection
    assert connection is not None
    lines = [f"{own}.{connection.address} = {address}"]
    if connection.again and connection.request and connection.unsent:
        lines.append(f"{own}.{connection.unsent}.clear()")
    if connection.again and method != "__init__":
        lines.append(f"{own}.{description.reader} = {own}.{description.writer} = None")
        lines.append(f"{own}.{connection.closed} = False")
    if connection.again and connection.keeps_connected and method != "__init__":
        lines.append(f"{own}.connected = False")
    if connection.again:
        lines.append(f"{own}.{connection.connecting} = True")
    return "\n".join(lines)
