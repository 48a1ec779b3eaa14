"""A test server whose clients may ask what it has got, and tell it to forget that."""

import asyncio
import logging
import socket
import sys

import aiosmtpd.smtp


class SMTP(aiosmtpd.smtp.SMTP):
    """A session that replies as smtpd did, as far as its clients can count on it."""

    line_length_limit = 2**25  # smtpd only limited the message
    smtp_AUTH = smtp_STARTTLS = None  # unknown commands

    def connection_made(self, transport):
        self.event_handler.handle_accepted(transport.get_extra_info("peername"))
        super().connection_made(transport)

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


class Channel(SMTP):
    """Some commands more."""

    async def smtp_COUNT(self, arg):
        """How many letters there are, for one address or for all."""
        if not self.session.host_name:
            await self.push("503 who are you?")
            return
        letters = self.event_handler.letters
        await self.push("250 %d" % len([to for to in letters if not arg or to == arg]))

    async def smtp_WHO(self, arg):
        await self.push("250-%s" % (self.session.host_name or ""))
        await self.push("250 %s to %d" % (self.envelope.mail_from or "nobody", len(self.envelope.rcpt_tos)))

    async def smtp_RSET(self, arg):
        # forget the letters as well
        del self.event_handler.letters[:]
        await super().smtp_RSET(arg)

    async def smtp_VRFY(self, arg):
        if arg in self.event_handler.letters:
            await self.push("250 <%s>" % arg)
        else:
            await super().smtp_VRFY(arg)

    async def smtp_ENOUGH(self, arg):
        await self.push("221 so long")
        self.transport.close()


class Server:
    def __init__(self, localaddr):
        family = socket.getaddrinfo(*localaddr, type=socket.SOCK_STREAM)[0][0]
        self.socket = socket.create_server(localaddr, family=family, backlog=5)
        self.letters = []
        self.calls = 0

    def handle_accepted(self, addr):
        """Say who calls."""
        self.calls += 1
        print("call %d from %s" % (self.calls, addr[0]))

    def process_message(self, peer, mailfrom, rcpttos, data):
        self.letters.extend(rcpttos)
        print("%s: %s" % (mailfrom, data.upper()))

    async def handle_DATA(self, server, session, envelope):
        # lines as smtpd handed them over: with newlines between them
        data = envelope.content.decode().replace("\r\n", "\n").removesuffix("\n")
        self.process_message(session.peer, envelope.mail_from, envelope.rcpt_tos, data)
        return "250 OK"

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        return [line for line in responses if line != "250-8BITMIME"]

    async def serve_forever(self):
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: Channel(self, ident="Python SMTP proxy version 0.3"),
            sock=self.socket,
        )
        await server.wait_closed()


server = Server(("127.0.0.1", int(sys.argv[1])))
asyncio.run(server.serve_forever())
