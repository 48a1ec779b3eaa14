"""UDP dispatchers on datagram endpoints, file dispatchers on pipes, and other transports."""

import asyncio
import os
import socket
import subprocess
import sys

import pytest

from asyncore_bridge import as_datagram_protocol, as_protocol, asyncore
from support.channels import Lines, pair


class Echo(asyncore.dispatcher):
    """The UDP server that everybody writes: a queue of answers, sent when there is room."""

    def __init__(self, host="127.0.0.1", port=0):
        asyncore.dispatcher.__init__(self)
        self.answers = []
        self.create_socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.set_reuse_addr()
        self.bind((host, port))

    def handle_read(self):
        data, addr = self.socket.recvfrom(2048)
        if data == b"stop":
            self.close()
        else:
            self.answers.append((b"echo " + data, addr))

    def writable(self):
        return bool(self.answers)

    def handle_write(self):
        data, addr = self.answers.pop(0)
        self.socket.sendto(data, addr)


class Client(asyncio.DatagramProtocol):
    def __init__(self):
        self.received = asyncio.Queue()

    def datagram_received(self, data, addr):
        self.received.put_nowait(data)


async def test_a_udp_dispatcher():
    loop = asyncio.get_running_loop()
    transport, protocol = await loop.create_datagram_endpoint(
        as_datagram_protocol(Echo), local_addr=("127.0.0.1", 0)
    )
    assert isinstance(protocol.channel, Echo)
    address = transport.get_extra_info("sockname")
    assert protocol.channel.socket.getsockname() == address
    client, seen = await loop.create_datagram_endpoint(Client, remote_addr=address)
    for data in (b"one", b"two", b"x" * 1400):
        client.sendto(data)
        assert await seen.received.get() == b"echo " + data
    client.sendto(b"stop")
    while asyncore.socket_map:
        await asyncio.sleep(0.001)
    client.close()


async def test_a_udp_client_with_connect():
    class Asks(asyncore.dispatcher):
        def __init__(self, address):
            asyncore.dispatcher.__init__(self)
            self.create_socket(socket.AF_INET, socket.SOCK_DGRAM)
            self.connect(address)
            self.send(b"question")

        def handle_connect(self):
            pass

        def writable(self):
            return False

        def handle_read(self):
            answered.set_result(self.recv(100))
            self.close()

    loop = asyncio.get_running_loop()
    answered = loop.create_future()
    server, _ = await loop.create_datagram_endpoint(as_datagram_protocol(Echo), local_addr=("127.0.0.1", 0))
    address = server.get_extra_info("sockname")
    await loop.create_datagram_endpoint(as_datagram_protocol(lambda: Asks(address)), local_addr=("127.0.0.1", 0))
    assert await answered == b"echo question"
    server.close()
    while asyncore.socket_map:
        await asyncio.sleep(0.001)


async def test_a_class_that_may_be_given_its_socket():
    class Given(Echo):
        def __init__(self, sock=None, map=None):
            asyncore.dispatcher.__init__(self, sock, map)
            self.answers = []
            if sock is None:
                raise AssertionError("it is there")

    loop = asyncio.get_running_loop()
    server, protocol = await loop.create_datagram_endpoint(as_datagram_protocol(Given), local_addr=("127.0.0.1", 0))
    client, seen = await loop.create_datagram_endpoint(Client, remote_addr=server.get_extra_info("sockname"))
    client.sendto(b"one")
    assert await seen.received.get() == b"echo one"
    protocol.channel.close()
    while not server.is_closing():
        await asyncio.sleep(0)
    client.close()


async def test_closing_the_endpoint_closes_the_dispatcher():
    loop = asyncio.get_running_loop()
    transport, protocol = await loop.create_datagram_endpoint(
        as_datagram_protocol(Echo), local_addr=("127.0.0.1", 0)
    )
    transport.close()
    while not protocol.channel._bridge_closed:
        await asyncio.sleep(0.001)


def test_what_cannot_make_a_datagram_channel():
    with pytest.raises(TypeError, match="adapt it"):
        as_datagram_protocol(lambda a, b: None)
    with pytest.raises(TypeError, match="something to call"):
        as_datagram_protocol(None)


@pytest.mark.skipif(os.name == "nt", reason="file_dispatcher is for POSIX")
async def test_file_dispatchers_on_pipes():
    got = []

    class Reads(asyncore.file_dispatcher):
        def handle_read(self):
            data = self.recv(100)
            if data:
                got.append(data)

        def handle_close(self):
            got.append("close")
            self.close()

    class Writes(asyncore.file_dispatcher):
        sent = 0

        def writable(self):
            return self.sent == 0

        def handle_write(self):
            self.sent = self.send(b"through the pipe")

    loop = asyncio.get_running_loop()
    read_end, write_end = os.pipe()
    await loop.connect_read_pipe(as_protocol(lambda fd, _addr: Reads(fd)), os.fdopen(read_end, "rb"))
    _, writing = await loop.connect_write_pipe(
        as_protocol(lambda fd, _addr: Writes(fd)), os.fdopen(write_end, "wb")
    )
    while not got:
        await asyncio.sleep(0.001)
    writing.channel.close()
    while "close" not in got:
        await asyncio.sleep(0.001)
    assert got == [b"through the pipe", "close"]


@pytest.mark.skipif(os.name == "nt", reason="pipes")
async def test_the_pipes_of_a_subprocess():
    lines = []

    class Output(Lines):
        def found_terminator(self):
            lines.append(self._get_data())

    loop = asyncio.get_running_loop()
    code = "import sys\nfor line in sys.stdin: print(line.upper(), end='\\r\\n', flush=True)"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        _, reading = await loop.connect_read_pipe(as_protocol(Output), process.stdout)
        process.stdin.write(b"one\ntwo\n")
        process.stdin.close()
        while not reading.channel._bridge_closed:
            await asyncio.sleep(0.001)
        process.wait()
    assert [line.strip() for line in lines] == [b"ONE", b"TWO"]


@pytest.mark.skipif(os.name == "nt", reason="Unix sockets")
async def test_create_unix_server(tmp_path):
    loop = asyncio.get_running_loop()
    path = str(tmp_path / "socket")
    server = await loop.create_unix_server(as_protocol(Lines), path)
    reader, writer = await asyncio.open_unix_connection(path)
    writer.write(b"x\r\nquit\r\n")
    assert await reader.read() == b"<x>\r\nbye\r\n"
    writer.close()
    server.close()


async def test_connect_accepted_socket():
    near, far = pair()
    far.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.connect_accepted_socket(as_protocol(Lines), near)
    reader, writer = await asyncio.open_connection(sock=far)
    writer.write(b"x\r\nquit\r\n")
    assert await reader.read() == b"<x>\r\nbye\r\n"
    writer.close()


async def test_datagrams_that_nobody_reads_do_not_pile_up():
    class Deaf(Echo):
        deaf = True

        def readable(self):
            return not self.deaf

    loop = asyncio.get_running_loop()
    transport, protocol = await loop.create_datagram_endpoint(
        as_datagram_protocol(Deaf), local_addr=("127.0.0.1", 0)
    )
    for number in range(1000):
        protocol.datagram_received(b"%4d" % number + bytes(1000), ("127.0.0.1", 1))
    assert 0 < protocol._face._unread <= 256 << 10
    sock = protocol.channel.socket
    assert [sock.recvfrom(4)[0] for _ in range(3)] == [b"   0", b"   1", b"   2"]
    while protocol._face.has_news():
        sock.recv(10)
    assert protocol._face._unread == 0
    transport.close()
    while asyncore.socket_map:
        await asyncio.sleep(0)
