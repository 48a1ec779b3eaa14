"""256 MiB pushed at a reader that stalls: memory does not grow, and all of it arrives."""

import asyncio
import resource
import sys

import pytest

from asyncore_bridge import serve
from support.channels import Lines

SIZE = 256 << 20


class Blob:
    """A producer of SIZE bytes."""

    block = bytes(range(256)) * 128

    def __init__(self):
        self.left = SIZE

    def more(self):
        take = min(self.left, len(self.block))
        self.left -= take
        return self.block[:take]


class Sends(Lines):
    def found_terminator(self):
        self.blob = Blob()
        self.push_with_producer(self.blob)
        self.close_when_done()


def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
async def test_a_stalled_reader():
    loop = asyncio.get_running_loop()
    async with serve(Sends, "127.0.0.1", 0) as server:
        reader, writer = await asyncio.open_connection(*server.address, limit=1 << 16)
        writer.write(b"go\r\n")
        first = await reader.readexactly(1 << 20)
        await asyncio.sleep(0.05)
        channel = server.channels[0]
        before, left = resident(), channel.blob.left
        for _ in range(20):
            await asyncio.sleep(0.01)
        assert resident() - before < 1 << 20
        assert channel.blob.left == left > SIZE // 2
        received = len(first)
        started = loop.time()
        while data := await reader.read(1 << 20):
            received += len(data)
        assert loop.time() - started < 60
        writer.close()
    assert received == SIZE
