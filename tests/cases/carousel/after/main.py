"""A fair's loudspeaker: everybody may speak; a frame passes what was said on, and a caller runs the frames."""
import asyncio
import json
import logging
import socket
import sys


class Channel:
    end = b"\n"

    def __init__(self, reader, writer, addr=(), server=None):
        self.reader = reader
        self.writer = writer
        self.connected = True
        self.addr = addr
        self.server = server
        self.waiting = []

    async def run(self):
        """Answer line by line until either side closes."""
        unread = bytearray()  # received behind what was handled
        try:
            while True:
                self.found_terminator(await receive_until(self.reader, unread, self.end))
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
        self.connected = False
        self.writer.close()

    def handle_close(self):
        self.close()

    def found_terminator(self, data):
        message = json.loads(data.decode())
        for name in ("on_" + message["action"], "on_anything"):
            if hasattr(self, name):
                getattr(self, name)(message)
                break

    def pump(self):
        for data in self.waiting:
            self.push(data)
        self.waiting = []

    def send_message(self, message):
        self.waiting.append(json.dumps(message).encode() + self.end)


class Visitor(Channel):
    def on_say(self, message):
        self.server.send_to_all(message)

    def on_close(self, message):
        self.server.over = True

    def on_anything(self, message):
        self.send_message({"action": "sorry", "what": message["action"]})

    def handle_close(self):
        self.close()
        self.server.lost(self)


class Fair:
    channel_class = Channel

    def __init__(self, channel_class=None, address=("127.0.0.1", 5071), listeners=5):
        if channel_class:
            self.channel_class = channel_class
        self.channels = []
        self.over = False
        self.socket = socket.create_server(address, backlog=listeners)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()

    async def handle_accepted(self, reader, writer):
        addr = writer.get_extra_info("peername")
        session = self.channel_class(reader, writer, addr, self)
        self.channels.append(session)
        self.channels[-1].send_message({"action": "welcome"})
        await session.run()

    def lost(self, channel):
        print("somebody has gone", flush=True)
        self.channels.remove(channel)

    def send_to_all(self, message):
        for channel in self.channels:
            channel.send_message(message)

    def pump(self):
        for channel in self.channels:
            channel.pump()


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


fair = Fair(Visitor, address=("127.0.0.1", int(sys.argv[1])))


async def main():
    serving = asyncio.create_task(fair.serve_forever())
    while not fair.over:
        fair.pump()
        await asyncio.sleep(0.001)
    serving.cancel()


asyncio.run(main())
print("closed for today")
