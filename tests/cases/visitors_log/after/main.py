# who is here, and what did they say last
import asyncio, logging, socket, sys

LAST = {}


class Visitor:
    END = b'\n'

    def __init__(self, reader, writer, number):
        self.reader = reader
        self.writer = writer
        self.connected = True
        self.number = number
        self.said = 0

    async def run(self):
        """Answer line by line until either side closes."""
        try:
            while True:
                self.found_terminator(await read_until(self.reader, self.END))
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone; a partial line was never a line
        except asyncio.CancelledError:
            return  # the program ends; older Pythons would complain of a cancelled connection
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
        if self.connected:
            self.handle_close()

    def push(self, data):
        """Send *data*. If the peer turns out to be gone, the session ends here and now."""
        if not self.writer.is_closing():
            self.writer.write(data)
        gone = self.writer.is_closing() and not self.writer.transport.get_write_buffer_size()
        if self.connected and gone:
            self.handle_close()

    def close_when_done(self):
        """Close the connection once everything pushed has gone out."""
        if not self.writer.transport.get_write_buffer_size():
            asyncio.get_running_loop().call_soon(self.end_session)  # the hook runs before the peer sees the end
        self.writer.close()

    def end_session(self):
        if self.connected:
            self.handle_close()

    def close(self):
        """Close the connection at once, whatever is still to be sent."""
        self.connected = False
        if self.writer.transport.get_write_buffer_size():
            self.writer.transport.abort()
        self.writer.close()

    def found_terminator(self, words):
        self.said += 1
        LAST[self.number] = words
        if words == b'leave':
            self.close()
        elif words == b'bye':
            self.push(b'so long\n')
            self.close_when_done()
        elif words == b'all':
            for number in sorted(LAST):
                self.push(b'%d: %s\n' % (number, LAST[number]))
        elif words == b'fail':
            raise ValueError('as you wish')
        else:
            self.push(b'noted\n')

    def handle_close(self):
        print('visitor %d left after %d' % (self.number, self.said))
        self.close()


class Door:

    visitors = 0

    def __init__(self, port):
        self.addr = ('127.0.0.1', port)
        self.socket = socket.create_server(self.addr, backlog=3)
        self.server = None  # until it serves
        print('open at', self.addr[0])

    async def serve_forever(self):
        """Serve until close() is called and the last connection has ended."""
        if self.socket.fileno() < 0:
            return  # closed already
        self.server = await asyncio.start_server(self.handle_accept, sock=self.socket)
        try:
            await self.server.wait_closed()
        finally:
            self.server.close()

    def close(self):
        if self.server is None:
            self.socket.close()
        else:
            self.server.close()

    def __enter__(self):
        return self

    def __exit__(self, kind, value, traceback):
        print('closed after', self.visitors)
        self.close()

    async def handle_accept(self, reader, writer):
        self.visitors += 1
        await Visitor(reader, writer, self.visitors).run()


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


with Door(int(sys.argv[1])) as server:
    try:
        asyncio.run(server.serve_forever())
    except KeyboardInterrupt:
        print('closing')
