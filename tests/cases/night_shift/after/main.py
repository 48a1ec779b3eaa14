"""A night desk: calls are answered by a thread, while the porter types at the main one until he goes home."""
import asyncio
import concurrent.futures
import socket
import sys
import threading


class Call:
    def __init__(self, reader, writer, desk):
        self.reader = reader
        self.writer = writer
        self.desk = desk

    async def run(self):
        """Answer line by line until either side closes."""
        try:
            while True:
                self.found_terminator(await read_until(self.reader, b"\r\n"))
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone; a partial line was never a line
        finally:
            self.writer.close()

    def found_terminator(self, room):
        self.desk.calls += 1
        self.writer.write(b"room " + room + b": " + self.desk.note.encode() + b"\r\n")


class Desk:
    calls = 0
    note = "sleeping"

    def __init__(self, port):
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)
        self.stopping = concurrent.futures.Future()

    async def serve_forever(self):
        """Serve until close() is called and the last connection has ended."""
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        stop = asyncio.wrap_future(self.stopping)
        stop.add_done_callback(lambda _: server.close())
        try:
            await server.wait_closed()
        finally:
            stop.cancel()

    def close(self):
        """Stop listening; any thread may ask for it, and more than once."""
        if not self.stopping.done():
            self.stopping.set_result(None)

    async def handle_accepted(self, reader, writer):
        await Call(reader, writer, self).run()


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
    desk = Desk(int(sys.argv[1]))
    thread = threading.Thread(target=asyncio.run, args=(desk.serve_forever(),), name="desk")
    thread.daemon = True
    thread.start()
    for line in sys.stdin:
        if line.strip() == "home":
            break
        if line.strip() == "last calls":
            desk.close()
            thread.join()
            break
        print("calls so far:", desk.calls)
        sys.stdout.flush()
    print("good night")


if __name__ == "__main__":
    main()
