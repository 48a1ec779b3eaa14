"""Bells that are rung over the network, by a thread of their own, while the sexton sits at the keyboard."""
import asyncio
import socket
import sys
import threading


class Rope:
    def __init__(self, reader, writer, tower):
        self.reader = reader
        self.writer = writer
        self.tower = tower

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

    def found_terminator(self, word):
        self.tower.rung += 1
        self.writer.write(b"%s %d\n" % (word, self.tower.rung))


class Tower:
    def __init__(self, port):
        self.rung = 0
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        try:
            await server.wait_closed()
        finally:
            server.close()

    async def handle_accepted(self, reader, writer):
        await Rope(reader, writer, self).run()


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


class Ringing(threading.Thread):
    """Serves the tower until it is told to stop."""

    def __init__(self, port):
        super().__init__(name="ringing")
        self.tower = Tower(port)
        self.done = threading.Event()

    def run(self):
        async def serve():
            serving = asyncio.create_task(self.tower.serve_forever())
            while not self.done.is_set():
                await asyncio.sleep(0.1)
            serving.cancel()

        asyncio.run(serve())
        # whoever still holds a rope lets go
        self.tower.socket.close()

    def stop(self):
        """Wait until the bells are still, and lock up."""
        self.done.set()
        self.join()
        self.tower.socket.close()


def main():
    ringing = Ringing(int(sys.argv[1]))
    ringing.start()
    print("open")
    for line in sys.stdin:
        if line.strip() == "close":
            break
        print("sexton:", line.strip())
    ringing.stop()
    print("rung", ringing.tower.rung)


main()
