"""A caller who dials again when the line has gone dead, as long as there is money left."""
import asyncio
import logging
import socket
import sys
import time

PATIENCE = 0.02


class Call:
    def __init__(self, port, coins):
        self.reader = self.writer = None
        self.coins = coins
        self.addr = ("127.0.0.1", port)

    async def run(self):
        """Connect, and answer line by line until either side closes."""
        try:
            self.reader, self.writer = await asyncio.open_connection(*self.addr, family=socket.AF_INET)
        except OSError:
            logging.getLogger(__name__).exception("cannot connect to %s", self.addr)
            self.handle_close()
            return
        try:
            self.handle_connect()
            while True:
                self.found_terminator(await read_until(self.reader, b"\n"))
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone; a partial line was never a line
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
        self.handle_close()

    def close(self):
        if self.writer is not None:
            self.writer.close()

    def handle_connect(self):
        self.writer.write(b"%d coins left\n" % self.coins)

    def found_terminator(self, word):
        self.writer.write(b"what is " + word + b"?\n")

    def handle_close(self):
        self.close()
        if self.coins > 1:
            later.append((time.monotonic() + PATIENCE, self.coins - 1))
            woken.set()


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


class Tasks:
    """Clients and servers that run beside a loop; it and they may start more of them."""

    def __init__(self):
        self.waiting, self.running = [], set()
        self.begun = False

    def start(self, client):
        """Run *client* beside the others, at once or as soon as there is a loop; return it."""
        if self.begun:
            self.add(client.run())
        else:
            self.waiting.append(client)
        return client

    def add(self, coroutine):
        task = asyncio.create_task(coroutine)
        self.running.add(task)
        task.add_done_callback(self.running.discard)

    def begin(self, *coroutines):
        """Run coroutines, and what has been started."""
        self.begun = True
        for coroutine in (*coroutines, *(client.run() for client in self.waiting)):
            self.add(coroutine)

    async def wait(self, seconds, event):
        """Sleep, but no longer than until one of them ends or *event* is set."""
        event.clear()
        told = asyncio.ensure_future(event.wait())
        await asyncio.wait({told, *self.running}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        told.cancel()


tasks = Tasks()


later = []
woken = None  # an event, once there is a loop


def main(port):
    client = Call(port, 2)
    passes = 0

    async def serve():
        global woken
        nonlocal passes
        woken = asyncio.Event()
        tasks.begin(client.run())
        while tasks.running or later:
            await tasks.wait(0.05, woken)
            passes += 1
            for due in list(later):
                when, coins = due
                if when <= time.monotonic():
                    later.remove(due)
                    print("dialling again with", coins)
                    tasks.start(Call(port, coins))

    asyncio.run(serve())
    assert passes, "nobody was called"
    print("no money left")


if __name__ == "__main__":
    main(int(sys.argv[1]))
