"""Party lines: an exchange and its trunk line, both on sockets made by hand, and calls that are cut off by hand."""
import asyncio
import logging
import socket
import sys


class Call:
    """A call: what is said is repeated, until somebody hangs up."""

    def __init__(self, reader, writer, line):
        self.reader = reader
        self.writer = writer
        self.connected = True
        self.line = line
        line.calls.add(self)

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

    def found_terminator(self, words):
        if words == b"cut":
            self.push(b"cut off\n")
            self.close()
        elif words == b"all":
            self.line.cut_all()
        else:
            self.push(words + b"?\n")

    def handle_close(self):
        # the other side may have gone in anger
        self.close()
        self.line.calls.discard(self)
        print("hung up", flush=True)


class Line:
    def __init__(self, port):
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(("127.0.0.1", port))
        self.socket = sock
        self.socket.listen(5)
        self.calls = set()

    async def serve_forever(self):
        """Serve until close() is called and the last connection has ended."""
        self.server = await asyncio.start_server(self.handle_accept, sock=self.socket)
        try:
            await self.server.wait_closed()
        finally:
            self.server.close()

    def close(self):
        self.server.close()

    async def handle_accept(self, reader, writer):
        await Call(reader, writer, self).run()

    def cut_all(self):
        for call in list(self.calls):
            call.handle_close()
        self.close()


class Trunk(Line):
    """Says who is there before anybody speaks."""

    async def handle_accept(self, reader, writer):
        session = Call(reader, writer, self)
        session.push(b"trunk\n")
        await session.run()


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


if __name__ == "__main__":
    server1 = Line(int(sys.argv[1]))
    server2 = Trunk(int(sys.argv[2]))
    asyncio.run(run_all(server1.serve_forever(), server2.serve_forever()))
    print("exchange closed")
