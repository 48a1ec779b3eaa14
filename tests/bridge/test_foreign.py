"""adopt(): programs that carry their own copy of asyncore, on an event loop that somebody else runs."""

import asyncio
import importlib.util
import socket
import ssl
import sys
import threading
import warnings
from pathlib import Path

import pytest
import trustme

from asyncore_bridge import adopt, asyncore, attach
from support.channels import Lines, Listener, pair

COPIES = Path(__file__).parent / "copies"
NAMES = ["recent", "middle", "early"]
if sys.version_info < (3, 12):
    NAMES.append("stdlib")


def load(name):
    """Return a copy of asyncore with a socket map of its own."""
    path = Path(socket.__file__).with_name("asyncore.py") if name == "stdlib" else COPIES / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"copy_{name}", path)
    module = importlib.util.module_from_spec(spec)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        spec.loader.exec_module(module)
    module.Echo, module.Server = _echo(module), _server(module)
    return module


def _echo(copy):
    class Echo(copy.dispatcher):
        """Says everything back; "quit", "fail" and "exit" do as they say."""

        def __init__(self, *args):
            copy.dispatcher.__init__(self, *args)
            self.out = b""
            self.heard = []
            self.ending = False

        def writable(self):
            return bool(self.out) or not self.connected

        def handle_connect(self):
            self.heard.append("connect")

        def handle_read(self):
            data = self.recv(1000)
            if not data:
                return
            self.heard.append(data)
            if data.startswith(b"fail"):
                raise ValueError("asked to")
            if data.startswith(b"exit"):
                raise copy.ExitNow("asked to")
            self.ending = data.startswith(b"quit")
            self.out += data

        def handle_write(self):
            if self.out:
                self.out = self.out[self.send(self.out) :]
            if self.ending and not self.out:
                self.close()

        def handle_error(self):
            self.heard.append(sys.exc_info()[0].__name__)
            self.close()

        def handle_close(self):
            self.heard.append("close")
            self.close()

        def readable(self):
            return True

    return Echo


def _server(copy):
    class Server(copy.dispatcher):
        def __init__(self, *args):
            copy.dispatcher.__init__(self, *args)
            self.args = args[1:]
            self.create_socket()
            self.bind(("127.0.0.1", 0))
            self.listen(5)
            self.port = self.socket.getsockname()[1]
            self.channels = []

        def handle_accepted(self, sock, addr):
            self.channels.append(copy.Echo(sock, *self.args))

        def handle_read(self):
            raise AssertionError("a listener has nothing to read")

    return Server


@pytest.fixture(params=NAMES)
def copy(request):
    module = load(request.param)
    yield module
    assert module.socket_map == {}


async def ask(port, *messages):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answers = []
    for message in messages:
        writer.write(message)
        answers.append(await reader.read(1000))
    answers.append(await reader.read())
    writer.close()
    return b"".join(answers)


async def test_a_copy_is_served_until_its_map_is_empty(copy):
    server = copy.Server()
    with adopt(copy) as adopted:
        serving = asyncio.ensure_future(adopted.until_empty())
        answers = await asyncio.gather(*[ask(server.port, b"%d" % n, b"quit") for n in range(5)])
        assert answers == [b"%dquit" % n for n in range(5)]
        assert not serving.done()
        server.close()
        await serving


async def test_channels_may_come_after_everything_else_was_empty(copy):
    with adopt(copy) as adopted:
        await adopted.until_empty()
        await asyncio.sleep(0.1)
        server = copy.Server()
        assert await ask(server.port, b"quit") == b"quit"
        server.close()
        await adopted.until_empty()
        again = copy.Server()
        assert await ask(again.port, b"quit") == b"quit"
        again.close()


