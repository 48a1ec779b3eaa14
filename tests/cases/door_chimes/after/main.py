"""Chimes: what is typed, and what a device says, is read in ways of the program's own, and told to every room."""
import asyncio
import logging
import os
import socket
import sys


class Button:
    """A device, as a library has it: it says what has happened since it was asked last."""

    def __init__(self):
        self.fd, self.wire = os.pipe()

    def fileno(self):
        return self.fd

    def press(self, name):
        os.write(self.wire, name + b" ")

    def read(self):
        return os.read(self.fd, 100).split()


class Chime:
    def __init__(self, button, house):
        self.button = button
        self.house = house
        self.fd = os.dup(button.fileno())
        os.set_blocking(self.fd, False)

    async def watch(self):
        """Have handle_read() called whenever there is something to read, until close() is called."""
        loop = asyncio.get_running_loop()
        self.finished = loop.create_future()
        loop.add_reader(self.fd, self.read_ready)
        try:
            await self.finished
        finally:
            loop.remove_reader(self.fd)
            os.close(self.fd)

    def read_ready(self):
        self.finished.get_loop().remove_reader(self.fd)  # until that is read
        call_in_turn(self.receive)

    def receive(self):
        if self.finished.done():
            return
        self.finished.get_loop().add_reader(self.fd, self.read_ready)
        try:
            self.handle_read()
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the file")
            self.handle_close()

    def close(self):
        if not self.finished.done():
            self.finished.set_result(None)
            self.finished.get_loop().remove_reader(self.fd)

    def recv(self, ignored=None):
        return self.button.read()

    def handle_read(self):
        for name in self.recv():
            if name == b"burnt":
                raise ValueError("burnt out")
            self.house.tell(b"dong " + name + b"\n")

    def handle_close(self):
        print("the chime is silent")
        self.close()


class Once:
    """Rings for the first thing that a wire says, if nobody has cut it."""

    def __init__(self, wire, room):
        self.fd = os.dup(wire)
        os.set_blocking(self.fd, False)
        self.finished = None  # until it reads
        self.closed = False
        self.wire = wire
        self.room = room

    async def run(self):
        """Have handle_read() called whenever there is something to read, until close() is called."""
        loop = asyncio.get_running_loop()
        self.finished = loop.create_future()
        if self.closed:
            os.close(self.fd)
            return
        loop.add_reader(self.fd, self.read_ready)
        try:
            await self.finished
        finally:
            loop.remove_reader(self.fd)
            os.close(self.fd)

    def read_ready(self):
        try:
            self.handle_read()
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the file")
            self.close()

    def close(self):
        self.closed = True
        if self.finished is not None and not self.finished.done():
            self.finished.set_result(None)
            self.finished.get_loop().remove_reader(self.fd)

    def handle_read(self):
        self.room.send(b"once " + os.read(self.wire, 100) + b"\n")
        self.close()


class Keyboard:
    def __init__(self, house, chime):
        self.fd = os.dup(sys.stdin.fileno())
        os.set_blocking(self.fd, False)
        self.house = house
        self.chime = chime

    async def watch(self):
        """Have handle_read() called whenever there is something to read, until close() is called."""
        loop = asyncio.get_running_loop()
        self.finished = loop.create_future()
        loop.add_reader(self.fd, self.read_ready)
        try:
            await self.finished
        finally:
            loop.remove_reader(self.fd)
            os.close(self.fd)

    def read_ready(self):
        self.finished.get_loop().remove_reader(self.fd)  # until that is read
        call_in_turn(self.receive)

    def receive(self):
        if self.finished.done():
            return
        self.finished.get_loop().add_reader(self.fd, self.read_ready)
        try:
            self.handle_read()
        except Exception:  # noqa: BLE001
            self.handle_error()

    def close(self):
        if not self.finished.done():
            self.finished.set_result(None)
            self.finished.get_loop().remove_reader(self.fd)

    def handle_read(self):
        words = sys.stdin.readline().strip()
        if words == "good night":
            self.house.close()
            self.chime.close()
            self.close()
        elif words == "press":
            self.chime.button.press(b"typed")
        elif words == "bad":
            raise ValueError(words)
        else:
            self.house.tell(words.encode() + b"\n")

    def handle_error(self):
        print("cannot say", sys.exc_info()[1])


class Room:
    def __init__(self, reader, writer, house):
        self.reader = reader
        self.writer = writer
        self.connected = True
        self.house = house
        self.house.rooms.append(self)

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        try:
            while data := await receive_some(self.reader, 100):
                self.handle_read(data)
                await self.writer.drain()
        except ConnectionError:
            pass  # the peer has gone
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
        if self.connected:
            self.handle_close()

    def send(self, data):
        """Send *data*. If the peer turns out to be gone, the session ends here and now."""
        if not self.writer.is_closing():
            self.writer.write(data)
        if self.writer.is_closing():
            self.handle_close()

    def close(self):
        self.connected = False
        self.writer.close()

    def handle_read(self, data):
        if data.startswith(b"wire"):
            end, wire = os.pipe()
            ringer = tasks.start(Once(end, self))
            os.write(wire, b"rung")
            os.close(wire)
            if data.startswith(b"wire cut"):
                ringer.close()
                self.send(b"cut\n")
        elif data:
            for name in data.split():
                self.house.button.press(name)

    def handle_close(self):
        self.house.rooms.remove(self)
        self.close()


class House:
    def __init__(self, port, button):
        self.rooms = []
        self.button = button
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
        await Room(reader, writer, self).run()

    def tell(self, words):
        for room in self.rooms:
            room.send(words)


def call_in_turn(function, *args):
    """Call *function* when whoever connected before is there, in four turns of the event loop."""
    call_soon = asyncio.get_running_loop().call_soon
    call_soon(call_soon, call_soon, call_soon, function, *args)


async def receive_some(reader, size=65536):
    """Return what comes next. Whoever connected before that is there by then: asyncore accepted before it read."""
    data = await reader.read(size)
    for _ in range(3 if data else 0):  # the turns of the event loop that a new connection takes to become a session
        await asyncio.sleep(0)
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


button = Button()
house = House(int(sys.argv[1]), button)
pipe2 = Chime(button, house)
pipe1 = Keyboard(house, pipe2)
asyncio.run(tasks.run(house.serve_forever(), pipe1.watch(), pipe2.watch()))
print("all asleep")
