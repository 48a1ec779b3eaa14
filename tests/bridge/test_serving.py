"""serve(), connect() and the orderly end."""

import asyncio
import os
import socket
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


def tls_contexts():
    """Return the context of a server, and that of a client that trusts it."""
    authority = trustme.CA()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(server)
    client = ssl.create_default_context()
    authority.configure_trust(client)
    return server, client


async def test_with_tls():
    server_tls, client_tls = tls_contexts()
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


async def test_both_ways_of_waiting_at_once():
    async with serve(Lines, "127.0.0.1", 0) as server:
        reader, writer = await asyncio.open_connection(*server.address)
        writer.write(b"x\r\n")
        await reader.readline()
        waiting = [asyncio.ensure_future(server.wait_closed()) for _ in range(2)]
        await asyncio.sleep(0)
        await server.shutdown(grace=0.01)
        await asyncio.gather(*waiting)
        writer.close()


async def test_a_server_that_is_started_may_be_entered():
    server = await serve(Lines, "127.0.0.1", 0)
    address = server.address
    async with server as same:
        assert same is server
        assert server.address == address
        assert await ask(server, b"quit") == b"bye\r\n"


async def test_channels_are_in_the_order_of_their_connections():
    async with serve(Lines, "127.0.0.1", 0, grace=0) as server:
        streams = []
        for _ in range(20):
            streams.append(await asyncio.open_connection(*server.address))
            streams[-1][1].write(b"x\r\n")
            await streams[-1][0].readline()
        ports = [writer.get_extra_info("sockname")[1] for _, writer in streams]
        assert [channel.addr[1] for channel in server.channels] == ports
        for _, writer in streams:
            writer.close()


async def test_cancelled_while_it_waits_it_cuts_off_at_once():
    listening = asyncio.get_running_loop().create_future()

    async def serving():
        async with serve(Lines, "127.0.0.1", 0, grace=3600) as server:
            listening.set_result(server)
            await server.serve_forever()

    task = asyncio.ensure_future(serving())
    server = await listening
    reader, writer = await asyncio.open_connection(*server.address)
    writer.write(b"x\r\n")
    assert await reader.readline() == b"<x>\r\n"
    task.cancel()
    while "shut down" not in repr(server):
        await asyncio.sleep(0)
    assert not task.done()  # the channel has its time
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    try:
        assert await reader.read() == b""
    except ConnectionResetError:
        pass
    writer.close()
    assert not asyncore.socket_map


async def test_serve_forever_ends_with_shutdown():
    server = serve(Lines, "127.0.0.1", 0)
    serving = asyncio.ensure_future(server.serve_forever())
    while "not started" in repr(server):
        await asyncio.sleep(0)
    assert await ask(server, b"quit") == b"bye\r\n"
    await server.shutdown()
    await serving


async def test_a_goodbye_that_fails_is_the_channels_error(capsys, complaints):
    async with serve(Lines, "127.0.0.1", 0) as server:
        streams = [await asyncio.open_connection(*server.address) for _ in range(2)]
        for reader, writer in streams:
            writer.write(b"x\r\n")
            await reader.readline()

        def goodbye(channel):
            if channel is server.channels[0]:
                raise ValueError("speechless")
            channel.push(b"farewell\r\n")
            channel.close_when_done()

        await server.shutdown(goodbye=goodbye)
        assert await streams[1][0].read() == b"farewell\r\n"
        for _, writer in streams:
            writer.close()
    assert "speechless" in capsys.readouterr().out
    assert "uncaught exception" in complaints.take()[0]


class Hasty(Lines):
    """Says its last word in the way that it is asked for, and closes at once."""

    def found_terminator(self):
        word = self._get_data()
        if word == b"push":
            self.push(b"last\r\n")
        elif word == b"send":
            self.send(b"last\r\n")
        elif word == b"answer":
            self.push(b"last\r\n")
            return
        self.close()


@pytest.mark.parametrize("says", [b"push\r\n", b"send\r\n", b"answer\r\nleave\r\n"])
async def test_last_words_over_tls(says):
    server_tls, client_tls = tls_contexts()  # the server still has session tickets to send by then
    async with serve(Hasty, "127.0.0.1", 0, ssl=server_tls) as server:
        reader, writer = await asyncio.open_connection(*server.address, ssl=client_tls, server_hostname="localhost")
        writer.write(says)
        assert await reader.read() == b"last\r\n"
        writer.close()


async def test_a_tls_handshake_that_outlasts_the_server():
    server_tls, client_tls = tls_contexts()
    made = []
    loop = asyncio.get_running_loop()
    async with serve(lambda sock, addr: made.append(Lines(sock)), "127.0.0.1", 0, ssl=server_tls) as server:
        client = await loop.run_in_executor(None, socket.create_connection, server.address, 10)
        await asyncio.sleep(0.01)  # it is accepted, and nothing is heard of it

    def greet():
        with client, pytest.raises(OSError), client_tls.wrap_socket(client, server_hostname="localhost") as secure:
            if not secure.recv(1):
                raise ConnectionResetError

    await loop.run_in_executor(None, greet)
    assert not made


@pytest.mark.skipif(os.name == "nt", reason="Unix sockets")
async def test_the_file_of_a_unix_socket_is_removed(tmp_path):
    path = tmp_path / "socket"
    async with serve(Lines, path=str(path)):
        assert path.is_socket()
    assert not path.exists()
    async with serve(Lines, path=str(path)):
        path.unlink()
        path.write_text("somebody else's")
    assert path.read_text() == "somebody else's"


async def test_many_ports_a_shared_port_and_a_socket_of_ones_own():
    async with serve(Lines, ["127.0.0.1", "127.0.0.2"], 0) as server:
        assert sorted(sock.getsockname()[0] for sock in server.sockets) == ["127.0.0.1", "127.0.0.2"]
        assert server.address == server.sockets[0].getsockname()
    async with (
        serve(Lines, "127.0.0.1", 0, reuse_port=True) as one,
        serve(Lines, "127.0.0.1", one.port, reuse_port=True) as other,
    ):
        assert one.port == other.port
    sock = socket.create_server(("127.0.0.1", 0))
    async with serve(Lines, sock=sock) as server:
        assert await ask(server, b"quit") == b"bye\r\n"


async def test_closing_with_more_to_say_than_the_system_takes():
    """close() drops what is queued, as it did with asyncore; what a send() has taken still arrives."""

    class Impatient(Lines):
        def found_terminator(self):
            self.log.append(self._get_data())
            self.push(b"x" * 20_000_000)
            self.close()

    made = []
    async with serve(lambda sock, addr: made.append(Impatient(sock)), "127.0.0.1", 0) as server:
        reader, writer = await asyncio.open_connection(*server.address)
        writer.write(b"one\r\ntwo\r\n")
        answer = await reader.read()
        writer.close()
    assert 0 < len(answer) < 20_000_000
    assert set(answer) == {ord("x")}
    assert made[0].log == [b"one", b"two"]  # which asynchat had read before


@pytest.mark.skipif(os.name == "nt", reason="Unix sockets")
async def test_a_unix_socket_that_another_server_has_taken(tmp_path):
    path = str(tmp_path / "here")
    async with serve(Lines, path=path, grace=0) as first:
        assert first.port is None
        async with serve(Lines, path=path, grace=0) as second:
            await first.shutdown()
            reader, writer = await asyncio.open_unix_connection(second.address)
            writer.write(b"x\r\n")
            assert await reader.readline() == b"<x>\r\n"
            writer.close()
    assert list(tmp_path.iterdir()) == []
