"""Two streams that wait for each other, and a bell that is rung when the gates open: sent what it has, it closes."""

import asyncio
import contextlib
import logging
import socket
import sys


class Bell:
    def __init__(self, address, message):
        self.reader = self.writer = None
        self.closed = False
        self.message = message
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
                self.close()
            return
        try:
            self.handle_write()  # as soon as there is a connection, whatever there is to send
            await self.flush()
            while not self.closed:
                data = await self.reader.read(100)
                if not data:
                    break
                self.handle_read(data)
                await self.flush()
        except ConnectionError:
            pass  # the peer has gone
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
        if not self.closed:
            self.close()

    async def flush(self):
        """Send what there is to send, as the peer takes it."""
        while self.writable() and not self.writer.is_closing():
            self.handle_write()
            await self.writer.drain()

    def close(self):
        self.closed = True
        if self.writer is not None:
            self.writer.close()

    def handle_read(self, answer):
        print("the bell says", answer)

    def writable(self):
        return len(self.message) > 0

    def handle_write(self):
        self.writer.write(self.message)
        self.message = b""
        print("the bell has been rung", flush=True)
        self.close()


class Flag:
    """Never looks at what it is told."""

    def __init__(self, address, message):
        self.reader = self.writer = None
        self.closed = False
        self.message = message
        self.addr = address

    async def run(self):
        """Send what there is to send, until either side closes."""
        try:
            self.reader, self.writer = await asyncio.open_connection(*self.addr, family=socket.AF_INET)
        except socket.gaierror:
            raise  # no such host: connect() would have raised that at once
        except OSError:
            logging.getLogger(__name__).exception("cannot connect to %s", self.addr)
            if not self.closed:
                self.close()
            return
        try:
            self.handle_write()  # as soon as there is a connection, whatever there is to send
            await self.flush()
        except ConnectionError:
            pass  # the peer has gone
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
        if not self.closed:
            self.close()

    async def flush(self):
        """Send what there is to send, as the peer takes it."""
        while self.writable() and not self.writer.is_closing():
            self.handle_write()
            await self.writer.drain()

    def close(self):
        self.closed = True
        if self.writer is not None:
            self.writer.close()

    def writable(self):
        return bool(self.message)

    def handle_write(self):
        self.writer.write(self.message)
        self.message = b""
        print("the flag is up", flush=True)
        self.close()


class Upper:
    """Reads no more while the lower end has not taken what there is."""

    def __init__(self, reader, writer, target):
        self.reader = reader
        self.writer = writer
        self.connected = True
        self.lower = tasks.start(Lower(self, target))

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        try:
            while not self.writer.is_closing():
                data = await self.reader.read(65536)
                if not data:
                    break
                self.collect_incoming_data(data)
                if self.lower is not None:
                    await self.lower.drain()
        except ConnectionError:
            pass  # the peer has gone
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

    async def drain(self):
        """Wait until the peer has taken what it was sent, or has gone."""
        with contextlib.suppress(ConnectionError):
            await self.writer.drain()

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

    def collect_incoming_data(self, data):
        if self.lower is not None:
            self.lower.push(data)

    def handle_close(self):
        if self.lower is not None:
            self.lower.close_when_done()
        self.close()


class Lower:
    MOST = 5

    def __init__(self, upper, target):
        self.reader = self.writer = None
        self.unsent = []  # until there is a connection
        self.finished = False
        self.closed = False
        self.upper = upper
        self.addr = target
        # raises, as connect() did, if there is no such host
        socket.gethostbyname(self.addr[0])

    async def run(self):
        """Connect, and handle what comes, as it comes, until either side closes."""
        try:
            self.reader, self.writer = await asyncio.open_connection(*self.addr, family=socket.AF_INET)
        except OSError:
            logging.getLogger(__name__).exception("cannot connect to %s", self.addr)
            if not self.closed:
                self.handle_close()
            return
        try:
            self.writer.write(b"".join(self.unsent))
            if self.finished:
                self.writer.close()
            while data := await self.reader.read(65536):
                self.collect_incoming_data(data)
                if self.upper is not None:
                    await self.upper.drain()
        except ConnectionError:
            pass  # the peer has gone
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
        if not self.closed:
            self.handle_close()

    def push(self, data):
        """Send *data*. If the peer turns out to be gone, the session ends here and now."""
        if self.finished:
            return  # nothing comes behind the end
        if self.writer is None:
            self.unsent.append(data)
            return
        if not self.writer.is_closing():
            self.writer.write(data)
        gone = self.writer.is_closing() and not self.writer.transport.get_write_buffer_size()
        if not self.closed and gone:
            self.handle_close()

    async def drain(self):
        """Wait until the peer has taken what it was sent, or has gone."""
        if self.writer is not None:
            with contextlib.suppress(ConnectionError):
                await self.writer.drain()

    def close_when_done(self):
        """Close the connection once everything pushed has gone out."""
        if self.writer is None:
            self.finished = True  # as soon as there is a connection
        else:
            self.writer.close()

    def close(self):
        self.closed = True
        if self.writer is not None:
            self.writer.close()

    def collect_incoming_data(self, data):
        self.upper.push(data)

    def handle_close(self):
        self.upper.lower = None
        self.upper.close_when_done()
        self.close()


class Weir:
    def __init__(self, port, target):
        self.target = target
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()

    async def handle_accepted(self, reader, writer):
        await Upper(reader, writer, self.target).run()


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
    target = ("127.0.0.1", int(sys.argv[2]))
    clients = []
    for message in (b"the gates are open", b""):
        clients.append(Bell(target, message))
    client1 = Flag(target, b"up!")
    server = Weir(int(sys.argv[1]), target)
    asyncio.run(tasks.run(*(client.run() for client in clients), client1.run(), server.serve_forever()))


if __name__ == "__main__":
    main()
