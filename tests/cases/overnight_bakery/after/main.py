import asyncio
import queue
import socket
import sys
import threading
import time


class Customer:
    def __init__(self, reader, writer, orders, shop):
        self.reader = reader
        self.writer = writer
        self.loop = asyncio.get_running_loop()
        self.orders = orders
        self.shop = shop
        self.done = []

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

    def found_terminator(self, order):
        if order == b"closing time":
            self.shop.close()
            self.writer.transport.abort()
        else:
            self.orders.put((self, order))

    def note(self, order):
        self.done.append(order)


class Shop:
    def __init__(self, port, orders):
        self.orders = orders
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        """Serve until close() is called and the last connection has ended."""
        self.server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        try:
            await self.server.wait_closed()
        finally:
            self.server.close()

    def close(self):
        self.server.close()

    async def handle_accepted(self, reader, writer):
        await Customer(reader, writer, self.orders, self).run()


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


def bake(orders):
    while True:
        order = orders.get()
        if order is None:
            break
        customer, bread = order
        time.sleep(0.05)
        print("baked", bread.decode(), flush=True)
        customer.call_from_thread(customer.push, b"your " + bread + b"\n")
        customer.call_from_thread(customer.note, bread)
    print("the oven is off", flush=True)


def main(port):
    orders = queue.Queue()
    baker = threading.Thread(target=bake, args=(orders,))
    baker.start()
    asyncio.run(Shop(port, orders).serve_forever())
    print("the door is shut", flush=True)
    orders.put(None)
    baker.join()


main(int(sys.argv[1]))
