"""A town crier: whoever is in town hears the news, and the mayor at a door of his own sends all home."""
import asyncio
import logging
import socket
import sys


class Citizen:
    count = 0

    sessions = ()  # those that were open when the last one came

    @classmethod
    def all_open(cls):
        """Return the sessions whose connections are open, in the order in which they came."""
        return [one for one in cls.sessions if one.connected]

    def __init__(self, reader, writer, home="the market"):
        self.reader = reader
        self.writer = writer
        Citizen.sessions = (*self.all_open(), self)
        self.connected = True
        Citizen.count += 1
        self.number = Citizen.count
        self.home = home
        for channel in Citizen.all_open():
            if isinstance(channel, Citizen) and channel is not self:
                channel.push(b"%d comes\n" % self.number)

    async def run(self):
        """Answer line by line until either side closes."""
        unread = bytearray()  # received behind what was handled
        try:
            while True:
                is_open = self.connected
                frame = await receive_until(self.reader, unread, b"\n")
                if is_open and not self.connected:
                    break  # another one has closed it meanwhile
                self.found_terminator(frame)
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone; a partial line was never a line
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
        if self.connected:
            self.close()

    def push(self, data):
        """Send *data*. If the peer turns out to be gone, the session ends here and now."""
        if not self.writer.is_closing():
            self.writer.write(data)
        gone = self.writer.is_closing() and not self.writer.transport.get_write_buffer_size()
        if self.connected and gone:
            self.close()

    def close(self):
        """Close the connection at once, whatever is still to be sent."""
        self.connected = False
        if self.writer.transport.get_write_buffer_size():
            self.writer.transport.abort()
        self.writer.close()

    def found_terminator(self, text):
        if text == b"who":
            here = [c.number for c in self.__class__.all_open() if isinstance(c, self.__class__)]
            self.push(", ".join(map(str, here)).encode("ascii") + b"\n")
        elif text == b"leave":
            self.push(b"farewell\n")
            self.writer.close()
            print(len(Citizen.all_open()), "until all is said")
        elif text:
            self.cry(text)

    def cry(self, news):
        for channel in Citizen.all_open():
            if not isinstance(channel, Citizen) or channel is self:
                continue
            channel.push(news + b"!\n")


class Mayor:
    sessions = ()  # those that were open when the last one came

    @classmethod
    def all_open(cls):
        """Return the sessions whose connections are open, in the order in which they came."""
        return [one for one in cls.sessions if one.connected]

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        Mayor.sessions = (*self.all_open(), self)
        self.connected = True

    async def run(self):
        """Answer line by line until either side closes."""
        unread = bytearray()  # received behind what was handled
        try:
            while True:
                is_open = self.connected
                frame = await receive_until(self.reader, unread, b"\n")
                if is_open and not self.connected:
                    break  # another one has closed it meanwhile
                self.found_terminator(frame)
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone; a partial line was never a line
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

    def found_terminator(self, order):
        if order == b"go home":
            print("all go home")
            for each in [*Gate.all_open(), *Citizen.all_open(), *Mayor.all_open()]:
                each.close()
        elif order == b"shut the gates":
            for channel in Gate.all_open():
                channel.close()
            self.push(b"shut\n")
        else:
            there = len([c for c in Citizen.all_open() if isinstance(c, Citizen) and c.number > 1])
            self.push(b"%d besides the first\n" % there)

    def handle_close(self):
        print("the mayor leaves")
        self.close()


class Gate:
    servers = ()  # all that have ever been made

    @classmethod
    def all_open(cls):
        """Return the listeners that have not been closed."""
        return [one for one in cls.servers if one.server.is_serving()]

    def __init__(self, port, session):
        self.session = session
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)
        Gate.servers = (*Gate.servers, self)

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
        await self.session(reader, writer).run()


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


server1 = Gate(int(sys.argv[1]), Citizen)
server2 = Gate(int(sys.argv[2]), Mayor)
asyncio.run(run_all(server1.serve_forever(), server2.serve_forever()))
print("it is quiet after", Citizen.count)
