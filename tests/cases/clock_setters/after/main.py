"""Clients that never look whether recv() returned anything: what they make of nothing shows, fails, or is passed on."""

import asyncio
import logging
import socket
import struct
import sys


class Setter:
    """Four bytes say what time it is."""

    def __init__(self, address):
        self.reader = self.writer = None
        self.closed = False
        self.data = b""
        self.addr = address

    async def run(self):
        """Connect, and handle what comes, as it comes, until either side closes."""
        try:
            self.reader, self.writer = await asyncio.open_connection(*self.addr, family=socket.AF_INET)
        except socket.gaierror:
            raise  # no such host: connect() would have raised that at once
        except OSError:
            logging.getLogger(__name__).exception("cannot connect to %s", self.addr)
            if not self.closed:
                self.handle_close()
            return
        try:
            while not self.closed:
                data = await self.reader.read(4)
                if not data:
                    break
                self.handle_read(data)
        except ConnectionError:
            pass  # the peer has gone
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
            if not self.closed:
                self.handle_close()
            return
        if not self.closed:
            self.handle_close()
            try:
                self.handle_read(b"")  # the end, which recv() returned like any other data
            except Exception:
                logging.getLogger(__name__).exception("uncaught exception, closing the connection")
                self.handle_close()

    def close(self):
        """Close the connection at once, whatever is still to be sent."""
        self.closed = True
        if self.writer is not None:
            self.writer.transport.abort()

    def handle_read(self, data):
        self.data = self.data + data
        if len(self.data) == 4:
            print("it is", struct.unpack("!I", self.data)[0])
            self.close()

    def handle_close(self):
        print("too early, got", len(self.data))
        self.close()


class Careless:
    """Takes for granted that there is a number."""

    def __init__(self, address):
        self.reader = self.writer = None
        self.closed = False
        self.addr = address

    async def run(self):
        """Connect, and handle what comes, as it comes, until either side closes."""
        try:
            self.reader, self.writer = await asyncio.open_connection(*self.addr, family=socket.AF_INET)
        except socket.gaierror:
            raise  # no such host: connect() would have raised that at once
        except OSError:
            logging.getLogger(__name__).exception("cannot connect to %s", self.addr)
            if not self.closed:
                self.handle_close()
            return
        try:
            self.handle_connect()
            self.handle_write()
            while data := await self.reader.read(100):
                self.handle_read(data)
                await self.writer.drain()
        except ConnectionError:
            pass  # the peer has gone
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
            if not self.closed:
                self.handle_close()
            return
        if not self.closed:
            self.handle_close()
            try:
                self.handle_read(b"")  # the end, which recv() returned like any other data
            except Exception:
                logging.getLogger(__name__).exception("uncaught exception, closing the connection")
                self.handle_close()

    def send(self, data):
        """Send *data*. If the peer turns out to be gone, the session ends here and now."""
        if not self.writer.is_closing():
            self.writer.write(data)
        if self.writer.is_closing():
            self.handle_close()

    def close(self):
        self.closed = True
        if self.writer is not None:
            self.writer.close()

    def handle_connect(self):
        self.send(b"time?\n")

    def handle_write(self):
        print("asking")
        self.send(b"please\n")

    def handle_read(self, data):
        print("number", int(data))

    def handle_close(self):
        print("no more numbers")
        self.close()


class Reader:
    """Feeds somebody else."""

    def __init__(self, address, diary):
        self.reader = self.writer = None
        self.closed = False
        self.diary = diary
        self.addr = address

    async def run(self):
        """Connect, and handle what comes, as it comes, until either side closes."""
        try:
            self.reader, self.writer = await asyncio.open_connection(*self.addr, family=socket.AF_INET)
        except socket.gaierror:
            raise  # no such host: connect() would have raised that at once
        except OSError:
            logging.getLogger(__name__).exception("cannot connect to %s", self.addr)
            if not self.closed:
                self.handle_close()
            return
        try:
            while data := await self.reader.read(1000):
                self.handle_read(data)
        except ConnectionError:
            pass  # the peer has gone
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
            if not self.closed:
                self.handle_close()
            return
        if not self.closed:
            self.handle_close()
            try:
                self.handle_read(b"")  # the end, which recv() returned like any other data
            except Exception:
                logging.getLogger(__name__).exception("uncaught exception, closing the connection")
                self.handle_close()

    def close(self):
        self.closed = True
        if self.writer is not None:
            self.writer.close()

    def handle_read(self, data):
        self.diary.feed(data)

    def handle_close(self):
        self.diary.end()
        self.close()


async def run_all(*coroutines):
    """Run coroutines until the last of them has ended."""
    await asyncio.gather(*coroutines)


class Diary:
    def __init__(self):
        self.pages = []
        self.size = 0

    def feed(self, page):
        self.size += len(page)
        if not page:
            self.pages.append("blank page")

    def end(self):
        self.pages.append("the end")


def main():
    diary = Diary()
    addresses = [("127.0.0.1", int(port)) for port in sys.argv[1:]]
    setter = Setter(addresses[0])
    client1 = Careless(addresses[1])
    client2 = Reader(addresses[2], diary)
    asyncio.run(run_all(setter.run(), client1.run(), client2.run()))
    print(setter.data, diary.size, diary.pages)


if __name__ == "__main__":
    main()
