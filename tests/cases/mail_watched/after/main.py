"""Mail servers that are threads, and look now and then whether they may go on."""

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


class Letters(threading.Thread):
    """Told to end by an event, and closed in the end."""

    pause = 0.02

    def __init__(self, host="127.0.0.1", port=0):
        self.accepting = True
        self.stopping = concurrent.futures.Future()
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        self.socket = socket.create_server((host, port), family=family, backlog=5)
        self.letters = []
        self._enough = threading.Event()
        threading.Thread.__init__(self, name="letters")

    def process_message(self, peer, mailfrom, rcpttos, data, **kwargs):
        class Letter:
            def __init__(self, **known):
                vars(self).update(known)

        self.letters.append(Letter(sender=mailfrom, text=data))

    async def handle_DATA(self, server, session, envelope):
        # lines as smtpd handed them over: with newlines between them
        data = envelope.content.decode().replace("\r\n", "\n").removesuffix("\n")
        self.process_message(session.peer, envelope.mail_from, envelope.rcpt_tos, data)
        return "250 OK"

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        return [line for line in responses if line != "250-8BITMIME"]

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
            server.close()
            stop.cancel()

    def close(self):
        """Stop listening; any thread may ask for it, and more than once."""
        self.accepting = False
        if not self.stopping.done():
            self.stopping.set_result(None)

    def run(self):
        async def serve():
            serving = asyncio.create_task(self.serve_forever())
            while not self._enough.is_set():
                await asyncio.sleep(self.pause)
            serving.cancel()

        asyncio.run(serve())

    def stop(self):
        self._enough.set()
        self.join()
        self.close()


class Postcards(threading.Thread):
    """Goes on as long as it is active, and closes everything."""

    def __init__(self, localaddr):
        threading.Thread.__init__(self)
        self.accepting = True
        family = socket.getaddrinfo(*localaddr, type=socket.SOCK_STREAM)[0][0]
        self.socket = socket.create_server(localaddr, family=family, backlog=5)
        self.cards = []
        self.active = False
        self.lock = threading.Lock()
        self.passing = threading.Lock()

    def process_message(self, peer, mailfrom, rcpttos, data):
        with self.lock:
            self.cards.append(data)

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
            lambda: SMTP(self, ident="Python SMTP proxy version 0.3"), sock=self.socket
        )
        try:
            await server.wait_closed()
        finally:
            self.accepting = False
            server.close()

    def start(self):
        self.ready = threading.Event()
        threading.Thread.start(self)
        self.ready.wait()

    def run(self):
        self.active = True
        self.ready.set()

        async def serve():
            serving = asyncio.create_task(self.serve_forever())
            while self.active and not serving.done():
                with self.passing:
                    await asyncio.wait([serving], timeout=0.02)

        asyncio.run(serve())
        self.socket.close()

    def stop(self):
        self.active = False
        self.join()


def send(server, text):
    with smtplib.SMTP("127.0.0.1", server.socket.getsockname()[1], "client.test") as client:
        client.sendmail("ann@x", ["bob@y"], text)


def is_open(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def play(server, kept):
    port = server.socket.getsockname()[1]
    server.start()
    print("accepting:", server.accepting)
    send(server, "Subject: one\n\nfirst\n")
    send(server, "Subject: two\n\n.second")
    server.stop()
    print(len(kept), is_open(port), server.accepting, flush=True)


if __name__ == "__main__":
    letters = Letters()
    play(letters, letters.letters)
    print(letters.letters[1].sender, letters.letters[1].text.split("\n"))
    cards = Postcards(("127.0.0.1", 0))
    play(cards, cards.cards)
    print(cards.cards[0].split("\n"), flush=True)
    none = Postcards(("127.0.0.1", 0))
    port = none.socket.getsockname()[1]
    none.start()
    none.stop()  # perhaps before the loop has begun
    print(is_open(port), flush=True)
