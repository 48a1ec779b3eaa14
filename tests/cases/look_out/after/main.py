"""Notes when somebody was last heard, and queues by hand what asynchat would queue as well."""

import asyncio
import logging
import socket
import sys
import time


class Post:
    """One post of the watch."""

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.connected = True
        self.calls = []
        self.heard = 0.0
        self.silent = True

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        unread = bytearray()  # received behind what was handled
        try:
            while True:
                data, complete = await read_piece(self.reader, self.writer, unread, b"\n")
                self.handle_read()
                if data:
                    self.collect_incoming_data(data)
                if complete:
                    self.found_terminator()
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
        if self.connected:
            self.handle_close()

    def _push(self, data):
        """Send *data*. If the peer turns out to be gone, the session ends here and now."""
        if not self.writer.is_closing():
            self.writer.write(data)
        if self.connected and self.writer.is_closing():
            self.handle_close()

    def close(self):
        self.connected = False
        self.writer.close()

    def handle_read(self):
        """Whatever comes, also half a call, shows that somebody is there."""
        self.heard = time.time()
        self.silent = False

    def push(self, data):
        self._push(data)

    def collect_incoming_data(self, data):
        self.calls.append(data)

    def found_terminator(self):
        call = b"".join(self.calls)
        self.calls = []
        self.push(b"%s, %s\n" % (call, b"late" if time.time() - self.heard > 60 else b"in time"))

    def handle_close(self):
        print("silent" if self.silent else "heard", flush=True)
        self.close()


class Watch:
    def __init__(self, port):
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()

    async def handle_accepted(self, reader, writer):
        await Post(reader, writer).run()


async def read_piece(reader, writer, unread, delimiter, limit=65536):
    """Return what *unread* has of a frame, and whether that ends it; if it has nothing, wait for more."""
    size, complete = unread.find(delimiter), delimiter in unread
    if not complete:  # the delimiter may have come in part
        begun = (n for n in range(len(delimiter) - 1, 0, -1) if unread.endswith(delimiter[:n]))
        size = len(unread) - next(begun, 0)
    piece = bytes(unread[:size])
    del unread[: size + len(delimiter) if complete else size]
    if not piece and not complete:
        received = await reader.read(limit)
        if not received:
            raise asyncio.IncompleteReadError(b"", None)
        if not writer.is_closing():  # we handle nothing more once we are closing
            unread += received
    return piece, complete


watch = Watch(int(sys.argv[1]))
asyncio.run(watch.serve_forever())
