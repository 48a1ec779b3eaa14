"""Everybody has a letter box with room for a few letters; what is too long for it is thrown away."""
import asyncio
import logging
import socket
import sys

LONGEST = 24


class Office:
    def __init__(self, port):
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)
        self.houses = []

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accept, sock=self.socket)
        await server.wait_closed()

    async def handle_accept(self, reader, writer):
        session = House(self, reader, writer)
        self.houses.append(session)
        await session.run()

    def deliver(self, letter):
        for house in self.houses:
            house.put_in(letter)


class House:
    def __init__(self, office, reader, writer):
        self.reader = reader
        self.writer = writer
        self.office = office
        self.put_in(b"moved in\n")

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        try:
            while data := await receive_some(self.reader, 1024):
                self.handle_read(data)
                await self.writer.drain()
        except ConnectionError:
            pass  # the peer has gone
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
        self.handle_close()

    def put_in(self, letter):
        if len(letter) <= LONGEST and not self.writer.is_closing():
            self.writer.write(letter)

    def handle_read(self, letter):
        self.office.deliver(b"letter: " + letter)

    def handle_close(self):
        self.office.houses.remove(self)
        self.writer.close()


async def receive_some(reader, size=65536):
    """Return what comes next. Whoever connected before that is there by then: asyncore accepted before it read."""
    data = await reader.read(size)
    for _ in range(3 if data else 0):  # the turns of the event loop that a new connection takes to become a session
        await asyncio.sleep(0)
    return data


if __name__ == "__main__":
    asyncio.run(Office(int(sys.argv[1])).serve_forever())
