"""Each legacy base class over each kind of transport, on each kind of event loop.

On Windows's Proactor loop, add_reader() and its kin raise NotImplementedError.  asyncio's selector loops offer
them for their users only, and watch their own transports by other names; so one whose add_reader() is taken
away shows that the bridge asks for nothing but transports.
"""

import asyncio
import os
import socket
import ssl
import subprocess
import sys

import pytest
import trustme

from asyncore_bridge import as_datagram_protocol, as_protocol, asyncore, smtpd, spawn, start_tls, until_empty
from bridge.conftest import LOOPS
from support.channels import Lines, Listener, pair

posix = pytest.mark.skipif(os.name == "nt", reason="Unix sockets, pipes and file_dispatcher")


class Watchless(asyncio.SelectorEventLoop):
    """Its users cannot watch descriptors (asyncio's own connect() needs remove_writer())."""

    def add_reader(self, *args):
        raise NotImplementedError

    add_writer = remove_reader = add_reader


@pytest.fixture(params=[*LOOPS, "watchless"])
def run(request):
    """Run a coroutine on an event loop of this kind."""
    loop = Watchless() if request.param == "watchless" else LOOPS[request.param]()
    loop.set_debug(True)
    yield loop.run_until_complete
    loop.run_until_complete(gone())
    loop.close()


async def gone():
    for _ in range(1000):  # then the test fails, for what it has left in the map
        if not asyncore.socket_map:
            break
        await asyncio.sleep(0.001)
    await asyncio.sleep(0.001)  # transports end in the turns after that


@pytest.fixture(scope="module")
def contexts():
    authority = trustme.CA()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(server)
    client = ssl.create_default_context()
    authority.configure_trust(client)
    return server, client


# -- the classes, what a client says to them, and what it hears


class Upper(asyncore.dispatcher):
    """The echo server of asyncore's own documentation, more or less."""

    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.out = b""

    def handle_read(self):
        self.out += self.recv(8192).upper()

    def writable(self):
        return bool(self.out)

    def handle_write(self):
        self.out = self.out[self.send(self.out) :]

    def handle_close(self):
        self.close()


class UpperWithSend(asyncore.dispatcher_with_send):
    def handle_read(self):
        self.send(self.recv(8192).upper())

    def handle_close(self):
        self.close()


class Mail(smtpd.SMTPServer):
    def process_message(self, peer, mailfrom, rcpttos, data, **options):
        return f"250 {len(data)} bytes from {mailfrom}"


def smtp_channel(sock, addr):
    mail = Mail(("127.0.0.1", 0), None)
    mail.close()
    smtpd.SMTPChannel(mail, sock, addr)


LETTER = b"".join(b"%d" % (n % 10) * 70 + b"\r\n" for n in range(3000))
MAIL = b"HELO me\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n" + LETTER + b".\r\nQUIT\r\n"
DIALOGUES = {
    "async_chat": (Lines, b"x\r\nbig 300000\r\nquit\r\n", b"<x>\r\n" + b"x" * 300000 + b"\r\nbye\r\n"),
    "dispatcher": (Upper, b"abc" * 100_000, b"ABC" * 100_000),
    "dispatcher_with_send": (UpperWithSend, b"abc" * 100_000, b"ABC" * 100_000),
    "SMTPChannel": (smtp_channel, MAIL, b"\r\n250 212999 bytes from a@b\r\n221 Bye\r\n"),
}


class Client(asyncio.Protocol):
    """Hears until what it hears ends like this."""

    end = None

    def __init__(self):
        self.heard = b""
        self.done = asyncio.get_running_loop().create_future()

    def data_received(self, data):
        self.heard += data
        self.look()

    def connection_lost(self, exc):
        if not self.done.done():
            self.done.set_exception(ConnectionResetError(exc, self.heard[-100:]))

    def look(self):
        if self.end is not None and self.heard.endswith(self.end) and not self.done.done():
            self.done.set_result(None)


async def hold(transport, client, dialogue):
    _, says, client.end = dialogue
    transport.write(says)
    await asyncio.wait_for(client.done, 20)
    transport.close()
    if client.end[:4] != b"\r\n25":  # to SMTP there were answers before
        assert client.heard == client.end


async def over_tcp(make, dialogue, contexts):
    loop = asyncio.get_running_loop()
    server = await loop.create_server(as_protocol(make), "127.0.0.1", 0)
    await hold(*await loop.create_connection(Client, *server.sockets[0].getsockname()), dialogue)
    server.close()


async def over_tls(make, dialogue, contexts):
    loop = asyncio.get_running_loop()
    server = await loop.create_server(as_protocol(make), "127.0.0.1", 0, ssl=contexts[0])
    address = server.sockets[0].getsockname()
    await hold(
        *await loop.create_connection(Client, *address, ssl=contexts[1], server_hostname="localhost"), dialogue
    )
    server.close()


async def over_a_unix_socket(make, dialogue, contexts):
    import tempfile

    loop = asyncio.get_running_loop()
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "socket")
        server = await loop.create_unix_server(as_protocol(make), path)
        await hold(*await loop.create_unix_connection(Client, path), dialogue)
        server.close()


