"""Sends mail to a server that runs its loop for as long as it is told to, in a thread perhaps."""

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


class Inbox:
    def __init__(self, host="127.0.0.1", port=0):
        self.stopping = concurrent.futures.Future()
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        self.socket = socket.create_server((host, port), family=family, backlog=5)
        self.letters = []
        self.thread = None
        self.is_open = True

    def process_message(self, peer, mailfrom, rcpttos, data, **kwargs):
        self.letters.append((mailfrom, rcpttos, data))

    async def handle_DATA(self, server, session, envelope):
        # lines as smtpd handed them over: with newlines between them
        data = envelope.content.replace(b"\r\n", b"\n").removesuffix(b"\n")
        self.process_message(session.peer, envelope.mail_from, envelope.rcpt_tos, data)
        return "250 OK"

    async def serve_forever(self):
        """Serve until close() is called and the last connection has ended."""
        if self.socket.fileno() < 0:
            return  # closed already
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

    def start(self):
        try:
            while self.is_open:
                asyncio.run(self.serve_forever())
        except KeyboardInterrupt:
            self.close()

    def start_in_a_thread(self):
        self.thread = threading.Thread(target=self.start)
        self.thread.start()

    def stop(self):
        self.close()
        self.is_open = False
        self.thread.join()


inbox = Inbox()
inbox.start_in_a_thread()
for text in ("Subject: one\n\nfirst\n", "Subject: two\n\n.second"):
    with smtplib.SMTP("127.0.0.1", inbox.socket.getsockname()[1], "client.test") as client:
        client.sendmail("ann@x", ["bob@y"], text)
inbox.stop()
print(inbox.letters)
