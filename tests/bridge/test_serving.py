"""serve(), connect() and the orderly end."""

import asyncio
import os
import ssl

import pytest
import trustme

from asyncore_bridge import asyncore, connect, serve
from support.channels import Lines


async def ask(server, *lines):
    reader, writer = await asyncio.open_connection(*server.address)
    writer.write(b"".join(line + b"\r\n" for line in lines))
    answer = await reader.read()
    writer.close()
    return answer


async def test_serve_and_connect():
    log = []

    class Client(Lines):
        def found_terminator(self):
            log.append(self._get_data())

    async with serve(Lines, "127.0.0.1", 0) as server:
        assert server.port == server.address[1] > 0
        assert "channels" in repr(server)
        async with connect(Client, "127.0.0.1", server.port) as channel:
            channel.push(b"one\r\ntwo\r\n")
            while len(log) < 2:
                await asyncio.sleep(0.001)
            assert len(server.channels) == 1
        assert channel._bridge_closed
    assert log == [b"<one>", b"<two>"]
    assert not asyncore.socket_map


async def test_with_tls():
    authority = trustme.CA()
    server_tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(server_tls)
    client_tls = ssl.create_default_context()
    authority.configure_trust(client_tls)
    log = []

    class Client(Lines):
        def found_terminator(self):
            log.append((self._get_data(), self.socket.version()))

    async with (
        serve(Lines, "127.0.0.1", 0, ssl=server_tls) as server,
        connect(Client, "127.0.0.1", server.port, ssl=client_tls, server_hostname="localhost") as channel,
    ):
        channel.push(b"secret\r\n")
        while not log:
            await asyncio.sleep(0.001)
    assert log == [(b"<secret>", "TLSv1.3")]


@pytest.mark.skipif(os.name == "nt", reason="Unix sockets")
async def test_on_a_unix_socket(tmp_path):
    path = str(tmp_path / "socket")
    log = []

    class Client(Lines):
        def found_terminator(self):
            log.append(self._get_data())

    async with serve(Lines, path=path) as server:
        assert server.address == path
        async with connect(Client, path=path) as channel:
            channel.push(b"x\r\n")
            while not log:
                await asyncio.sleep(0.001)


async def test_awaiting_the_server():
    server = await serve(Lines, "127.0.0.1", 0)
    address = server.address
    assert await ask(server, b"quit") == b"bye\r\n"
    await server.wait_closed()
    await server.shutdown()
    with pytest.raises(OSError):
        await asyncio.open_connection(*address)


async def test_channels_may_finish_within_their_grace():
    class Slow(Lines):
        def found_terminator(self):
            line = self._get_data()
            asyncio.get_running_loop().call_later(0.1, self.push, b"slow " + line)
            asyncio.get_running_loop().call_later(0.1, self.close_when_done)

    async with serve(Slow, "127.0.0.1", 0, grace=5) as server:
        asking = asyncio.ensure_future(ask(server, b"answer"))
        while not (
            server.channels and server.channels[0].log is not None and server.channels[0]._bridge_in_pos == 0
        ):
            await asyncio.sleep(0.001)
        await asyncio.sleep(0.02)
    assert await asking == b"slow answer"


async def test_what_takes_too_long_is_cut_off():
    async with serve(Lines, "127.0.0.1", 0, grace=0.05) as server:
        reader, writer = await asyncio.open_connection(*server.address)
        writer.write(b"x\r\n")
        assert await reader.readline() == b"<x>\r\n"
        channel = server.channels[0]
    assert channel._bridge_closed
    assert not asyncore.socket_map
    try:
        assert await reader.read() == b""
    except ConnectionResetError:
        pass
    writer.close()


async def test_a_goodbye():
    async with serve(Lines, "127.0.0.1", 0) as server:
        reader, writer = await asyncio.open_connection(*server.address)
        writer.write(b"x\r\n")
        assert await reader.readline() == b"<x>\r\n"

        def goodbye(channel):
            channel.push(b"closing\r\n")
            channel.close_when_done()

        await server.shutdown(goodbye=goodbye)
        assert await reader.read() == b"closing\r\n"
        writer.close()


async def test_connect_sends_what_is_queued():
    received = bytearray()

    class Sink(asyncore.dispatcher):
        def handle_read(self):
            received.extend(self.recv(1 << 16))

        def handle_close(self):
            self.close()

        def writable(self):
            return False

    async with serve(lambda sock, addr: Sink(sock), "127.0.0.1", 0) as server:
        async with connect(Lines, "127.0.0.1", server.port) as channel:
            channel.push(b"x" * 3_000_000)
        await server.wait_closed()
    assert len(received) == 3_000_000


async def test_an_exception_in_the_block_cuts_the_connection_off():
    async with serve(Lines, "127.0.0.1", 0) as server:
        with pytest.raises(LookupError):
            async with connect(Lines, "127.0.0.1", server.port):
                raise LookupError
        await server.wait_closed()


async def test_a_port_in_use_is_an_os_error():
    async with serve(Lines, "127.0.0.1", 0) as server:
        with pytest.raises(OSError, match=r"already in use|address"):
            await serve(Lines, "127.0.0.1", server.port)
    with pytest.raises(OSError):
        await connect(Lines, "127.0.0.1", server.port)
