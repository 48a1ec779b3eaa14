"""A customs house: one gate weighs all that comes and goes, at the other what goes out waits in a queue."""
import asyncio
import logging
import socket
import sys
import time


class Office:
    def __init__(self):
        self.weighed = 0


class Scales:
    """Knows how much has come in, and how much has gone out."""

    def __init__(self, reader, writer, office):
        self.reader = reader
        self.writer = writer
        self.connected = True
        self.office = office
        self.came = self.went = 0
        self.last = None
        self.goods = b""

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        try:
            while data := await self.reader.read(4096):
                self.handle_read(data)
                await self.writer.drain()
        except ConnectionError:
            pass  # the peer has gone
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
        if self.connected:
            self.handle_close()

    def _send(self, data):
        """Send *data*. If the peer turns out to be gone, the session ends here and now."""
        if not self.writer.is_closing():
            self.writer.write(data)
        if self.writer.is_closing():
            self.handle_close()

    def close(self):
        self.connected = False
        self.writer.close()

    def send(self, data):
        """Weigh it, and let it go."""
        self.went += len(data)
        self._send(data)

    def handle_read(self, data):
        self.came += len(data)
        self.office.weighed += len(data)
        self.last = time.time()
        self.goods += data
        while b"\n" in self.goods:
            parcel, self.goods = self.goods.split(b"\n", 1)
            if parcel == b"weigh":
                self.send(b"%d in, %d out, %d in all\n" % (self.came, self.went, self.office.weighed))
            else:
                self.send(b"stamped: " + parcel + b"\n")

    def handle_close(self):
        print("in:", self.came, "out:", self.went, "ever:", self.last is not None)
        self.close()


class Queue:
    """Whatever is sent waits in a queue."""

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        try:
            while data := await self.reader.read(4096):
                self.handle_read(data)
                await self.writer.drain()
        except ConnectionError:
            pass  # the peer has gone
        finally:
            self.writer.close()

    def send(self, parcel):
        self.writer.write(parcel)

    def handle_read(self, parcel):
        self.send(b"[")
        self.send(parcel.strip())
        self.send(b"]\n")


class Gate:
    def __init__(self, port):
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()


class WeighingGate(Gate):
    def __init__(self, port):
        Gate.__init__(self, port)
        self.office = Office()

    async def handle_accepted(self, reader, writer):
        await Scales(reader, writer, self.office).run()


class WaitingGate(Gate):
    async def handle_accepted(self, reader, writer):
        await Queue(reader, writer).run()


async def run_all(*coroutines):
    """Run coroutines until the last of them has ended."""
    await asyncio.gather(*coroutines)


server1 = WeighingGate(int(sys.argv[1]))
server2 = WaitingGate(int(sys.argv[2]))
asyncio.run(run_all(server1.serve_forever(), server2.serve_forever()))
