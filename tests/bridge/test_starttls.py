"""start_tls(): a live connection becomes a secure one, whatever the peer says when, or does not say."""

import asyncio
import socket
import ssl
import sys

import pytest
import trustme

from asyncore_bridge import connect, serve, spawn, start_tls, wait_closed
from support.channels import Lines, pair


@pytest.fixture(scope="module")
def contexts():
    authority = trustme.CA()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(server)
    client = ssl.create_default_context()
    authority.configure_trust(client)
    return server, client


@pytest.fixture
def secures(contexts):
    class Secures(Lines):
        """STARTTLS secures the connection; everything else is answered, with a "!" if it came through TLS."""

        task = None

        def __init__(self, sock, addr):
            super().__init__(sock, addr)
            self.made.append(self)

        def found_terminator(self):
            if b"".join(self.incoming) == b"STARTTLS":
                self.log.append(self._get_data())
                self.push(b"220 go ahead\r\n")
                self.task = spawn(self, start_tls(self, contexts[0]), pause_reading=True)
            else:
                if hasattr(self.socket, "version"):
                    self.incoming.append(b"!")
                super().found_terminator()

        def handle_error(self):
            self.errors.append(sys.exc_info()[0])
            self.close()

    Secures.made = []
    Secures.errors = []  # what a handle_error() was told of
    return Secures


class Peer(asyncio.Protocol):
    """A client of asyncio's own."""

    def __init__(self):
        self.heard = asyncio.Queue()

    def data_received(self, data):
        self.heard.put_nowait(data)

    def connection_lost(self, exc):
        self.heard.put_nowait(b"")

    async def hears(self):
        return await asyncio.wait_for(self.heard.get(), 10)


async def ask(server, what=b"STARTTLS\r\n"):
    """Connect, and ask for TLS."""
    transport, peer = await asyncio.get_running_loop().create_connection(Peer, *server.address)
    transport.write(what)
    assert await peer.hears() == b"220 go ahead\r\n"
    return transport, peer


async def secured(transport, peer, contexts):
    loop = asyncio.get_running_loop()
    return await loop.start_tls(transport, peer, contexts[1], server_hostname="localhost")


async def test_one_answer_after_the_other(contexts, secures):
    async with serve(secures, "127.0.0.1", 0, grace=0) as server:
        transport, peer = await ask(server)
        transport = await secured(transport, peer, contexts)
        for line in (b"one", b"two", b"three"):
            transport.write(line + b"\r\n")
            assert await peer.hears() == b"<" + line + b"!>\r\n"
        transport.close()


async def test_what_was_added_on_the_way_is_not_obeyed(contexts, secures):
    async with serve(secures, "127.0.0.1", 0, grace=0) as server:
        transport, peer = await ask(server, b"STARTTLS\r\ninjected\r\nand half a")
        channel = server.channels[0]
        transport = await secured(transport, peer, contexts)
        transport.write(b"line\r\n")
        assert await peer.hears() == b"<line!>\r\n"
        assert channel.log == [b"STARTTLS", b"line!"]
        transport.close()


async def test_a_client_does_not_believe_it_either(contexts):
    class Asks(Lines):
        def found_terminator(self):
            if b"".join(self.incoming) == b"220 go ahead":
                self._get_data()
                secure = start_tls(self, contexts[1], server_side=False, server_hostname="localhost")
                spawn(self, secure, pause_reading=True)
            else:
                super().found_terminator()

    loop = asyncio.get_running_loop()
    made = loop.create_future()

    class Serves(Peer):
        def connection_made(self, transport):
            made.set_result((transport, self))

    listener = await loop.create_server(Serves, "127.0.0.1", 0)
    async with connect(Asks, *listener.sockets[0].getsockname()) as channel:
        transport, peer = await made
        transport.write(b"220 go ahead\r\ninjected\r\n")
        transport = await loop.start_tls(transport, peer, contexts[0], server_side=True)
        transport.write(b"hello\r\n")
        assert await peer.hears() == b"<hello>\r\n"
        assert channel.log == [b"hello"]
        transport.close()
        await wait_closed(channel)
    listener.close()


