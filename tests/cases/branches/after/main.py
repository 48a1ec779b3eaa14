"""A shop with branches, and an office that opens more of them while it runs."""
import asyncio, socket, sys


class Session:
    def __init__(self, reader, writer, server):
        self.reader = reader
        self.writer = writer
        self.server = server

    async def run(self):
        """Answer line by line until either side closes."""
        try:
            while True:
                self.found_terminator(await read_until(self.reader, b"\n"))
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone; a partial line was never a line
        except asyncio.CancelledError:
            return  # the program ends; older Pythons would complain of a cancelled connection
        finally:
            self.writer.close()

    def push(self, data):
        """Send *data*, unless the connection is closing."""
        if not self.writer.is_closing():
            self.writer.write(data)

    def close(self):
        """Close the connection at once, whatever is still to be sent."""
        self.writer.transport.abort()

    def found_terminator(self, line):
        self.push(self.server.answer(line) + b"\n")


class Admin(Session):
    def found_terminator(self, line):
        if line.startswith(b"open "):
            self.server.app.serve(int(line[5:]))
        elif line == b"close":
            self.server.app.servers[-1].close()
        elif line == b"shut":
            self.server.close()
        self.push(b"%d\n" % len(self.server.app.servers))


class Server:
    handler = Session

    def __init__(self, port, app):
        self.app = app
        self.number = len(app.servers)
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)
        self.server = None  # until it serves

    async def run(self):
        """Serve until close() is called and the last connection has ended."""
        if self.socket.fileno() < 0:
            return  # closed already
        self.server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        try:
            await self.server.wait_closed()
        finally:
            self.server.close()

    def close(self):
        if self.server is None:
            self.socket.close()
        else:
            self.server.close()

    def answer(self, line):
        return b"%d: %s" % (self.number, line)

    async def handle_accepted(self, reader, writer):
        await self.handler(reader, writer, self).run()


class AdminServer(Server):
    handler = Admin

    def close(self):
        print("the office is shut", flush=True)
        Server.close(self)


class Kiosk(Server):
    def close(self):
        super().close()
        print("kiosk", self.number, "too", flush=True)
        self.app.servers.remove(self)


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


class App:
    def __init__(self, ports):
        self.servers = []
        self.admin = tasks.start(AdminServer(ports[0], self))
        for port in ports[1:]:
            self.serve(port)

    def serve(self, port):
        self.servers.append(tasks.start(Kiosk(port, self)))

    def go(self):
        try:
            asyncio.run(tasks.run())
        except KeyboardInterrupt:
            print("stopped")


def main():
    App([int(port) for port in sys.argv[1:3]]).go()


if __name__ == "__main__":
    main()
