"""A counting house: clerks in the back room do the sums, and what they have done is fetched between two passes."""
import asyncio
import logging
import queue
import socket
import sys
import threading

sums = queue.Queue()
done = queue.Queue()


def clerk():
    while True:
        item = sums.get()
        if item is None:
            break
        customer, number, words = item
        done.put((customer, number, sum(map(int, words))))


class Customer:
    def __init__(self, reader, writer, house):
        self.reader = reader
        self.writer = writer
        self.connected = True
        self.house = house
        self.numbers = 0
        self.is_here = True

    async def run(self):
        """Answer line by line until either side closes."""
        try:
            while True:
                self.found_terminator(await read_until(self.reader, b"\r\n"))
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone; a partial line was never a line
        except asyncio.CancelledError:
            return  # the program ends; older Pythons would complain of a cancelled connection
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
        if self.connected:
            self.handle_close()

    def push(self, data):
        """Send *data*. If the peer turns out to be gone, the session ends here and now."""
        if not self.writer.is_closing():
            self.writer.write(data)
        gone = self.writer.is_closing() and not self.writer.transport.get_write_buffer_size()
        if self.connected and gone:
            self.handle_close()

    def close_when_done(self):
        """Close the connection once everything pushed has gone out."""
        if not self.writer.transport.get_write_buffer_size():
            asyncio.get_running_loop().call_soon(self.end_session)  # the hook runs before the peer sees the end
        self.writer.close()

    def end_session(self):
        if self.connected:
            self.handle_close()

    def close(self):
        self.connected = False
        self.writer.close()

    def found_terminator(self, words):
        line = words.decode("ascii")
        if line == "close the house":
            self.house.is_open = False
            self.house.woken.set()
        elif line == "thanks":
            self.close_when_done()
        else:
            self.numbers += 1
            sums.put((self, self.numbers, line.split()))

    def tell(self, number, result):
        if self.is_here:
            self.push(b"%d: %d\r\n" % (number, result))

    def handle_close(self):
        self.is_here = False
        self.close()


class House:
    def __init__(self, port):
        self.is_open = True
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()

    async def handle_accepted(self, reader, writer):
        await Customer(reader, writer, self).run()

    async def trade(self):
        self.woken = asyncio.Event()
        serving = asyncio.create_task(self.serve_forever())
        while self.is_open:
            await pause(0.05, self.woken)
            while not done.empty():
                customer, number, result = done.get()
                customer.tell(number, result)
        serving.cancel()


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


async def pause(seconds, event):
    """Sleep, but no longer than until *event* is set."""
    event.clear()
    timer = asyncio.get_running_loop().call_later(seconds, event.set)
    await event.wait()
    timer.cancel()


def main():
    thread = threading.Thread(target=clerk)
    thread.start()
    house = House(int(sys.argv[1]))
    asyncio.run(house.trade())
    sums.put(None)
    thread.join()
    print("closed")


if __name__ == "__main__":
    main()
