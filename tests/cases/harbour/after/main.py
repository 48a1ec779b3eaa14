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
        unread = bytearray()  # received behind what was handled
        try:
            while True:
                self.found_terminator(await receive_until(self.reader, unread, b"\n"))
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
        elif line == b"tide":
            for other in Ship.all_open():
                other.push(b"the tide turns\n")
        elif line == b"storm":
            for channel in [*Pier.all_open(), *Ship.all_open()]:
                channel.close()
        else:
            self.hail(line)

    def hail(self, line):
        for other in Ship.all_open():
            if other is not self:
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
    Harbour().open(int(sys.argv[1]))
    print("the harbour is empty")
