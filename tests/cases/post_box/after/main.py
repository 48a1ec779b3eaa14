"""Datagrams: one class keeps a queue, one answers at once, some only listen, and some call."""
import asyncio
import logging
import socket
import sys

EAR = ("127.0.0.1", int(sys.argv[4]))


class Box(asyncio.DatagramProtocol):

    def __init__(self, address):
        self.seen = 0
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(address)

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
            self.handle_read(data[:100], addr)
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the socket")
            self.close()

    def close(self):
        self.transport.close()

    def handle_read(self, data, peer):
        self.seen += 1
        if data == b"stop":
            self.socket.sendto(b"stopping after %d" % self.seen, peer)
        elif data == b"bad":
            raise RuntimeError("bad")
        else:
            self.socket.sendto(data, peer)
            if data.endswith(b"!"):
                self.socket.sendto(b"once more: " + data, peer)


class Door(asyncio.DatagramProtocol):
    """What bells and knockers have in common."""

    def __init__(self, address):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(address)

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
            self.handle_read(data, addr)
        except Exception:  # noqa: BLE001
            self.handle_error()

    def close(self):
        self.transport.close()

    def handle_error(self):
        logging.getLogger(__name__).exception("uncaught exception, closing the socket")
        self.close()


class Bell(Door):

    def __init__(self, address, box):
        super().__init__(address)
        self.box = box

    def handle_read(self, data, peer):
        if data == b"end":
            self.box.close()
            self.close()
        elif data in (b"psst", b"over"):
            self.socket.sendto(data.replace(b"over", b""), EAR)
        else:
            self.socket.sendto(b"ding %d" % self.box.seen, peer)

    def handle_error(self):
        print("bell:", sys.exc_info()[0].__name__)
        self.close()


class Meter(asyncio.DatagramProtocol):
    """Adds up what it is told, until it is told nothing."""

    SIZE = 4

    def __init__(self, address):
        self.total = 0
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(address)

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
            if not data:  # which recv() took for the end
                self.handle_close()
            self.handle_read(data[:self.SIZE])
        except Exception:  # noqa: BLE001
            self.handle_error()

    def close(self):
        self.transport.close()
        self.socket.close()

    def handle_read(self, number):
        # more than four digits are cut
        self.total += int(number)
        print("total", self.total)

    def handle_error(self):
        print("meter:", sys.exc_info()[0].__name__)

    def handle_close(self):
        print("meter closes")
        self.close()


class Ear(asyncio.DatagramProtocol):
    """Hears one other socket only."""

    def __init__(self, address, other):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(address)
        self.socket.connect(other)

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
            if not data:  # which recv() took for the end
                self.close()
            self.handle_read(data)
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the socket")
            self.close()

    def error_received(self, exc):
        logging.getLogger(__name__).error("uncaught exception, closing the socket", exc_info=exc)
        self.close()

    def close(self):
        self.transport.close()
        self.socket.close()

    def handle_read(self, data):
        print("heard", data)
        if not data:
            print("ear closes")


class Knocker(Door):

    def handle_read(self, data, addr):
        try:
            host, port = addr
            answer = b"" if data.decode() == "hello" else b"knock from " + host.encode()
            self.socket.sendto(answer, (host, port))
        except ValueError:
            self.socket.sendto(b"pardon?", (host, port))
        if data == b"end":
            self.close()


class Boy(asyncio.DatagramProtocol):
    """Rings a bell, twice, and runs away."""

    def __init__(self, address):
        self.rung = 0
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.transport = None  # until it receives
        self.socket.connect(address)
        self.handle_connect()

    async def serve_forever(self):
        """Receive datagrams until close() is called."""
        if self.socket.fileno() < 0:
            return  # closed already
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
            if not data:  # which recv() took for the end
                self.handle_close()
            self.handle_read(data[:512])
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the socket")
            self.handle_close()

    def error_received(self, exc):
        logging.getLogger(__name__).error("uncaught exception, closing the socket", exc_info=exc)
        self.handle_close()

    def send(self, data):
        if self.socket.fileno() >= 0:
            return self.socket.send(data)
        self.handle_close()  # as send() did with a closed socket
        return 0

    def close(self):
        if self.transport is not None:
            self.transport.close()
        self.socket.close()

    def handle_connect(self):
        self.ring()

    def ring(self):
        self.rung += 1
        if self.rung > 2:
            self.close()
        else:
            self.send(b"rrring")

    def handle_read(self, data):
        print("the boy hears", data.decode())
        self.ring()

    def handle_close(self):
        print("the boy is gone")
        self.close()


class Neighbour(asyncio.DatagramProtocol):
    """Calls where nobody lives, and an empty answer is none."""

    def __init__(self, address, name):
        self.name = name
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.connect(address)
        self.send(b"hello")

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
            if not data:  # which recv() took for the end
                self.handle_close()
            self.handle_read(data[:512])
        except Exception:  # noqa: BLE001
            self.handle_error()

    def error_received(self, exc):
        try:
            raise exc
        except Exception:  # noqa: BLE001
            self.handle_error()

    def send(self, data):
        if self.socket.fileno() >= 0:
            return self.socket.send(data)
        self.handle_close()  # as send() did with a closed socket
        return 0

    def close(self):
        self.transport.close()
        self.socket.close()

    def handle_read(self, data):
        print(self.name, "hears", data)
        self.send(b"thanks")

    def handle_error(self):
        print(self.name, "gives up:", sys.exc_info()[0].__name__)
        self.close()

    def handle_close(self):
        print(self.name, "turns back")
        self.close()


async def run_all(*coroutines):
    """Run coroutines until the last of them has ended."""
    await asyncio.gather(*coroutines)


box = Box(("127.0.0.1", int(sys.argv[1])))
meter = Meter(("127.0.0.1", int(sys.argv[3])))
ear = Ear(EAR, ("127.0.0.1", int(sys.argv[2])))
bell = Bell(("127.0.0.1", int(sys.argv[2])), box)
knocker = Knocker(("127.0.0.1", int(sys.argv[5])))
boy = Boy(("127.0.0.1", int(sys.argv[2])))
neighbour = Neighbour(("127.0.0.1", int(sys.argv[6])), "neighbour")
guest = Neighbour(("127.0.0.1", int(sys.argv[5])), "guest")
print("ready")
asyncio.run(
    run_all(
        box.serve_forever(),
        meter.serve_forever(),
        ear.serve_forever(),
        bell.serve_forever(),
        knocker.serve_forever(),
        boy.serve_forever(),
        neighbour.serve_forever(),
        guest.serve_forever(),
    )
)
print("seen", box.seen)
