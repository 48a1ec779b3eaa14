"""Takes mail for the rooms of a house, and refuses some of it."""

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


class MailRoom:
    """One room for each address."""

    closed_rooms = ("attic", "cellar")

    def __init__(self, address, guests):
        # nothing is relayed
        family = socket.getaddrinfo(*address, type=socket.SOCK_STREAM)[0][0]
        self.socket = socket.create_server(address, family=family, backlog=5)
        self.guests = guests
        self.count = 0

    def room_of(self, address):
        return address.partition("@")[0]

    def process_message(self, peer, mailfrom, rcpttos, data, mail_options=None, rcpt_options=None):
        """Say what has come, and for whom."""
        self.count += 1
        if mailfrom in self.guests:
            return "553 %s is here already" % mailfrom
        for address in rcpttos:
            if self.room_of(address) in self.closed_rooms:
                return "550 nobody sleeps there"
        if b"fire" in data:
            raise RuntimeError("fire!")
        print("%d for %s: %r" % (self.count, ", ".join(rcpttos), data))
        if mail_options:
            print("with %s" % " ".join(mail_options))
        if b"good night" in data:
            self.close()

    async def handle_DATA(self, server, session, envelope):
        # lines as smtpd handed them over: with newlines between them
        data = envelope.content.replace(b"\r\n", b"\n").removesuffix(b"\n")
        status = self.process_message(
            session.peer,
            envelope.mail_from,
            envelope.rcpt_tos,
            data,
            mail_options=envelope.mail_options,
        )
        return status or "250 OK"

    async def serve_forever(self):
        """Serve until close() is called and the last connection has ended."""
        loop = asyncio.get_running_loop()
        self.server = await loop.create_server(
            lambda: SMTP(self, ident="Python SMTP proxy version 0.3", data_size_limit=20000),
            sock=self.socket,
        )
        try:
            await self.server.wait_closed()
        finally:
            self.server.close()

    def close(self):
        self.server.close()


def main(port):
    room = MailRoom(("127.0.0.1", port), guests=["ann@house"])
    print("rooms on port", "PORT" if room.socket.getsockname()[1] == port else "?")
    asyncio.run(room.serve_forever())
    print("all asleep")


if __name__ == "__main__":
    main(int(sys.argv[1]))
