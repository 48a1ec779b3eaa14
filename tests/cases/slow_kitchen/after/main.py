"""A kitchen whose cooks are threads: they call out what is ready, and so does the clock."""
import asyncio
import queue
import socket
import sys
import threading
import time

orders = queue.Queue()


class Cook(threading.Thread):
    daemon = True

    def run(self):
        while True:
            guest, dish = orders.get()
            time.sleep(0.02)
            guest.call_from_thread(guest.push, b"here is your " + dish + b"\n")
            guest.call_from_thread(guest.served, dish)


class Guest:
    def __init__(self, reader, writer, table):
        self.reader = reader
        self.writer = writer
        self.loop = asyncio.get_running_loop()
        self.table = table
        self.eaten = []

    async def run(self):
        """Answer line by line until either side closes."""
        try:
            while True:
                self.found_terminator(await read_until(self.reader, b"\n"))
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone; a partial line was never a line
        finally:
            self.writer.close()

    def push(self, data):
        """Send *data*, unless the connection is closing."""
        if not self.writer.is_closing():
            self.writer.write(data)

    def call_from_thread(self, method, *args):
        """Have the event loop call *method*. Once that has ended, nothing is in its way here."""
        try:
            self.loop.call_soon_threadsafe(method, *args)
        except RuntimeError:  # the loop is closed
            method(*args)

    def found_terminator(self, dish):
        if dish == b"toast":
            threading.Timer(0.1, self.call_from_thread, [self.push, b"the toaster clicks\n"]).start()
        elif dish == b"advice":
            threading.Thread(target=self.think, args=(self.table,)).start()
        elif dish == b"bill":
            self.push(b" ".join(self.eaten) + b"\n")
            self.writer.close()
        else:
            orders.put((self, dish))

    def served(self, dish):
        self.eaten.append(dish)

    def think(self, table):
        time.sleep(0.02)
        thought = b"at table %d, soup" % table
        self.call_from_thread(self.push, thought + b"\n")


class Kitchen:
    tables = 0

    def __init__(self, port):
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()

    async def handle_accepted(self, reader, writer):
        self.tables += 1
        await Guest(reader, writer, self.tables).run()


async def read_until(reader, terminator):
    """Return the data before *terminator*, however long: asynchat had no limit."""
    data = bytearray()
    while True:
        try:
            data += await reader.readuntil(terminator)
        except asyncio.LimitOverrunError as overrun:
            data += await reader.readexactly(overrun.consumed)
        else:
            return bytes(data.removesuffix(terminator))


server = Kitchen(int(sys.argv[1]))
Cook().start()
asyncio.run(server.serve_forever())
