"""Run a program with asyncio transports in the place of its sockets: ``python transport_launcher.py SCRIPT ARGS``.

Its listeners are served by ``loop.create_server(as_protocol(listener.handle_accepted))`` and its UDP sockets by
``loop.create_datagram_endpoint(as_datagram_protocol(...))``, so that what comes out can be compared with what the
same source did on asyncore.  What it connects to is served by ``until_empty()``: both worlds on one loop.
"""

from __future__ import annotations

import asyncio
import runpy
import socket
import sys
from pathlib import Path

import asyncore_bridge
from asyncore_bridge import _turns, as_datagram_protocol, as_protocol, asyncore, until_empty, wait_closed


async def serve(listener: asyncore.dispatcher) -> None:
    """Accept for *listener* as long as it is open."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(as_protocol(listener.handle_accepted), sock=listener.socket.dup())
    try:
        await wait_closed(listener)
    finally:
        server.close()


async def exchange(channel: asyncore.dispatcher) -> None:
    """Give *channel* an endpoint in the place of its UDP socket."""
    loop = asyncio.get_running_loop()
    own = channel.socket

    def take(face: object) -> None:
        channel.del_channel()
        channel.set_socket(face)

    await loop.create_datagram_endpoint(as_datagram_protocol(take), sock=own.dup())
    own.close()


async def main() -> None:
    """Stand in for asyncore.loop()."""
    tasks = []
    for member in list(asyncore.socket_map.values()):
        if member.accepting:
            member.readable = lambda: False  # its own socket is not to be asked
            tasks.append(asyncio.ensure_future(serve(member)))
        elif getattr(member.socket, "type", None) == socket.SOCK_DGRAM:
            await exchange(member)
    try:
        await until_empty()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)


def loop(*args: object, **options: object) -> None:
    """Serve the map with transports, on a loop that lets KeyboardInterrupt come out of handlers."""
    if "count" in options:  # the program has a loop of its own
        passes(*args, **options)
        return
    running = asyncio.new_event_loop()
    try:
        running.run_until_complete(main())
    finally:
        running.close()


_turns.ATTACHED_TIMEOUT = 2.0  # seconds: a program that wakes every 50 ms never looks at rest
asyncore_bridge.install()
passes, asyncore.loop = asyncore.loop, loop
del sys.argv[0]
sys.path[0] = str(Path(sys.argv[0]).resolve().parent)
runpy.run_path(sys.argv[0], run_name="__main__")