async def test_a_channel_that_takes_over_the_number_of_one_that_closes_is_served(copy):
    """Nothing says so, and the map has as many members as before."""
    near, far = pair()
    next_near, next_far = pair()
    numbers = []

    class Relay(copy.Echo):
        def handle_read(self):
            self.recv(100)
            numbers.append(self.socket.fileno())
            self.close()
            successor = copy.Echo(next_near.dup())
            numbers.append(successor.socket.fileno())

    Relay(near)
    with adopt(copy) as adopted:
        far.send(b"go")
        while len(numbers) < 2:
            await asyncio.sleep(0)
        assert numbers[0] == numbers[1]
        next_far.send(b"quit")
        await asyncio.wait_for(adopted.until_empty(), 10)
    assert next_far.recv(10) == b"quit"
    for sock in (far, next_near, next_far):
        sock.close()


async def test_a_channel_that_connects_again_is_served(copy):
    """close(), create_socket() and connect() on one object: the same member under the same number."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setblocking(False)
    loop = asyncio.get_running_loop()

    class Client(copy.Echo):
        def start(self):
            self.create_socket()
            self.connect(listener.getsockname())

        def handle_close(self):
            self.heard.append("close")
            self.close()
            if self.heard.count("close") < 3:
                self.connected = 0
                self.start()

    client = Client()
    client.start()
    with adopt(copy) as adopted:
        for n in range(3):
            peer, _ = await asyncio.wait_for(loop.sock_accept(listener), 10)
            await loop.sock_sendall(peer, b"%d" % n)
            assert await asyncio.wait_for(loop.sock_recv(peer, 10), 10) == b"%d" % n
            peer.close()
        await asyncio.wait_for(adopted.until_empty(), 10)
    assert client.heard == ["connect", b"0", "close", "connect", b"1", "close", "connect", b"2", "close"]
    listener.close()


async def test_an_exception_goes_to_handle_error_and_others_go_on(copy):
    server = copy.Server()
    with adopt(copy) as adopted:
        assert await ask(server.port, b"fail") == b""
        assert await ask(server.port, b"x", b"quit") == b"xquit"
        assert [channel.heard for channel in server.channels] == [[b"fail", "ValueError"], [b"x", b"quit"]]
        server.close()
        await adopted.until_empty()


async def test_exit_now_comes_out_of_until_empty(copy):
    near, far = pair()
    channel = copy.Echo(near)
    far.send(b"exit")
    with adopt(copy) as adopted, pytest.raises(copy.ExitNow, match="asked to"):
        await adopted.until_empty()
    assert "ExitNow" not in channel.heard
    channel.close()
    far.close()


@pytest.mark.parametrize(("name", "passes"), [("recent", True), ("middle", False), ("early", True)])
async def test_which_other_exceptions_leave_is_the_copys_own_rule(name, passes):
    copy = load(name)
    near, far = pair()

    class Exits(copy.Echo):
        def handle_read(self):
            self.recv(10)
            raise SystemExit(3)

    channel = Exits(near)
    far.send(b"x")
    with adopt(copy) as adopted:
        if passes:
            with pytest.raises(SystemExit):
                await adopted.until_empty()
            channel.close()
        else:
            await adopted.until_empty()
            assert channel.heard == ["SystemExit"]
    far.close()


@pytest.mark.parametrize("name", ["recent", "middle"])
async def test_private_maps_are_adopted_by_name(name):
    copy = load(name)
    private = {}
    server = copy.Server(None, private)
    with adopt(copy, private) as adopted:
        assert await ask(server.port, b"quit") == b"quit"
        server.close()
        await adopted.until_empty()
    assert copy.socket_map == {}


async def test_adopting_twice_is_adopting_once(copy):
    server = copy.Server()
    adopted = adopt(copy)
    assert adopt(copy) is adopted
    assert await ask(server.port, b"quit") == b"quit"
    adopted.detach()
    adopted.detach()
    with adopt(copy, use_poll=True) as again:
        assert again is not adopted
        assert await ask(server.port, b"quit") == b"quit"
        server.close()
        await again.until_empty()


async def test_a_map_that_was_attached_can_be_adopted_afterwards(copy):
    server = copy.Server()
    with attach(copy.socket_map), pytest.raises(RuntimeError, match="being served already"):
        adopt(copy)
    with adopt(copy) as adopted:
        assert await ask(server.port, b"quit") == b"quit"
        server.close()
        await adopted.until_empty()


async def test_a_map_belongs_to_one_event_loop():
    copy = load("recent")
    server = copy.Server()
    refused = []

    async def too_late():
        try:
            adopt(copy)
        except RuntimeError as exc:
            refused.append(str(exc))

    with adopt(copy):
        thread = threading.Thread(target=lambda: asyncio.run(too_late()))
        thread.start()
        await asyncio.get_running_loop().run_in_executor(None, thread.join)
    assert refused == ["another event loop has adopted this socket map already"]
    server.close()


async def test_what_is_no_copy_is_refused():
    with pytest.raises(TypeError, match="it has no socket_map"):
        adopt(socket)


def test_an_event_loop_is_needed():
    with pytest.raises(RuntimeError, match="no running event loop"):
        adopt(load("recent"))


async def test_the_bridges_own_module_is_attached():
    listener = Listener(Lines)
    with adopt(asyncore) as adopted:
        assert attach() is adopted
        reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
        writer.write(b"quit\r\n")
        assert await reader.read() == b"bye\r\n"
        writer.close()
        listener.close()
        await adopted.until_empty()


async def test_copies_and_the_bridge_share_a_loop(copy):
    other = load("recent")
    servers = [copy.Server(), other.Server()]
    listener = Listener(Lines)
    with adopt(copy), adopt(other), attach():
        answers = await asyncio.gather(
            *[ask(server.port, b"x", b"quit") for server in servers], ask(listener.port, b"x\r\n", b"quit\r\n")
        )
    assert answers == [b"xquit", b"xquit", b"<x>\r\nbye\r\n"]
    for server in (*servers, listener):
        server.close()


async def test_a_channel_of_the_bridge_may_live_in_the_map():
    copy = load("recent")
    near, far = pair()

    class Guest(asyncore.dispatcher):
        def handle_read(self):
            if data := self.recv(10):
                self.send(data.upper())

        def handle_close(self):
            self.close()

    with adopt(copy) as adopted:
        guest = Guest(near, copy.socket_map)
        far.send(b"x")
        far.setblocking(False)
        assert await asyncio.get_running_loop().sock_recv(far, 10) == b"X"
        assert isinstance(guest._bridge.driver.module, type(copy))
        far.close()
        await adopted.until_empty()


async def test_nothing_is_written_into_the_copy(copy):
    def contents():
        return {name: dict(vars(value)) if isinstance(value, type) else value for name, value in vars(copy).items()}

    near, far = pair()
    channel, server = copy.Echo(near), copy.Server()
    before, attributes = contents(), [set(vars(channel)), set(vars(server))]
    with adopt(copy):
        await ask(server.port, b"quit")
        assert contents() == before
        assert [set(vars(channel)), set(vars(server))] == attributes
    for member in (channel, server):
        member.close()
    far.close()


async def test_data_inside_a_tls_socket_that_was_wrapped_in_place_does_not_stall():
    copy = load("recent")
    authority = trustme.CA()
    server_side, client_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert("test.example").configure_cert(server_side)
    authority.configure_trust(client_side)
    near, far = pair()
    far.setblocking(False)

    class Secure(copy.Echo):
        shaking = None

        def handle_read(self):
            if self.shaking is None:
                assert self.recv(8) == b"starttls"
                self.set_socket(server_side.wrap_socket(self.socket, True, do_handshake_on_connect=False))
                self.shaking = True
            elif self.shaking:
                try:
                    self.socket.do_handshake()
                    self.shaking = False
                except ssl.SSLWantReadError:
                    pass
            else:
                data = self.socket.recv(10)  # less than a record
                self.heard.append(len(data))
                self.out += data

    channel = Secure(near)
    loop = asyncio.get_running_loop()
    with adopt(copy):
        await loop.sock_sendall(far, b"starttls")
        while channel.shaking is None:
            await asyncio.sleep(0)
        reader, writer = await asyncio.open_connection(sock=far, ssl=client_side, server_hostname="test.example")
        writer.write(b"y" * 1000)
        assert await asyncio.wait_for(reader.readexactly(1000), 10) == b"y" * 1000
        assert channel.heard == [10] * 100
        channel.close()
        writer.transport.abort()
        await asyncio.sleep(0.1)


async def test_with_use_poll_a_hang_up_is_told_as_poll_told_it():
    copy = load("recent")
    near, far = pair()

    class Deaf(copy.Echo):
        def handle_read(self):
            pass

    channel = Deaf(near)
    far.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    far.close()  # a reset
    with adopt(copy, use_poll=True) as adopted:
        await asyncio.wait_for(adopted.until_empty(), 10)
    assert channel.heard == ["close"]


async def test_a_handler_may_run_the_copys_own_loop():
    copy = load("recent")
    server = copy.Server()
    private = {}
    inner = copy.Server(None, private)

    echo = copy.Echo

    class Asks(copy.Echo):
        def __init__(self, sock, *args):
            super().__init__(sock, *args)
            with socket.create_connection(("127.0.0.1", inner.port)) as sock:
                sock.send(b"quit")
                inner.handle_accept()
                inner.close()
                copy.loop(map=private)
                self.out = sock.recv(10)

    copy.Echo = Asks
    inner.handle_accepted = lambda sock, addr: echo(sock, private)
    with adopt(copy):
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        assert await reader.read(10) == b"quit"
        writer.write(b"quit")
        assert await reader.read() == b"quit"
        writer.close()
    server.close()


async def test_a_predicate_that_raises_does_not_take_the_whole_processor(copy):
    near, far = pair()
    asked = []

    class Broken(copy.Echo):
        def readable(self):
            asked.append(1)
            raise ValueError("never works")

    channel = Broken(near)
    told = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _loop, context: told.append(context["exception"]))
    with adopt(copy):
        for _ in range(200):
            await asyncio.sleep(0)
        assert 1 <= len(asked) <= 10
        channel.close()
        server = copy.Server()
        assert await ask(server.port, b"quit") == b"quit"
        server.close()
    assert isinstance(told[0], ValueError)
    far.close()


async def test_a_socket_closed_behind_the_channels_back_is_let_go(complaints):
    copy = load("recent")
    near, far = pair()
    channel = copy.Echo(near)
    with adopt(copy) as adopted:
        await asyncio.sleep(0.01)
        near.close()
        await asyncio.wait_for(adopted.until_empty(), 10)
    assert "was closed without close()" in complaints.take()[0]
    assert channel.heard == []
    far.close()


@pytest.mark.parametrize("name", [name for name in NAMES if name != "early"])
def test_a_conversation_is_what_it_is_on_the_copys_own_loop(name):
    """The same handlers, in the same order."""
    heard = {}
    for way in ("own", "adopted"):
        copy = load(name)
        server = copy.Server()
        thread = threading.Thread(target=run_own if way == "own" else run_adopted, args=(copy,))
        thread.start()
        log = []
        for messages in ([b"a", b"b", b"quit"], [b"fail"], [b"c", None]):
            with socket.create_connection(("127.0.0.1", server.port), timeout=10) as sock:
                for message in messages:
                    if message is None:
                        sock.shutdown(socket.SHUT_WR)
                    else:
                        sock.sendall(message)
                    log.append(sock.recv(100))
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as sock:
            sock.send(b"exit")
            thread.join(10)
        heard[way] = log, [channel.heard for channel in server.channels]
        for member in list(copy.socket_map.values()):
            member.close()
    assert heard["own"] == heard["adopted"]


def run_own(copy):
    try:
        copy.loop()
    except copy.ExitNow:
        pass


def run_adopted(copy):
    async def main():
        with adopt(copy) as adopted:
            await adopted.until_empty()

    try:
        asyncio.run(main())
    except copy.ExitNow:
        pass
