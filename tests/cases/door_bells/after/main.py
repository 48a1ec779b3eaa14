"""Ring at every door, leave a leaflet where somebody opens, and ask the first of them for a name."""
import asyncio
import logging
import socket
import sys


class Round:
    def __init__(self, doors):
        self.doors = doors
        self.left = list(doors)
        self.opened = []
        self.names = []

    def go_on(self):
        if self.left:
            tasks.start(Ring(self, self.left.pop(0)))
        elif self.opened:
            for door in self.opened:
                tasks.start(Leaflet(door, b"Sale on Monday!\n" * 3))
            tasks.start(Question(self, self.opened[0]))


class Ring:
    """Somebody answers, or does not."""

    def __init__(self, walk, door):
        self.reader = self.writer = None
        self.closed = False
        self.walk = walk
        self.door = door
        self.addr = ("127.0.0.1", door)

    async def run(self):
        """Connect, and hang up."""
        try:
            self.reader, self.writer = await asyncio.open_connection(*self.addr, family=socket.AF_INET)
        except OSError:
            self.handle_error()
            return
        try:
            self.handle_connect()
        except Exception:  # noqa: BLE001
            self.handle_error()

    def close(self):
        """Close the connection at once, whatever is still to be sent."""
        self.closed = True
        if self.writer is not None:
            self.writer.transport.abort()

    def handle_connect(self):
        self.walk.opened.append(self.door)
        self.run_away()

    def handle_error(self):
        print("nobody at door", self.walk.doors.index(self.door))
        self.run_away()

    def run_away(self):
        self.close()
        self.walk.go_on()


class Leaflet:
    """Says what it has to say, and does not listen."""

    def __init__(self, door, text):
        self.reader = self.writer = None
        self.closed = False
        self.text = text
        self.addr = ("127.0.0.1", door)

    async def run(self):
        """Send what there is to send, until either side closes."""
        try:
            self.reader, self.writer = await asyncio.open_connection(*self.addr, family=socket.AF_INET)
        except OSError:
            logging.getLogger(__name__).exception("cannot connect to %s", self.addr)
            if not self.closed:
                self.close()
            return
        try:
            await self.flush()
        except ConnectionError:
            pass  # the peer has gone
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
        if not self.closed:
            self.close()

    async def flush(self):
        """Send what there is to send, as the peer takes it."""
        while self.writable() and not self.writer.is_closing():
            self.handle_write()
            await self.writer.drain()

    def close(self):
        self.closed = True
        if self.writer is not None:
            self.writer.close()

    def writable(self):
        return len(self.text) > 0

    def handle_write(self):
        self.writer.write(self.text)
        self.text = b""
        self.leave()

    def leave(self):
        print("left a leaflet")
        self.close()


class Question:

    def __init__(self, walk, door):
        self.reader = self.writer = None
        self.walk = walk
        self.addr = ("127.0.0.1", door)

    async def run(self):
        """Connect, and handle what comes, as it comes, until either side closes."""
        try:
            self.reader, self.writer = await asyncio.open_connection(*self.addr, family=socket.AF_INET)
        except OSError:
            logging.getLogger(__name__).exception("cannot connect to %s", self.addr)
            return
        try:
            self.handle_connect()
            while data := await self.reader.read(100):
                self.handle_read(data)
                await self.writer.drain()
        except ConnectionError:
            pass  # the peer has gone
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
        self.close()

    def close(self):
        if self.writer is not None:
            self.writer.close()

    def handle_connect(self):
        self.writer.write(b"Who lives here?\n")

    def handle_read(self, name):
        self.walk.names.append(name)


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


def main(doors):
    walk = Round([int(door) for door in doors])
    walk.go_on()
    asyncio.run(tasks.run())
    print("name:", b"".join(walk.names).decode())
    return len(walk.opened)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