async def over_an_accepted_socket(make, dialogue, contexts):
    loop = asyncio.get_running_loop()
    near, far = pair()
    await loop.connect_accepted_socket(as_protocol(make), near)
    far.setblocking(False)
    await hold(*await loop.create_connection(Client, sock=far), dialogue)


async def over_a_connection(make, dialogue, contexts):
    """The legacy class is the one that connects."""
    loop = asyncio.get_running_loop()
    made = loop.create_future()

    def accept():
        client = Client()
        client.connection_made = lambda transport: made.set_result((transport, client))
        return client

    server = await loop.create_server(accept, "127.0.0.1", 0)
    await loop.create_connection(as_protocol(make), *server.sockets[0].getsockname())
    await hold(*await made, dialogue)
    server.close()


async def over_start_tls(make, dialogue, contexts):
    loop = asyncio.get_running_loop()

    def protocol():
        protocols.append(as_protocol(make)())
        return protocols[-1]

    protocols = []
    server = await loop.create_server(protocol, "127.0.0.1", 0)
    transport, client = await loop.create_connection(Client, *server.sockets[0].getsockname())
    greeting = b"220" if make is smtp_channel else b""
    while not protocols or protocols[0].channel is None or client.heard[:3] != greeting:
        await asyncio.sleep(0.001)
    client.heard = b""
    spawn(protocols[0].channel, start_tls(protocols[0].channel, contexts[0]), pause_reading=True)
    secure = await loop.start_tls(transport, client, contexts[1], server_hostname="localhost")
    await hold(secure, client, dialogue)
    server.close()


TRANSPORTS = [
    over_tcp,
    over_tls,
    pytest.param(over_a_unix_socket, marks=posix),
    over_an_accepted_socket,
    over_a_connection,
    over_start_tls,
]


@pytest.mark.parametrize("over", TRANSPORTS)
@pytest.mark.parametrize("name", DIALOGUES)
def test_each_class(run, contexts, name, over):
    run(over(DIALOGUES[name][0], DIALOGUES[name], contexts))


class Udp(asyncore.dispatcher):
    def __init__(self):
        asyncore.dispatcher.__init__(self)
        self.create_socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.bind(("127.0.0.1", 0))

    def writable(self):
        return False

    def handle_read(self):
        data, addr = self.socket.recvfrom(2048)
        self.socket.sendto(data.upper(), addr)


class Asks(asyncio.DatagramProtocol):
    def __init__(self):
        self.answer = asyncio.get_running_loop().create_future()

    def datagram_received(self, data, addr):
        self.answer.set_result(data)


def test_datagrams(run):
    async def main():
        loop = asyncio.get_running_loop()
        server, _ = await loop.create_datagram_endpoint(as_datagram_protocol(Udp), local_addr=("127.0.0.1", 0))
        client, asks = await loop.create_datagram_endpoint(Asks, remote_addr=server.get_extra_info("sockname"))
        client.sendto(b"abc")
        assert await asks.answer == b"ABC"
        client.close()
        server.close()

    run(main())


if os.name == "posix":

    class Reads(asyncore.file_dispatcher):
        def __init__(self, fd):
            asyncore.file_dispatcher.__init__(self, fd)
            self.got = b""

        def writable(self):
            return False

        def handle_read(self):
            self.got += self.recv(65536)

        def handle_close(self):
            self.close()

    class Writes(asyncore.file_dispatcher):
        def __init__(self, fd):
            asyncore.file_dispatcher.__init__(self, fd)
            self.left = b"abc" * 200_000

        def readable(self):
            return False

        def writable(self):
            return bool(self.left)

        def handle_write(self):
            self.left = self.left[self.send(self.left) :]
            if not self.left:
                self.close()


@posix
def test_the_pipes_of_a_subprocess(run):
    """More than a pipe holds, both ways at once."""
    code = "import sys; sys.stdout.buffer.write(sys.stdin.buffer.read().upper())"

    async def main():
        loop = asyncio.get_running_loop()
        with subprocess.Popen(
            [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as process:
            _, reading = await loop.connect_read_pipe(as_protocol(lambda fd, _: Reads(fd)), process.stdout)
            _, writing = await loop.connect_write_pipe(as_protocol(lambda fd, _: Writes(fd)), process.stdin)
            assert reading.channel.socket.fileno() == process.stdout.fileno()
            assert asyncore.socket_map[writing.channel.socket.fileno()] is writing.channel
            while asyncore.socket_map:
                await asyncio.sleep(0.001)
            assert reading.channel.got == b"ABC" * 200_000
            await loop.run_in_executor(None, process.wait)

    run(main())


def test_only_transports_are_served_by_a_loop_that_cannot_watch():
    """The error says what to do instead, and leaves the map to whoever can serve it."""
    loop = Watchless()
    listener = Listener(Lines)
    with pytest.raises(
        RuntimeError, match=r"SelectorEventLoop, or serve the classes over transports with serve\(\)"
    ):
        loop.run_until_complete(until_empty())
    loop.close()
    asyncore.loop(timeout=0, count=1)
    listener.close()
