"""serve(), connect(), as_protocol() and their kin, used wrongly: one error each, which says what to write."""

import asyncio
import gc
import socket

import pytest

from asyncore_bridge import (
    Server,
    _unserved,
    as_datagram_protocol,
    as_protocol,
    asynchat,
    asyncore,
    attach,
    call_later,
    connect,
    running_in_thread,
    serve,
    spawn,
)
from asyncore_bridge import smtpd as legacy_smtpd
from asyncore_bridge.testing import Conversation
from support.channels import Lines, Listener, pair


class OldListener(asyncore.dispatcher):
    def __init__(self, host, port, room):
        asyncore.dispatcher.__init__(self)

    def handle_accepted(self, sock, addr):
        Lines(sock)


class PlainListener(asyncore.dispatcher):
    def handle_accept(self):
        pass


class OldClient(asynchat.async_chat):
    def __init__(self, host, port=25):
        asynchat.async_chat.__init__(self)


class HandlesEverything(asyncore.dispatcher_with_send):
    """Has a handle_accept(), as many have that were copied from an example; but it is no listener."""

    def handle_accept(self):
        pass

    def handle_read(self):
        self.send(self.recv(100))


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (
            lambda: serve(OldListener),
            "OldListener is a listener; give what its handle_accepted() makes: serve(lambda",
        ),
        (lambda: connect(OldListener), "connect() needs what is made for each connection, but OldListener is"),
        (lambda: as_protocol(PlainListener), "PlainListener is a listener"),
        (lambda: serve(legacy_smtpd.SMTPServer), "SMTPServer is a listener"),
        (lambda: connect(OldClient), "connect(lambda sock, addr: OldClient(host), ...)"),
        (lambda: as_protocol(OldClient), "as_protocol(lambda sock, addr: OldClient(host))"),
        (
            lambda: serve(legacy_smtpd.SMTPChannel),
            "say how to make one: serve(lambda sock, addr: SMTPChannel(server, sock, addr), ...)",
        ),
        (lambda: serve(None), "serve() needs something to call for each connection, not None"),
        (lambda: connect(lambda a, b, c: None), "connect() calls <function"),
        (lambda: as_datagram_protocol(OldListener), "as_datagram_protocol(lambda: OldListener(host, port, room))"),
    ],
)
def test_what_cannot_make_a_channel(call, says):
    with pytest.raises(TypeError) as caught:
        call()
    assert says in str(caught.value)


def test_a_listener_itself():
    listener = Listener(Lines)
    with pytest.raises(TypeError, match=r"give its method: serve\(listener\.handle_accepted, \.\.\.\)"):
        serve(listener, "127.0.0.1", 0)
    listener.close()


async def test_a_class_that_only_looks_like_a_listener():
    async with serve(HandlesEverything, "127.0.0.1", 0, grace=0) as server:
        reader, writer = await asyncio.open_connection(*server.address)
        writer.write(b"x")
        assert await reader.readexactly(1) == b"x"
        writer.close()


@pytest.mark.parametrize("call", [serve, connect])
def test_what_is_never_started_says_so(call):
    unused = call(Lines, "127.0.0.1", 0)
    with pytest.warns(RuntimeWarning, match=rf"{call.__name__}\(\.\.\.\) did nothing: use it in 'async with'"):
        del unused
        gc.collect()


def test_what_is_used_before_it_is_started():
    server, connection = serve(Lines, "127.0.0.1", 0), connect(Lines, "127.0.0.1", 0)
    assert repr(server) == "<asyncore_bridge.Server not started>"
    assert (server.sockets, server.channels) == ((), [])
    for name in ("address", "port"):
        with pytest.raises(RuntimeError, match=r"write 'async with serve\(\.\.\.\) as \.\.\.', or await it"):
            getattr(server, name)
    with pytest.raises(RuntimeError, match=r"write 'async with connect\(\.\.\.\) as \.\.\.', or await it"):
        connection.push(b"x")
    assert not hasattr(connection, "push")
    with pytest.warns(RuntimeWarning, match="did nothing"):
        del server, connection
        gc.collect()


async def test_a_port_in_use_and_one_that_nobody_has():
    async with serve(Lines, "127.0.0.1", 0) as server:
        with pytest.raises(OSError, match="address already in use"):
            await serve(Lines, "127.0.0.1", server.port)
        address = server.address
    with pytest.raises(ConnectionRefusedError):
        async with connect(Lines, *address):
            pytest.fail("there is nobody")


async def test_a_server_does_not_start_again():
    async with serve(Lines, "127.0.0.1", 0) as server:
        assert await server is server
    with pytest.raises(RuntimeError, match=r"call serve\(\) again"):
        await server
    assert repr(server) == "<asyncore_bridge.Server shut down>"


