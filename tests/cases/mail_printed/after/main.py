"""Shows mail, and counts it."""

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


class Plain:
    def __init__(self, localaddr):
        print("plainly")
        family = socket.getaddrinfo(*localaddr, type=socket.SOCK_STREAM)[0][0]
        self.socket = socket.create_server(localaddr, family=family, backlog=5)

    async def handle_DATA(self, server, session, envelope):
        # lines as smtpd handed them over: with newlines between them
        data = envelope.content.replace(b"\r\n", b"\n").removesuffix(b"\n")
        print_message(session.peer, data, envelope.mail_options)
        return "250 OK"

    async def serve_forever(self):
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: SMTP(self, ident="Python SMTP proxy version 0.3"), sock=self.socket
        )
        await server.wait_closed()


class Counting:
    count = 0

    def __init__(self, localaddr):
        family = socket.getaddrinfo(*localaddr, type=socket.SOCK_STREAM)[0][0]
        self.socket = socket.create_server(localaddr, family=family, backlog=5)

    def process_message(self, peer, mailfrom, rcpttos, data, **kwargs):
        print_message(("somebody",), data, **kwargs)
        self.count += 1
        print("that was number", self.count)
        sys.stdout.flush()

    async def handle_DATA(self, server, session, envelope):
        # lines as smtpd handed them over: with newlines between them
        data = envelope.content.replace(b"\r\n", b"\n").removesuffix(b"\n")
        self.process_message(
            session.peer,
            envelope.mail_from,
            envelope.rcpt_tos,
            data,
            mail_options=envelope.mail_options,
            rcpt_options=envelope.rcpt_options,
        )
        return "250 OK"

    async def serve_forever(self):
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: SMTP(self, ident="Python SMTP proxy version 0.3"), sock=self.socket
        )
        await server.wait_closed()


def print_message(peer, data, mail_options=(), rcpt_options=()):
    """Print a message, with the address of the client between its headers and its body."""
    print("---------- MESSAGE FOLLOWS ----------")
    if mail_options:
        print(f"mail options: {mail_options}")
    if rcpt_options:
        print(f"rcpt options: {rcpt_options}\n")
    lines, mark = data.splitlines(), f"X-Peer: {peer[0]}"
    blank = next((number for number, line in enumerate(lines) if not line), None)
    if blank is not None:
        lines.insert(blank, mark if isinstance(data, str) else mark.encode())
    for line in lines:
        print(line if isinstance(data, str) else repr(line))
    print("------------ END MESSAGE ------------")


async def run_all(*coroutines):
    """Run coroutines until the last of them has ended."""
    await asyncio.gather(*coroutines)


server1 = Plain(("127.0.0.1", int(sys.argv[1])))
server2 = Counting(("127.0.0.1", int(sys.argv[2])))
asyncio.run(run_all(server1.serve_forever(), server2.serve_forever()))
