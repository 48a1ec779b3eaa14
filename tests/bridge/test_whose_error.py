"""Errors carry the channel they come from: in asyncio's exception handler, in the log, and on the way out."""

import asyncio
import logging

import pytest

from asyncore_bridge import asyncore, attach, monitoring, running_in_thread, serve, spawn, until_empty
from asyncore_bridge._poller import IN
from support.channels import Lines, connect, pair


class Exits(Lines):
    def found_terminator(self):
        self.close()
        raise asyncore.ExitNow("enough")


class GivesUp(Lines):
    """Its handle_error() lets everything out."""

    def found_terminator(self):
        raise ValueError("oh")

    def handle_error(self):
        self.close()
        raise


class SpawnsIt(GivesUp):
    def found_terminator(self):
        spawn(self, self.fail())

    async def fail(self):
        raise ValueError("oh")


@pytest.fixture
async def contexts():
    """What the exception handler of the running event loop is told."""
    found = asyncio.Queue()
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: found.put_nowait(context))
    yield found
    assert found.empty()


@pytest.mark.parametrize("cls", [Exits, GivesUp, SpawnsIt])
async def test_over_a_transport(contexts, cls):
    made = []
    async with serve(lambda sock, addr: made.append(cls(sock, addr)), "127.0.0.1", 0) as server:
        _, writer = await asyncio.open_connection(*server.address)
        writer.write(b"x\r\n")
        context = await contexts.get()
        writer.close()
    assert context["message"] == f"{type(context['exception']).__name__} left a handler of a legacy channel"
    assert context["channel"] is made[0]


@pytest.mark.parametrize("use_poll", [False, True])
@pytest.mark.parametrize("cls", [Exits, GivesUp, SpawnsIt])
async def test_in_a_map(contexts, cls, use_poll):
    near, far = pair()
    channel = cls(near)
    with attach() as attachment:
        attachment._driver.set_mode(use_poll)
        far.sendall(b"x\r\n")
        assert (await contexts.get())["channel"] is channel
    far.close()


@pytest.mark.parametrize("cls", [Exits, GivesUp, SpawnsIt])
async def test_out_of_until_empty(cls):
    near, far = pair()
    channel = cls(near)
    far.sendall(b"x\r\n")
    with pytest.raises((asyncore.ExitNow, ValueError)) as caught:
        await until_empty()
    assert caught.value.asyncore_channel is channel
    far.close()


def test_out_of_a_thread():
    made = []

    def make():
        return serve(lambda sock, addr: made.append(Exits(sock, addr)), "127.0.0.1", 0)

    with (
        pytest.raises(asyncore.ExitNow) as caught,
        running_in_thread(make) as address,
        connect(address[1]) as client,
    ):
        client.sendall(b"x\r\n")
        assert client.recv(1) == b""
    assert caught.value.asyncore_channel is made[0]


async def test_a_task_that_fails_after_the_end(contexts):
    class Late(Lines):
        def handle_close(self):
            self.close()
            spawn(self, self.fail())

        async def fail(self):
            raise ValueError("too late")

    async with serve(Late, "127.0.0.1", 0) as server:
        reader, writer = await asyncio.open_connection(*server.address)
        writer.write(b"x\r\n")
        await reader.readline()
        channel = server.channels[0]
        writer.close()
        context = await contexts.get()
    assert context["channel"] is channel
    assert "too late" in str(context["exception"])


def test_in_the_log(complaints, capsys):
    monitoring.enable(slow=0)
    try:
        near, far = pair()
        channel = Lines(near)
        far.sendall(b"fail\r\n")
        asyncore.loop()
    finally:
        monitoring.disable()
        monitoring.reset()
    records = list(complaints.records)
    assert [record.levelno for record in records] == [logging.ERROR, logging.WARNING]
    assert all(record.channel is channel for record in records)
    assert "uncaptured python exception" in capsys.readouterr().out
    complaints.take()
    far.close()


async def test_an_exception_that_takes_no_attributes(contexts):
    class Frozen(Exception):
        def __setattr__(self, name, value):
            raise TypeError("frozen")

    class Raises(GivesUp):
        def found_terminator(self):
            raise Frozen

    near, far = pair()
    Raises(near)
    with attach():
        far.sendall(b"x\r\n")
        assert isinstance((await contexts.get())["exception"], Frozen)
    far.close()


async def test_others_are_served_all_the_same(contexts):
    """What leaves one channel's handler does not lose what others are still to be told."""
    ended = asyncio.Event()

    class Nibbles(asyncore.dispatcher_with_send):
        def __init__(self, sock, addr):
            asyncore.dispatcher_with_send.__init__(self, sock)
            self.got = b""
            made.append(self)

        def handle_read(self):
            self.got += self.recv(1)
            if self.got == b"ex":
                raise asyncore.ExitNow
            if self.got == b"onward":
                ended.set()

        def handle_close(self):
            self.close()

    made = []
    async with serve(Nibbles, "127.0.0.1", 0, grace=0) as server:
        writers = [(await asyncio.open_connection(*server.address))[1] for _ in range(3)]
        while len(made) < 3:
            await asyncio.sleep(0)
        for channel, data in zip(made, (b"exit", b"onward", b"exit")):
            channel.socket.feed(data)
            channel._bridge.driver.tell_soon(channel._bridge, IN)  # all in the same turn
        await asyncio.wait_for(ended.wait(), 20)
        assert made[1].got == b"onward"
        for _ in range(2):
            assert isinstance((await contexts.get())["exception"], asyncore.ExitNow)
        for writer in writers:
            writer.close()


class ForgetsToEnter(Lines):
    """The commonest bug: handle_close() takes it from a list in which it never was, and comes to no close()."""

    def handle_close(self):
        [].remove(self)
        self.close()


class Exits(Lines):
    def handle_close(self):
        raise asyncore.ExitNow


class NeverReadable(Lines):
    def readable(self):
        raise LookupError("readable")


class NeverWritable(Lines):
    def writable(self):
        raise LookupError("writable")


class NeverCloses(NeverReadable):
    def close(self):
        raise LookupError("close")


@pytest.mark.parametrize("make", [ForgetsToEnter, Exits, NeverReadable, NeverWritable, NeverCloses])
async def test_what_would_be_raised_for_ever_is_reported_once(make, complaints):
    """The channel is cut off, and the others are served."""
    reports = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: reports.append(context))
    async with serve(Lines, "127.0.0.1", 0, grace=0) as good, serve(make, "127.0.0.1", 0, grace=10) as bad:
        reader, writer = await asyncio.open_connection(*good.address)
        _, other = await asyncio.open_connection(*bad.address)
        other.close()
        for _ in range(5):
            writer.write(b"x\r\n")
            assert await reader.readline() == b"<x>\r\n"
            await asyncio.sleep(0.01)
        await asyncio.wait_for(bad.wait_closed(), 5)
        writer.close()
    assert [type(context["channel"]) for context in reports] == [make]
    complaints.take()


@pytest.mark.parametrize("make", [ForgetsToEnter, Exits, NeverReadable, NeverWritable, NeverCloses])
async def test_nor_for_ever_in_a_map_that_is_attached(make, complaints):
    reports = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: reports.append(context))
    near, far = pair()
    channel = make(near)
    far.close()
    with attach(channel):
        while asyncore.socket_map:
            await asyncio.sleep(0.001)
        await asyncio.sleep(0.06)  # it would be asked again after 50 ms
    assert [context["channel"] for context in reports] == [channel]
    if make is NeverCloses:
        near.close()
    complaints.take()
