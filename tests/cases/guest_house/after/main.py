"""A house with two beds, and a side door for one guest only."""
import socket
import sys
# of the old days
import asyncio

class Guest:
    channels = 0

    def __init__(self, reader, writer, house):
        self.reader = reader
        self.writer = writer
        self.connected = True
        self.house = house

    async def run(self):
        """Answer line by line until either side closes."""
        unread = bytearray()  # received behind what was handled
        try:
            while True:
                self.found_terminator(await receive_until(self.reader, unread, b"\n"))
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone; a partial line was never a line
        except Exception as error:  # noqa: BLE001
            self.log_info(f"uncaptured python exception, closing the connection ({error!r})", "error")
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

    def found_terminator(self, word):
        if word == b"fall":
            raise RuntimeError("down the stairs")
        if word == b"leave":
            self.house.guests -= 1
            self.push(b"bye\n")
            self.close_when_done()
            return
        self.push(b"heard " + word + b"\n")

    def handle_close(self):
        print("gone")
        self.close()

    def log_info(self, message, type="info"):
        # what asyncore has to say of errors
        self.house.problems += 1

class House:
    guests = problems = 0

    def __init__(self, port, beds):
        self.beds = beds
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()

    async def handle_accepted(self, reader, writer):
        if self.guests >= self.beds:
            writer.write(b"full\n")
            writer.close()
            return
        self.guests += 1
        session = Guest(reader, writer, self)
        session.push(b"welcome %d, %d\n" % (self.guests, self.problems))
        await session.run()

class SideDoor:
    problems = guests = 0

    def __init__(self, port):
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        """Serve until close() is called and the last connection has ended."""
        self.server = await asyncio.start_server(self.handle_accept, sock=self.socket)
        try:
            await self.server.wait_closed()
        finally:
            self.server.close()

    def close(self):
        self.server.close()

    async def handle_accept(self, reader, writer):
        if not self.server.is_serving():  # it closed when it got another connection
            writer.transport.abort()
            return
        # one is enough
        self.close()
        session = Guest(reader, writer, self)
        print("the side door is shut")
        await session.run()


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


async def run_all(*coroutines):
    """Run coroutines until the last of them has ended."""
    await asyncio.gather(*coroutines)


server1 = House(int(sys.argv[1]), 2)
server2 = SideDoor(int(sys.argv[2]))
asyncio.run(run_all(server1.serve_forever(), server2.serve_forever()))
