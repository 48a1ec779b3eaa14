"""An errand asks for its job's number; one that comes to another job does that as well."""
import asyncio
import socket
import sys
import traceback

reports = {}


class Errand:
    out = set()

    def __init__(self, port, name):
        self.reader = self.writer = None
        self.closed = False
        self.name = name
        self.heard = b""
        Errand.out.add(name)
        self.addr = ("127.0.0.1", port)

    async def run(self):
        """Connect, and handle what comes, as it comes, until either side closes."""
        try:
            self.reader, self.writer = await asyncio.open_connection(*self.addr, family=socket.AF_INET)
        except OSError:
            self.handle_error()
            return
        try:
            self.handle_connect()
            while data := await self.reader.read(1000):
                self.handle_read(data)
                await self.writer.drain()
        except ConnectionError:
            pass  # the peer has gone
        except Exception:  # noqa: BLE001
            self.handle_error()
            return
        if not self.closed:
            self.handle_close()
            try:
                self.handle_read(b"")  # the end, which recv() returned like any other data
            except Exception:  # noqa: BLE001
                self.handle_error()

    def send(self, data):
        """Send *data*. If the peer turns out to be gone, the session ends here and now."""
        if not self.writer.is_closing():
            self.writer.write(data)
        if self.writer.is_closing():
            self.handle_close()

    def close(self):
        self.closed = True
        if self.writer is not None:
            self.writer.close()

    def handle_connect(self):
        self.send(b"job %s\n" % self.name.encode())

    def handle_read(self, data):
        self.heard += data
        if self.heard == b"break!":
            raise RuntimeError(self.name)

    def handle_error(self):
        print("broken:", self.name)
        traceback.print_exc()
        asyncio.get_running_loop().call_soon(sys.exit, 1)  # ends the program

    def handle_close(self):
        self.close()
        Errand.out.discard(self.name)
        reports[self.name] = len(self.heard)
        if self.heard.startswith(b"also "):
            tasks.start(Errand(self.addr[1], self.heard[5:].decode()))


class Tasks:
    """Clients and servers that run beside a loop; it and they may start more of them."""

    def __init__(self):
        self.waiting, self.running = [], set()
        self.begun = False

    def start(self, client):
        """Run *client* beside the others, at once or as soon as there is a loop; return it."""
        if self.begun:
            self.add(client.run())
        else:
            self.waiting.append(client)
        return client

    def add(self, coroutine):
        task = asyncio.create_task(coroutine)
        self.running.add(task)
        task.add_done_callback(self.running.discard)

    def begin(self, *coroutines):
        """Run coroutines, and what has been started."""
        self.begun = True
        for coroutine in (*coroutines, *(client.run() for client in self.waiting)):
            self.add(coroutine)

    async def wait(self, seconds):
        """Sleep, but no longer than until one of them ends."""
        if self.running:
            await asyncio.wait(self.running, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        else:
            await asyncio.sleep(seconds)


tasks = Tasks()
