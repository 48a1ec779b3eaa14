"""A reading room: readers copy pages, and are told when it is locked up, by Ctrl-C or a signal. Nobody is cut off."""
import asyncio
import logging
import signal
import socket
import sys


class Bell(Exception):
    """The warden rings."""


class Reader:
    def __init__(self, reader, writer, room):
        self.reader = reader
        self.writer = writer
        self.connected = True
        self.room = room
        room.readers.append(self)
        self.push(b"welcome\n")

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

    def found_terminator(self, page):
        if page.isdigit():
            self.push(b"x" * int(page) + b"\n")
        else:
            self.push(b"copied " + page + b"\n")

    def handle_close(self):
        print("a reader leaves")
        self.room.readers.remove(self)
        self.close()


class Room:
    def __init__(self, port):
        self.readers = []
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
        await Reader(reader, writer, self).run()

    def lock_up(self):
        """Let nobody in, and have the readers finish."""
        self.close()
        for reader in self.readers:
            reader.push(b"we are closing\n")
            reader.close_when_done()


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


async def interruptible(coroutine, *signals):
    """Run *coroutine*; what handlers of signals raise ends it here, where connections can still be used."""
    loop, task, caught = asyncio.get_running_loop(), asyncio.create_task(coroutine), []
    handlers = {signal.SIGINT: signal.default_int_handler}
    handlers.update((number, signal.getsignal(number)) for number in signals)

    def interrupt(number, _frame):
        caught.append(number)
        loop.call_soon_threadsafe(task.cancel)

    for number in handlers:
        signal.signal(number, interrupt)
    try:
        await task
    except asyncio.CancelledError:
        if not caught:
            raise
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    if caught:
        handlers[caught[0]](caught[0], None)  # raises


def ring(number, frame):
    print("the bell rings")
    raise Bell


def main():
    room = Room(int(sys.argv[1]))
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, ring)

    async def serve():
        serving = asyncio.create_task(room.serve_forever())
        try:
            await interruptible(asyncio.wait([serving]), signal.SIGHUP, signal.SIGTERM)
        except Bell:
            room.lock_up()
            await serving
        except KeyboardInterrupt:
            print("after this page")
            room.close()
            # whoever is in may stay
            try:
                await interruptible(asyncio.wait([serving]), signal.SIGHUP, signal.SIGTERM)
            except KeyboardInterrupt:
                print("out with you")

    asyncio.run(serve())
    print(len(room.readers), "readers left")


if __name__ == "__main__":
    main()
