"""One SMTP client: RFC 5321, with the SIZE (RFC 1870), 8BITMIME (RFC 6152) and SMTPUTF8 (RFC 6531) extensions.

A command is a line; the message is one frame that ends with a line of a single dot.  The method for the
command XYZ is ``smtp_XYZ(arg)``, so that subclasses add verbs by defining methods.

Kept on purpose, because servers and their tests rely on it: the texts of all replies; that the limits of
command lengths are shared by all channels and reset by each new one; that after "552 Error: Too much mail
data" the channel goes on waiting for the end of a message; that with *decode_data* each piece of data is decoded
by itself.
"""

from __future__ import annotations

import collections
import errno
from typing import TYPE_CHECKING, Any, ClassVar
from warnings import warn

from asyncore_bridge import _paths, asynchat, smtpd

from . import _addresses

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from ._servers import SMTPServer

VERBS = {
    "EHLO": "EHLO hostname",
    "HELO": "HELO hostname",
    "MAIL": "MAIL FROM: <address>",
    "RCPT": "RCPT TO: <address>",
    "DATA": "DATA",
    "RSET": "RSET",
    "NOOP": "NOOP",
    "QUIT": "QUIT",
    "VRFY": "VRFY <address>",
}
"""The syntax of each command, as HELP and error replies show it."""

WITH_PARAMETERS = frozenset(["MAIL", "RCPT"])
"""Commands that take ESMTP parameters after EHLO."""

SUPPORTED = f"Supported commands: {' '.join(VERBS)}"

NO_GREETING = "503 Error: send HELO first"

COMMAND_SIZE_LIMIT = 512
"""Bytes of a command line, RFC 5321 section 4.5.3.1.4."""


def debug(*words: Any) -> None:
    """Print to ``smtpd.DEBUGSTREAM``, whatever that is now."""
    print(*words, file=smtpd.DEBUGSTREAM)


