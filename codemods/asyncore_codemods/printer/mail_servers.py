"""Print the methods of a mail server, and the class of sessions that keeps smtpd's replies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncore_codemods.printer.listeners import requested_close, until_requested

if TYPE_CHECKING:
    from asyncore_codemods.plan.description import MailServerDescription

# aiosmtpd's public hooks, used for what a client may rely on; SMTP-REPLIES says what still differs.
_SESSION = '''\
class {name}(aiosmtpd.smtp.SMTP):
    """A session that replies as smtpd did, as far as its clients can count on it."""

    line_length_limit = 2**25  # smtpd only limited the message
    smtp_AUTH = smtp_STARTTLS = None  # unknown commands
{connected}
    async def smtp_HELO(self, hostname):
        if hostname and self.session.host_name:
            await self.push("503 Duplicate HELO/EHLO")
        else:
            await super().smtp_HELO(hostname)

    async def smtp_EHLO(self, hostname):
        if hostname and self.session.host_name:
            await self.push("503 Duplicate HELO/EHLO")
        else:
            await super().smtp_EHLO(hostname)

    async def smtp_NOOP(self, arg):
        await self.push("501 Syntax: NOOP" if arg else "250 OK")

    async def smtp_QUIT(self, arg):
        await super().smtp_QUIT(None)

    async def handle_exception(self, error):
        """Close the connection; the reply is only there because one is expected."""
        if not isinstance(error, asyncio.IncompleteReadError):  # the client went away
            logging.getLogger(__name__).exception("closing the connection")
        self.transport.close()
        return "421 Closing"

    def eof_received(self):
        """Deal with what came before the end: aiosmtpd would drop it."""
        return asyncio.StreamReaderProtocol.eof_received(self)


logging.getLogger("mail.log").setLevel(logging.ERROR)  # where aiosmtpd logs every command'''

_CONNECTED = """
    def connection_made(self, transport):
        self.event_handler.{notices}(transport.get_extra_info("peername"))
        super().connection_made(transport)
"""

_PRINT_MESSAGE = '''\
def print_message(peer, data, mail_options=(), rcpt_options=()):
    """Print a message, with the address of the client between its headers and its body."""
    print("---------- MESSAGE FOLLOWS ----------")
    if mail_options:
        print(f"mail options: {mail_options}")
    if rcpt_options:
        print(f"rcpt options: {rcpt_options}\\n")
    lines, mark = data.splitlines(), f"X-Peer: {peer[0]}"
    blank = next((number for number, line in enumerate(lines) if not line), None)
    if blank is not None:
        lines.insert(blank, mark if isinstance(data, str) else mark.encode())
    for line in lines:
        print(line if isinstance(data, str) else repr(line))
    print("------------ END MESSAGE ------------")'''

_HANDLE_EHLO = """\
async def handle_EHLO(self, server, session, envelope, hostname, responses):
    session.host_name = hostname
    return [line for line in responses if line != "250-8BITMIME"]"""

_IDENT = "Python SMTP proxy version 0.3"  # what smtpd greeted with
_WIDE = 88  # columns


def session_class(name: str, notices: str) -> str:
    """Return the class that replies as smtpd did, and tells its server of the connection if that has a method."""
    connected = _CONNECTED.format(notices=notices) if notices else ""
    return _SESSION.format(name=name, connected=connected)


def print_message() -> str:
    """Return the function that prints what smtpd.DebuggingServer printed."""
    return _PRINT_MESSAGE


def server_methods(description: MailServerDescription) -> list[str]:
    """Return the methods to add."""
    methods = []
    if description.constructs:
        head = f"def __init__(self, localaddr{description.parameters}):"
        methods.append("\n    ".join([head, *description.setup]))
    methods += [_handle_data(description), _serve(description)]
    if description.is_text and not description.is_old:
        methods.insert(-1, _HANDLE_EHLO)
    if description.closes:
        methods.append(_close(description))
    return methods


def _handle_data(description: MailServerDescription) -> str:
    """Give process_message() what smtpd gave it: lines end with a newline, and the last one with nothing."""
    content, crlf, lf = "envelope.content", 'b"\\r\\n"', 'b"\\n"'
    if description.is_text:
        content, crlf, lf = "envelope.content.decode()", '"\\r\\n"', '"\\n"'
    lines = [
        "async def handle_DATA(self, server, session, envelope):",
        "    # lines as smtpd handed them over: with newlines between them",
        f"    data = {content}.replace({crlf}, {lf}).removesuffix({lf})",
    ]
    if description.prints:
        options = "" if description.is_text else ", envelope.mail_options"
        return "\n".join([*lines, f"    print_message(session.peer, data{options})", '    return "250 OK"'])
    arguments = ["session.peer", "envelope.mail_from", "envelope.rcpt_tos", "data"]
    arguments += [f"{name}=envelope.{name}" for name in description.options]
    target = "status = " if description.has_status else ""
    lines += _call(f"    {target}self.process_message", arguments)
    lines.append('    return status or "250 OK"' if description.has_status else '    return "250 OK"')
    return "\n".join(lines)


def _call(head: str, arguments: list[str]) -> list[str]:
    text = ", ".join(arguments)
    if len(f"    {head}({text})") <= _WIDE:
        return [f"{head}({text})"]
    if len(f"            {text}") <= _WIDE:
        return [f"{head}(", f"        {text}", "    )"]
    return [f"{head}(", *(f"        {argument}," for argument in arguments), "    )"]


def _serve(description: MailServerDescription) -> str:
    arguments = ["self", f'ident="{_IDENT}"', *(f"{k}={v}" for k, v in description.arguments.items())]
    make = f"{description.channel or description.session}({', '.join(arguments)})"
    head = f"async def {description.serve}(self):"
    early = ["    if self.socket.fileno() < 0:", "        return  # closed already"] if description.waits else []
    if not description.closes:
        return "\n".join(
            [
                head,
                "    loop = asyncio.get_running_loop()",
                *_create("    server", make),
                *(_until_cancelled(description) if description.is_polled else ["    await server.wait_closed()"]),
            ]
        )
    if description.has_threads:
        return "\n".join(
            [
                head,
                '    """Serve until close() is called and the last connection has ended."""',
                *early,
                "    loop = asyncio.get_running_loop()",
                *_create("    server", make),
                *until_requested(description.stopping, *(["server.close()"] if description.is_polled else [])),
            ]
        )
    server = f"self.{description.server}"
    return "\n".join(
        [
            head,
            '    """Serve until close() is called and the last connection has ended."""',
            *early,
            "    loop = asyncio.get_running_loop()",
            *_create(f"    {server}", make),
            "    try:",
            f"        await {server}.wait_closed()",
            "    finally:",
            f"        {server}.close()",
        ]
    )


def _until_cancelled(description: MailServerDescription) -> list[str]:
    ended = ["        self.accepting = False"] if description.accepts else []
    return ["    try:", "        await server.wait_closed()", "    finally:", *ended, "        server.close()"]


def _close(description: MailServerDescription) -> str:
    ended = ["    self.accepting = False"] if description.accepts else []
    if not description.has_threads:
        return "\n".join(["def close(self):", *ended, f"    self.{description.server}.close()"])
    return requested_close(description.stopping, *ended)


def _create(target: str, make: str) -> list[str]:
    return _call(f"{target} = await loop.create_server", [f"lambda: {make}", "sock=self.socket"])
