"""Sends mail to servers that functions define, around what they share with them."""

import asyncio
import concurrent.futures
import logging
import smtplib
import socket
import threading

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


class Post(threading.Thread):
    """Makes the server when it runs."""

    def __init__(self, letters):
        super().__init__()
        self.letters = letters
        self.ready = threading.Event()

    def run(self):
        letters = self.letters

        class _Inbox:
            def __init__(self, localaddr):
                self.stopping = concurrent.futures.Future()
                family = socket.getaddrinfo(*localaddr, type=socket.SOCK_STREAM)[0][0]
                self.socket = socket.create_server(localaddr, family=family, backlog=5)

            def process_message(self, peer, mailfrom, rcpttos, data, **kwargs):
                letters.append((mailfrom, rcpttos, data))

            async def handle_DATA(self, server, session, envelope):
                # lines as smtpd handed them over: with newlines between them
                data = envelope.content.replace(b"\r\n", b"\n").removesuffix(b"\n")
                self.process_message(session.peer, envelope.mail_from, envelope.rcpt_tos, data)
                return "250 OK"

            async def serve_forever(self):
                """Serve until close() is called and the last connection has ended."""
                loop = asyncio.get_running_loop()
                server = await loop.create_server(
                    lambda: SMTP(self, ident="Python SMTP proxy version 0.3"), sock=self.socket
                )
                stop = asyncio.wrap_future(self.stopping)
                stop.add_done_callback(lambda _: server.close())
                try:
                    await server.wait_closed()
                finally:
                    stop.cancel()

            def close(self):
                """Stop listening; any thread may ask for it, and more than once."""
                if not self.stopping.done():
                    self.stopping.set_result(None)

        self.inbox = _Inbox(("127.0.0.1", 0))
        self.port = self.inbox.socket.getsockname()[1]
        self.ready.set()
        asyncio.run(self.inbox.serve_forever())

    def stop(self):
        self.inbox.close()
        self.join()


def send(port, text):
    with smtplib.SMTP("127.0.0.1", port, "client.test") as client:
        client.sendmail("ann@x", ["bob@y"], text)


def play():
    """Runs the loop in a thread, for what it has made."""
    subjects = []

    class Subjects:
        def __init__(self, localaddr):
            self.stopping = concurrent.futures.Future()
            family = socket.getaddrinfo(*localaddr, type=socket.SOCK_STREAM)[0][0]
            self.socket = socket.create_server(localaddr, family=family, backlog=5)

        def process_message(self, peer, mailfrom, rcpttos, data, **kwargs):
            subjects.append(data.splitlines()[0])

        async def handle_DATA(self, server, session, envelope):
            # lines as smtpd handed them over: with newlines between them
            data = envelope.content.replace(b"\r\n", b"\n").removesuffix(b"\n")
            self.process_message(session.peer, envelope.mail_from, envelope.rcpt_tos, data)
            return "250 OK"

        async def serve_forever(self):
            """Serve until close() is called and the last connection has ended."""
            loop = asyncio.get_running_loop()
            server = await loop.create_server(
                lambda: SMTP(self, ident="Python SMTP proxy version 0.3"), sock=self.socket
            )
            stop = asyncio.wrap_future(self.stopping)
            stop.add_done_callback(lambda _: server.close())
            try:
                await server.wait_closed()
            finally:
                stop.cancel()

        def close(self):
            """Stop listening; any thread may ask for it, and more than once."""
            if not self.stopping.done():
                self.stopping.set_result(None)

    server = Subjects(("127.0.0.1", 0))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve_forever()), daemon=True)
    thread.start()
    send(server.socket.getsockname()[1], "Subject: three\n\nthird")
    server.close()
    thread.join()
    return subjects


letters = []
post = Post(letters)
post.start()
post.ready.wait()
send(post.port, "Subject: one\n\nfirst\n")
send(post.port, "Subject: two\n\n.second")
post.stop()
print(letters)
print(play())
