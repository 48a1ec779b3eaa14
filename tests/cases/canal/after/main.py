import asyncio
import logging
import socket
import sys

from locks import Lower, Upper


class Logbook:
    """Sends what it is told to the office; the office says nothing but goodbye."""

    def __init__(self, address):
        self.reader = self.writer = None
        self.closed = False
        self.lines = []
        self.last = False
        self.addr = address

    async def run(self):
        """Connect, and handle what comes, as it comes, until either side closes."""
        try:
            self.reader, self.writer = await asyncio.open_connection(*self.addr, family=socket.AF_INET)
        except socket.gaierror:
            raise  # no such host: connect() would have raised that at once
        except OSError:
            logging.getLogger(__name__).exception("cannot connect to %s", self.addr)
            if not self.closed:
                self.handle_close()
            return
        try:
            self.flush()
            await self.writer.drain()
            while not self.closed:
                data = await self.reader.read(100)
                if not data:
                    break
                self.handle_read(data)
                self.flush()
                await self.writer.drain()
        except ConnectionError:
            pass  # the peer has gone
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
            if not self.closed:
                self.handle_close()
            return
        if not self.closed:
            self.handle_close()
            self.handle_read(b"")  # the end, which recv() returned like any other data

    def flush(self):
        """Send what there is to send."""
        while self.writable() and not self.writer.is_closing():
            self.handle_write()

    def close(self):
        self.closed = True
        if self.writer is not None:
            self.writer.close()

    def enter(self, text, last=False):
        if self.writer is not None:
            asyncio.get_running_loop().call_soon(self.flush)
        if self.last:
            return
        self.last = last
        self.lines.append(text.encode("utf-8") + b"\n")

    def writable(self):
        return bool(self.lines)

    def handle_write(self):
        if not self.lines:
            return
        line = self.lines.pop(0)
        self.writer.write(line)
        if self.last and not self.lines:
            self.close()

    def handle_read(self, data):
        print("office:", data.decode("utf-8").strip())

    def handle_close(self):
        print("no office")
        self.close()


class Canal:

    def __init__(self, port, upper, logbook):
        self.upper = upper
        self.logbook = logbook
        self.ships = 0
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
        if not self.server.is_serving():  # it closed when it got another connection
            writer.transport.abort()
            return
        self.ships += 1
        self.logbook.enter("ship %d" % self.ships, self.ships == 3)
        lower = Lower(reader, writer)
        upper = tasks.start(Upper(self.upper))
        lower.other, upper.other = upper, lower
        if self.ships == 3:
            self.close()
        await lower.run()


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
    port, upper, office = [int(arg) for arg in sys.argv[1:]]
    logbook = Logbook(("127.0.0.1", office))
    logbook.enter("open")
    canal = Canal(port, ("127.0.0.1", upper), logbook)
    asyncio.run(tasks.run(logbook.run(), canal.serve_forever()))
    print(canal.ships, "ships")


if __name__ == "__main__":
    main()
