import asyncio
import logging
import socket
import sys


class Station(asyncio.DatagramProtocol):
    """Answers each question with a number."""

    def __init__(self, port):
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
            self.handle_read(data[:4096], addr)
        except Exception:  # noqa: BLE001
            self.handle_error()

    def close(self):
        self.transport.close()

    def handle_error(self):
        logging.getLogger(__name__).exception("uncaught exception, closing the socket")
        self.handle_close()

    def handle_close(self):
        self.close()

    def handle_read(self, question, addr):
        self.socket.sendto(b"%d" % self.measure(question), addr)

    def measure(self, question):
        raise NotImplementedError


class Thermometer(Station):
    """Goes on after an error."""

    def measure(self, question):
        return int(question) * 2

    def handle_error(self):
        print("broken", sys.exc_info()[0].__name__, flush=True)


class Barometer(Station):
    """Ends with an error, and says so."""

    def measure(self, question):
        return int(question) + 1000

    def handle_close(self):
        print("closed", flush=True)
        self.close()


class Hygrometer(Station):
    """Ends with an error."""

    def measure(self, question):
        return int(question) % 100


async def run_all(*coroutines):
    """Run coroutines until the last of them has ended."""
    await asyncio.gather(*coroutines)


if __name__ == "__main__":
    server1 = Thermometer(int(sys.argv[1]))
    server2 = Barometer(int(sys.argv[2]))
    server3 = Hygrometer(int(sys.argv[3]))
    print("ready", flush=True)
    asyncio.run(run_all(server1.serve_forever(), server2.serve_forever(), server3.serve_forever()))
