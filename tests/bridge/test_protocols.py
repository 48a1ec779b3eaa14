"""Legacy classes over asyncio transports: plain and TLS, on the default loop and on uvloop."""

import asyncio
import contextlib
import re
import socket
import ssl

import pytest
import trustme

from asyncore_bridge import _turns, as_protocol, asynchat, asyncore, attach
from bridge.conftest import LOOPS
from support.channels import Lines, Listener, pair


@pytest.fixture(scope="module")
def contexts():
    """Return TLS contexts for a server and its clients."""
    authority = trustme.CA()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(server)
    client = ssl.create_default_context()
    authority.configure_trust(client)
    return server, client


class Served:
    """A server for *make* and a way to connect to it, with TLS or without."""

    def __init__(self, make, contexts=None):
        self.make_protocol = as_protocol(make)
        self.protocols = []
        self.server_tls, self.client_tls = contexts or (None, None)

    def factory(self):
        self.protocols.append(self.make_protocol())
        return self.protocols[-1]

    async def __aenter__(self):
        loop = asyncio.get_running_loop()
        self.server = await loop.create_server(self.factory, "127.0.0.1", 0, ssl=self.server_tls)
        self.port = self.server.sockets[0].getsockname()[1]
        self.writers = []
        return self

    async def __aexit__(self, *_):
        for writer in self.writers:
            writer.close()
        self.server.close()
        while asyncore.socket_map:
            await asyncio.sleep(0.01)
        for writer in self.writers:
            with contextlib.suppress(OSError):
                await writer.wait_closed()
        while not all(protocol._face._lost for protocol in self.protocols):
            await asyncio.sleep(0.001)

    async def connect(self, **how):
        if self.client_tls:
            how.update(ssl=self.client_tls, server_hostname="localhost")
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 26, **how)
        self.writers.append(writer)
        return reader, writer


@pytest.fixture(params=["plain", "tls"])
def tls(request, contexts):
    return contexts if request.param == "tls" else None


async def test_frames_come_and_go(tls):
    log = []
    async with Served(lambda sock, addr: Lines(sock, addr, log), tls) as served:
        reader, writer = await served.connect()
        for piece in (b"one\r", b"\ntwo\r\n\r\n", b"quit\r\nafter\r\n"):
            writer.write(piece)
            await asyncio.sleep(0)
        assert await reader.readexactly(16) == b"<one>\r\n<two>\r\n<>"
        assert await reader.read() == b"\r\nbye\r\n"
    assert log[:4] == [b"one", b"two", b"", b"quit"]
    assert log[-1] == "close"


async def test_many_megabytes_to_a_slow_reader(tls):
    async with Served(Lines, tls) as served:
        reader, writer = await served.connect()
        writer.write(b"big 6000000\r\nbig 1000000\r\nquit\r\n")
        for _ in range(20):
            await asyncio.sleep(0.005)
        assert len(await reader.readline()) == 6000002
        assert len(await reader.readline()) == 1000002
        assert await reader.read() == b"bye\r\n"


async def test_the_peer_closes(tls):
    log = []
    async with Served(lambda sock, addr: Lines(sock, addr, log), tls) as served:
        _, writer = await served.connect()
        writer.write(b"one\r\ntail")
        await writer.drain()
        writer.close()
        while "close" not in log:
            await asyncio.sleep(0.01)
    assert log == [b"one", "close"]


async def test_a_half_closing_client_gets_its_answer():
    class AnswersAtEof(Lines):
        def handle_close(self):
            if self.log[-1:] == ["eof"]:
                self.close()
                return
            self.log.append("eof")
            self.push(b"%d lines\r\n" % (len(self.log) - 1))
            self.close_when_done()

    async with Served(AnswersAtEof) as served:
        reader, writer = await served.connect()
        writer.write(b"a\r\nb\r\n")
        writer.write_eof()
        assert await reader.read() == b"<a>\r\n<b>\r\n2 lines\r\n"