@_paths.ours()
class SMTPChannel(asynchat.async_chat):
    """Speaks SMTP with one client and hands complete messages to ``server.process_message()``.

    *conn* is the connected socket and *addr* the client's address.  *data_size_limit* is the longest message
    in bytes, 0 or None for any length.  With *decode_data* messages are str, decoded as UTF-8, instead of
    bytes; with *enable_SMTPUTF8* addresses may be, too.  Raises ValueError for both at once.
    """

    COMMAND = 0
    DATA = 1

    command_size_limit = COMMAND_SIZE_LIMIT
    command_size_limits: ClassVar[collections.defaultdict[str, int]] = collections.defaultdict(
        lambda: COMMAND_SIZE_LIMIT
    )

    def __init__(
        self,
        server: SMTPServer,
        conn: Any,
        addr: Any,
        data_size_limit: int | None = smtpd.DATA_SIZE_DEFAULT,
        map: MutableMapping[Any, Any] | None = None,  # noqa: A002
        enable_SMTPUTF8: bool = False,
        decode_data: bool = False,
    ) -> None:
        asynchat.async_chat.__init__(self, conn, map=map)
        self.smtp_server = server
        self.conn = conn
        self.addr = addr
        self.data_size_limit = data_size_limit
        self.enable_SMTPUTF8 = enable_SMTPUTF8
        self._decode_data = decode_data
        check_modes(enable_SMTPUTF8, decode_data)
        self._emptystring: Any = "" if decode_data else b""
        self._linesep: Any = "\r\n" if decode_data else b"\r\n"
        self._dotsep: Any = "." if decode_data else ord(".")
        self._newline: Any = smtpd.NEWLINE if decode_data else b"\n"
        self._set_rset_state()
        self.seen_greeting: Any = ""
        self.extended_smtp = False
        self.command_size_limits.clear()
        self.fqdn = smtpd.socket.getfqdn()
        try:
            self.peer = conn.getpeername()
        except OSError as exc:  # the client was quick to leave
            self.close()
            if exc.errno != errno.ENOTCONN:
                raise
            return
        debug("Peer:", repr(self.peer))
        self.push(f"220 {self.fqdn} {smtpd.__version__}")

    # -- state

    def _set_post_data_state(self) -> None:
        """Be ready for the next message."""
        self.smtp_state = self.COMMAND
        self.mailfrom: Any = None
        self.rcpttos: list[str] = []
        self.require_SMTPUTF8 = False
        self.num_bytes = 0
        self.set_terminator(b"\r\n")

    def _set_rset_state(self) -> None:
        """Forget everything but the greeting."""
        self._set_post_data_state()
        self.received_data: Any = ""
        self.received_lines: list[Any] = []

    @property
    def max_command_size_limit(self) -> int:
        """Bytes of the longest command that is taken now."""
        return max(self.command_size_limits.values(), default=self.command_size_limit)

    # -- frames

    def push(self, msg: str) -> None:  # type: ignore[override]
        """Send the reply *msg*; the end of the line is added here."""
        encoding = "utf-8" if self.require_SMTPUTF8 else "ascii"
        asynchat.async_chat.push(self, bytes(msg + "\r\n", encoding))

    def collect_incoming_data(self, data: bytes) -> None:
        """Keep a piece of a command or message, as long as it is not too long."""
        limit: int | None = None
        if self.smtp_state == self.COMMAND:
            limit = self.max_command_size_limit
        elif self.smtp_state == self.DATA:
            limit = self.data_size_limit
        if limit:
            if self.num_bytes > limit:
                return
            self.num_bytes += len(data)
        self.received_lines.append(str(data, "utf-8") if self._decode_data else data)

    def found_terminator(self) -> None:
        """Do what a command says, or deliver a message."""
        frame = self._emptystring.join(self.received_lines)
        debug("Data:", repr(frame))
        self.received_lines = []
        if self.smtp_state == self.COMMAND:
            self._obey(frame)
        elif self.smtp_state == self.DATA:
            self._deliver(frame)
        else:
            self.push("451 Internal confusion")
            self.num_bytes = 0

    def _obey(self, line: Any) -> None:
        size, self.num_bytes = self.num_bytes, 0
        if not line:
            self.push("500 Error: bad syntax")
            return
        if not self._decode_data:
            line = str(line, "utf-8")
        verb, space, rest = line.partition(" ")
        verb = verb.upper()
        limit = self.command_size_limits[verb] if self.extended_smtp else self.command_size_limit
        if size > limit:
            self.push("500 Error: line too long")
            return
        method = getattr(self, "smtp_" + verb, None)
        if not method:
            self.push(f'500 Error: command "{verb}" not recognized')
            return
        method(rest.strip() if space else None)

    def _deliver(self, data: Any) -> None:
        if self.data_size_limit and self.num_bytes > self.data_size_limit:
            self.push("552 Error: Too much mail data")
            self.num_bytes = 0
            return
        # RFC 5321 section 4.5.2: the dot that the client put before a leading dot is not part of the text
        lines = [line[1:] if line and line[0] == self._dotsep else line for line in data.split(self._linesep)]
        self.received_data = self._newline.join(lines)
        options: dict[str, Any] = {}
        if not self._decode_data:
            options = {"mail_options": self.mail_options, "rcpt_options": self.rcpt_options}
        status = self.smtp_server.process_message(
            self.peer, self.mailfrom, self.rcpttos, self.received_data, **options
        )
        self._set_post_data_state()
        self.push(status or "250 OK")

    # -- commands

    def _syntax(self, verb: str) -> str:
        """Return the syntax of *verb*, as far as it goes in this session."""
        more = " [SP <mail-parameters>]" if self.extended_smtp and verb in WITH_PARAMETERS else ""
        return f"Syntax: {VERBS[verb]}{more}"

    def _greet(self, verb: str, arg: str | None) -> bool:
        """Start a session, unless the greeting is wrong; return whether it was right."""
        if not arg:
            self.push(f"501 {self._syntax(verb)}")
        elif self.seen_greeting:
            self.push("503 Duplicate HELO/EHLO")
        else:
            self._set_rset_state()
            self.seen_greeting = arg
            return True
        return False

    def smtp_HELO(self, arg: str | None) -> None:
        """Greet, without extensions."""
        if self._greet("HELO", arg):
            self.push(f"250 {self.fqdn}")

    def smtp_EHLO(self, arg: str | None) -> None:
        """Greet, and list the extensions."""
        if not self._greet("EHLO", arg):
            return
        self.extended_smtp = True
        self.push(f"250-{self.fqdn}")
        if self.data_size_limit:
            self.push(f"250-SIZE {self.data_size_limit}")
            self.command_size_limits["MAIL"] += 26  # RFC 1870 section 3
        if not self._decode_data:
            self.push("250-8BITMIME")
        if self.enable_SMTPUTF8:
            self.push("250-SMTPUTF8")
            self.command_size_limits["MAIL"] += 10  # RFC 6531 section 3.1
        self.push("250 HELP")

    def smtp_NOOP(self, arg: str | None) -> None:
        """Do nothing."""
        self.push("501 Syntax: NOOP" if arg else "250 OK")

    def smtp_QUIT(self, arg: str | None) -> None:
        """End the session."""
        del arg
        self.push("221 Bye")
        self.close_when_done()

    def smtp_HELP(self, arg: str | None) -> None:
        """Tell the commands, or the syntax of one."""
        if not arg:
            self.push(f"250 {SUPPORTED}")
        elif arg.upper() in VERBS:
            self.push(f"250 {self._syntax(arg.upper())}")
        else:
            self.push(f"501 {SUPPORTED}")

    def smtp_VRFY(self, arg: str | None) -> None:
        """Neither confirm nor deny that there is such a user."""
        if not arg:
            self.push("501 Syntax: VRFY <address>")
        elif self._getaddr(arg)[0]:
            self.push("252 Cannot VRFY user, but will accept message and attempt delivery")
        else:
            self.push(f"502 Could not VRFY {arg}")

    def smtp_MAIL(self, arg: str | None) -> None:
        """Take the sender's address."""
        if not self.seen_greeting:
            self.push(NO_GREETING)
            return
        debug("===> MAIL", arg)
        found = self._address_of("MAIL", "FROM:", arg)
        if found is None:
            return
        address, words = found
        if self.mailfrom:
            self.push("503 Error: nested MAIL command")
            return
        self.mail_options = words
        parameters = self._getparams(words)
        if parameters is None:
            self.push(f"501 {self._syntax('MAIL')}")
        elif self._accepts(parameters):
            self.mailfrom = address
            debug("sender:", self.mailfrom)
            self.push("250 OK")

    def _accepts(self, parameters: dict[str, Any]) -> bool:
        """Look at the parameters of MAIL; say what is wrong with them and return False if something is."""
        if not self._decode_data and parameters.pop("BODY", "7BIT") not in ("7BIT", "8BITMIME"):
            self.push("501 Error: BODY can only be one of 7BIT, 8BITMIME")
            return False
        if self.enable_SMTPUTF8:
            wanted = parameters.pop("SMTPUTF8", False)
            if wanted is True:
                self.require_SMTPUTF8 = True
            elif wanted is not False:
                self.push("501 Error: SMTPUTF8 takes no arguments")
                return False
        size = parameters.pop("SIZE", None)
        if size:
            if not size.isdigit():
                self.push(f"501 {self._syntax('MAIL')}")
                return False
            if self.data_size_limit and int(size) > self.data_size_limit:
                self.push("552 Error: message size exceeds fixed maximum message size")
                return False
        if parameters:
            self.push("555 MAIL FROM parameters not recognized or not implemented")
            return False
        return True

    def smtp_RCPT(self, arg: str | None) -> None:
        """Take one recipient's address."""
        if not self.seen_greeting:
            self.push(NO_GREETING)
            return
        debug("===> RCPT", arg)
        if not self.mailfrom:
            self.push("503 Error: need MAIL command")
            return
        found = self._address_of("RCPT", "TO:", arg)
        if found is None:
            return
        address, self.rcpt_options = found
        parameters = self._getparams(self.rcpt_options)
        if parameters is None:
            self.push(f"501 {self._syntax('RCPT')}")
        elif parameters:
            self.push("555 RCPT TO parameters not recognized or not implemented")
        else:
            self.rcpttos.append(address)
            debug("recips:", self.rcpttos)
            self.push("250 OK")

    def _address_of(self, verb: str, keyword: str, arg: str | None) -> tuple[str, list[str]] | None:
        """Return the address and parameters of MAIL or RCPT; say what is wrong and return None if something is."""
        if arg is not None:
            address, rest = self._getaddr(self._strip_command_keyword(keyword, arg))
            if address and (self.extended_smtp or not rest):
                return address, rest.upper().split()
        self.push(f"501 {self._syntax(verb)}")
        return None

    def smtp_RSET(self, arg: str | None) -> None:
        """Forget the message begun."""
        if arg:
            self.push("501 Syntax: RSET")
            return
        self._set_rset_state()
        self.push("250 OK")

    def smtp_DATA(self, arg: str | None) -> None:
        """Get ready for the message itself."""
        if not self.seen_greeting:
            self.push(NO_GREETING)
        elif not self.rcpttos:
            self.push("503 Error: need RCPT command")
        elif arg:
            self.push("501 Syntax: DATA")
        else:
            self.smtp_state = self.DATA
            self.set_terminator(b"\r\n.\r\n")
            self.push("354 End data with <CR><LF>.<CR><LF>")

    def smtp_EXPN(self, arg: str | None) -> None:
        """Refuse: mailing lists are nobody's business."""
        del arg
        self.push("502 EXPN not implemented")

    # -- helpers that subclasses call

    def _strip_command_keyword(self, keyword: str, arg: str) -> str:
        return _addresses.after_keyword(keyword, arg)

    def _getaddr(self, arg: str) -> tuple[Any, str]:
        return _addresses.split_address(arg)

    def _getparams(self, params: list[str]) -> dict[str, Any] | None:
        return _addresses.parse_parameters(params)


