"""Reads a tide gauge that hangs up after every few values: connects again, in the same object, three times in all."""
import asyncio
import logging
import os
import socket
import sys


def log_file(path):
    logging.getLogger("asyncio").setLevel(logging.INFO)  # it would say which selector it uses
    return logging.FileHandler(path)


class Gauge:
    """Asks as soon as it is connected, and again for every value."""

    def __init__(self, host, port, times):
        self.reader = self.writer = None
        self.connecting = False
        self.closed = False
        self.address = (host, port)
        self.times = times
        self.values = []
        self.reconnect()

    async def run(self):
        """Connect, as often as there is to be a connection."""
        while self.connecting:
            self.connecting = False
            await self.run_connection()

    async def run_connection(self):
        """Connect, and handle what comes, as it comes, until either side closes."""
        if self.closed:
            return
        try:
            self.reader, self.writer = await asyncio.open_connection(*self.addr, family=socket.AF_INET)
        except socket.gaierror:
            raise  # no such host: connect() would have raised that at once
        except OSError:
            logging.getLogger(__name__).exception("cannot connect to %s", self.addr)
            if not self.closed:
                self.handle_close()
            return
        if self.closed:  # meanwhile
            self.writer.close()
            return
        try:
            self.writer.write(self.out)
            self.handle_connect()
            while data := await self.reader.read(100):
                self.handle_read(data)
                await self.writer.drain()
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

    def reconnect(self):
        self.out = b"READ\n"
        self.addr = self.address
        self.reader = self.writer = None
        self.closed = False
        self.connecting = True

    def handle_connect(self):
        logging.debug("connected")
        print("connected", flush=True)

    def handle_read(self, data):
        for byte in data:
            self.values.append(byte)
            self.writer.write(b"%d\n" % byte)

    def handle_close(self):
        self.close()
        self.times -= 1
        print("%d values" % len(self.values), flush=True)
        if self.times:
            self.reconnect()


if __name__ == "__main__":
    host, port = "127.0.0.1", int(sys.argv[1])
    logging.getLogger().addHandler(log_file(os.devnull))
    logging.getLogger().setLevel(logging.DEBUG)
    asyncio.run(Gauge(host, port, 3).run())
    print("done")
