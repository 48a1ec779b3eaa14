import asyncio
import socket
import sys

from console import Console


class ConsoleServer:

    channel = Console

    def __init__(self, port, limit):
        self.sent = 0
        self.limit = limit
        self.made = 0
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

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
        if self.made >= self.limit:
            writer.write(b"full\r\n")
            writer.close()
            return
        self.made += 1
        await self.channel(reader, writer, self, prompt="> ").run()


def main(port):
    server = ConsoleServer(port, 3)
    asyncio.run(server.serve_forever())
    print("sent", server.sent)
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