def check_modes(enable_SMTPUTF8: bool, decode_data: bool) -> None:
    """Raise ValueError if a server or channel is to do two things that exclude each other."""
    if enable_SMTPUTF8 and decode_data:
        raise ValueError("decode_data and enable_SMTPUTF8 cannot be set to True at the same time")


_PRIVATE_NAMES = {
    "server": "smtp_server",
    "line": "received_lines",
    "state": "smtp_state",
    "greeting": "seen_greeting",
    "mailfrom": "mailfrom",
    "rcpttos": "rcpttos",
    "data": "received_data",
    "fqdn": "fqdn",
    "peer": "peer",
    "conn": "conn",
    "addr": "addr",
}
"""Attributes that were private once; subclasses called SMTPChannel, too, reach them as ``self.__line``."""


def _old_name(old: str, new: str) -> property:
    def get(self: SMTPChannel) -> Any:
        warn(
            f"Access to __{old} attribute on SMTPChannel is deprecated, use '{new}' instead", DeprecationWarning, 2
        )
        return getattr(self, new)

    def put(self: SMTPChannel, value: Any) -> None:
        warn(f"Setting __{old} attribute on SMTPChannel is deprecated, set '{new}' instead", DeprecationWarning, 2)
        setattr(self, new, value)

    return property(get, put)


for _old, _new in _PRIVATE_NAMES.items():
    setattr(SMTPChannel, f"_SMTPChannel__{_old}", _old_name(_old, _new))
