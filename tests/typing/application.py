"""A user's program in full type hints: what type checkers say of the public API.

It is checked by ``mypy --strict``, never run. Each "type: ignore" is something that must be an error: where it
is not, mypy calls the comment unused.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Callable

from typing_extensions import assert_type

import asyncore_bridge
from asyncore_bridge import asynchat, asyncore, monitoring, smtpd
from asyncore_bridge.testing import Conversation, MemoryTransport, memory_pair

if TYPE_CHECKING:
    import socket
    import ssl
    from types import ModuleType


class Session(asynchat.async_chat, asyncore_bridge.AsyncMethods):
    """A line server's connection."""

    def __init__(self, sock: socket.socket, addr: tuple[str, int]) -> None:
        asynchat.async_chat.__init__(self, sock)
        self.peer = addr
        self.received: list[bytes] = []
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data: bytes) -> None:
        self.received.append(data)

    def found_terminator(self) -> None:
        self.push(b"".join(self.received))
        assert_type(self.spawn(self.look_up()), asyncio.Task[int])
        self.push_with_producer(asynchat.simple_producer(b"more"))
        self.close_when_done()

    async def look_up(self) -> int:
        return 3


class Server(asyncore.dispatcher):
    """Its listener."""

    def __init__(self, port: int) -> None:
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def writable(self) -> bool:
        return False

    def handle_accepted(self, sock: socket.socket, addr: tuple[str, int]) -> None:
        Session(sock, addr)


class Letters(smtpd.SMTPServer):
    """Takes mail."""

    def process_message(
        self, peer: Any, mailfrom: str, rcpttos: list[str], data: bytes | str, **kwargs: Any
    ) -> None:
        print(peer, mailfrom, rcpttos, data, kwargs)


def install() -> None:
    asyncore_bridge.install()
    with asyncore_bridge.installed():
        pass


def goodbye(channel: Session) -> None:
    channel.push(b"closing down\n")
    channel.close_when_done()


async def serve_and_connect(context: ssl.SSLContext) -> None:
    async with asyncore_bridge.serve(Session, "127.0.0.1", 0, ssl=context) as server:
        assert_type(server, asyncore_bridge.Server)
        assert_type(server.port, "int | None")
        assert_type(server.channels, list[asyncore.dispatcher])
        await server.shutdown(grace=1.0)
        await server.shutdown(1.0, goodbye)
        await server.shutdown(goodbye=Session.close_when_done)
        await server.shutdown(goodbye=lambda channel: channel.push(b"bye"))
        await server.shutdown(goodbye=b"bye")  # type: ignore[arg-type]
    assert_type(await asyncore_bridge.serve(Session, ["::1", "127.0.0.1"], 0, backlog=10), asyncore_bridge.Server)
    async with asyncore_bridge.connect(Session, "mail.example", 25, ssl=True) as channel:
        assert_type(channel, Session)
        channel.push(b"hello")
        channel.no_such_method()  # type: ignore[attr-defined]
        await asyncore_bridge.wait_closed(channel)
    assert_type(await asyncore_bridge.connect(lambda sock, addr: Session(sock, addr), path="/run/x"), Session)
    asyncore_bridge.serve(Session, "127.0.0.1", "80")  # type: ignore[arg-type]


async def protocols(context: ssl.SSLContext) -> None:
    loop = asyncio.get_running_loop()
    made = asyncore_bridge.as_protocol(Session)
    await loop.create_server(made, "127.0.0.1", 0)
    _, protocol = await loop.create_connection(made, "127.0.0.1", 80)
    await asyncore_bridge.start_tls(protocol.channel, context, server_side=False, server_hostname="x")
    await loop.create_datagram_endpoint(asyncore_bridge.as_datagram_protocol(Server))
    asyncore_bridge.as_protocol(3)  # type: ignore[arg-type]


async def maps(module: ModuleType) -> None:
    private: dict[int, Any] = {}
    with asyncore_bridge.attach(private) as attachment:
        assert_type(attachment, asyncore_bridge.Attachment)
        await attachment.until_empty()
    with asyncore_bridge.adopt(module, private, use_poll=True) as adopted:
        assert_type(adopted, asyncore_bridge.Attachment)
    await asyncore_bridge.until_empty(Server(0))
    asyncore_bridge.attach(3)  # type: ignore[arg-type]
    asyncore_bridge.adopt("waitress")  # type: ignore[arg-type]


def tasks(channel: Session) -> None:
    assert_type(asyncore_bridge.spawn(channel, channel.look_up(), pause_reading=True), asyncio.Task[int])
    timer = asyncore_bridge.call_later(channel, 2.5, channel.push, b"still there?")
    assert_type(timer, asyncore_bridge.Timer)
    assert_type(timer.cancelled(), bool)
    timer.cancel()
    asyncore_bridge.spawn(channel, channel.look_up)  # type: ignore[arg-type]
    asyncore_bridge.call_later(channel, "soon", channel.close)  # type: ignore[arg-type]


def callers_that_block() -> None:
    with asyncore_bridge.running_in_thread(Server, 0, timeout=5) as address:
        print(address)
    with Conversation(Session) as client:
        assert_type(client.channel, Session)
        client.says(b"x\n", pieces=1)
        client.hears(b"x")
        client.is_hung_up_on()
    near, _ = memory_pair(asyncio.new_event_loop(), asyncio.Protocol(), asyncio.Protocol())
    assert_type(near, MemoryTransport)


def seeing_inside() -> None:
    monitoring.enable(slow=0.1)
    found = monitoring.counters()
    assert_type(found, dict[str, monitoring.Counters])
    assert_type(found["x"].bytes_in, int)
    assert_type(monitoring.prometheus(prefix="x"), str)
    monitoring.reset()
    monitoring.disable()


def old_functions(members: dict[int, asyncore.dispatcher]) -> None:
    asyncore.loop(30.0, use_poll=True, map=members, count=3)
    asyncore.poll(0.0, members)
    asyncore.close_all(members, ignore_all=True)
    call: Callable[[], None] = asyncore.loop
    assert_type(asyncore.compact_traceback()[3], str)
    call()
