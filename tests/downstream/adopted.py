"""A program for each copy of asyncore: ``adopted.py COPY own|adopted|uvloop``; prints what its clients got.

The clients are threads that use blocking sockets, so that they are the same whoever drives the servers.
"""

import asyncio
import hashlib
import http.client
import os
import socket
import sys
import tempfile
import threading
from pathlib import Path


def waitress(say):
    """Several requests on a connection, a body, an application that fails, a big answer, a hang-up."""
    import waitress
    from waitress import wasyncore

    def application(environ, start_response):
        body = environ["wsgi.input"].read()
        if environ["PATH_INFO"] == "/fail":
            raise ValueError("asked to")
        start_response("200 OK", [("Content-Type", "text/plain")])
        if environ["PATH_INFO"] == "/big":
            return [b"x" * 65536] * 64
        return [environ["REQUEST_METHOD"].encode(), b" ", body]

    server = waitress.create_server(application, host="127.0.0.1", port=0, ident=None)

    def client():
        connection = http.client.HTTPConnection("127.0.0.1", server.effective_port, timeout=30)
        for method, path, body in [
            ("GET", "/", None),
            ("POST", "/", b"y" * 100_000),
            ("GET", "/big", None),
            ("GET", "/fail", None),
            ("GET", "/", None),
        ]:
            connection.request(method, path, body)
            say(method, path, *answer(connection))
        connection.close()
        with socket.create_connection(("127.0.0.1", server.effective_port), timeout=30) as sock:
            sock.sendall(b"GET / HTTP/1.0\r\nContent-")
        several(lambda n: request("127.0.0.1", server.effective_port, "POST", "/", b"%d" % n), say)
        server.trigger.pull_trigger(server.close)

    return wasyncore, server._map, server.run, client, server.task_dispatcher.shutdown


def supervisor(say):
    """Files, a directory, a missing file, two requests sent at once, on supervisor's copy of medusa."""
    from supervisor import http as supervisor_http
    from supervisor.medusa import asyncore_25, default_handler, filesys, http_server, logger

    folder = tempfile.TemporaryDirectory()
    Path(folder.name, "small.txt").write_bytes(b"hello\n")
    Path(folder.name, "big.txt").write_bytes(bytes(range(256)) * 8192)
    for file in Path(folder.name).iterdir():
        os.utime(file, (1e9, 1e9))

    class Quiet(logger.file_logger):
        def __init__(self):
            pass

        def log(self, message):
            pass

        write = log

    class Server(http_server.http_server):
        channel_class = supervisor_http.deferring_http_channel

        def log_info(self, message, type="info"):
            if type == "error":
                say(message)

    server = Server("127.0.0.1", 0, logger_object=Quiet())
    server.install_handler(default_handler.default_handler(filesys.os_filesystem(folder.name)))
    port = server.socket.getsockname()[1]
    doorbell, ring = socket.socketpair()

    class Door(asyncore_25.dispatcher):
        """Ends the program from a thread."""

        def writable(self):
            return False

        def handle_read(self):
            self.recv(1)
            asyncore_25.close_all()

    Door(doorbell)

    def client():
        for path in ("/small.txt", "/big.txt", "/none.txt", "/small.txt?query"):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            connection.request("GET", path)
            say(path, *answer(connection))
            connection.close()
        with socket.create_connection(("127.0.0.1", port), timeout=30) as sock:
            one = b"GET /small.txt HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
            sock.sendall(one + one.replace(b"\r\nConnection: keep-alive", b""))
            found = b"".join(iter(lambda: sock.recv(65536), b""))
            say("two at once", found.count(b"200 OK"), found.count(b"hello"))
        several(lambda n: request("127.0.0.1", port, "GET", "/big.txt"), say)
        ring.send(b"x")

    return asyncore_25, None, asyncore_25.loop, client, lambda: (ring.close(), folder.cleanup())


def pyasyncore(say):
    """An echo server, a client that reconnects, and a file dispatcher on a pipe."""
    import asyncore

    assert "lib/python" not in asyncore.__file__, "this is the stdlib's"
    heard = []

    class Echo(asyncore.dispatcher_with_send):
        def handle_read(self):
            data = self.recv(8192)
            heard.append(len(data))
            self.send(data)

    class Server(asyncore.dispatcher):
        def __init__(self):
            asyncore.dispatcher.__init__(self)
            self.create_socket()
            self.bind(("127.0.0.1", 0))
            self.listen(5)

        def handle_accepted(self, sock, addr):
            Echo(sock)

    server = Server()
    address = server.socket.getsockname()

    class Client(asyncore.dispatcher_with_send):
        rounds = 0

        def start(self):
            self.create_socket()
            self.connect(address)
            self.send(b"round %d" % self.rounds)

        def handle_connect(self):
            say("connected", self.rounds)

        def handle_read(self):
            say(self.recv(100))
            self.close()
            self.rounds += 1
            if self.rounds < 3:
                self.start()

    Client().start()
    reading, writing = os.pipe()

    class Pipe(asyncore.file_dispatcher):
        def writable(self):
            return False

        def handle_read(self):
            data = self.recv(100)
            if data == b"end":
                asyncore.close_all()

    Pipe(reading)
    os.close(reading)

    def client():
        several(lambda n: echo(address, bytes([n]) * 300_000), say)
        os.write(writing, b"end")

    return asyncore, None, asyncore.loop, client, lambda: os.close(writing)


def echo(address, data):
    """Send *data* and return the hash of what comes back."""
    with socket.create_connection(address, timeout=30) as sock:
        sender = threading.Thread(target=sock.sendall, args=(data,))
        sender.start()
        got = b""
        while len(got) < len(data):
            got += sock.recv(65536)
        sender.join()
        return hashlib.sha256(got).hexdigest()


def request(host, port, *args):
    """Make one HTTP request."""
    connection = http.client.HTTPConnection(host, port, timeout=30)
    try:
        connection.request(*args)
        return answer(connection)
    finally:
        connection.close()


def answer(connection):
    """Return what one HTTP request got: status, headers that do not change by the hour, body's length and hash."""
    response = connection.getresponse()
    body = response.read()
    headers = sorted((k, v) for k, v in response.getheaders() if k.lower() not in ("date", "server"))
    return response.status, headers, len(body), hashlib.sha256(body).hexdigest()


def several(call, say):
    """Make eight calls at once, and say what they returned in their order."""
    results = {}

    def one(n):
        results[n] = call(n)

    threads = [threading.Thread(target=one, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for n in sorted(results):
        say(n, results[n])


async def adopted(module, map):
    """Stand in for the module's loop."""
    import asyncore_bridge

    ticks = 0

    async def tick():
        nonlocal ticks
        while True:
            await asyncio.sleep(0)
            ticks += 1

    beside = asyncio.ensure_future(tick())
    with asyncore_bridge.adopt(module, map) as adopted:
        await adopted.until_empty()
    beside.cancel()
    assert ticks > 10, "nothing else had a turn"


def main():
    """Run the program that the command line names."""
    name, way = sys.argv[1:]
    said = []
    module, members, own_loop, client, end = globals()[name](lambda *what: said.append(repr(what)))
    talking = threading.Thread(target=client)
    talking.start()
    if way == "own":
        own_loop()
    elif way == "uvloop":
        import uvloop

        uvloop.install()
        asyncio.run(adopted(module, members))
    else:
        asyncio.run(adopted(module, members))
    talking.join()
    end()
    print("\n".join(sorted(said)), "done", sep="\n")


main()
