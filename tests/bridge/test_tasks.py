"""spawn(), call_later() and wait_closed(): asyncio from legacy handlers, whatever drives the channel."""

import asyncio
import socket
import threading

import pytest

from asyncore_bridge import AsyncMethods, asyncore, call_later, serve, spawn, until_empty, wait_closed
from support.channels import Lines, pair, read_all


class Asks(Lines):
    """Answers each line with the result of a coroutine."""

    ordered = False

    def found_terminator(self):
        line = self._get_data()
        self.task = spawn(self, self.answer(line), pause_reading=self.ordered)

    async def answer(self, line):
        self.log.append(line)
        if line == b"quit":
            self.push(b"bye\r\n")
            self.close_when_done()
        elif line == b"fail":
            raise ValueError("no such thing")
        elif line == b"exit":
            raise asyncore.ExitNow
        elif line == b"wait":
            await asyncio.get_running_loop().create_future()
        else:
            await asyncio.sleep(int(line) / 1000)
            self.push(b"%d ms\r\n" % int(line))


class InOrder(Asks):
    ordered = True


def drive_with_loop():
    asyncore.loop(timeout=5)


def drive_with_passes():
    while asyncore.socket_map:
        asyncore.loop(timeout=5, count=1)


def drive_attached():
    asyncio.run(until_empty())


@pytest.fixture(params=[drive_with_loop, drive_with_passes, drive_attached])
def drive(request):
    return request.param


@pytest.fixture
def peer():
    near, far = pair()
    yield near, far
    far.close()


def test_tasks_answer_when_they_are_done(drive, peer):
    near, far = peer
    Asks(near)
    far.sendall(b"40\r\n1\r\n")
    threading.Timer(0.2, far.sendall, [b"quit\r\n"]).start()
    drive()
    assert read_all(far) == b"1 ms\r\n40 ms\r\nbye\r\n"


def test_pause_reading_keeps_the_order(drive, peer):
    near, far = peer
    channel = InOrder(near)
    far.sendall(b"40\r\n1\r\n20\r\nquit\r\n")
    drive()
    assert read_all(far) == b"40 ms\r\n1 ms\r\n20 ms\r\nbye\r\n"
    assert channel.log == [b"40", b"1", b"20", b"quit", "close"]


def test_an_error_goes_to_handle_error(drive, peer, capsys, complaints):
    near, far = peer
    Asks(near)
    far.sendall(b"fail\r\n")
    drive()
    assert "(<class 'ValueError'>:no such thing [" in capsys.readouterr().out
    assert "uncaught exception" in complaints.take()[0]


def test_exit_now_leaves_the_loop(peer):
    near, far = peer
    channel = Asks(near)
    far.sendall(b"exit\r\n")
    with pytest.raises(asyncore.ExitNow):
        asyncore.loop(timeout=5)
    channel.close()


def test_a_task_is_cancelled_when_the_channel_closes(drive, peer):
    near, far = peer
    channel = Asks(near)
    far.sendall(b"wait\r\n")
    threading.Timer(0.1, far.shutdown, [socket.SHUT_WR]).start()
    drive()

    async def cancelled():
        await asyncio.sleep(0)
        return channel.task.cancelled()

    if channel.task.get_loop().is_closed():
        assert channel.task.cancelled()
    else:
        assert channel.task.get_loop().run_until_complete(cancelled())


def test_a_task_may_close_its_own_channel_and_go_on(peer):
    near, far = peer

    class Closes(Asks):
        async def answer(self, line):
            self.close()
            await asyncio.sleep(0)
            done.append(line)

    done = []

    async def main():
        channel = Closes(near)
        far.sendall(b"x\r\n")
        await until_empty()
        await channel.task

    asyncio.run(main())
    assert done == [b"x"]


def test_an_error_after_the_end_goes_to_the_loop(peer, complaints):
    near, far = peer

    class Closes(Asks):
        async def answer(self, line):
            self.close()
            await asyncio.sleep(0)
            raise ValueError("too late")

    async def main():
        channel = Closes(near)
        far.sendall(b"x\r\n")
        await until_empty()
        await asyncio.wait([channel.task])
        await asyncio.sleep(0)

    asyncio.run(main())
    assert "failed after the channel was closed" in complaints.take()[0]


def test_tasks_have_names(peer):
    near, far = peer
    channel = Asks(near)

    async def main():
        far.sendall(b"wait\r\n")
        serving = asyncio.ensure_future(until_empty())
        while not channel.log:
            await asyncio.sleep(0.001)
        assert channel.task.get_name() == "Asks: Asks.answer"
        channel.close()
        await serving

    asyncio.run(main())


@pytest.mark.parametrize("drive", [drive_with_loop, drive_with_passes])
def test_call_later(drive, peer):
    near, far = peer
    channel = Lines(near)
    call_later(channel, 0.03, channel.push, b"second ")
    call_later(channel, 0.01, channel.push, b"first ")
    never = call_later(channel, 0.02, channel.push, b"never ")
    never.cancel()
    never.cancel()
    assert never.cancelled()
    call_later(channel, 0.05, channel.close_when_done)
    late = call_later(channel, 50, channel.push, b"too late")
    drive()
    assert read_all(far) == b"first second "
    assert late.cancelled()


def test_call_later_attached(peer, complaints, capsys):
    near, far = peer

    async def main():
        channel = Lines(near)
        call_later(channel, 0.01, channel.push, b"first ")
        call_later(channel, 0.02, int, "not a number")
        await until_empty()

    asyncio.run(main())
    assert read_all(far) == b"first "
    assert "ValueError" in capsys.readouterr().out
    complaints.take()


