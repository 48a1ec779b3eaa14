import asyncio
import socket

from .lines import NearLine


class Station:

    def __init__(self, port, onward):
        self.onward = onward
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()

    async def handle_accepted(self, reader, writer):
        await NearLine(reader, writer, self.onward).run()
