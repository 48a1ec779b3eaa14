"""A pigeon loft: its pigeons and those who send them are of one family, and a note may close the loft."""
import asyncio
import logging
import socket
import sys


class Notes:
    def __init__(self, reader=None, writer=None):
        self.reader = reader
        self.writer = writer

    async def run(self):
        """Connect, and answer line by line until either side closes."""
        connects = self.writer is None  # was not accepted
        if connects:
            try:
                self.reader, self.writer = await asyncio.open_connection(*self.addr, family=socket.AF_INET)
            except socket.gaierror:
                raise  # no such host: connect() would have raised that at once
            except OSError:
                logging.getLogger(__name__).exception("cannot connect to %s", self.addr)
                return
        try:
            if connects:
                self.handle_connect()
            while True:
                self.found_terminator(await read_until(self.reader, b"\n"))
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone; a partial line was never a line
        except asyncio.CancelledError:
            if connects:
                raise
            return  # the program ends; older Pythons would complain of a cancelled connection
        except SystemExit as leaving:  # which asyncio would call an error of this connection
            asyncio.get_running_loop().call_soon(sys.exit, leaving.code)
            return
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
        self.close()

    def push(self, data):
        """Send *data*, unless the connection is closing."""
        if not self.writer.is_closing():
            self.writer.write(data)

    def close(self):
        """Close the connection at once, whatever is still to be sent."""
        if self.writer is not None:
            self.writer.transport.abort()

    def handle_connect(self):
        """Do nothing; a subclass may have something to say."""

    def found_terminator(self, note):
        self.arrived(note)


class Pigeon(Notes):
    def arrived(self, note):
        if note == b"close":
            raise SystemExit("the loft is closed")
        self.push(b"coo " + note + b"\n")


class Sender(Notes):
    def __init__(self, address):
        Notes.__init__(self)
        self.addr = address

    def handle_connect(self):
        self.push(b"hello\n")

    def arrived(self, note):
        print(note.decode(), flush=True)
        self.close()


class Loft:
    def __init__(self, port):
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def run(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()

    async def handle_accepted(self, reader, writer):
        await Pigeon(reader, writer).run()


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


if __name__ == "__main__":
    if sys.argv[1] == "send":
        server = Sender(("127.0.0.1", int(sys.argv[2])))
    else:
        server = Loft(int(sys.argv[2]))
    try:
        asyncio.run(server.run())
    except SystemExit as reason:
        print("exit:", reason, flush=True)
