"""A legacy command handler that asks a database and an HTTP API, and pushes the answer when it is there.

legacy/orders.py answers from memory.  The subclass here looks prices up in SQLite (aiosqlite) and converts them
with an exchange rate from an HTTP service (aiohttp's client).  The handler's methods stay plain functions: they
start a coroutine with spawn(), which

* keeps it alive, and cancels it when the client leaves;
* gives its exceptions to the channel's handle_error();
* with ``pause_reading=True`` handles no further command meanwhile, so answers keep the order of the questions.

    pip install aiosqlite aiohttp
    python database_and_http.py DATABASE RATES_URL [PORT]
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import asyncore_bridge

asyncore_bridge.install()

import aiohttp  # noqa: E402
import aiosqlite  # noqa: E402
from legacy import orders  # noqa: E402  (after install(), since it imports asynchat)


class OrderDesk(orders.OrderDesk):
    """The same commands; PRICE takes an article and a currency."""

    def __init__(
        self, sock: Any, addr: Any, database: aiosqlite.Connection, http: aiohttp.ClientSession, url: str
    ) -> None:
        super().__init__(sock, addr)
        self.database = database
        self.http = http
        self.url = url

    def do_price(self, argument: str) -> None:
        """Look it up, and read no further command before it is answered."""
        asyncore_bridge.spawn(self, self.price(*argument.partition(" ")[::2]), pause_reading=True)

    async def price(self, article: str, currency: str) -> None:
        """Push the answer."""
        async with self.database.execute("select price from prices where article = ?", [article]) as rows:
            row = await rows.fetchone()
        if row is None:
            self.push(b"404 we have none\r\n")
            return
        async with self.http.get(self.url, params={"currency": currency or "EUR"}) as response:
            rate = float(await response.text())
        self.push(f"210 {article} costs {row[0] * rate:.2f} {currency or 'EUR'}\r\n".encode("latin-1"))

    def handle_error(self) -> None:
        """Tell the client that it went wrong, and go on: also for exceptions of the coroutine."""
        self.push(f"550 {type(sys.exc_info()[1]).__name__}\r\n".encode("latin-1"))


async def main(database: str, url: str, port: int = 4001) -> None:
    """Serve until cancelled."""
    async with aiosqlite.connect(database) as connection, aiohttp.ClientSession() as http:

        def make(sock: Any, addr: Any) -> OrderDesk:
            return OrderDesk(sock, addr, connection, http, url)

        async with asyncore_bridge.serve(make, "127.0.0.1", port) as server:
            print(f"orders: {server.port}", flush=True)
            await server.serve_forever()


if __name__ == "__main__":
    try:
        asyncio.run(main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:4])))
    except KeyboardInterrupt:
        pass