async def test_a_constructor_that_fails(complaints):
    class Fails(Lines):
        def __init__(self, sock, addr):
            super().__init__(sock, addr)
            raise LookupError("no room")

        def handle_close(self):
            pytest.fail("it is half made")

    async with serve(Fails, "127.0.0.1", 0) as server:
        reader, writer = await asyncio.open_connection(*server.address)
        with_reset = None
        try:
            assert await reader.read() == b""
        except ConnectionResetError as exc:
            with_reset = exc
        assert server.channels == []
        writer.close()
    assert complaints.take()[0].startswith(
        "LookupError: no channel was made for the connection from ('127.0.0.1'"
    ), with_reset
    async with serve(Lines, "127.0.0.1", 0) as server:
        with pytest.raises(LookupError, match="no room"):
            await connect(Fails, *server.address)
    assert not asyncore.socket_map


def test_a_conversation_with_what_cannot_be_called():
    with pytest.raises(TypeError, match=r"Conversation\(lambda sock, addr: OldClient\(host\)\)"):
        Conversation(OldClient)


async def test_a_conversation_inside_an_event_loop():
    with pytest.raises(RuntimeError, match=r"memory_pair\(\)"):
        Conversation(Lines)


def test_a_server_that_is_never_ready():
    ready = socket.socketpair()

    def slow():
        ready[0].recv(1)
        return Listener(Lines)

    with pytest.raises(TimeoutError, match=r"not ready within 0\.05 s"), running_in_thread(slow, timeout=0.05):
        pytest.fail("it is not ready")
    ready[1].send(b"x")  # the thread ends by itself, then
    import threading

    for thread in threading.enumerate():
        if thread is not threading.current_thread():
            thread.join(10)
    for sock in ready:
        sock.close()


async def test_classes_that_are_not_the_bridges(complaints):
    """install() came too late, or not at all."""
    session = type("Session", (type("dispatcher", (), {"__module__": "asyncore"}),), {"__init__": lambda *_: None})
    says = r"derives from the standard library's asyncore; call asyncore_bridge\.install\(\) before"
    for call in (serve, connect, as_protocol):
        with pytest.raises(TypeError, match=says):
            call(session)
    coro = asyncio.sleep(0)
    with pytest.raises(TypeError, match=says):
        spawn(session(), coro)
    with pytest.raises(TypeError, match=says):
        call_later(session(), 1, print)
    async with serve(Lines, "127.0.0.1", 0, grace=0) as server:
        with pytest.raises(ConnectionError, match=says):
            await connect(lambda sock, addr: session(sock), *server.address)
    assert "derives from the standard library's asyncore" in complaints.take()[0]


async def coroutine_function(*_):
    pytest.fail("it is never called")


async def test_coroutine_functions_where_plain_ones_are_called():
    for call in (serve, connect, as_protocol):
        with pytest.raises(TypeError, match="must be a plain function, not 'async def' coroutine_function"):
            call(coroutine_function)
    async with serve(Lines, "127.0.0.1", 0, grace=0) as server:
        with pytest.raises(TypeError, match=r"goodbye must be a plain function.*spawn\(\) in it"):
            await server.shutdown(goodbye=coroutine_function)
        async with connect(Lines, *server.address) as channel:
            with pytest.raises(TypeError, match=r"call_later\(\)'s call must be a plain function"):
                call_later(channel, 1, coroutine_function)


@pytest.mark.parametrize("call", [serve, connect])
def test_a_path_and_a_host(call):
    with pytest.raises(ValueError, match="one or the other"):
        call(Lines, "127.0.0.1", path="/tmp/x")


def test_a_server_made_by_hand():
    with pytest.raises(TypeError, match="make"):
        Server()
    gc.collect()  # and nothing is said by its __del__()


@pytest.mark.parametrize("made", [5, [5], "127.0.0.1"])
def test_what_a_thread_cannot_serve(made):
    with (
        pytest.raises(TypeError, match=r"running_in_thread\(\) needs a function that makes"),
        running_in_thread(lambda: made),
    ):
        pytest.fail("there is nothing to serve")


def test_a_client_that_says_text(conversation):
    with pytest.raises(TypeError, match="a client says bytes, not 'text'"):
        conversation(Lines).says("text")


async def test_a_socket_that_a_session_opens_itself(complaints, monkeypatch):
    """A proxy's way upstream, for example, is in a map that nobody serves: it is said once."""
    monkeypatch.setattr(_unserved, "PATIENCE", 0.01)

    class Upstream(Lines):
        pass

    class Proxy(Lines):
        def found_terminator(self):
            near, far = pair()
            opened.append((far, Upstream(near)))

    opened = []
    async with serve(Proxy, "127.0.0.1", 0, grace=0) as server:
        _, writer = await asyncio.open_connection(*server.address)
        writer.write(b"x\r\ny\r\n")
        while len(opened) < 2:
            await asyncio.sleep(0.001)
        await asyncio.sleep(0.05)
        (said,) = complaints.take()
        assert "has a socket of its own, and nobody serves its map: use 'with asyncore_bridge.attach():'" in said
        for far, upstream in opened:
            far.close()
            upstream.close()
        writer.close()


async def test_a_socket_that_is_served_soon(monkeypatch):
    monkeypatch.setattr(_unserved, "PATIENCE", 0.01)
    listener = Listener(type("Mine", (Lines,), {}))
    with attach():
        await asyncio.sleep(0.05)
        listener.close()
