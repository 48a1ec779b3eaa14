"""Print the methods of a listener."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asyncore_codemods.plan.description import ListenerDescription


def listener_methods(description: ListenerDescription) -> list[str]:
    """Return the methods to add."""
    constructor = ["\n    ".join(["def __init__(self, sock):", *description.constructor])]
    return [*(constructor if description.constructor else []), *_serving(description)]


def _serving(description: ListenerDescription) -> list[str]:
    """Print what serves, and close().

    Server.serve_forever() would be the obvious call, but where it is cancelled (by Ctrl-C, that is) it waits for
    the clients to go, on Python 3.12.1 and 3.13.0 among others (cpython#123720). wait_closed() does what
    asyncore.loop() did: it returns when the listener is closed and the last connection has ended.
    """
    if not description.closes and description.lets_go:
        return [
            (
                f"async def {description.serve}(self):\n"
                f"    server = await asyncio.start_server(self.{description.accept}, sock=self.socket)\n"
                "    try:\n"
                "        await server.wait_closed()\n"
                "    finally:\n"
                "        server.close()"
            )
        ]
    if not description.closes:
        return [
            (
                f"async def {description.serve}(self):\n"
                f"    server = await asyncio.start_server(self.{description.accept}, sock=self.socket)\n"
                "    await server.wait_closed()"
            )
        ]
    early = "    if self.socket.fileno() < 0:\n        return  # closed already\n" if description.waits else ""
    if description.has_threads:
        return [
            (
                f"async def {description.serve}(self):\n"
                '    """Serve until close() is called and the last connection has ended."""\n'
                f"{early}"
                f"    server = await asyncio.start_server(self.{description.accept}, sock=self.socket)\n"
                + "\n".join(until_requested(description.stopping))
            ),
            requested_close(description.stopping),
        ]
    server = f"self.{description.server}"
    starts = f"    {server} = await asyncio.start_server(self.{description.accept}, sock=self.socket)\n"
    if description.loop:  # another thread may close it at any time, but between these two lines
        later = starts.replace(")\n", ", start_serving=False)\n")
        starts = f"{later}    await {server}.start_serving()\n"
    return [
        (
            f"async def {description.serve}(self):\n"
            '    """Serve until close() is called and the last connection has ended."""\n'
            f"{early}"
            f"{starts}"
            "    try:\n"
            f"        await {server}.wait_closed()\n"
            "    finally:\n"
            f"        {server}.close()"
        ),
        *([] if description.closing else ["\n    ".join(["def close(self):", *closing_lines(description)])]),
    ]


def until_requested(stopping: str, *ended: str) -> list[str]:
    """Print how a server serves until that future is set; *ended* are lines for when it has ended, in any way."""
    return [
        f"    stop = asyncio.wrap_future(self.{stopping})",
        "    stop.add_done_callback(lambda _: server.close())",
        "    try:",
        "        await server.wait_closed()",
        "    finally:",
        *(f"        {line}" for line in ended),
        "        stop.cancel()",
    ]


def requested_close(stopping: str, *others: str) -> str:
    """Print a close() that any thread may call, which sets a future; *others* are lines in front of that."""
    return "\n".join(
        [
            "def close(self):",
            '    """Stop listening; any thread may ask for it, and more than once."""',
            *others,
            f"    if not self.{stopping}.done():",
            f"        self.{stopping}.set_result(None)",
        ]
    )


def server_registry(description: ListenerDescription) -> list[str]:
    """Return what goes in front of the constructor of a class that knows its listeners."""
    keeps_server = description.closes and not (description.has_threads or description.waits)
    is_open = f"one.{description.server}.is_serving()" if keeps_server else "one.socket.fileno() >= 0"
    return [
        f"{description.registry} = ()  # all that have ever been made",
        (
            "@classmethod\n"
            f"def {description.all_open}(cls):\n"
            '    """Return the listeners that have not been closed."""\n'
            f"    return [one for one in cls.{description.registry} if {is_open}]"
        ),
    ]


def closing_lines(description: ListenerDescription, own: str = "self") -> list[str]:
    """Print what close() does; where it serves, the server closes the socket."""
    server = f"{own}.{description.server}"
    if not description.waits:
        return [f"{server}.close()"]
    return [f"if {server} is None:", f"    {own}.socket.close()", "else:", f"    {server}.close()"]
