"""A lighthouse: ships hail it and are hailed, the lamp turns by the clock, and silent ships are let go."""
import asyncio
import logging
import signal
import socket
import sys
import time

TURN = 0.05


class Ship:
    def __init__(self, reader, writer, house):
        self.reader = reader
        self.writer = writer
        self.connected = True
        self.house = house
        self.heard = time.time()
        house.ships.append(self)

    async def run(self):
        """Answer line by line until either side closes."""
        unread = bytearray()  # received behind what was handled
        try:
            while True:
                is_open = self.connected
                frame = await receive_until(self.reader, unread, b"\n")
                if is_open and not self.connected:
                    break  # another one has closed it meanwhile
                self.found_terminator(frame)
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
        if self.connected and self.writer.is_closing():
            self.handle_close()

    def close(self):
        """Close the connection at once, whatever is still to be sent."""
        self.connected = False
        self.writer.transport.abort()

    def found_terminator(self, signal_flag):
        self.heard = time.time()
        if signal_flag == b"mutiny":
            self.house.put_out()
        self.house.book.lines.append(signal_flag)
        self.push(b"seen: " + signal_flag + b"\n")

    def handle_close(self):
        print("a ship has passed")
        self.house.ships.remove(self)
        self.close()


class Book:
    def __init__(self):
        self.lines = []

    def turn_page(self, *ignored):
        self.lines.clear()
        print("a new page")


class Lighthouse:
    burning = True
    woken = None  # an event, once there is a loop

    def __init__(self, port, patience):
        self.ships = []
        self.patience = patience
        self.book = Book()
        signal.signal(signal.SIGTERM, self.storm)
        signal.signal(signal.SIGUSR1, self.read_out)
        signal.signal(signal.SIGHUP, self.book.turn_page)
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
        await Ship(reader, writer, self).run()

    def put_out(self):
        self.burning = False
        self.woken.set()

    def storm(self, number, frame):
        """The lamp goes out by itself."""
        print("a storm", file=sys.stderr)
        self.burning = False
        if self.woken is not None:
            self.woken.set()

    def read_out(self, number, frame):
        """Tell what there is in the book."""
        for line in self.book.lines:
            print("log:", line.decode("ascii"))

    def look_around(self):
        for ship in list(self.ships):
            if time.time() - ship.heard > self.patience:
                ship.push(b"farewell\n")
                self.ships.remove(ship)
                ship.close()

    async def watch(self):
        """Watch until the lamp is put out."""
        self.woken = asyncio.Event()
        serving = asyncio.create_task(self.serve_forever())
        turned = time.time()
        turns = 0
        while self.burning:
            await pause(TURN, self.woken)
            self.look_around()
            # the lamp is slow
            if time.time() - turned > 2 * TURN:
                turned = time.time()
                turns += 1
        for ship in self.ships:
            ship.close()
        self.close()
        print("dark", len(self.ships))
        serving.cancel()


async def receive_some(reader, size=65536):
    """Return what comes next. Whoever connected before that is there by then: asyncore accepted before it read."""
    data = await reader.read(size)
    for _ in range(3 if data else 0):  # the turns of the event loop that a new connection takes to become a session
        await asyncio.sleep(0)
    return data


async def receive_until(reader, unread, terminator):
    """Return the data before *terminator*, however long; *unread* keeps what was received behind it."""
    searched = 0
    while (size := unread.find(terminator, searched)) < 0:
        searched = max(len(unread) - len(terminator) + 1, 0)
        if not (received := await receive_some(reader)):
            raise asyncio.IncompleteReadError(bytes(unread), None)
        unread += received
    data, unread[: size + len(terminator)] = bytes(unread[:size]), b""
    return data


async def pause(seconds, event):
    """Sleep, but no longer than until *event* is set."""
    event.clear()
    timer = asyncio.get_running_loop().call_later(seconds, event.set)
    await event.wait()
    timer.cancel()


asyncio.run(Lighthouse(int(sys.argv[1]), float(sys.argv[2])).watch())
print("morning")
