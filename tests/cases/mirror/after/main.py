"""Gives back what it gets."""
import asyncio
import logging
import socket
import sys


class Mirror:
    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        try:
            while data := await self.reader.read(4096):
                self.handle_read(data)
                await self.writer.drain()
        except ConnectionError:
            pass  # the peer has gone
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
        self.handle_close()

    def handle_read(self, data):
        self.writer.write(data)

    def handle_close(self):
        print("nobody there")
        self.writer.close()


class Hall:
    def __init__(self, port):
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()

    async def handle_accepted(self, reader, writer):
        await Mirror(reader, writer).run()


server = Hall(int(sys.argv[1]))
asyncio.run(server.serve_forever())
