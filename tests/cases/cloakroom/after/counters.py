import asyncio
import logging
import socket


class Cloakroom(asyncio.DatagramProtocol):
    def __init__(self, port, counters):
        self.coats = {}
        self.counters = counters
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", port))

    async def serve_forever(self):
        """Receive datagrams until close() is called."""
        loop = asyncio.get_running_loop()
        self.finished = loop.create_future()
        await loop.create_datagram_endpoint(lambda: self, sock=self.socket)
        await self.finished

    def connection_made(self, transport):
        self.transport = transport

    def connection_lost(self, exc):
        if not self.finished.done():
            self.finished.set_result(None)

    def datagram_received(self, data, addr):
        try:
            self.handle_read(data[:16], addr)
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the socket")
            self.close()

    def close(self):
        self.transport.close()

    def handle_read(self, coat, guest):
        if coat == b"fire":
            for counter in list(self.coats.values()):
                counter.close()
            self.close()
        elif coat in self.coats:
            self.socket.sendto(b"taken", guest)
        else:
            self.coats[coat] = tasks.start(Counter(self, coat, guest))


class Counter(asyncio.DatagramProtocol):
    def __init__(self, room, coat, guest):
        self.room = room
        self.coat = coat
        self.guest = guest
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.transport = None  # until it receives
        self.socket.bind(("127.0.0.1", room.counters.pop(0)))
        self.socket.sendto(b"ticket for " + coat, guest)

    async def run(self):
        """Receive datagrams until close() is called."""
        if self.socket.fileno() < 0:
            return  # closed already
        loop = asyncio.get_running_loop()
        self.finished = loop.create_future()
        await loop.create_datagram_endpoint(lambda: self, sock=self.socket)
        await self.finished

    def connection_made(self, transport):
        self.transport = transport
        if self.socket.fileno() < 0:  # closed meanwhile
            transport.close()

    def connection_lost(self, exc):
        if not self.finished.done():
            self.finished.set_result(None)

    def datagram_received(self, data, addr):
        try:
            self.handle_read(data[:64], addr)
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the socket")
            self.close()

    def close(self):
        if self.transport is not None:
            self.transport.close()
        self.socket.close()

    def handle_read(self, word, guest):
        if guest != self.guest:
            self.socket.sendto(b"not yours", guest)
        elif word == b"never mind":
            self.close()
        else:
            self.socket.sendto(b"your " + self.coat, guest)
            del self.room.coats[self.coat]
            self.close()


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
