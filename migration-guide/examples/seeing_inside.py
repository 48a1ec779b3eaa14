"""What goes on in an old server: counters, open channels, tasks by name, and slow handlers in the log.

    python seeing_inside.py [PORT [STATUS_PORT]]

The second port answers any HTTP request with the counters in Prometheus' text format, and with the open channels
and tasks as comments.
"""

from __future__ import annotations

import asyncio
import logging
import sys

import asyncore_bridge
from asyncore_bridge import monitoring

asyncore_bridge.install()

from legacy.orders import OrderDesk  # noqa: E402  (after install(), since it imports asynchat)

SLOW = 0.05
"""Seconds: events whose handlers take longer are named in the log."""


class Desk(OrderDesk):
    """With a command that waits in a task, and one that blocks the loop."""

    def do_wait(self, _argument: str) -> None:
        """Wait without blocking anybody else."""
        asyncore_bridge.spawn(self, self.wait(), pause_reading=True)

    async def wait(self) -> None:
        """Wait until cancelled: when the client leaves, or is cut off."""
        await asyncio.get_running_loop().create_future()

    def do_block(self, _argument: str) -> None:
        """Keep the event loop busy for too long."""
        now = asyncio.get_running_loop().time
        end = now() + 2 * SLOW
        while now() < end:
            pass
        self.push(b"200 done\r\n")


def status(server: asyncore_bridge.Server) -> str:
    """Return what is going on."""
    channels = [f"# channel {channel!r}" for channel in server.channels]
    tasks = [f"# task {task.get_name()}" for task in asyncio.all_tasks()]
    return "\n".join([monitoring.prometheus(), *channels, *sorted(tasks), ""])


async def main(port: int = 4001, status_port: int = 9100) -> None:
    """Serve until cancelled."""
    monitoring.enable(slow=SLOW)
    async with asyncore_bridge.serve(Desk, "127.0.0.1", port, grace=0) as server:

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            body = status(server).encode()
            head = f"HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: {len(body)}\r\n"
            writer.write(head.encode() + b"Connection: close\r\n\r\n" + body)
            writer.close()

        await asyncio.start_server(answer, "127.0.0.1", status_port)
        print(f"orders: {server.port}", flush=True)
        await server.serve_forever()


if __name__ == "__main__":
    logging.basicConfig(format="%(levelname)s %(message)s", stream=sys.stdout)
    try:
        asyncio.run(main(*map(int, sys.argv[1:3])))
    except KeyboardInterrupt:
        pass