async def test_over_transports():
    async with serve(InOrder, "127.0.0.1", 0) as server:
        reader, writer = await asyncio.open_connection(*server.address)
        writer.write(b"30\r\n1\r\nquit\r\n")
        assert await reader.read() == b"30 ms\r\n1 ms\r\nbye\r\n"
        writer.close()


async def test_wait_closed():
    near, far = pair()
    channel = Lines(near)
    waiting = [asyncio.ensure_future(wait_closed(channel)) for _ in range(3)]
    serving = asyncio.ensure_future(until_empty())
    await asyncio.sleep(0.01)
    assert not any(task.done() for task in waiting)
    far.close()
    await asyncio.gather(serving, *waiting)
    await wait_closed(channel)


async def test_locks_are_shared_between_both_worlds():
    lock = asyncio.Lock()
    order = []

    class Locked(Asks):
        async def answer(self, line):
            order.append("legacy wants it")
            async with lock:
                order.append("legacy has it")
                self.push(b"done\r\n")
                self.close_when_done()

    async with serve(Locked, "127.0.0.1", 0) as server, lock:
        reader, writer = await asyncio.open_connection(*server.address)
        writer.write(b"go\r\n")
        while not order:
            await asyncio.sleep(0.001)
        order.append("asyncio lets go")
        lock.release()
        assert await reader.read() == b"done\r\n"
        writer.close()
        await lock.acquire()
    assert order == ["legacy wants it", "asyncio lets go", "legacy has it"]


def test_as_methods(peer):
    near, far = peer

    class Methods(AsyncMethods, Lines):
        def found_terminator(self):
            self.call_later(0.01, self.push, b"later")
            self.spawn(self.finish(), pause_reading=True)

        async def finish(self):
            await asyncio.sleep(0.05)
            self.close_when_done()

    Methods(near)
    far.sendall(b"x\r\n")
    asyncore.loop()
    assert read_all(far) == b"later"


def test_a_channel_without_a_map_is_refused():
    async def nothing():
        pass

    coro = nothing()
    with pytest.raises(RuntimeError, match="not in a socket map"):
        spawn(asyncore.dispatcher(), coro)
    coro.close()


@pytest.mark.parametrize("function", ["spawn", "call_later"])
async def test_from_another_thread_it_is_refused(function):
    async with serve(Lines, "127.0.0.1", 0, grace=0) as server:
        _, writer = await asyncio.open_connection(*server.address)
        while not server.channels:
            await asyncio.sleep(0)
        channel = server.channels[0]

        async def never():
            raise AssertionError

        def elsewhere():
            with pytest.raises(RuntimeError, match=rf"{function}\(\) must be called in the thread that serves <s"):
                if function == "spawn":
                    spawn(channel, never())
                else:
                    call_later(channel, 0, print)

        await asyncio.get_running_loop().run_in_executor(None, elsewhere)
        writer.close()


async def test_what_is_started_after_the_end_is_done():
    """handle_close() may clean up, and connect again later."""
    order = []

    class Cleans(Lines):
        def handle_close(self):
            spawn(self, self.note("cancelled"))
            self.close()
            spawn(self, self.note("cleaned up"))
            call_later(self, 0.02, again.set)

        async def note(self, what):
            await asyncio.sleep(0.01)
            order.append(what)

    again = asyncio.Event()
    async with serve(Cleans, "127.0.0.1", 0) as server:
        reader, writer = await asyncio.open_connection(*server.address)
        writer.write(b"x\r\n")
        await reader.readline()
        writer.close()
        await again.wait()
    assert order == ["cleaned up"]


async def test_nobody_else_has_to_keep_the_task():
    """An event loop refers to its tasks weakly, and this one's channel is gone."""
    import gc

    done = []

    class Leaves(Lines):
        def handle_close(self):
            self.close()
            spawn(self, self.wait())

        async def wait(self):
            import weakref

            future = asyncio.get_running_loop().create_future()
            wakers.append(weakref.ref(future))
            await future
            done.append(True)

    wakers = []
    async with serve(Leaves, "127.0.0.1", 0) as server:
        _, writer = await asyncio.open_connection(*server.address)
        writer.close()
        while not wakers:
            await asyncio.sleep(0)
        gc.collect()
        wakers[0]().set_result(None)
        while not done:
            await asyncio.sleep(0)


@pytest.mark.skipif(not hasattr(asyncio, "eager_task_factory"), reason="from Python 3.12 on")
def test_tasks_that_start_at_once():
    async def main():
        asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)
        async with serve(InOrder, "127.0.0.1", 0) as server:
            reader, writer = await asyncio.open_connection(*server.address)
            writer.write(b"10\r\n1\r\nquit\r\n")
            assert await reader.read() == b"10 ms\r\n1 ms\r\nbye\r\n"
            writer.close()

    asyncio.run(main())


def test_an_exit_in_a_task_leaves_the_loop_once():
    """asyncio.run() ends what is left, and is not interrupted again by what it was told already."""
    steps = []

    class Interrupted(Lines):
        def found_terminator(self):
            spawn(self, self.exits())

        async def exits(self):
            raise KeyboardInterrupt

        def handle_error(self):
            steps.append("handle_error")

    async def main():
        async with serve(Interrupted, "127.0.0.1", 0, grace=0) as server:
            reader, writer = await asyncio.open_connection(*server.address)
            writer.write(b"x\r\n")
            try:
                await reader.read()
            finally:
                writer.close()
                await asyncio.sleep(0.01)
                steps.append("cleaned up")

    with pytest.raises(KeyboardInterrupt):
        asyncio.run(main())
    assert steps == ["cleaned up"]
