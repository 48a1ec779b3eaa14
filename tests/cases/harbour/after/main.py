"""A harbour with a map of its own: ships are hailed, counted and sent away; it closes once the last one has left."""
import asyncio
import socket
import sys


class Harbour:
    """Everything that is in the harbour, and what keeps it going."""

    def open(self, port):
        server = Pier(port, self)
        asyncio.run(server.serve_forever())


class Ship:
    sessions = ()  # those that were open when the last one came

    @classmethod
    def all_open(cls):
        """Return the sessions whose connections are open, in the order in which they came."""
        return [one for one in cls.sessions if not one.writer.is_closing()]

    def __init__(self, reader, writer, harbour):
        self.reader = reader
        self.writer = writer
        Ship.sessions = (*self.all_open(), self)
        self.harbour = harbour

    async def run(self):
        """Answer line by line until either side closes."""
        try:
            while True:
                self.found_terminator(await read_until(self.reader, b"\n"))
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone; a partial line was never a line
        finally:
            self.writer.close()

    def push(self, data):
        """Send *data*, unless the connection is closing."""
        if not self.writer.is_closing():
            self.writer.write(data)

    def close(self):
        """Close the connection at once, whatever is still to be sent."""
        self.writer.transport.abort()

    def found_terminator(self, line):
        if line == b"how many":
            self.push(b"%d with the pier\n" % len([*Pier.all_open(), *Ship.all_open()]))
        elif line == b"storm":
            for channel in [*Pier.all_open(), *Ship.all_open()]:
                channel.close()
        else:
            self.hail(line)

    def hail(self, line):
        for other in Ship.all_open():
            if isinstance(other, Ship) and other is not self:
                other.push(line + b"\n")


class Pier:
    servers = ()  # all that have ever been made

    @classmethod
    def all_open(cls):
        """Return the listeners that have not been closed."""
        return [one for one in cls.servers if one.server.is_serving()]

    def __init__(self, port, harbour):
        self.harbour = harbour
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)
        Pier.servers = (*Pier.servers, self)

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
        await Ship(reader, writer, self.harbour).run()


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


if __name__ == "__main__":
    Harbour().open(int(sys.argv[1]))
    print("the harbour is empty")
