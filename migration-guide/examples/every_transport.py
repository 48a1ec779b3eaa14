"""One old class over every kind of transport: nothing in legacy/orders.py changes.

    python every_transport.py [CERTIFICATE KEY]

Without a certificate (a PEM file for "localhost", and its key) TLS is left out.
"""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
import sys
import tempfile

import asyncore_bridge

asyncore_bridge.install()

from legacy.orders import OrderDesk  # noqa: E402  (after install(), since it imports asynchat)

QUESTIONS = b"price tea\r\nquit\r\n"


async def ask(kind: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Ask for a price, and print what the desk says."""
    writer.write(QUESTIONS)
    answer = await asyncio.wait_for(reader.read(), 20)
    writer.close()
    print(f"{kind}: {' / '.join(answer.decode('latin-1').split(chr(13) + chr(10))[:-1])}", flush=True)


async def over_tcp() -> None:
    """serve(), on any free port."""
    async with asyncore_bridge.serve(OrderDesk, "127.0.0.1", 0) as server:
        await ask("tcp", *await asyncio.open_connection(*server.address))


async def over_tls(certificate: str, key: str) -> None:
    """The same with ssl=."""
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ours.load_cert_chain(certificate, key)
    theirs = ssl.create_default_context(cafile=certificate)
    async with asyncore_bridge.serve(OrderDesk, "127.0.0.1", 0, ssl=ours) as server:
        await ask("tls", *await asyncio.open_connection(*server.address, ssl=theirs, server_hostname="localhost"))


async def over_a_unix_socket() -> None:
    """The same with path=."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "desk")
        async with asyncore_bridge.serve(OrderDesk, path=path):
            await ask("unix", *await asyncio.open_unix_connection(path))


async def over_a_socket_pair() -> None:
    """A socket that somebody else has connected: as_protocol() with the loop's own method."""
    ours, theirs = socket.socketpair()
    loop = asyncio.get_running_loop()
    await loop.connect_accepted_socket(asyncore_bridge.as_protocol(OrderDesk), ours)
    await ask("pair", *await asyncio.open_connection(sock=theirs))


class Listing(asyncore_bridge.AsyncMethods, OrderDesk):
    """The desk's command loop, fed from a subprocess's output; the answers are printed."""

    def push(self, data: bytes) -> None:
        """Print what would go to the client: the read end of a pipe takes nothing."""
        print("pipe:", data.decode("latin-1").strip(), flush=True)


async def over_a_pipe() -> None:
    """What another program prints is what the desk is asked."""
    code = "print('price cake', end='\\r\\n')"
    read_end, write_end = os.pipe()
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=write_end)
    os.close(write_end)
    loop = asyncio.get_running_loop()
    _, protocol = await loop.connect_read_pipe(asyncore_bridge.as_protocol(Listing), os.fdopen(read_end, "rb"))
    await protocol.channel.wait_closed()
    await process.wait()


async def main(*certificate: str) -> None:
    """Ask over each."""
    await over_tcp()
    if certificate:
        await over_tls(*certificate)
    await over_a_unix_socket()
    await over_a_socket_pair()
    await over_a_pipe()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:3]))
