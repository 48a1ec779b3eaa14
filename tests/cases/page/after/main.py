import asyncio
import logging
import socket
import sys


class Page:

    def __init__(self, host, port, path):
        self.reader = self.writer = None
        self.addr = (host, port)
        self.buffer = bytes('GET %s HTTP/1.0\r\nHost: %s\r\n\r\n' % (path, host), 'ascii')
        self.size = 0

    async def run(self):
        """Connect, and handle what comes, as it comes, until either side closes."""
        try:
            self.reader, self.writer = await asyncio.open_connection(*self.addr, family=socket.AF_INET)
        except socket.gaierror:
            raise  # no such host: connect() would have raised that at once
        except OSError:
            logging.getLogger(__name__).exception("cannot connect to %s", self.addr)
            self.handle_close()
            return
        try:
            self.writer.write(self.buffer)
            while data := await self.reader.read(8192):
                self.handle_read(data)
                await self.writer.drain()
        except ConnectionError:
            pass  # the peer has gone
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
            self.handle_close()
            return
        self.handle_close()
        self.handle_read(b"")  # the end, which recv() returned like any other data

    def close(self):
        if self.writer is not None:
            self.writer.close()

    def handle_close(self):
        print('closed after', self.size)
        self.close()

    def handle_read(self, data):
        self.size += len(data)
        if not data:
            print('nothing more')


page = Page('127.0.0.1', int(sys.argv[1]), '/')
asyncio.run(page.run())
print('done')
