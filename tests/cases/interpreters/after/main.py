"""Half way from Python 2 to Python 3: what comes in is decoded, and what goes out nobody has thought of yet."""
import asyncio
import logging
import socket
import sys


class Interpreter:
    def __init__(self, booth, reader, writer):
        self.reader = reader
        self.writer = writer
        self.connected = True
        self.booth = booth
        self.push("This is the %s booth\n" % booth.name)

    async def run(self):
        """Answer line by line until either side closes."""
        unread = bytearray()  # received behind what was handled
        try:
            while True:
                self.found_terminator(await receive_until(self.reader, unread, b"\n"))
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
            self.writer.write(data.encode(errors="surrogateescape"))
        if self.connected and self.writer.is_closing():
            self.handle_close()

    def close(self):
        self.connected = False
        self.writer.close()

    def found_terminator(self, heard):
        sentence = heard.decode()
        self.booth.tell(sentence.upper())

    def handle_close(self):
        self.close()
        self.booth.interpreters.remove(self)


class Booth:
    def __init__(self, port, name):
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)
        self.name = name
        self.interpreters = []

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accept, sock=self.socket)
        await server.wait_closed()

    async def handle_accept(self, reader, writer):
        session = Interpreter(self, reader, writer)
        self.interpreters.append(session)
        await session.run()

    def tell(self, sentence):
        for interpreter in self.interpreters:
            interpreter.push(sentence + "\n")


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


if __name__ == "__main__":
    asyncio.run(Booth(int(sys.argv[1]), "English").serve_forever())
