"""Visit one place after the other: the next one when the last has said good bye."""
import asyncio
import logging
import socket
import sys

trail = []


class Visit:
    def __init__(self, ports):
        self.reader = self.writer = None
        self.closed = False
        self.ports = ports
        self.heard = b""
        self.addr = ("127.0.0.1", ports[0])

    async def run(self):
        """Connect, and handle what comes, as it comes, until either side closes."""
        try:
            self.reader, self.writer = await asyncio.open_connection(*self.addr, family=socket.AF_INET)
        except OSError:
            logging.getLogger(__name__).exception("cannot connect to %s", self.addr)
            if not self.closed:
                self.handle_close()
            return
        try:
            self.handle_connect()
            while data := await self.reader.read(1000):
                self.handle_read(data)
        except ConnectionError:
            pass  # the peer has gone
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
        if not self.closed:
            self.handle_close()

    def close(self):
        self.closed = True
        if self.writer is not None:
            self.writer.close()

    def handle_connect(self):
        print("at", len(self.ports))

    def handle_read(self, data):
        self.heard += data

    def handle_close(self):
        self.close()
        word, colon, rest = self.heard.partition(b":")
        trail.append(rest[0])
        go_on(self.ports[1:])


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


def go_on(ports):
    if ports:
        tasks.start(Visit(ports))
    else:
        print("home")


def main(ports):
    go_on(ports)
    asyncio.run(tasks.run())
    print(trail)
    return len(trail)


if __name__ == "__main__":
    sys.exit(main([int(port) for port in sys.argv[1:]]))
