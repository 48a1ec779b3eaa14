#!/usr/bin/env python3
"""A notice board: readers get what is pinned up, a console pins things up.

usage: main.py BOARDPORT CONSOLEPORT
"""

import asyncio
import logging
import socket
from asyncore_bridge import asynchat
from asyncore_bridge import asyncore, until_empty
import sys


class Reader:
    """Somebody in front of the board."""

    def __init__(self, reader, writer, board):
        self.reader = reader
        self.writer = writer
        self.connected = True
        self.board = board
        board.readers.append(self)

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
        gone = self.writer.is_closing() and not self.writer.transport.get_write_buffer_size()
        if self.connected and gone:
            self.handle_close()

    def close_when_done(self):
        """Close the connection once everything pushed has gone out."""
        if not self.writer.transport.get_write_buffer_size():
            asyncio.get_running_loop().call_soon(self.end_session)  # the hook runs before the peer sees the end
        self.writer.close()

    def end_session(self):
        if self.connected:
            self.handle_close()

    def close(self):
        self.connected = False
        self.writer.close()

    def found_terminator(self, words):
        if words == b"leave":
            self.push(b"see you\n")
            self.close_when_done()
        else:
            self.push(b"you said " + words + b"\n")
            for console in self.board.consoles:
                console.push(b"heard: " + words + b"\n")

    def handle_close(self):
        self.close()
        if self in self.board.readers:
            self.board.readers.remove(self)


class Board:
    """Lets readers in."""

    def __init__(self, port):
        self.readers = []
        self.consoles = []
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        """Serve until close() is called and the last connection has ended."""
        self.server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        try:
            await self.server.wait_closed()
        finally:
            self.server.close()

    def close(self):
        self.server.close()

    async def handle_accepted(self, reader, writer):
        await Reader(reader, writer, self).run()


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


class Console(asynchat.async_chat):
    """Pins things up, and may stop listening for a while; that is why it has a readable() of its own."""

    def __init__(self, sock, board, listener):
        asynchat.async_chat.__init__(self, sock)
        self.board = board
        self.listener = listener
        self.patience = 3
        self.line = b""
        self.set_terminator(b"\n")
        board.consoles.append(self)

    def readable(self):
        return self.patience > 0 and asynchat.async_chat.readable(self)

    def collect_incoming_data(self, data):
        self.line += data

    def found_terminator(self):
        line, self.line = self.line, b""
        if line == b"shut":
            self.listener.close()
            self.board.close()
            self.push(b"shut\n")
        elif line == b"sulk":
            self.patience = 0
            self.push(b"enough\n")
        else:
            for reader in list(self.board.readers):
                reader.push(b"* " + line + b"\n")
            self.push(b"pinned up for %d\n" % len(self.board.readers))

    def handle_close(self):
        self.board.consoles.remove(self)
        self.close()


class ConsoleListener(asyncore.dispatcher):
    def __init__(self, port, board):
        asyncore.dispatcher.__init__(self)
        self.board = board
        self.create_socket()
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(1)

    def handle_accepted(self, sock, addr):
        Console(sock, self.board, self)


if __name__ == "__main__":
    board = Board(int(sys.argv[1]))
    ConsoleListener(int(sys.argv[2]), board)
    try:
        asyncio.run(run_all(board.serve_forever(), until_empty(accept_first=True)))
        print("the board is empty")
    except KeyboardInterrupt:
        print("the caretaker locks up")
