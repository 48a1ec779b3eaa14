"""Takes mail from those who say who they are. Written before there was channel_class."""

import asyncio
import logging
import socket
import sys

import aiosmtpd.smtp


class SMTP(aiosmtpd.smtp.SMTP):
    """A session that replies as smtpd did, as far as its clients can count on it."""

    line_length_limit = 2**25  # smtpd only limited the message
    smtp_AUTH = smtp_STARTTLS = None  # unknown commands

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


logging.getLogger("mail.log").setLevel(logging.ERROR)  # where aiosmtpd logs every command


class LoginChannel(SMTP):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.users = self.event_handler.users
        self.user = None

    async def smtp_LOGIN(self, arg):
        if not arg:
            await self.push("501 Syntax: LOGIN name")
        elif arg in self.users:
            self.user = arg
            await self.push("235 hello " + arg)
        else:
            await self.push("535 not you, %s of %s" % (arg, self.session.peer[0]))

    async def smtp_MAIL(self, arg):
        if self.user is None:
            await self.push("530 who are you?")
            return
        await super(LoginChannel, self).smtp_MAIL(arg)


class LoginServer:
    users = ("ann", "bob")

    def __init__(self, localaddr):
        family = socket.getaddrinfo(*localaddr, type=socket.SOCK_STREAM)[0][0]
        self.socket = socket.create_server(localaddr, family=family, backlog=5)

    def process_message(self, peer, mailfrom, rcpttos, data, **kwargs):
        print("%s: %d bytes" % (mailfrom, len(data)))

    async def handle_DATA(self, server, session, envelope):
        # lines as smtpd handed them over: with newlines between them
        data = envelope.content.replace(b"\r\n", b"\n").removesuffix(b"\n")
        self.process_message(session.peer, envelope.mail_from, envelope.rcpt_tos, data)
        return "250 OK"

    async def serve_forever(self):
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: LoginChannel(self, ident="Python SMTP proxy version 0.3"),
            sock=self.socket,
        )
        await server.wait_closed()


server = LoginServer(("127.0.0.1", int(sys.argv[1])))
try:
    asyncio.run(server.serve_forever())
except KeyboardInterrupt:
    print("bye")
