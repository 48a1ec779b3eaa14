"""Counts the coins that are thrown in; its own names are those of modules that new code needs."""
import asyncio
import sys
from socket import AF_INET, SOCK_STREAM, create_server, socket
from traceback import print_exc


def traceback(text):
    print("till:", text)
    sys.stdout.flush()


class Slot:
    def __init__(self, reader, writer, till):
        self.reader = reader
        self.writer = writer
        self.till = till

    async def run(self):
        """Answer line by line until either side closes."""
        try:
            while True:
                self.found_terminator(await read_until(self.reader, b"\n"))
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            self.writer.close()
        except asyncio.CancelledError:
            return  # the program ends; older Pythons would complain of a cancelled connection
        except Exception:  # noqa: BLE001
            self.handle_error()

    def found_terminator(self, digits):
        self.till.total += int(digits)
        self.writer.write(b"%d in the till\n" % self.till.total)

    def handle_error(self):
        traceback("no coin")
        print_exc()
        asyncio.get_running_loop().call_soon(sys.exit, 1)  # ends the program


class Till:
    def __init__(self, port):
        self.total = 0
        self.socket = create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()

    async def handle_accepted(self, reader, writer):
        await Slot(reader, writer, self).run()


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


with socket(AF_INET, SOCK_STREAM) as probe:
    print(probe.fileno() >= 0)
    sys.stdout.flush()
asyncio.run(Till(int(sys.argv[1])).serve_forever())
