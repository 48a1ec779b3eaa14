"""A kennel that its keeper closes: a thread, which waits for a word from the keyboard."""

import asyncio
import socket
import sys
import threading


class Trick:
    """What a dog does rather than to say woof."""

    def __init__(self, say):
        self.say = say

    def run(self):
        self.say(b"sits\n")


class Fence:
    def __init__(self):
        self.is_shut = False

    def shut(self):
        self.is_shut = True


TRICKS = {b"sit": Trick}


class Dog:
    def __init__(self, reader, writer, kennel):
        self.kennel = kennel
        self.reader = reader
        self.writer = writer

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

    def found_terminator(self, word):
        self.kennel.words += 1
        if word in TRICKS:
            TRICKS[word](self.push).run()
            return
        self.push(b"woof " + word + b"\n")
        if word == b"away":
            self.writer.close()


class Kennel:
    backlog = 5

    def __init__(self, address, dog=Dog):
        self.dog = dog
        self.words = 0
        self.fence = Fence()
        self.socket = socket.create_server(address, backlog=self.backlog)
        self.server = None  # until it serves
        self.loop = asyncio.new_event_loop()  # other threads ask it

    async def serve(self):
        """Serve until close() is called and the last connection has ended."""
        if self.socket.fileno() < 0:
            return  # closed already
        self.server = await asyncio.start_server(self.handle_accept, sock=self.socket, start_serving=False)
        await self.server.start_serving()
        try:
            await self.server.wait_closed()
        finally:
            self.server.close()

    def close(self):
        if self.server is None:
            self.socket.close()
        else:
            self.server.close()

    def serve_forever(self):
        self.loop.run_until_complete(self.serve())

    def shut(self):
        print("shut after", self.words, "words", flush=True)
        self.handle_close()

    async def handle_accept(self, reader, writer):
        await self.dog(reader, writer, self).run()

    def handle_close(self):
        self.fence.shut()
        self.close()


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


class Keeper(threading.Thread):
    """Says how many words there were, until it is told to go home."""

    def __init__(self, kennel):
        threading.Thread.__init__(self)
        self.daemon = True
        self.kennel = kennel
        self.at_home = False

    def run(self):
        while not self.at_home:
            self._listen()
        self.kennel.loop.call_soon_threadsafe(self.kennel.shut)

    def _listen(self):
        line = sys.stdin.readline()
        if line == "home\n":
            self.at_home = True
        else:
            print(self.kennel.words, "words so far", flush=True)


if __name__ == "__main__":
    if len(sys.argv) > 2:
        kennel = Kennel((sys.argv[2], int(sys.argv[1])))
    else:
        kennel = Kennel(("127.0.0.1", int(sys.argv[1])))
    keeper = Keeper(kennel)
    keeper.start()
    kennel.serve_forever()
    print("good night", flush=True)
