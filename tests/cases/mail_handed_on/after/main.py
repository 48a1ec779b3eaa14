"""Mail servers whose constructors hand on what they get, and which ran on Python 2 once."""

import asyncio
import logging
import socket
import sys

import aiosmtpd.smtp

PY3 = sys.version_info[0] >= 3


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


class Deliverer:
    """Gives mail to a function."""

    def __init__(self, deliver, localaddr):
        self.deliver = deliver
        family = socket.getaddrinfo(*localaddr, type=socket.SOCK_STREAM)[0][0]
        self.socket = socket.create_server(localaddr, family=family, backlog=5)
        self.taken = 0

    def process_message(self, peer, mailfrom, rcpttos, data, **kwargs):
        self.taken += 1
        return self.deliver(self.taken, mailfrom, data)

    async def handle_DATA(self, server, session, envelope):
        # lines as smtpd handed them over: with newlines between them
        data = envelope.content.decode().replace("\r\n", "\n").removesuffix("\n")
        status = self.process_message(
            session.peer, envelope.mail_from, envelope.rcpt_tos, data
        )
        return status or "250 OK"

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        return [line for line in responses if line != "250-8BITMIME"]

    async def serve_forever(self):
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: SMTP(self, ident="Python SMTP proxy version 0.3"), sock=self.socket
        )
        await server.wait_closed()


class Counting:
    def __init__(self, first):
        self.count = first

    def another(self):
        self.count += 1
        return self.count


class Counter(Counting):
    def __init__(self, port):
        Counting.__init__(self, 0)
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    def process_message(self, peer, mailfrom, rcpttos, data, **kwargs):
        print("number", self.another(), data, flush=True)

    async def handle_DATA(self, server, session, envelope):
        # lines as smtpd handed them over: with newlines between them
        data = envelope.content.replace(b"\r\n", b"\n").removesuffix(b"\n")
        self.process_message(session.peer, envelope.mail_from, envelope.rcpt_tos, data)
        return "250 OK"

    async def serve_forever(self):
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: SMTP(self, ident="Python SMTP proxy version 0.3", data_size_limit=4000),
            sock=self.socket,
        )
        await server.wait_closed()


class Shower:
    def __init__(self, localaddr, remoteaddr):
        self.shown = 0
        family = socket.getaddrinfo(*localaddr, type=socket.SOCK_STREAM)[0][0]
        self.socket = socket.create_server(localaddr, family=family, backlog=5)

    def process_message(self, peer, mailfrom, rcpttos, data, **kwargs):
        print_message(peer, data)
        self.shown += 1
        print("shown", self.shown, flush=True)

    async def handle_DATA(self, server, session, envelope):
        # lines as smtpd handed them over: with newlines between them
        data = envelope.content.replace(b"\r\n", b"\n").removesuffix(b"\n")
        self.process_message(session.peer, envelope.mail_from, envelope.rcpt_tos, data)
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


def deliver(number, sender, text):
    print("delivered", number, sender, repr(text), flush=True)
    return "550 not from you" if sender.startswith("nobody") else None


if __name__ == "__main__":
    server1 = Deliverer(deliver, ("127.0.0.1", int(sys.argv[1])))
    server2 = Counter(int(sys.argv[2]))
    server3 = Shower(("127.0.0.1", int(sys.argv[3])), None)
    asyncio.run(run_all(server1.serve_forever(), server2.serve_forever(), server3.serve_forever()))