async def test_an_exception_closes_only_its_connection(tls, capsys, complaints):
    async with Served(Lines, tls) as served:
        reader, writer = await served.connect()
        other_reader, other_writer = await served.connect()
        writer.write(b"a\r\nfail\r\n")
        assert await reader.read() == b"<a>\r\n"
        other_writer.write(b"b\r\nquit\r\n")
        assert await other_reader.read() == b"<b>\r\nbye\r\n"
    assert "uncaptured python exception" in capsys.readouterr().out
    assert [message.partition(",")[0] for message in complaints.take()] == ["uncaught exception"]


async def test_a_client_class_over_create_connection(tls):
    class Client(asynchat.async_chat):
        def __init__(self, sock, addr):
            asynchat.async_chat.__init__(self, sock)
            self.lines = []
            self.set_terminator(b"\r\n")
            self.push(b"hello\r\nquit\r\n")

        def collect_incoming_data(self, data):
            self._collect_incoming_data(data)

        def found_terminator(self):
            self.lines.append(self._get_data())

        def handle_close(self):
            self.close()
            done.set_result(self.lines)

    async with Served(Lines, tls) as served:
        loop = asyncio.get_running_loop()
        done = loop.create_future()
        how = {"ssl": served.client_tls, "server_hostname": "localhost"} if tls else {}
        transport, protocol = await loop.create_connection(as_protocol(Client), "127.0.0.1", served.port, **how)
        assert isinstance(protocol.channel, Client)
        assert await done == [b"<hello>", b"bye"]
        transport.close()


async def test_a_class_that_connects_in_its_constructor_gets_the_transport():
    log = []

    class Client(Lines):
        def __init__(self):
            asynchat.async_chat.__init__(self)
            self.log = log
            self.set_terminator(b"\r\n")
            self.create_socket()
            self.connect(("no.such.host.invalid", 1))
            self.push(b"early\r\n")

        def handle_connect(self):
            log.append(("connect", self.connected))
            self.push(b"quit\r\n")

        def found_terminator(self):
            log.append(self._get_data())

    async with Served(Lines) as served:
        loop = asyncio.get_running_loop()
        await loop.create_connection(as_protocol(lambda sock, addr: Client()), "127.0.0.1", served.port)
        while "close" not in log:
            await asyncio.sleep(0.01)
    assert log == [("connect", False), b"<early>", b"bye", "close"]


async def test_a_listeners_handle_accepted():
    listener = Listener(Lines)
    port = listener.port
    listener.close()
    async with Served(listener.handle_accepted) as served:
        assert served.port != port
        reader, writer = await served.connect()
        writer.write(b"quit\r\n")
        assert await reader.read() == b"bye\r\n"
    assert len(listener.channels) == 1


async def test_socket_methods_work():
    seen = {}

    class Curious(Lines):
        def found_terminator(self):
            import socket

            sock = self.socket
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            seen.update(
                peer=sock.getpeername(),
                own=sock.getsockname(),
                keepalive=sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE),
                error=sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR),
                fileno=sock.fileno(),
                in_map=asyncore.socket_map.get(sock.fileno()) is self,
                family=sock.family,
                addr=self.addr,
            )
            self.close()

    async with Served(Curious) as served:
        reader, writer = await served.connect()
        writer.write(b"x\r\n")
        await reader.read()
        own = writer.get_extra_info("sockname")
    assert seen["peer"] == own == seen["addr"]
    assert seen["own"][1] == served.port
    assert seen["keepalive"]
    assert seen["error"] == 0
    assert seen["fileno"] > 0
    assert seen["in_map"]


async def test_closing_as_soon_as_all_is_sent(tls):
    """asyncio's transports would end twice if they were closed while they tell that there is room again."""

    class Sends(asyncore.dispatcher):
        sent = 0

        def handle_write(self):
            if self.sent:
                self.close()
            else:
                self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
                self.sent = self.send(b"x" * 60_000)

    async with Served(lambda sock, addr: Sends(sock), tls) as served:
        reader, _ = await served.connect()
        assert len(await reader.read()) == 60_000


