"""An answering machine whose owner types at it: what is typed goes to every caller, and `quit` ends it."""
import asyncio
import logging
import socket
from asyncore_bridge import asyncore, until_empty
import sys

callers = []


class Caller:
    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.connected = True
        callers.append(self)
        self.push(b"speak after the tone\r\n")

    async def run(self):
        """Answer line by line until either side closes."""
        unread = bytearray()  # received behind what was handled
        try:
            while True:
                self.found_terminator(await receive_until(self.reader, unread, b"\r\n"))
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

    def found_terminator(self, message):
        print("caller:", message.decode())
        self.push(b"noted\r\n")

    def handle_close(self):
        callers.remove(self)
        self.close()


class Machine:
    def __init__(self, port):
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

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
        await Caller(reader, writer).run()


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


class Keyboard(asyncore.file_dispatcher):
    def __init__(self, machine):
        asyncore.file_dispatcher.__init__(self, open(0, "rb", buffering=0, closefd=False))
        self.machine = machine

    def writable(self):
        return False

    def handle_read(self):
        for line in self.recv(1024).splitlines():
            if line == b"quit":
                self.machine.close()
                for caller in list(callers):
                    caller.push(b"good bye\r\n")
                    caller.close_when_done()
                self.close()
            else:
                for caller in callers:
                    caller.push(line + b"\r\n")

    def handle_close(self):
        self.close()


def main():
    machine = Machine(int(sys.argv[1]))
    Keyboard(machine)
    asyncio.run(run_all(machine.serve_forever(), until_empty(accept_first=True)))
    print("switched off")


main()
