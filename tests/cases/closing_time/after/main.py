"""A pub that a guest can close."""
import asyncio
import errno
import logging
import socket
import sys


class Guest:
    def __init__(self, reader, writer, pub):
        self.reader = reader
        self.writer = writer
        self.connected = True
        self.pub = pub

    async def run(self):
        """Answer line by line until either side closes."""
        try:
            while True:
                self.found_terminator(await read_until(self.reader, b"\n"))
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone; a partial line was never a line
        except asyncio.CancelledError:
            return  # the program ends; older Pythons would complain of a cancelled connection
        except SystemExit as leaving:  # which asyncio would call an error of this connection
            asyncio.get_running_loop().call_soon(sys.exit, leaving.code)
            return
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
        if self.connected:
            self.handle_close()

    def push(self, data):
        """Send *data*. If the peer turns out to be gone, the session ends here and now."""
        if not self.writer.is_closing():
            self.writer.write(data)
        if self.connected and self.writer.is_closing():
            self.handle_close()

    def close(self):
        self.connected = False
        self.writer.close()

    def found_terminator(self, order):
        self.serve(order)

    def serve(self, order):
        if order == b"time":
            self.push(b"drink up\n")
            raise SystemExit("closed by a guest")
        try:
            self.pub.fetch(order)
        except OSError as error:
            if error.errno not in (errno.ENOTCONN, errno.EBADF):
                raise
            self.push(b"the tap is off\n")
        else:
            self.push(b"one " + order + b"\n")

    def handle_close(self):
        print("a guest has left", flush=True)
        self.close()


class Listener:
    """Says nothing, and is not asked."""

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.heard = []

    async def run(self):
        """Answer line by line until either side closes."""
        try:
            while True:
                frame = await read_until(self.reader, b"\n")
                if frame:
                    self.collect_incoming_data(frame)
                self.found_terminator()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone; a partial line was never a line
        except asyncio.CancelledError:
            return  # the program ends; older Pythons would complain of a cancelled connection
        except SystemExit as leaving:  # which asyncio would call an error of this connection
            asyncio.get_running_loop().call_soon(sys.exit, leaving.code)
            return
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
        self.handle_close()

    def collect_incoming_data(self, data):
        self.heard.append(data)

    def found_terminator(self):
        self.heard = []

    def handle_close(self):
        print("a listener has left", flush=True)
        self.writer.close()


class Door:
    def __init__(self, port):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(("127.0.0.1", port))
        self.socket.listen(5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()


class Pub(Door):
    def fetch(self, order):
        if order == b"stout":
            raise OSError(errno.ENOTCONN, "no keg")

    async def handle_accepted(self, reader, writer):
        await Guest(reader, writer, self).run()


class Garden:
    def __init__(self, port):
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()

    async def handle_accepted(self, reader, writer):
        await Listener(reader, writer).run()


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


async def run_all(*coroutines):
    """Run coroutines until the last of them has ended."""
    await asyncio.gather(*coroutines)


def main():
    server1 = Pub(int(sys.argv[1]))
    server2 = Garden(int(sys.argv[2]))
    try:
        asyncio.run(run_all(server1.serve_forever(), server2.serve_forever()))
    except SystemExit as end:
        print("over:", end)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
