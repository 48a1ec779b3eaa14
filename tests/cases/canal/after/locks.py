"""Both ends of a lock: what comes in at one goes out at the other, and a gate closes when all is through."""
import asyncio
import logging
import socket


class Gate:

    def __init__(self, reader=None, writer=None):
        self.reader = reader
        self.writer = writer
        self.closed = False
        self.water = b""
        self.other = None
        self.closing = False

    async def run(self):
        """Connect, and handle what comes, as it comes, until either side closes."""
        if self.closed:
            return
        if self.writer is None:  # not accepted, but to be made
            try:
                self.reader, self.writer = await asyncio.open_connection(*self.addr, family=socket.AF_INET)
            except OSError:
                logging.getLogger(__name__).exception("cannot connect to %s", self.addr)
                if not self.closed:
                    self.handle_close()
                return
            if self.closed:  # meanwhile
                self.writer.close()
                return
        try:
            self.flush()
            await self.writer.drain()
            while not self.closed:
                data = await self.reader.read(4096)
                if not data:
                    break
                self.handle_read(data)
                self.flush()
                await self.writer.drain()
        except ConnectionError:
            pass  # the peer has gone
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
        if not self.closed:
            self.handle_close()

    def flush(self):
        """Send what there is to send."""
        while self.writable() and not self.writer.is_closing():
            self.handle_write()

    def close(self):
        self.closed = True
        if self.writer is not None:
            self.writer.close()

    def let_in(self, water):
        self.water += water
        if self.writer is not None:
            asyncio.get_running_loop().call_soon(self.flush)

    def writable(self):
        return len(self.water) > 0

    def handle_read(self, water):
        self.other.let_in(self.treated(water))

    def treated(self, water):
        return water

    def handle_write(self):
        self.writer.write(self.water)
        self.water = b""
        if self.closing and not self.water:
            self.close()

    def close_later(self):
        if self.water:
            self.closing = True
        else:
            self.close()

    def handle_close(self):
        self.close()
        self.other.close_later()


class Lower(Gate):

    def treated(self, water):
        return water.replace(b"\0", b"")


class Upper(Gate):

    def __init__(self, address):
        Gate.__init__(self)
        self.addr = address
        # raises, as connect() did, if there is no such host
        socket.gethostbyname(self.addr[0])
