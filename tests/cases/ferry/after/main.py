"""ferry.py - carries what comes to one bank of the river over to the other

usage: main.py PORT HOST OTHERPORT
"""
import asyncio
import contextlib
import logging
import socket
import sys


class NearBank:
    """Where passengers come from."""

    most = 64 * 1024

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.connected = True
        self.far = None

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        try:
            while not self.writer.is_closing():
                data = await self.reader.read(8192)
                if not data or not self.connected:
                    break
                self.handle_read(data)
                await self.far.drain()
        except ConnectionError:
            pass  # the peer has gone
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
        if self.connected:
            self.handle_close()

    def send(self, data):
        """Send *data*, unless the connection is closing."""
        if not self.writer.is_closing():
            self.writer.write(data)

    async def drain(self):
        """Wait until the peer has taken what it was sent, or has gone."""
        with contextlib.suppress(ConnectionError):
            await self.writer.drain()

    def close_when_done(self):
        """Close the connection once everything sent has gone out."""
        self.connected = False
        self.writer.close()

    def close(self):
        """Close the connection at once, whatever is still to be sent."""
        self.connected = False
        if self.writer.transport.get_write_buffer_size():
            self.writer.transport.abort()
        self.writer.close()

    def handle_read(self, data):
        self.far.send(data)

    def handle_close(self):
        print("near bank is empty")
        self.close()
        if self.far is not None:
            self.far.close()


class FarBank:
    """Where they go; carries both ways in the other's boats."""

    def __init__(self, near, address):
        self.reader = self.writer = None
        self.unsent = []  # until there is a connection
        self.closed = False
        self.near = near
        near.far = self
        self.addr = address
        # raises, as connect() did, if there is no such host
        socket.gethostbyname(self.addr[0])

    async def run(self):
        """Connect, and handle what comes, as it comes, until either side closes."""
        if self.closed:
            return
        try:
            self.reader, self.writer = await asyncio.open_connection(*self.addr, family=socket.AF_INET)
        except OSError:
            self.handle_error()
            return
        if self.closed:  # meanwhile
            self.writer.close()
            return
        try:
            self.writer.write(b"".join(self.unsent))
            self.handle_connect()
            while not self.closed:
                data = await self.reader.read(8192)
                if not data:
                    break
                self.handle_read(data)
                await self.near.drain()
        except ConnectionError:
            pass  # the peer has gone
        except Exception:  # noqa: BLE001
            self.handle_error()
            return
        if not self.closed:
            self.handle_close()

    def send(self, data):
        """Send *data*, as soon as there is a connection."""
        if self.writer is None:
            self.unsent.append(data)
            return
        if not self.writer.is_closing():
            self.writer.write(data)

    async def drain(self):
        """Wait until the peer has taken what it was sent, or has gone."""
        if self.writer is not None:
            with contextlib.suppress(ConnectionError):
                await self.writer.drain()

    def close(self):
        """Close the connection at once, whatever is still to be sent."""
        self.closed = True
        if self.writer is not None:
            self.writer.transport.abort()

    def handle_connect(self):
        print("landed")

    def handle_read(self, data):
        self.near.send(data)

    def handle_error(self):
        print("no landing:", sys.exc_info()[0].__name__)
        self.handle_close()

    def handle_close(self):
        self.close()
        # nobody is left in the boat
        self.near.close_when_done()


class Ferry:

    def __init__(self, address, other):
        self.other = other
        self.socket = socket.create_server(address, backlog=5)

    async def serve_forever(self):
        """Serve until close() is called and the last connection has ended."""
        self.server = await asyncio.start_server(self.handle_accept, sock=self.socket)
        try:
            await self.server.wait_closed()
        finally:
            self.server.close()

    def close(self):
        self.server.close()

    async def handle_accept(self, reader, writer):
        session = NearBank(reader, writer)
        tasks.start(FarBank(session, self.other))
        await session.run()


class Tasks:
    """Clients and servers that run side by side, and may start more clients."""

    def __init__(self):
        self.waiting, self.running = [], set()
        self.ended = None  # a queue, once there is a loop

    def start(self, client):
        """Run *client* beside the others, at once or as soon as there is a loop; return it."""
        if self.ended is None:
            self.waiting.append(client)
        else:
            self.add(client.run())
        return client

    def add(self, coroutine):
        task = asyncio.create_task(coroutine)
        self.running.add(task)
        task.add_done_callback(self.ended.put_nowait)

    async def run(self, *coroutines):
        """Run coroutines, and what is started, until the last of it has ended."""
        self.ended = asyncio.Queue()
        for coroutine in (*coroutines, *(client.run() for client in self.waiting)):
            self.add(coroutine)
        while self.running:
            self.running.remove(task := await self.ended.get())
            task.result()  # an error ends the program


tasks = Tasks()


if __name__ == "__main__":
    server = Ferry(("127.0.0.1", int(sys.argv[1])), (sys.argv[2], int(sys.argv[3])))
    asyncio.run(tasks.run(server.serve_forever()))
