"""Socket maps on an event loop that somebody else runs: attach() and until_empty()."""

import asyncio
import socket
import threading

import pytest

from asyncore_bridge import asyncore, attach, serve, until_empty
from support.channels import Lines, Listener, pair


async def talk(port, *lines):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"".join(line + b"\r\n" for line in lines))
    answer = await reader.read()
    writer.close()
    return answer


async def test_until_empty_serves_and_returns_when_the_last_channel_is_closed():
    listener = Listener(Lines)
    serving = asyncio.ensure_future(until_empty())
    answers = await asyncio.gather(*[talk(listener.port, b"%d" % n, b"quit") for n in range(5)])
    assert answers == [b"<%d>\r\nbye\r\n" % n for n in range(5)]
    listener.close()
    await serving


async def test_who_has_connected_to_asyncio_is_there_before_input_is_handled():
    near, far = pair()
    there, seen = [], []

    class Counts(Lines):
        def found_terminator(self):
            seen.append(len(there))

    async def enter(_reader, writer):
        there.append(writer)

    Counts(near)
    server = await asyncio.start_server(enter, "127.0.0.1", 0)
    serving = asyncio.ensure_future(until_empty(accept_first=True))
    peers = []
    for number in range(1, 4):
        if number > 1:  # somebody else who waits, and no longer, changes nothing
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(until_empty(accept_first=number > 2), 0.01)
        peers.append(socket.create_connection(server.sockets[0].getsockname()))
        far.sendall(b"x\r\n")
        while len(seen) < number:
            await asyncio.sleep(0)
    assert seen == [1, 2, 3]
    for end in (far, *peers, *there, server):
        end.close()
    await serving
    await server.wait_closed()


async def test_until_empty_with_nothing_to_do_returns():
    await until_empty()


async def test_attach_leaves_the_map_on_the_loop():
    private = {}
    with attach(private) as attachment:
        listener = Listener(lambda sock, addr: PrivateLines(sock, private), map=private)
        assert await talk(listener.port, b"quit") == b"bye\r\n"
        listener.close()
        await attachment.until_empty()
        again = Listener(lambda sock, addr: PrivateLines(sock, private), map=private)
        assert await talk(again.port, b"x", b"quit") == b"<x>\r\nbye\r\n"
        again.close()


class PrivateLines(Lines):
    def __init__(self, sock, private):
        asyncore.dispatcher.__init__(self, sock, private)
        self.incoming = []
        self.log = []
        self.set_terminator(b"\r\n")


async def test_attach_takes_a_dispatcher():
    listener = Listener(Lines)
    attachment = attach(listener)
    assert attach() is attachment
    assert await talk(listener.port, b"quit") == b"bye\r\n"
    attachment.detach()
    attachment.detach()
    listener.close()


@pytest.mark.parametrize("exit_with", [asyncore.ExitNow, ValueError])
async def test_what_leaves_a_handler_comes_out_of_until_empty(exit_with):
    near, far = pair()

    class Exits(Lines):
        def found_terminator(self):
            raise exit_with("now")

        def handle_error(self):
            raise

    channel = Exits(near)
    far.sendall(b"x\r\n")
    with pytest.raises(exit_with, match="now"):
        await until_empty()
    channel.close()
    far.close()


async def test_with_nobody_waiting_it_goes_to_the_exception_handler(complaints):
    near, far = pair()

    class Exits(Lines):
        def found_terminator(self):
            self.close()
            raise asyncore.ExitNow

    Exits(near)
    with attach():
        far.sendall(b"x\r\n")
        while asyncore.socket_map:
            await asyncio.sleep(0.01)
    assert "ExitNow left a handler" in complaints.take()[0]
    far.close()


async def test_other_tasks_may_push_and_close():
    near, far = pair()
    far.setblocking(False)
    channel = Lines(near)
    loop = asyncio.get_running_loop()
    with attach():
        await asyncio.sleep(0.01)
        channel.push(b"hello")
        assert await loop.sock_recv(far, 10) == b"hello"
        channel.push(b"x" * 3_000_000)  # more than the kernel takes at once
        channel.close_when_done()
        received = 0
        while data := await loop.sock_recv(far, 1 << 20):
            received += len(data)
        assert received == 3_000_000
    far.close()


async def test_changes_made_by_other_tasks_are_noticed():
    near, far = pair()

    class Paused(Lines):
        paused = True

        def readable(self):
            return not self.paused

    channel = Paused(near)
    far.sendall(b"quit\r\n")
    waiting = asyncio.ensure_future(until_empty())
    await asyncio.sleep(0.1)
    assert channel.log == []
    channel.paused = False
    await waiting
    assert channel.log[0] == b"quit"
    far.close()


async def test_other_tasks_get_their_turn_under_load():
    near, far = pair()
    turns = 0

    class Busy(asyncore.dispatcher_with_send):
        def writable(self):
            return True

        def handle_write(self):
            self.progress = True

        def handle_read(self):
            self.recv(100)

        def handle_close(self):
            self.close()

    Busy(near)
    waiting = asyncio.ensure_future(until_empty())
    for _ in range(100):
        await asyncio.sleep(0)
        turns += 1
    far.close()
    await waiting
    assert turns == 100


async def test_a_map_that_another_thread_drives_is_refused():
    listener = Listener(Lines)
    started = threading.Event()

    class Starts(Lines):
        def readable(self):
            started.set()
            return True

    near, far = pair()
    channel = Starts(near)
    thread = threading.Thread(target=asyncore.loop)
    thread.start()
    await asyncio.get_running_loop().run_in_executor(None, started.wait)
    with pytest.raises(RuntimeError, match="another thread"):
        attach()
    channel.close()
    listener.close()
    thread.join()
    far.close()


def foreign_class():
    """A class like one that was made before install(): of a module asyncore that is not the bridge's."""
    return type("Session", (type("dispatcher", (), {"__module__": "asyncore"}),), {})


@pytest.mark.parametrize("call", ["attach", "until_empty"])
@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Lines, "needs a socket map or a dispatcher"),
        (lambda: [1], "needs a socket map or a dispatcher"),
        (lambda: "x", "needs a socket map or a dispatcher"),
        (
            lambda: foreign_class()(),
            r"derives from the standard library's asyncore; call asyncore_bridge\.install\(\)",
        ),
    ],
)
async def test_what_is_no_map(call, make, says):
    with pytest.raises(TypeError, match=says):
        if call == "attach":
            attach(make())
        else:
            await until_empty(make())


async def test_what_is_served_already():
    async with serve(Lines, "127.0.0.1", 0) as server:
        with pytest.raises(TypeError, match=r"attach\(\) is not needed for what serve\(\) gives"):
            attach(server)


def test_a_loop_that_ended_while_it_was_attached():
    """The map is free for the next event loop, and for asyncore.loop()."""

    async def forgets():
        attach(listener)

    async def serves():
        with attach(listener):
            assert await talk(listener.port, b"x", b"quit") == b"<x>\r\nbye\r\n"

    listener = Listener(Lines)
    asyncio.run(forgets())
    asyncio.run(serves())
    asyncio.run(forgets())
    asyncore.loop(timeout=0, count=1)
    asyncio.run(forgets())

    async def ends():
        asyncio.get_running_loop().call_later(0.01, listener.close)
        await until_empty(listener)

    asyncio.run(ends())


def test_a_loop_that_ended_while_an_empty_map_was_attached():
    async def forgets():
        attach()

    asyncio.run(forgets())

    async def serves():
        with attach() as attachment:
            await attachment.until_empty()

    asyncio.run(serves())
