"""Harbour and ships keep their log books in the same way, and so does the harbour master, who is no channel at all."""
import asyncio
import socket
import sys

from books import Keeping


class Ship(Keeping):
    def __init__(self, reader, writer, master):
        self.reader = reader
        self.writer = writer
        self.connected = True
        self.master = master

    async def run(self):
        """Answer line by line until either side closes."""
        try:
            while True:
                self.found_terminator(await read_until(self.reader, b"\n"))
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone; a partial line was never a line
        except Exception as error:  # noqa: BLE001
            self.log_info(f"uncaptured python exception, closing the connection ({error!r})", "error")
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

    def found_terminator(self, line):
        self.log("heard " + line.decode())
        self.push(b"aye, " + line + b"\n")
        if line == b"sail":
            self.log_info("sails", "warning")
            self.close_when_done()

    def handle_close(self):
        self.master.note(self)
        self.close()


class Harbour(Keeping):
    def __init__(self, port, master):
        self.master = master
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)
        self.log_info("open")

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()

    async def handle_accepted(self, reader, writer):
        addr = writer.get_extra_info("peername")
        self.log("a ship from " + addr[0])
        await Ship(reader, writer, self.master).run()


async def read_until(reader, terminator):
    """Return the data before *terminator*, however long: asynchat had no limit."""
    data = bytearray()
    while True:
        try:
            data += await reader.readuntil(terminator)
        except asyncio.LimitOverrunError as overrun:
            data += await reader.readexactly(overrun.consumed)
        else:
            return bytes(data.removesuffix(terminator))


class Master(Keeping):
    def __init__(self):
        self.gone = 0

    def note(self, ship):
        self.gone += 1
        self.log("%d gone" % self.gone)


if __name__ == "__main__":
    harbour = Harbour(int(sys.argv[1]), Master())
    asyncio.run(harbour.serve_forever())
