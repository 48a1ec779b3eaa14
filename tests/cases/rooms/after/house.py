import asyncio
import socket
import sys

from rooms.guests import Guest
from rooms.places import Salon


class House:

    def __init__(self, port):
        self.socket = socket.create_server(("localhost", port), backlog=5)
        self.people = {}
        self.salon = Salon(self)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accept, sock=self.socket)
        await server.wait_closed()

    async def handle_accept(self, reader, writer):
        await Guest(self, reader, writer).run()


if __name__ == "__main__":
    house = House(int(sys.argv[1]))
    try:
        asyncio.run(house.serve_forever())
    except KeyboardInterrupt:
        print("%d still inside" % len(house.people))
