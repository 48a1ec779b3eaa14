"""The line server as an asyncio Protocol: what plain asyncio costs.  Usage: native.py"""

import asyncio


class Session(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport
        self.buffer = b""

    def data_received(self, data):
        *lines, self.buffer = (self.buffer + data).split(b"\n")
        for line in lines:
            self.transport.write(line + b"\n")


async def main():
    server = await asyncio.get_running_loop().create_server(Session, "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
