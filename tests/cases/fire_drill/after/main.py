"""A house that is left when the alarm rings: a signal, whose handler is a method that raises SystemExit."""
import asyncio
import logging
import signal
import socket
import sys


class Talk:
    end = "\n"

    def begin(self):
        pass

    def found_terminator(self, words):
        self.hear(words)


class Guest(Talk):
    def __init__(self, house, reader, writer, addr):
        self.reader = reader
        self.writer = writer
        self.connected = True
        self.begin()
        self.__house = house
        self.__peer = writer.get_extra_info("peername")

    async def run(self):
        """Answer line by line until either side closes."""
        try:
            while True:
                self.found_terminator(await read_until(self.reader, self.end.encode("ascii")))
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone; a partial line was never a line
        except asyncio.CancelledError:
            return  # the program ends; older Pythons would complain of a cancelled connection
        except SystemExit as leaving:  # which asyncio would call an error of this connection
            asyncio.get_running_loop().call_soon(sys.exit, leaving.code)
            return
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
        self.connected = False
        self.writer.close()

    def hear(self, words):
        self.__house.heard += 1
        self.push(b"%s, guest of %s\n" % (words, self.__peer[0].encode()))

    def handle_close(self):
        print("a guest has left", flush=True)
        self.close()


class House:
    def __init__(self, port):
        self.heard = 0
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()

    async def handle_accepted(self, reader, writer):
        addr = writer.get_extra_info("peername")
        await Guest(self, reader, writer, addr).run()

    def ring(self, number, frame):
        print("everybody out")
        raise SystemExit("fire")


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


def main():
    house = House(int(sys.argv[1]))
    signal.signal(signal.SIGTERM, house.ring)
    try:
        asyncio.run(house.serve_forever())
    except SystemExit as alarm:
        print(alarm, "after", house.heard)
        return 4
    return 0


if __name__ == "__main__":
    sys.exit(main())
