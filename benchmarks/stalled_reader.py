"""What the server's memory grows by while 256 MiB from a producer wait for a reader that stalls.

    python benchmarks/stalled_reader.py [MEGABYTES]

One process for each event loop, plain and over TLS; the reader reads 1 MiB, stalls until nothing moves, and then
reads the rest.  Linux only: resident memory is read from /proc.
"""

from __future__ import annotations

import asyncio
import resource
import socket
import ssl
import subprocess
import sys
import threading

import trustme
import uvloop

from asyncore_bridge import asynchat, serve

SEEN = 1 << 20


def resident() -> int:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


async def serve_one(size: int, tls: bool) -> None:
    class Blob:
        block = bytes(range(256)) * 128

        def __init__(self) -> None:
            self.left = size

        def more(self) -> bytes:
            take = min(self.left, len(self.block))
            self.left -= take
            return self.block[:take]

    class Sends(asynchat.async_chat):
        def __init__(self, sock, addr) -> None:
            asynchat.async_chat.__init__(self, sock)
            self.set_terminator(b"\n")
            self.blob = Blob()

        def collect_incoming_data(self, data) -> None:
            pass

        def found_terminator(self) -> None:
            self.push_with_producer(self.blob)
            self.close_when_done()

    authority = trustme.CA()
    server_tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(server_tls)
    async with serve(Sends, "127.0.0.1", 0, ssl=server_tls if tls else None) as server:
        reading, go_on = asyncio.Event(), threading.Event()
        arguments = [server.port, tls, asyncio.get_running_loop(), reading, go_on]
        received = asyncio.get_running_loop().run_in_executor(None, read, *arguments)
        await reading.wait()
        blob = server.channels[0].blob
        before, left = resident(), -1
        while left != blob.left:
            left = blob.left
            await asyncio.sleep(0.2)
        stalled = resident() - before >> 10
        go_on.set()
        total = await received
        print(f"{stalled:8} KiB while stalled, {resident() - before >> 10:8} KiB after all,", end=" ")
        print(f"{left >> 20} MiB were left, {'all' if total == size else total} arrived")


def read(port, tls, loop, reading, go_on) -> int:
    """The reader has a thread and a buffer of its own, allocated before anything is measured."""
    buffer = bytearray(SEEN)
    sock = socket.create_connection(("127.0.0.1", port))
    if tls:
        sock = ssl._create_unverified_context().wrap_socket(sock)
    with sock:
        sock.sendall(b"go\n")
        received = 0
        while received < SEEN:
            received += sock.recv_into(buffer, SEEN - received)
        loop.call_soon_threadsafe(reading.set)
        go_on.wait()
        while size := sock.recv_into(buffer):
            received += size
    return received


def main() -> None:
    if sys.argv[1:2] == ["--one"]:
        kind, tls, size = sys.argv[2:5]
        loop = uvloop.new_event_loop() if kind == "uvloop" else asyncio.new_event_loop()
        loop.run_until_complete(serve_one(int(size), tls == "tls"))
        loop.close()
        return
    size = int(sys.argv[1] if sys.argv[1:] else 256) << 20
    for kind in ("default", "uvloop"):
        for tls in ("plain", "tls"):
            print(f"{kind:8} {tls:6}", end=" ", flush=True)
            subprocess.run([sys.executable, __file__, "--one", kind, tls, str(size)], check=True)


if __name__ == "__main__":
    main()
