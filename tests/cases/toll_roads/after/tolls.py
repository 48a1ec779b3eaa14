"""A toll gate: whoever comes through gets a road of his own to the city."""
import asyncio
import logging
import socket
import sys

CITY = ("127.0.0.1", int(sys.argv[2]))


class Road:
    def __init__(self, city, traveller):
        self.reader = self.writer = None
        self.unsent = []  # until there is a connection
        self.closed = False
        self.traveller = traveller
        self.addr = city
        # raises, as connect() did, if there is no such host
        socket.gethostbyname(self.addr[0])

    async def run(self):
        """Connect, and handle what comes, as it comes, until either side closes."""
        if self.closed:
            return
        try:
            self.reader, self.writer = await asyncio.open_connection(*self.addr, family=socket.AF_INET)
        except OSError:
            logging.getLogger(__name__).exception("cannot connect to %s", self.addr)
            if not self.closed:
                self.handle_close()
            return
        if self.closed:  # meanwhile
            self.writer.close()
            return
        try:
            self.writer.write(b"".join(self.unsent))
            while not self.closed:
                data = await self.reader.read(4096)
                if not data:
                    break
                self.handle_read(data)
                await self.writer.drain()
        except ConnectionError:
            pass  # the peer has gone
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
        if not self.closed:
            self.handle_close()

    def send(self, data):
        """Send *data*. If the peer turns out to be gone, the session ends here and now."""
        if self.writer is None:
            self.unsent.append(data)
            return
        if not self.writer.is_closing():
            self.writer.write(data)
        if self.writer.is_closing():
            self.handle_close()

    def close(self):
        """Close the connection at once, whatever is still to be sent."""
        self.closed = True
        if self.writer is not None:
            self.writer.transport.abort()

    def handle_read(self, data):
        self.traveller.send(data)

    def handle_close(self):
        self.close()
        self.traveller.close()


class Traveller:
    def __init__(self, reader, writer, city):
        self.reader = reader
        self.writer = writer
        self.connected = True
        self.road = tasks.start(Road(city, self))

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        try:
            while not self.writer.is_closing():
                data = await self.reader.read(4096)
                if not data or not self.connected:
                    break
                self.handle_read(data)
                await self.writer.drain()
        except ConnectionError:
            pass  # the peer has gone
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
        if self.connected:
            self.handle_close()

    def send(self, data):
        """Send *data*. If the peer turns out to be gone, the session ends here and now."""
        if not self.writer.is_closing():
            self.writer.write(data)
        if self.writer.is_closing():
            self.handle_close()

    def close(self):
        """Close the connection at once, whatever is still to be sent."""
        self.connected = False
        self.writer.transport.abort()

    def handle_read(self, data):
        self.road.send(data)

    def handle_close(self):
        self.close()
        self.road.close()


class Gate:
    def __init__(self, port, city, most):
        self.city = city
        self.most = most
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
        if not self.server.is_serving():  # it closed when it got another connection
            writer.transport.abort()
            return
        self.most -= 1
        session = Traveller(reader, writer, self.city)
        if self.most == 0:
            self.close()
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
        waiting, self.waiting = self.waiting, []
        for coroutine in (*coroutines, *(client.run() for client in waiting)):
            self.add(coroutine)
        try:
            while self.running:
                self.running.remove(task := await self.ended.get())
                task.result()  # an error ends the program
        finally:
            self.running.clear()
            self.ended = None  # until the next loop


tasks = Tasks()


# nobody pays before it has been tried
asyncio.run(tasks.run(Gate(int(sys.argv[1]), CITY, 1).serve_forever()))
print("open", flush=True)
