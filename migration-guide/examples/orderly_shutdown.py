"""An old server that ends well: SIGTERM stops accepting, every channel is told, and may finish its answer.

Channels that have not finished after GRACE seconds are cut off.  Behaves the same on Python 3.9 to 3.13.

    python orderly_shutdown.py [PORT [GRACE]]
"""

from __future__ import annotations

import asyncio
import signal
import sys

import asyncore_bridge

asyncore_bridge.install()

from legacy.orders import OrderDesk  # noqa: E402  (after install(), since it imports asynchat)


def goodbye(channel: OrderDesk) -> None:
    """Say that it is over; what is queued still goes out before the connection is closed."""
    channel.push(b"421 closing down\r\n")
    channel.close_when_done()


async def main(port: int = 4001, grace: float = 5) -> None:
    """Serve until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with asyncore_bridge.serve(OrderDesk, "127.0.0.1", port) as server:
        print(f"orders: {server.port}", flush=True)
        await stop.wait()
        count = len(server.channels)
        await server.shutdown(grace, goodbye)
        print(f"ended: {count} told, {len(server.channels)} left", flush=True)


if __name__ == "__main__":
    asyncio.run(main(*map(int, sys.argv[1:3])))
