"""A depot: drivers say by line where they are, orders come by mail, and who is silent for long is hung up on."""
import asyncio
import logging
import socket
import sys
import time

import aiosmtpd.smtp


class Driver:
    def __init__(self, reader, writer, depot):
        self.reader = reader
        self.writer = writer
        self.connected = True
        self.depot = depot
        self.heard_at = time.monotonic()
        depot.drivers.append(self)

    async def run(self):
        """Answer line by line until either side closes."""
        unread = bytearray()  # received behind what was handled
        try:
            while True:
                is_open = self.connected
                frame = await receive_until(self.reader, unread, b"\n")
                if is_open and not self.connected:
                    break  # another one has closed it meanwhile
                self.found_terminator(frame)
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone; a partial line was never a line
        except asyncio.CancelledError:
            return  # the program ends; older Pythons would complain of a cancelled connection
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
        if self.connected:
            self.handle_close()

    def push(self, data):
        """Send *data*. If the peer turns out to be gone, the session ends here and now."""
        if not self.writer.is_closing():
            self.writer.write(data)
        if self.connected and self.writer.is_closing():
            self.handle_close()

    def close(self):
        """Close the connection at once, whatever is still to be sent."""
        self.connected = False
        self.writer.transport.abort()

    def found_terminator(self, place):
        self.heard_at = time.monotonic()
        self.push(b"you are at " + place + b"\n")

    def handle_close(self):
        self.depot.drivers.remove(self)
        self.close()


class Depot:
    def __init__(self, port):
        self.drivers = []
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()

    async def handle_accepted(self, reader, writer):
        await Driver(reader, writer, self).run()

    def look_after(self, limit):
        now = time.monotonic()
        for driver in self.drivers[:]:
            if now - driver.heard_at > limit:
                print("a driver is silent", flush=True)
                driver.handle_close()


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


class Orders:
    def __init__(self, port, depot):
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)
        self.depot = depot

    def process_message(self, peer, mailfrom, rcpttos, data, **options):
        for driver in self.depot.drivers:
            driver.push(b"order: " + data + b"\n")

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
        try:
            await server.wait_closed()
        finally:
            server.close()


async def receive_some(reader, size=65536):
    """Return what comes next. Whoever connected before that is there by then: asyncore accepted before it read."""
    data = await reader.read(size)
    for _ in range(3 if data else 0):  # the turns of the event loop that a new connection takes to become a session
        await asyncio.sleep(0)
    return data


async def receive_until(reader, unread, terminator):
    """Return the data before *terminator*, however long; *unread* keeps what was received behind it."""
    searched = 0
    while (size := unread.find(terminator, searched)) < 0:
        searched = max(len(unread) - len(terminator) + 1, 0)
        if not (received := await receive_some(reader)):
            raise asyncio.IncompleteReadError(bytes(unread), None)
        unread += received
    data, unread[: size + len(terminator)] = bytes(unread[:size]), b""
    return data


async def run_all(*coroutines):
    """Run coroutines until the last of them has ended."""
    await asyncio.gather(*coroutines)


def main():
    depot = Depot(int(sys.argv[1]))
    server = Orders(int(sys.argv[2]), depot)

    async def serve():
        serving = asyncio.create_task(run_all(depot.serve_forever(), server.serve_forever()))
        while True:
            await asyncio.wait([serving], timeout=0.1)
            depot.look_after(0.6)

    try:
        asyncio.run(serve())
    except KeyboardInterrupt:
        print("closed", flush=True)


if __name__ == "__main__":
    main()
