"""A hotel that wakes its guests: timers by hand, in a list that the loop asks how long it may sleep."""
import asyncio
import heapq
import socket
import sys
import time

woken = None  # an event, once there is a loop


class Alarms:
    def __init__(self):
        self.heap = []
        self.rung = 0

    def at(self, seconds, ring):
        heapq.heappush(self.heap, (time.time() + seconds, len(self.heap), ring))
        if woken is not None:
            woken.set()

    def sleep(self, most):
        if not self.heap:
            return most
        return max(0, min(most, self.heap[0][0] - time.time()))

    def ring(self):
        while self.heap and self.heap[0][0] <= time.time():
            ring = heapq.heappop(self.heap)[2]
            self.rung += 1
            ring(self.rung)


class Guest:
    asleep = []

    def __init__(self, reader, writer, alarms):
        self.reader = reader
        self.writer = writer
        self.alarms = alarms

    async def run(self):
        """Answer line by line until either side closes."""
        try:
            while True:
                self.found_terminator(await read_until(self.reader, b"\n"))
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone; a partial line was never a line
        except asyncio.CancelledError:
            return  # the program ends; older Pythons would complain of a cancelled connection
        finally:
            self.writer.close()

    def push(self, data):
        """Send *data*, unless the connection is closing."""
        if not self.writer.is_closing():
            self.writer.write(data)

    def found_terminator(self, word):
        if word == b"wake me":
            Guest.asleep.append(self)
            woken.set()
            self.alarms.at(0.3, self.wake)
        elif word == b"check out":
            Hotel.open = False
            woken.set()
        else:
            self.push(b"who sleeps: %d\n" % len(Guest.asleep))

    def wake(self, number):
        self.push(b"good morning, %d\n" % number)
        Guest.asleep.remove(self)
        woken.set()


class Reception:
    """Takes guests in, for whom the hotel opens its door."""

    def __init__(self, alarms):
        self.alarms = alarms
        self.guests = []

    async def check_in(self, reader, writer):
        guest = Guest(reader, writer, self.alarms)
        self.guests.append(guest)
        print("guest", len(self.guests), flush=True)
        await guest.run()


class Hotel:
    open = True

    def __init__(self, port, reception):
        self.reception = reception
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()

    async def handle_accepted(self, reader, writer):
        await self.reception.check_in(reader, writer)


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


def lights(number):
    print("lights on", number, flush=True)


def night(alarms):
    """The night ends when somebody checks out and nobody sleeps."""
    server = Hotel(int(sys.argv[1]), Reception(alarms))
    alarms.at(0.1, lights)

    async def serve():
        global woken
        woken = asyncio.Event()
        serving = asyncio.create_task(server.serve_forever())
        while Hotel.open or Guest.asleep:
            await pause(alarms.sleep(30), woken)
            alarms.ring()
        serving.cancel()

    asyncio.run(serve())
    print("morning", flush=True)


if __name__ == "__main__":
    night(Alarms())
