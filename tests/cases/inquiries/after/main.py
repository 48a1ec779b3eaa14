"""Visitors ask; every question is a connection of its own to the archive, and the news come over one that lasts."""
import asyncio
import logging
import socket
import sys


class Lines:
    """Dials, and hears lines."""

    def __init__(self, port):
        self.reader = self.writer = None
        self.unsent = []  # until there is a connection
        self.closed = False
        self.addr = ("127.0.0.1", port)

    async def run(self):
        """Connect, and answer line by line until either side closes."""
        try:
            self.reader, self.writer = await asyncio.open_connection(*self.addr, family=socket.AF_INET)
        except OSError:
            logging.getLogger(__name__).exception("cannot connect to %s", self.addr)
            if not self.closed:
                self.handle_close()
            return
        unread = bytearray()  # received behind what was handled
        try:
            self.writer.write(b"".join(self.unsent))
            while True:
                self.found_terminator(await receive_until(self.reader, unread, b"\n"))
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone; a partial line was never a line
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
        if not self.closed:
            self.handle_close()

    def push(self, data):
        """Send *data*. If the peer turns out to be gone, the session ends here and now."""
        if self.writer is None:
            self.unsent.append(data)
            return
        if not self.writer.is_closing():
            self.writer.write(data)
        if not self.closed and self.writer.is_closing():
            self.handle_close()

    def close(self):
        self.closed = True
        if self.writer is not None:
            self.writer.close()

    def handle_close(self):
        self.close()

    def found_terminator(self, line):
        self.heard(line)


class News(Lines):
    def __init__(self, port, desk):
        Lines.__init__(self, port)
        self.desk = desk
        self.push(b"news\n")

    def heard(self, line):
        self.desk.tell(b"news: " + line + b"\n")

    def handle_close(self):
        self.desk.tell(b"no more news\n")
        self.desk.news = None
        self.close()


class Question(Lines):
    def __init__(self, port, visitor, text):
        Lines.__init__(self, port)
        self.visitor = visitor
        self.answered = 0
        self.push(text + b"\n")

    def heard(self, line):
        self.answered += 1
        self.visitor.tell(b"answer: " + line + b"\n")

    def handle_close(self):
        self.close()
        self.visitor.done(self.answered)


class Visitor:
    def __init__(self, reader, writer, desk):
        self.reader = reader
        self.writer = writer
        self.connected = True
        self.desk = desk
        self.open = []

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

    def found_terminator(self, line):
        if line == b"bye":
            self.close_when_done()
        elif line.startswith(b"post "):
            if self.desk.news is None:
                self.tell(b"nowhere to post to\n")
            else:
                self.desk.news.push(line[5:] + b"\n")
        else:
            self.open.append(self.desk.ask(self, line))
            self.tell(b"asking %s, %d open\n" % (line, len(self.open)))

    def tell(self, text):
        self.push(text)

    def done(self, answers):
        self.open.pop()
        self.push(b"%d answers, %d open\n" % (answers, len(self.open)))

    def handle_close(self):
        self.desk.visitors.remove(self)
        self.close()


class Desk:
    def __init__(self, port, archive):
        self.archive = archive
        self.visitors = []
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)
        self.news = tasks.start(News(archive, self))

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()

    async def handle_accepted(self, reader, writer):
        session = Visitor(reader, writer, self)
        self.visitors.append(session)
        await session.run()

    def ask(self, visitor, text):
        return tasks.start(Question(self.archive, visitor, text))

    def tell(self, text):
        for visitor in self.visitors:
            visitor.tell(text)


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


def main():
    server = Desk(int(sys.argv[1]), int(sys.argv[2]))
    try:
        asyncio.run(tasks.run(server.serve_forever()))
    except KeyboardInterrupt:
        print("closed for today")


if __name__ == "__main__":
    main()
