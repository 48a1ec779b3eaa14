"""A signal box: levers report at one port, and the office at the other has wires watched, and shuts the box."""
import asyncio
import logging
import os
import socket
import subprocess
import sys


class Lever:
    """Answers with its position, and closes when all is said."""

    def __init__(self, reader, writer, box):
        self.reader = reader
        self.writer = writer
        self.connected = True
        self.box = box
        self.heard = b""
        self.out = b""
        self.closing = False

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        try:
            while not self.writer.is_closing():
                data = await receive_some(self.reader, 512)
                if not data:
                    break
                self.handle_read(data)
                self.flush()
                await self.writer.drain()
        except ConnectionError:
            pass  # the peer has gone
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
            if self.connected:
                self.handle_close()
            return
        if self.connected:
            self.handle_close()
            try:
                self.handle_read(b"")  # the end, which recv() returned like any other data
            except Exception:
                logging.getLogger(__name__).exception("uncaught exception, closing the connection")
                self.handle_close()

    def flush(self):
        """Send what there is to send."""
        while self.writable() and not self.writer.is_closing():
            self.handle_write()

    def close(self):
        self.connected = False
        self.writer.close()

    def say(self, text):
        self.out += text + b"\n"
        asyncio.get_running_loop().call_soon(self.flush)

    def handle_read(self, data):
        self.heard += data
        while b"\n" in self.heard and not self.closing:
            line, self.heard = self.heard.split(b"\n", 1)
            self.box.log.append(line.decode("ascii"))
            if line == b"leave":
                self.say(b"left")
                self.closing = True
            else:
                self.say(b"is " + line)

    def writable(self):
        return bool(self.out) or self.closing

    def handle_write(self):
        self.writer.write(self.out)
        self.out = b""
        if self.closing and not self.out:
            self.handle_close()

    def handle_close(self):
        self.box.levers.remove(self)
        self.close()
        print("lever gone")


class Wire(asyncio.Protocol):
    """What comes over a wire goes to the office that has it watched."""

    def __init__(self, office, child):
        self.file = os.fdopen(os.dup(child.stdout.fileno()), "rb", buffering=0)
        self.transport = None  # until it reads
        self.closed = False
        self.office = office
        self.child = child
        self.rest = b""

    async def run(self):
        """Read until the file ends, or close() is called."""
        if self.closed:
            self.file.close()
            return
        loop = asyncio.get_running_loop()
        self.finished = loop.create_future()
        await loop.connect_read_pipe(lambda: self, self.file)
        if self.closed:  # meanwhile
            self.transport.close()
        await self.finished

    def connection_made(self, transport):
        self.transport = transport

    def connection_lost(self, exc):
        if not self.finished.done():
            self.finished.set_result(None)

    def data_received(self, data):
        try:
            self.handle_read(data)
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the file")
            self.handle_close()

    def eof_received(self):
        self.handle_close()

    def close(self):
        self.closed = True
        if self.transport is not None:
            self.transport.close()

    def handle_read(self, data):
        self.rest += data
        while b"\n" in self.rest:
            line, self.rest = self.rest.split(b"\n", 1)
            self.office.tell("wire: " + line.decode("ascii"))

    def handle_close(self):
        self.close()
        self.office.cut(self)

    def cut(self):
        self.close()
        self.child.kill()
        self.child.communicate()


class Office:
    def __init__(self, reader, writer, house):
        self.reader = reader
        self.writer = writer
        self.connected = True
        self.house = house
        self.wires = []

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

    def tell(self, text):
        self.push(text.encode("ascii") + b"\n")

    def found_terminator(self, words):
        command, _, rest = words.decode("ascii").partition(" ")
        if command == "log":
            self.tell(", ".join(self.house.box.log[-3:]) or "nothing")
        elif command == "watch":
            code = "import time\nprint(%r, flush=True)\ntime.sleep(%d)" % (rest, 60 * (rest == "for ever"))
            child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
            self.wires.append(tasks.start(Wire(self, child)))
            if rest == "no more":
                self.wires.pop().cut()
            self.tell("watched")
        elif command == "shut":
            self.tell("shutting")
            self.house.shut()
        else:
            self.tell("what?")

    def cut(self, wire):
        self.wires.remove(wire)
        wire.child.communicate()
        self.tell("the wire is cut")

    def handle_close(self):
        for wire in self.wires:
            wire.cut()
        self.close()


class Box:
    def __init__(self, port):
        self.levers = []
        self.log = []
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
        session = Lever(reader, writer, self)
        self.levers.append(session)
        await session.run()


class House:
    """Where the office is: knows the box, and may shut it."""

    def __init__(self, port, box):
        self.box = box
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
        await Office(reader, writer, self).run()

    def shut(self):
        for lever in self.box.levers:
            lever.say(b"the box is shut")
            lever.closing = True
            asyncio.get_running_loop().call_soon(lever.flush)
        self.box.close()
        self.close()


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


class Tasks:
    """Clients and servers that run side by side, and may start more clients."""

    def __init__(self):
        self.waiting, self.running = [], set()
        self.ended = None  # a queue, once there is a loop

    def start(self, client):
        """Run *client* beside the others, at once or as soon as there is a loop; return it."""
        if self.ended is None:
            self.waiting.append(client)
        else:
            self.add(client.run())
        return client

    def add(self, coroutine):
        task = asyncio.create_task(coroutine)
        self.running.add(task)
        task.add_done_callback(self.ended.put_nowait)

    async def run(self, *coroutines):
        """Run coroutines, and what is started, until the last of it has ended."""
        self.ended = asyncio.Queue()
        for coroutine in (*coroutines, *(client.run() for client in self.waiting)):
            self.add(coroutine)
        while self.running:
            self.running.remove(task := await self.ended.get())
            task.result()  # an error ends the program


tasks = Tasks()


if __name__ == "__main__":
    box = Box(int(sys.argv[1]))
    server = House(int(sys.argv[2]), box)
    asyncio.run(tasks.run(box.serve_forever(), server.serve_forever()))
    print("all is quiet")