async def test_readable_false_pauses_the_transport():
    class Paused(Lines):
        paused = True

        def readable(self):
            return not self.paused

    channels = []
    async with Served(lambda sock, addr: channels.append(Paused(sock, addr))) as served:
        reader, writer = await served.connect()
        writer.write(b"one\r\nquit\r\n")
        await writer.drain()
        for _ in range(10):
            await asyncio.sleep(0.01)
        assert channels[0].log == []
        channels[0].paused = False  # noticed without an event
        assert await reader.read() == b"<one>\r\nbye\r\n"


async def test_a_plain_dispatcher_is_told_again_until_all_is_read():
    class Nibbles(asyncore.dispatcher_with_send):
        def handle_read(self):
            data = self.recv(3)
            if data:
                self.send(b"[" + data + b"]")

        def handle_close(self):
            self.close()

    async with Served(lambda sock, addr: Nibbles(sock)) as served:
        reader, writer = await served.connect()
        writer.write(b"abcdefgh")
        writer.write_eof()
        assert await reader.read() == b"[abc][def][gh]"


async def test_push_from_a_task_and_from_a_thread():
    channels = []
    async with Served(lambda sock, addr: channels.append(Lines(sock, addr))) as served:
        reader, writer = await served.connect()
        writer.write(b"x\r\n")
        assert await reader.readline() == b"<x>\r\n"
        channels[0].push(b"task\r\n")
        assert await reader.readline() == b"task\r\n"
        await asyncio.get_running_loop().run_in_executor(None, channels[0].push, b"thread\r\n")
        assert await reader.readline() == b"thread\r\n"


async def test_an_exception_in_make_closes_the_connection(complaints):
    def make(sock, addr):
        raise RuntimeError("no channel today")

    async with Served(make) as served:
        reader, _ = await served.connect()
        try:
            assert await reader.read() == b""
        except ConnectionResetError:
            pass
    assert complaints.take()[0].startswith("RuntimeError: no channel was made for the connection from (")


async def test_a_make_that_takes_nothing_is_named(complaints):
    async with Served(lambda sock, addr: None) as served:
        reader, _ = await served.connect()
        assert await reader.read() == b""
    assert "made no channel" in complaints.take()[0]


async def test_exit_now_goes_to_the_exception_handler(complaints):
    class Exits(Lines):
        def found_terminator(self):
            self.push(b"going")
            self.close_when_done()
            raise asyncore.ExitNow

    async with Served(Exits) as served:
        reader, writer = await served.connect()
        writer.write(b"x\r\n")
        assert await reader.read() == b"going"
    assert "ExitNow left a handler" in complaints.take()[0]


class Two(Lines):
    def __init__(self, sock, server):
        super().__init__(sock)


class Three(Lines):
    def __init__(self, server, sock, addr):
        super().__init__(sock)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (Two, r"lambda sock, addr: Two(sock, server)"),
        (Three, r"lambda sock, addr: Three(server, sock, addr)"),
        (lambda: None, "adapt it"),
        (lambda a, b, c: None, "adapt it"),
        (None, "something to call"),
    ],
)
def test_what_cannot_be_called_is_refused_with_the_lambda_to_write(make, message):
    with pytest.raises(TypeError, match=re.escape(message)):
        as_protocol(make)


def test_a_dispatcher_object_is_refused_with_the_method_to_give():
    listener = Listener(Lines)
    with pytest.raises(TypeError, match=r"listener\.handle_accepted"):
        as_protocol(listener)
    listener.close()


class Far(Lines):
    """The other side of a forwarder: connects in its constructor."""

    def __init__(self, address, heard):
        asynchat.async_chat.__init__(self)
        self.log = []
        self.heard = heard
        self.set_terminator(b"\r\n")
        self.create_socket()
        self.bind(("127.0.0.1", 0))
        self.connect(address)

    def handle_connect(self):
        self.push(b"hello\r\nquit\r\n")

    def found_terminator(self):
        self.heard.append(self._get_data())


