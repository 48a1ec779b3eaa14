"""A patrol walks its rounds: it asks every gate whether all is well, and does not wait for ever."""
import asyncio
import logging
import socket
import sys
import time

PATIENCE = 0.5


class Gate:
    def __init__(self, port, report):
        self.reader = self.writer = None
        self.closed = False
        self.connected = False
        self.number = len(report)
        self.report = report
        self.report.append("silent")
        self.patience = time.monotonic() + PATIENCE
        self.question = b"all well?\n"
        self.addr = ("127.0.0.1", port)

    async def run(self):
        """Connect, and handle what comes, as it comes, until either side closes."""
        if self.closed:
            return
        try:
            self.reader, self.writer = await asyncio.open_connection(*self.addr, family=socket.AF_INET)
        except OSError:
            logging.getLogger(__name__).exception("cannot connect to %s", self.addr)
            if not self.closed:
                self.close()
            return
        if self.closed:  # meanwhile
            self.writer.close()
            return
        try:
            self.writer.write(self.question)
            self.connected = True
            while not self.closed:
                data = await self.reader.read(100)
                if not data:
                    break
                self.handle_read(data)
                await self.writer.drain()
        except ConnectionError:
            pass  # the peer has gone
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
            if not self.closed:
                self.close()
            return
        if not self.closed:
            self.close()
            self.handle_read(b"")  # the end, which recv() returned like any other data

    def close(self):
        """Close the connection at once, whatever is still to be sent."""
        self.closed = True
        self.connected = False
        if self.writer is not None:
            self.writer.transport.abort()

    def handle_read(self, data):
        self.report[self.number] = data.decode().strip()
        self.close()


async def run_all(*coroutines):
    """Run coroutines until the last of them has ended."""
    await asyncio.gather(*coroutines)


def walk(number, ports):
    report = []
    gates = [Gate(port, report) for port in ports]

    async def serve():
        serving = asyncio.create_task(run_all(*(gate.run() for gate in gates)))
        while not serving.done():
            await asyncio.wait([serving], timeout=0.1)
            for gate in gates:
                if gate.connected and time.monotonic() > gate.patience:
                    gate.close()

    asyncio.run(serve())
    print("round %d: %s" % (number, ", ".join(report)))


def main():
    ports = [int(argument) for argument in sys.argv[1:]]
    for number in (1, 2):
        walk(number, ports)


main()