def all_at_once(address, context, what):
    """Send *what*, and the end, together with the end of the handshake."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = context.wrap_bio(incoming, outgoing, server_hostname="localhost")
    with socket.create_connection(address, timeout=10) as plain:
        plain.sendall(b"STARTTLS\r\n")
        assert plain.recv(100) == b"220 go ahead\r\n"
        while True:
            try:
                tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                plain.sendall(outgoing.read())
                answer = plain.recv(65536)
                assert answer, "hung up in the handshake"
                incoming.write(answer)
        tls.write(what)
        with pytest.raises(ssl.SSLWantReadError):
            tls.unwrap()
        plain.sendall(outgoing.read())
        plain.shutdown(socket.SHUT_WR)
        while plain.recv(65536):
            pass


async def test_data_and_the_end_come_with_the_end_of_the_handshake(contexts, secures):
    async with serve(secures, "127.0.0.1", 0, grace=0) as server:
        loop = asyncio.get_running_loop()
        client = loop.run_in_executor(None, all_at_once, server.address, contexts[1], b"one\r\ntwo\r\n")
        await client
        await wait_closed(secures.made[0])  # the connection may be gone before the channel has heard of its end
    assert secures.made[0].log == [b"STARTTLS", b"one!", b"two!", "close"]


async def leave(server, channel):
    await server.shutdown(0.01)


async def close(server, channel):
    channel.close()


async def cancel(server, channel):
    channel.task.cancel()


@pytest.mark.parametrize("end", [leave, close, cancel])
async def test_a_client_that_asks_and_says_nothing_more(secures, end):
    async with serve(secures, "127.0.0.1", 0, grace=10) as server:
        transport, peer = await ask(server)
        channel = server.channels[0]
        await asyncio.sleep(0.01)  # it waits for the handshake
        await end(server, channel)
        assert await peer.hears() == b""
        await asyncio.wait_for(server.wait_closed(), 5)
        await asyncio.wait_for(wait_closed(channel), 5)
        assert server.channels == []
        assert channel.task.cancelled()
        transport.close()


async def test_a_client_that_hangs_up_instead(secures):
    async with serve(secures, "127.0.0.1", 0, grace=10) as server:
        transport, _ = await ask(server)
        transport.abort()
        await asyncio.wait_for(server.wait_closed(), 5)
    assert len(secures.errors) == 1
    assert issubclass(secures.errors[0], ConnectionError)


@pytest.mark.parametrize("words", [b"this is no handshake\r\n" * 20, b"\x16\x03\x01\x00\x05hello"])
async def test_a_client_that_says_something_else(secures, complaints, words):
    async with serve(secures, "127.0.0.1", 0, grace=10) as server:
        transport, _ = await ask(server)
        transport.write(words)
        await asyncio.wait_for(server.wait_closed(), 5)
        transport.close()
    assert secures.errors == [ssl.SSLError]
    complaints.take()  # some event loops say so, too


async def test_a_connection_that_is_gone_before(contexts, secures):
    async with serve(secures, "127.0.0.1", 0, grace=0) as server:
        transport, peer = await asyncio.get_running_loop().create_connection(Peer, *server.address)
        transport.write(b"x\r\n")
        await peer.hears()
        channel = server.channels[0]
        channel.socket._transport.abort()
        with pytest.raises(ConnectionAbortedError):
            await start_tls(channel, contexts[0])
        await wait_closed(channel)
        transport.close()


async def test_a_channel_with_a_socket_of_its_own(contexts):
    near, far = pair()
    channel = Lines(near)
    with pytest.raises(TypeError, match="socket of its own"):
        await start_tls(channel, contexts[0])
    channel.close()
    far.close()