@pytest.mark.parametrize("order", ["near first", "far first"])
async def test_a_forwarder_connects_elsewhere(order):
    """What is made beside the channel that is given the connection gets a socket of its own."""
    heard = []

    def make(sock, addr):
        if order == "near first":
            Lines(sock, addr)
        Far(target.server.sockets[0].getsockname(), heard)
        if order == "far first":
            Lines(sock, addr)

    async with Served(Lines) as target, Served(make) as served:
        with attach():
            reader, writer = await served.connect()
            writer.write(b"x\r\nquit\r\n")
            assert await reader.read() == b"<x>\r\nbye\r\n"
            while asyncore.socket_map:
                await asyncio.sleep(0.001)
            assert heard == [b"<hello>", b"bye"]


async def test_a_socket_of_another_kind_made_meanwhile_is_a_socket():
    class Logs(asyncore.dispatcher):
        def __init__(self):
            asyncore.dispatcher.__init__(self)
            self.create_socket(socket.AF_INET, socket.SOCK_DGRAM)

    class Client(Lines):
        def __init__(self):
            asynchat.async_chat.__init__(self)
            self.log = []
            self.logger = Logs()
            self.set_terminator(b"\r\n")
            self.create_socket()
            self.connect(("no.such.host.invalid", 1))

        def handle_connect(self):
            pass

    async with Served(lambda sock, addr: made.append(Client())) as served:
        made = []
        reader, writer = await served.connect()
        writer.write(b"quit\r\n")
        assert await reader.read() == b"bye\r\n"
        assert isinstance(made[0].logger.socket, socket.socket)
        made[0].logger.close()


async def test_a_class_that_leaves_its_map_in_its_own_way():
    """As some do that have a poller of their own: nothing more is asked of a channel that is closed."""
    channels = []

    class Stays(Lines):
        asked = 0

        def del_channel(self, map=None):
            asyncore.socket_map.pop(self._fileno, None)

        def writable(self):
            self.asked += 1
            return bool(self.producer_fifo)

    async with Served(lambda sock, addr: channels.append(Stays(sock))) as served:
        reader, writer = await served.connect()
        writer.write(b"quit\r\n")
        assert await reader.read() == b"bye\r\n"
        asked = channels[0].asked
        other, more = await served.connect()
        more.write(b"quit\r\n")
        await other.read()
    assert channels[0].asked == asked > 0


async def test_a_listener_made_meanwhile_listens():
    """What a session makes in its constructor, as FTP does for its data, is not given the session's connection."""
    made = []

    class WithData(Lines):
        def __init__(self, sock, addr):
            made.append(Listener(Lines))
            super().__init__(sock, addr)

    with attach():
        async with Served(WithData) as served:
            reader, writer = await served.connect()
            writer.write(b"x\r\nquit\r\n")
            assert await reader.read() == b"<x>\r\nbye\r\n"
            listener = made[0]
            assert isinstance(listener.socket, socket.socket)
            assert listener.port != served.port
            data, other = await asyncio.open_connection("127.0.0.1", listener.port)
            other.write(b"quit\r\n")
            assert await data.read() == b"bye\r\n"
            other.close()
            listener.close()


