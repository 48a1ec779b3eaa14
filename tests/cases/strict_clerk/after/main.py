"""Any error ends the program, but for those that are only worth a line. Urgent data is noted, but not read."""

import asyncio
import socket
import sys
import traceback


class Clerk:
    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.ledger = self.keep_ledger()
        next(self.ledger)

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

    def keep_ledger(self):
        """Add up, line by line."""
        total, line = 0, None
        while True:
            line = yield b"%d\n" % total
            total += int(line)

    def found_terminator(self, line):
        self.writer.write(self.ledger.send(line))

    def handle_error(self):
        if sys.exc_info()[0] is not StopIteration:
            print("this must not happen", flush=True)
            traceback.print_exc()
            asyncio.get_running_loop().call_soon(sys.exit, 1)  # ends the program
            return
        print("once is enough", flush=True)
        self.writer.close()


class Office:
    def __init__(self, port):
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()

    async def handle_accepted(self, reader, writer):
        await Clerk(reader, writer).run()


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


office = Office(int(sys.argv[1]))
asyncio.run(office.serve_forever())
