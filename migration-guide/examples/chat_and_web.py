"""A legacy chat server and an aiohttp application in one process, on one event loop.

The chat room of legacy/chat.py is open to telnet on one port, as ever, and to browsers on another: a page posts
into the room over a WebSocket, and shows what the room says.  Since both run on one loop, the page's member calls
the room's methods, and the room calls its push(), without a lock, a thread or a queue between them.

    pip install aiohttp
    python chat_and_web.py [HOST [CHAT_PORT [WEB_PORT]]]
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import asyncore_bridge

asyncore_bridge.install()

from aiohttp import WSMsgType, web  # noqa: E402
from legacy import chat  # noqa: E402  (after install(), since it imports asyncore)

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>The chat room</title>
<style>
  body { font: 1rem/1.5 system-ui, sans-serif; max-width: 40rem; margin: 2rem auto; padding: 0 1rem }
  #said { border: 1px solid #999; border-radius: 4px; padding: .5rem 1rem; min-height: 10rem; list-style: none }
  form { display: flex; gap: .5rem }
  input { flex: 1; font: inherit; padding: .25rem .5rem }
  button { font: inherit }
</style>
<h1>The chat room</h1>
<ul id="said" aria-live="polite"></ul>
<form><input id="line" aria-label="What do you say?" autocomplete="off" autofocus><button>Say</button></form>
<script>
  const name = new URLSearchParams(location.search).get("name") || "somebody";
  const room = new WebSocket(`ws://${location.host}/room?name=${encodeURIComponent(name)}`);
  const line = document.getElementById("line");
  room.onmessage = event => {
    const item = document.createElement("li");
    item.textContent = event.data;
    document.getElementById("said").append(item);
  };
  document.querySelector("form").onsubmit = event => {
    event.preventDefault();
    room.send(line.value);
    line.value = "";
  };
</script>
"""


class Visitor:
    """A member of the room who sits in front of a browser."""

    def __init__(self, socket: web.WebSocketResponse) -> None:
        self._socket = socket
        self._said: asyncio.Queue[str] = asyncio.Queue()

    def push(self, line: bytes) -> None:
        """Take what the room says: called by legacy code, so it must not wait."""
        self._said.put_nowait(line.decode().rstrip("\r\n"))

    async def pass_on(self) -> None:
        """Send it to the browser."""
        while True:
            await self._socket.send_str(await self._said.get())


def application(room: chat.Room) -> web.Application:
    """Return the web application: a page, and its way into the room."""

    async def page(_request: web.Request) -> web.Response:
        return web.Response(text=PAGE, content_type="text/html")

    async def enter(request: web.Request) -> web.WebSocketResponse:
        name = request.query.get("name", "somebody")
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        visitor = Visitor(socket)
        passing_on = asyncio.ensure_future(visitor.pass_on())
        room.enter(visitor, name)
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    room.say(f"{name}: {message.data}")
        finally:
            passing_on.cancel()
            room.leave(visitor)
        return socket

    app = web.Application()
    app.add_routes([web.get("/", page), web.get("/room", enter)])
    return app


async def main(host: str = "127.0.0.1", chat_port: int = 4000, web_port: int = 8080) -> None:
    """Run both until cancelled; port 0 is any free one."""
    room = chat.Room()
    runner = web.AppRunner(application(room), access_log=None)
    await runner.setup()
    try:
        async with asyncore_bridge.serve(
            lambda sock, _addr: chat.ChatSession(sock, room), host, chat_port
        ) as server:
            site = web.TCPSite(runner, host, web_port)
            await site.start()
            print(f"chat: {host} {server.port}", flush=True)
            print(f"web: http://{host}:{runner.addresses[0][1]}/", flush=True)
            await server.serve_forever()
    finally:
        await runner.cleanup()


if __name__ == "__main__":
    arguments: list[Any] = [*sys.argv[1:2], *map(int, sys.argv[2:4])]
    try:
        asyncio.run(main(*arguments))
    except KeyboardInterrupt:
        pass
