"""SMTP servers: a listener that makes a channel for each client, and what becomes of the messages."""

from __future__ import annotations

import smtplib
import sys
from typing import TYPE_CHECKING, Any
from warnings import warn

from asyncore_bridge import _paths, asyncore, smtpd

from ._channel import SMTPChannel, check_modes, debug

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping


@_paths.ours(idle_writes=True)
class SMTPServer(asyncore.dispatcher):
    """Listens on *localaddr*, a ``(host, port)`` pair; derive from it and override process_message().

    *remoteaddr* is for proxies.  The other arguments are given to each channel, see :class:`SMTPChannel`.
    Raises OSError if the address is in use, ValueError for *enable_SMTPUTF8* with *decode_data*.
    """

    channel_class: Any = SMTPChannel
    """What is made for each client."""

    def __init__(
        self,
        localaddr: Any,
        remoteaddr: Any,
        data_size_limit: int | None = smtpd.DATA_SIZE_DEFAULT,
        map: MutableMapping[Any, Any] | None = None,  # noqa: A002
        enable_SMTPUTF8: bool = False,
        decode_data: bool = False,
    ) -> None:
        self._localaddr = localaddr
        self._remoteaddr = remoteaddr
        self.data_size_limit = data_size_limit
        self.enable_SMTPUTF8 = enable_SMTPUTF8
        self._decode_data = decode_data
        check_modes(enable_SMTPUTF8, decode_data)
        asyncore.dispatcher.__init__(self, map=map)
        try:
            host, port = localaddr
            found = smtpd.socket.getaddrinfo(host, port, type=smtpd.socket.SOCK_STREAM)
            self.create_socket(found[0][0], found[0][1])
            self.set_reuse_addr()
            self.bind(localaddr)
            self.listen(5)
        except BaseException:
            self.close()
            raise
        debug(
            f"{type(self).__name__} started at {smtpd.time.ctime()}\n"
            f"\tLocal addr: {localaddr}\n\tRemote addr:{remoteaddr}"
        )

    def handle_accepted(self, conn: Any, addr: Any) -> None:
        """Make a channel for the new client."""
        debug(f"Incoming connection from {addr!r}")
        self.channel_class(
            self, conn, addr, self.data_size_limit, self._map, self.enable_SMTPUTF8, self._decode_data
        )

    def process_message(self, peer: Any, mailfrom: str, rcpttos: list[str], data: Any, **kwargs: Any) -> str | None:
        r"""Do something with a message.  Must be overridden.

        *peer* is the client's address, *mailfrom* and *rcpttos* what it said, without angle brackets.
        *data* is the message, headers and all, with ``\n`` line ends: bytes, or str with decode_data.
        Without decode_data *kwargs* holds ``mail_options`` and ``rcpt_options``, lists of upper-case strings
        such as ``"BODY=8BITMIME"``.

        Return None for "250 OK", or another reply.
        """
        raise NotImplementedError


class DebuggingServer(SMTPServer):
    """Prints every message on stdout."""

    def _print_message_content(self, peer: Any, data: Any) -> None:
        text = isinstance(data, str)
        in_headers = True
        for line in data.splitlines():
            if in_headers and not line:
                in_headers = False
                origin = "X-Peer: " + peer[0]
                _out(origin if text else repr(origin.encode()))
            _out(line if text else repr(line))

    def process_message(self, peer: Any, mailfrom: str, rcpttos: list[str], data: Any, **kwargs: Any) -> str | None:
        """Print the message between two lines of dashes, bytes as Python writes them."""
        del mailfrom, rcpttos
        _out("---------- MESSAGE FOLLOWS ----------")
        if kwargs.get("mail_options"):
            _out(f"mail options: {kwargs['mail_options']}")
        if kwargs.get("rcpt_options"):
            _out(f"rcpt options: {kwargs['rcpt_options']}\n")
        self._print_message_content(peer, data)
        _out("------------ END MESSAGE ------------")
        return None


class PureProxy(SMTPServer):
    """Delivers every message to the server at *remoteaddr*, with an X-Peer header added.

    Takes decode_data=True only, as the stdlib's did; blocks while it delivers.
    """

    _proxy_name = "PureProxy"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if kwargs.get("enable_SMTPUTF8"):
            raise ValueError(f"{self._proxy_name} does not support SMTPUTF8.")
        super().__init__(*args, **kwargs)

    def process_message(  # type: ignore[override]
        self, peer: Any, mailfrom: str, rcpttos: list[str], data: Any
    ) -> str | None:
        """Deliver the message; refusals are only shown in the debugging output."""
        lines = data.split("\n")
        end_of_headers = lines.index("") if "" in lines else len(lines)
        lines.insert(end_of_headers, f"X-Peer: {peer[0]}")
        refused = self._deliver(mailfrom, rcpttos, smtpd.NEWLINE.join(lines))
        debug("we got some refusals:", refused)
        return None

    def _deliver(self, mailfrom: str, rcpttos: list[str], data: str) -> Mapping[str, tuple[int, bytes | str]]:
        """Return the recipients that were refused, each with the reply's code and text."""
        try:
            client = smtplib.SMTP()
            client.connect(self._remoteaddr[0], self._remoteaddr[1])
            try:
                return client.sendmail(mailfrom, rcpttos, data)
            finally:
                client.quit()
        except smtplib.SMTPRecipientsRefused as exc:
            debug("got SMTPRecipientsRefused")
            return exc.recipients
        except (OSError, smtplib.SMTPException) as exc:
            debug("got", type(exc))
            reply = getattr(exc, "smtp_code", -1), getattr(exc, "smtp_error", "ignore")
            return dict.fromkeys(rcpttos, reply)


def _out(line: Any) -> None:
    print(line)


if sys.version_info < (3, 11):

    class MailmanProxy(PureProxy):
        """Went with Python 3.11; the GNU Mailman that it delivered to never ran on Python 3."""

        _proxy_name = "MailmanProxy"

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            warn("MailmanProxy is deprecated and will be removed in future", DeprecationWarning, 2)
            super().__init__(*args, **kwargs)

        def process_message(  # type: ignore[override]
            self, peer: Any, mailfrom: str, rcpttos: list[str], data: Any
        ) -> str | None:
            """Raise ModuleNotFoundError, as it always did on Python 3."""
            raise ModuleNotFoundError("No module named 'Mailman'", name="Mailman")

    MailmanProxy.__module__ = smtpd.__name__