@pytest.mark.parametrize("exit_with", [KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("new_loop", LOOPS.values(), ids=LOOPS)
def test_exits_leave_the_event_loop(new_loop, exit_with):
    """On uvloop, too, whose transports catch everything."""

    class Exits(Lines):
        def found_terminator(self):
            self.close()
            raise exit_with("now")

    async def main():
        server = await asyncio.get_running_loop().create_server(as_protocol(Exits), "127.0.0.1", 0)
        _, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(b"x\r\n")
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            writer.close()
            server.close()

    loop = new_loop()
    task = loop.create_task(main())
    with pytest.raises(exit_with, match="now"):
        loop.run_until_complete(task)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        loop.run_until_complete(task)
    loop.run_until_complete(asyncio.sleep(0.001))
    loop.close()


class OldListener(Listener):
    """As it was written before Python 3.2."""

    errors = 0

    def handle_accept(self):
        sock, addr = self.accept()
        if self.channels:
            raise ValueError("only one")
        self.channels.append(self.make(sock, addr))

    def handle_error(self):
        self.errors += 1


@pytest.mark.parametrize("method", ["handle_accept", "handle_accepted"])
async def test_a_listener_that_overrides_handle_accept(method):
    listener = OldListener(Lines)
    async with Served(getattr(listener, method)) as served:
        reader, writer = await served.connect()
        writer.write(b"x\r\n")
        assert await reader.readline() == b"<x>\r\n"
        again, _ = await served.connect()
        assert await again.read() == b""
        assert listener.errors == 1
        writer.write(b"quit\r\n")
        assert await reader.read() == b"bye\r\n"
        listener.close()


class End(asyncore.dispatcher):
    """One end of a tunnel: sends what the other end has read."""

    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.buffer = b""
        self.other = None

    def writable(self):
        return bool(self.other and self.other.buffer)

    def handle_write(self):
        sent = self.send(self.other.buffer)
        self.other.buffer = self.other.buffer[sent:]

    def readable(self):
        return len(self.buffer) < 1000

    def handle_read(self):
        self.buffer += self.recv(1000)

    def handle_close(self):
        self.close()
        self.other.close()


async def test_a_tunnel_between_a_transport_and_a_socket_waits_for_no_timer(monkeypatch):
    """Each end's predicates look at the other's buffer, and another driver serves the other."""
    monkeypatch.setattr(_turns, "ATTACHED_TIMEOUT", 3600)
    near, far = pair()
    ends = []
    with attach():
        async with Served(lambda sock, _addr: ends.append(End(sock))) as served:
            ends.append(End(near))
            reader, writer = await served.connect()
            while len(ends) < 2:
                await asyncio.sleep(0)
            ends[0].other, ends[1].other = ends[1], ends[0]
            far.setblocking(False)
            far_reader, far_writer = await asyncio.open_connection(sock=far)
            data = bytes(range(256)) * 200
            writer.write(data)
            assert await asyncio.wait_for(far_reader.readexactly(len(data)), 30) == data
            far_writer.write(data)
            assert await asyncio.wait_for(reader.readexactly(len(data)), 30) == data
            far_writer.close()


def test_what_repr_says():
    near, far = pair()
    channel = Lines(near, near.getpeername())
    name, address = "support.channels.Lines", f"127.0.0.1:{near.getpeername()[1]}"
    assert re.fullmatch(rf"<{name} connected {address} at 0x\w+>", repr(channel))
    channel.push(b"x" * 9_000_000)
    assert re.search(r"connected \S+ \d{7} bytes queued at", repr(channel))
    channel.close()
    assert re.fullmatch(rf"<{name} closed {address} \d+ bytes queued at 0x\w+>", repr(channel))
    far.close()
    client = asyncore.dispatcher_with_send()
    client.create_socket()
    with socket.create_server(("127.0.0.1", 0)) as server:
        client.connect(server.getsockname())
        if client.connecting:
            assert repr(client).startswith("<asyncore.dispatcher_with_send connecting 127.0.0.1:")
        client.out_buffer = b"abc"
        assert "3 bytes queued" in repr(client)
        client.close()


def test_the_line_about_an_uncaught_exception_is_asyncores(capsys, complaints):
    near, far = pair()
    channel = Lines(near, near.getpeername())
    channel.connected = False  # so that what is pushed stays in the queue
    channel.push(b"queued")
    channel.connected = True
    try:
        raise ValueError("oh")
    except ValueError:
        channel.handle_error()
    assert re.match(
        r"error: uncaptured python exception, closing channel <support\.channels\.Lines connected 127\.0\.0\.1:\d+ "
        r"at 0x\w+> \(<class 'ValueError'>:oh \[",
        capsys.readouterr().out,
    )
    assert "6 bytes queued" in complaints.take()[0]
    far.close()
