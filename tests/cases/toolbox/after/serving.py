"""A server that others make, and that runs the loop itself."""

import asyncio
import socket


class Counted:
    def __init__(self, reader, writer, server):
        self.reader = reader
        self.writer = writer
        self.server = server

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        try:
            while data := await self.reader.read(512):
                self.handle_read(data)
                await self.writer.drain()
        except ConnectionError:
            pass  # the peer has gone
        except asyncio.CancelledError:
            return  # the program ends; older Pythons would complain of a cancelled connection
        finally:
            self.writer.close()

    def handle_read(self, data):
        self.server.count += len(data)
        self.writer.write(b"%d\n" % self.server.count)


class CountServer:
    """Tells everybody how much has come in all."""

    def __init__(self, address):
        self.count = 0
        self.socket = socket.create_server(address, backlog=5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accept, sock=self.socket)
        await server.wait_closed()

    async def handle_accept(self, reader, writer):
        await Counted(reader, writer, self).run()

    def run(self):
        """Serve until somebody interrupts."""
        try:
            asyncio.run(self.serve_forever())
        except KeyboardInterrupt:
            print("interrupted")
