"""An auction: bids by the line until the hammer falls, the hall is empty, or Ctrl-C; then the accounts are printed."""
import asyncio
import logging
import signal
import socket
import sys
import time

sold = False
woken = None  # an event, once there is a loop
bidders = []


class Bidder:
    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.connected = True
        self.bids = 0
        bidders.append(self)

    async def run(self):
        """Answer line by line until either side closes."""
        unread = bytearray()  # received behind what was handled
        try:
            while True:
                is_open = self.connected
                frame = await receive_until(self.reader, unread, b"\r\n")
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

    def found_terminator(self, bid):
        global sold
        if bid == b"hammer":
            sold = True
            woken.set()
            return
        self.bids += 1
        for bidder in bidders:
            bidder.push(b"bid: " + bid + b"\r\n")

    def handle_close(self):
        bidders.remove(self)
        self.close()


class Hall:
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
        await Bidder(reader, writer).run()


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


async def interruptible(coroutine):
    """Run *coroutine*; Ctrl-C ends it with KeyboardInterrupt here, where connections can still be used."""
    loop, task, interrupts = asyncio.get_running_loop(), asyncio.create_task(coroutine), []

    def interrupt(number, _frame):
        interrupts.append(number)
        loop.call_soon_threadsafe(task.cancel)

    signal.signal(signal.SIGINT, interrupt)
    try:
        await task
    except asyncio.CancelledError:
        if interrupts:
            raise KeyboardInterrupt from None
        raise
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def main():
    hall = Hall(int(sys.argv[1]))
    started = time.monotonic()

    async def serve():
        global woken
        woken = asyncio.Event()
        serving = asyncio.create_task(hall.serve_forever())
        serving.add_done_callback(lambda _: woken.set())
        try:
            while not serving.done() and not sold and time.monotonic() < started + 60:
                await interruptible(pause(0.1, woken))
        except KeyboardInterrupt:
            print("no sale")
            for bidder in bidders:
                bidder.push(b"the auction is off\r\n")
                bidder.close()
            return 1
        total = 0
        for bidder in bidders:
            total += bidder.bids
            bidder.push(b"sold\r\n")
            bidder.close()
        hall.close()
        print("sold after", total)
        return 0

    return asyncio.run(serve())


if __name__ == "__main__":
    sys.exit(main())
