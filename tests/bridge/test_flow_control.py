"""What a producer makes for a reader that stalls stays in the producer, and all of it arrives in the end."""

import asyncio
import hashlib
import socket
import ssl

import pytest
import trustme

from asyncore_bridge import asyncore, serve
from support.channels import Lines

SIZE = 8 << 20
HELD = 2 * 65536
"""Bytes that the channel's queue and the transport's buffer may hold: one entry of the queue, one send()."""


class Blob:
    """A producer of SIZE bytes, which looks at what is held whenever it is asked."""

    def __init__(self, channel):
        self.channel = channel
        self.made = 0
        self.hash = hashlib.sha256()
        self.most_held = 0

    def more(self):
        transport = self.channel._bridge_sock._transport
        self.most_held = max(self.most_held, self.channel._bridge_queued() + transport.get_write_buffer_size())
        data = self.made.to_bytes(8, "big") * 4096 if self.made < SIZE else b""
        self.made += len(data)
        self.hash.update(data)
        return data


class Sends(Lines):
    def found_terminator(self):
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 16)
        self.blob = Blob(self)
        self.push_with_producer(self.blob)
        self.close_when_done()


@pytest.fixture(params=["plain", "tls"])
def tls(request):
    """Return the arguments for a server and its client."""
    if request.param == "plain":
        return {}, {}
    authority = trustme.CA()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(server)
    client = ssl.create_default_context()
    authority.configure_trust(client)
    return {"ssl": server}, {"ssl": client, "server_hostname": "localhost"}


async def stalled(blob):
    """Wait until the producer is not asked any more."""
    before = -1
    while blob.made != before:
        before = blob.made
        await asyncio.sleep(0.02)


async def test_a_stalled_reader(tls):
    async with serve(Sends, "127.0.0.1", 0, **tls[0]) as server:
        reader, writer = await asyncio.open_connection(*server.address, limit=1 << 16, **tls[1])
        writer.write(b"go\r\n")
        received = hashlib.sha256(await reader.readexactly(1 << 16))
        blob = server.channels[0].blob
        await stalled(blob)
        assert blob.made < SIZE // 2 + (6 << 20)  # the rest is in the system's buffers
        assert blob.most_held <= HELD
        while data := await reader.read(1 << 20):
            received.update(data)
        assert blob.made == SIZE
        assert blob.most_held <= HELD
        assert received.digest() == blob.hash.digest()
        writer.close()


async def test_a_channel_that_reads_nothing(tls):
    """The transport is paused: a peer that sends on and on fills the system's buffers, not ours."""

    class Deaf(asyncore.dispatcher):
        deaf = True
        received = 0

        def readable(self):
            return not self.deaf

        def writable(self):
            return False

        def handle_read(self):
            self.received += len(self.recv(65536))

        def handle_close(self):
            self.close()

    made = []
    async with serve(lambda sock, addr: made.append(Deaf(sock)), "127.0.0.1", 0, **tls[0]) as server:
        _, writer = await asyncio.open_connection(*server.address, **tls[1])
        sent = 0
        while sent < 64 << 20:  # more than any system buffers
            writer.write(bytes(1 << 16))
            sent += 1 << 16
            try:
                await asyncio.wait_for(writer.drain(), 0.2)
            except asyncio.TimeoutError:
                break
        assert sent < 64 << 20
        assert sum(map(len, made[0].socket._chunks)) <= 1 << 20
        made[0].deaf = False
        await writer.drain()
        while made[0].received < sent:
            await asyncio.sleep(0.001)
        writer.close()
