"""A porter lets callers in by a side door: what the room behind it says goes through him, and ends with it."""
import asyncio
import contextlib
import socket
import sys


class Member:
    """What all of the house have in common."""

    def log_info(self, message, type="info"):
        print(type, message, flush=True)


class Porter(Member):
    ASKING, INSIDE, LEAVING = range(3)

    def __init__(self, reader, writer, house):
        self.reader = reader
        self.writer = writer
        self.connected = True
        self.house = house
        self.state = self.ASKING
        self.asked = b""
        self.out = b""
        self.room = None

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        try:
            self.flush()
            await self.writer.drain()
            while not self.writer.is_closing():
                data = await self.reader.read(1024)
                if not data:
                    break
                self.handle_read(data)
                self.flush()
                await self.writer.drain()
                if self.room is not None:
                    await self.room.drain()
        except ConnectionError:
            pass  # the peer has gone
        except Exception as error:  # noqa: BLE001
            self.log_info(f"uncaptured python exception, closing the connection ({error!r})", "error")
        if self.connected:
            self.handle_close()

    def flush(self):
        """Send what there is to send."""
        while self.writable() and not self.writer.is_closing():
            self.handle_write()

    def close(self):
        self.connected = False
        self.writer.close()

    def writable(self):
        return len(self.out) > 0 or self.state == self.LEAVING

    def handle_read(self, data):
        if self.state == self.INSIDE:
            self.room.send(data)
            return
        self.asked += data
        if b"\n" not in self.asked:
            return
        word, rest = self.asked.split(b"\n", 1)
        if word != b"friend":
            self.tell(b"no\n")
            self.state = self.LEAVING
            return
        self.tell(b"come in\n")
        self.room = tasks.start(Room(self, self.house.room))
        self.state = self.INSIDE
        if rest:
            self.room.send(rest)

    def tell(self, data):
        self.out += data
        asyncio.get_running_loop().call_soon(self.flush)

    def handle_write(self):
        if self.out:
            self.writer.write(self.out)
            self.out = b""
        if not self.out and self.state == self.LEAVING:
            self.close()
            self.house.callers.remove(self)

    def handle_close(self):
        self.close()
        self.house.callers.remove(self)
        if self.room is not None:
            self.room.close()


class Room(Member):
    def __init__(self, porter, port):
        self.reader = self.writer = None
        self.unsent = []  # until there is a connection
        self.closed = False
        self.porter = porter
        self.addr = ("127.0.0.1", port)

    async def run(self):
        """Connect, and handle what comes, as it comes, until either side closes."""
        if self.closed:
            return
        try:
            self.reader, self.writer = await asyncio.open_connection(*self.addr, family=socket.AF_INET)
        except OSError as error:
            self.log_info(f"uncaptured python exception, closing the connection ({error!r})", "error")
            if not self.closed:
                self.handle_close()
            return
        if self.closed:  # meanwhile
            self.writer.close()
            return
        try:
            self.writer.write(b"".join(self.unsent))
            self.handle_connect()
            while not self.closed:
                data = await self.reader.read(1024)
                if not data:
                    break
                self.handle_read(data)
        except ConnectionError:
            pass  # the peer has gone
        except Exception as error:  # noqa: BLE001
            self.log_info(f"uncaptured python exception, closing the connection ({error!r})", "error")
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
        self.log_info("a door opens")

    def handle_read(self, data):
        self.porter.tell(data)

    def handle_close(self):
        self.close()
        self.porter.out += b"the door is shut\n"
        asyncio.get_running_loop().call_soon(self.porter.flush)
        self.porter.state = Porter.LEAVING
        asyncio.get_running_loop().call_soon(self.porter.flush)


class House(Member):
    def __init__(self, port, room):
        self.room = room
        self.callers = []
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()

    async def handle_accepted(self, reader, writer):
        session = Porter(reader, writer, self)
        self.callers.append(session)
        self.log_info("%d at the door" % len(self.callers), "bell")
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


asyncio.run(tasks.run(House(int(sys.argv[1]), int(sys.argv[2])).serve_forever()))
