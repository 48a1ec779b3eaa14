"""A shop that is closed: the listener says so itself, and makes no sessions."""

import asyncio
import socket
import sys


class Door:
    def __init__(self, port):
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()

    async def handle_accepted(self, reader, writer):
        addr = writer.get_extra_info("peername")
        print("from", addr[0])
        writer.write(b"closed today\n")
        writer.close()


asyncio.run(Door(int(sys.argv[1])).serve_forever())
