"""Errors are reported in several ways, all of which end the connection."""

import asyncio
import logging
import socket
import sys
import traceback


class Clerk:
    def __init__(self, reader, writer, desk):
        self.reader = reader
        self.writer = writer
        self.desk = desk

    async def run(self):
        """Answer line by line until either side closes."""
        try:
            while True:
                self.found_terminator(await read_until(self.reader, b"\n"))
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone; a partial line was never a line
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
        self.handle_close()

    def found_terminator(self, line):
        self.writer.write(b"%d\n" % int(line))

    def handle_close(self):
        print("clerk goes", flush=True)
        self.writer.close()


class Reports:
    """Says what went wrong, and whose fault it was: doors make none."""

    def handle_error(self):
        t, v = sys.exc_info()[:2]
        tbinfo = " ".join(
            f"[{frame.filename}|{frame.name}|{frame.lineno}]"
            for frame in traceback.extract_tb(sys.exc_info()[2])
        )
        if t is KeyboardInterrupt:
            raise
        print(type(self).__name__.lower() + ":", t.__name__, tbinfo.count("|found_terminator|"), flush=True)
        self.writer.close()


class Porter(Reports):
    """Says what went wrong, then closes, but for what never comes here."""

    def __init__(self, reader, writer, desk):
        self.reader = reader
        self.writer = writer

    async def run(self):
        """Answer line by line until either side closes."""
        try:
            while True:
                self.found_terminator(await read_until(self.reader, b"\n"))
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            self.writer.close()
        except Exception:  # noqa: BLE001
            self.handle_error()

    def found_terminator(self, line):
        self.writer.write(b"%d\n" % int(line))


class Lodger:
    """Signs a book, and is struck out in the end, whether it has signed or not."""

    book = {}

    def __init__(self, reader, writer, desk):
        self.reader = reader
        self.writer = writer
        self.connected = True
        self.name = b""

    async def run(self):
        """Answer line by line until either side closes."""
        try:
            while True:
                self.found_terminator(await read_until(self.reader, b"\n"))
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone; a partial line was never a line
        except Exception:  # noqa: BLE001
            self.handle_error()
            return
        try:
            if self.connected:
                self.handle_close()
        except Exception:  # noqa: BLE001
            self.handle_error()

    def push(self, data):
        """Send *data*. If the peer turns out to be gone, the session ends here and now."""
        if not self.writer.is_closing():
            self.writer.write(data)
        if self.connected and self.writer.is_closing():
            self.handle_close()

    def close(self):
        self.connected = False
        self.writer.close()

    def found_terminator(self, data):
        self.name = data
        self.book[self.name] = int(self.name)
        self.push(self.name + b"\n")

    def handle_error(self):
        print("lodger:", sys.exc_info()[0].__name__, flush=True)
        self.close()

    def handle_close(self):
        del self.book[self.name]
        print("lodger goes", flush=True)
        self.close()


class Host:
    """Apologises, and hangs up when that is sent; its author calls handle_error(), too."""

    def __init__(self, reader, writer, desk):
        self.reader = reader
        self.writer = writer
        self.connected = True

    async def run(self):
        """Answer line by line until either side closes."""
        try:
            while True:
                self.found_terminator(await read_until(self.reader, b"\n"))
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            if self.connected:
                self.handle_close()
        except Exception:  # noqa: BLE001
            self.handle_error()
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
        self.connected = False
        self.writer.close()

    def found_terminator(self, line):
        try:
            self.push(b"%d\n" % int(line))
        except ValueError:
            self.handle_error()

    def handle_error(self):
        self.push(b"we are sorry\n")
        self.close_when_done()

    def handle_close(self):
        print("guest leaves", flush=True)
        self.close()


class Doorman:
    """Calls the handle_error() that it inherits."""

    def __init__(self, reader, writer, desk):
        self.reader = reader
        self.writer = writer

    async def run(self):
        """Answer line by line until either side closes."""
        try:
            while True:
                self.found_terminator(await read_until(self.reader, b"\n"))
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone; a partial line was never a line
        finally:
            self.writer.close()

    def push(self, data):
        """Send *data*, unless the connection is closing."""
        if not self.writer.is_closing():
            self.writer.write(data)

    def found_terminator(self, line):
        try:
            self.push(b"%d\n" % int(line))
        except ValueError:
            traceback.print_exc()
            self.writer.transport.abort()


class Door:
    def __init__(self, port):
        self.count = 0
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()

    async def handle_accepted(self, reader, writer):
        self.count += 1
        if self.count == 1:
            await Clerk(reader, writer, self).run()
        elif self.count == 2:
            await Porter(reader, writer, self).run()
        elif self.count == 3:
            await Host(reader, writer, self).run()
        elif self.count == 4:
            await Lodger(reader, writer, self).run()
        else:
            await Doorman(reader, writer, self).run()


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


asyncio.run(Door(int(sys.argv[1])).serve_forever())
