"""Counters per class, slow handlers, and that nothing is left when they are off."""

import sys
import time

import pytest

from asyncore_bridge import asyncore, call_later, monitoring, serve, spawn
from asyncore_bridge.testing import Conversation
from support.channels import Lines, Listener, connect, pair, read_all


@pytest.fixture(autouse=True)
def counting():
    monitoring.reset()
    monitoring.enable()
    yield
    monitoring.disable()
    monitoring.reset()


def of(cls):
    return monitoring.counters()[f"{cls.__module__}.{cls.__qualname__}"]


@pytest.mark.parametrize("use_poll", [False, True])
def test_bytes_events_and_live_channels(use_poll):
    near, far = pair()
    other_near, other_far = pair()
    Lines(near)
    Lines(other_near)
    far.sendall(b"one\r\ntwo\r\n")
    other_far.sendall(b"three\r\n")
    asyncore.loop(timeout=1, use_poll=use_poll, count=1)
    found = of(Lines)
    assert (found.live, found.bytes_in, found.bytes_out) == (2, 17, 23)
    assert found.events == 2
    assert 0 < found.slowest <= found.seconds < 1
    for sock in (far, other_far):
        sock.sendall(b"quit\r\n")
    asyncore.loop(use_poll=use_poll)
    assert of(Lines).live == 0
    assert read_all(far) == b"<one>\r\n<two>\r\nbye\r\n"
    for sock in (far, other_far):
        sock.close()


def test_errors_and_slow_handlers(complaints, capsys):
    monitoring.enable(slow=0.01)

    class Slow(Lines):
        def found_terminator(self):
            time.sleep(0.02)
            raise ValueError

    near, far = pair()
    Slow(near)
    far.sendall(b"x\r\n")
    asyncore.loop()
    assert of(Slow).errors == 1
    assert of(Slow).slowest > 0.02
    messages = complaints.take()
    assert any("for one event" in message and "Slow" in message for message in messages)
    far.close()


def test_spins(complaints):
    class Spins(Lines):
        def writable(self):
            return True

        def handle_write(self):
            pass

    near, far = pair()
    channel = Spins(near)
    asyncore.loop(timeout=0, count=6000)
    assert of(Spins).spins == 1
    (message,) = complaints.take()
    assert message.startswith(
        f"{__name__}.{Spins.__qualname__} uses all of a processor: its writable() has been true"
    )
    channel.push(b"x")
    channel.initiate_send()
    others = pair()
    another = Spins(others[0])
    asyncore.loop(timeout=0, count=6000)
    assert of(Spins).spins == 2
    assert complaints.take() == []  # the class has been named
    channel.close()
    another.close()
    far.close()
    others[1].close()


async def test_over_transports():
    import asyncio

    async with serve(Lines, "127.0.0.1", 0) as server:
        reader, writer = await asyncio.open_connection(*server.address)
        writer.write(b"x\r\n")
        assert await reader.readline() == b"<x>\r\n"
        found = of(Lines)
        assert (found.live, found.bytes_in, found.bytes_out) == (1, 3, 5)
        writer.write(b"quit\r\n")
        await reader.read()
        writer.close()
    assert of(Lines).live == 0


def test_prometheus():
    listener = Listener(Lines)
    near, far = pair()
    Lines(near)
    far.sendall(b"x\r\nquit\r\n")
    asyncore.loop(count=3, timeout=0.1)
    text = monitoring.prometheus()
    assert "# TYPE asyncore_bridge_bytes_in_total counter" in text
    assert 'asyncore_bridge_bytes_in_total{class="support.channels.Lines"} 9' in text
    assert 'asyncore_bridge_live{class="support.channels.Listener"} 1' in text
    for line in text.splitlines():
        assert line.startswith("#") or float(line.rsplit(" ", 1)[1]) >= 0
    listener.close()
    far.close()


def calls(function, *args):
    """Return the names of all Python functions that a call of *function* calls."""
    found = []
    sys.setprofile(lambda frame, event, arg: found.append(frame.f_code.co_name) if event == "call" else None)
    function(*args)
    sys.setprofile(None)
    return found


def one_line_in_a_map():
    near, far = pair()
    channel = Lines(near)
    far.sendall(b"x\r\n")
    asyncore.loop(timeout=1, count=1)
    far.sendall(b"x\r\n")
    found = calls(asyncore.loop, 1, False, None, 1)
    channel.close()
    far.close()
    return found


def one_line_over_a_transport():
    with Conversation(Lines) as client:
        client.says(b"x\r\n")
        return calls(client._protocol.data_received, b"x\r\n")


@pytest.mark.parametrize("one_line", [one_line_in_a_map, one_line_over_a_transport])
def test_off_it_costs_not_a_single_call(one_line):
    monitoring.disable()
    before = one_line()
    assert "found_terminator" in before
    monitoring.enable()
    assert len(one_line()) > len(before)
    monitoring.disable()
    assert one_line() == before


def test_errors_of_tasks_and_timers_count(capsys, complaints):
    class Fails(Lines):
        def found_terminator(self):
            if self._get_data() == b"task":
                spawn(self, self.fail())
            else:
                call_later(self, 0, int, "x")

        async def fail(self):
            raise ValueError

        def handle_error(self):
            self.push(b"sorry\r\n")

    with Conversation(Fails) as client:
        for what in (b"task\r\n", b"timer\r\n"):
            client.says(what)
            client.hears(b"sorry\r\n")
    assert of(Fails).errors == 2


def test_the_short_cuts_stay():
    near, far = pair()
    channel = Lines(near)
    far.sendall(b"a\r\nb\r\nc\r\n")
    asyncore.loop(timeout=1, count=1)
    assert channel._bridge.coalesces
    assert far.recv(100) == b"<a>\r\n<b>\r\n<c>\r\n"
    channel.close()
    far.close()


def test_connections_made_meanwhile():
    listener = Listener(Lines)
    with connect(listener.port) as client:
        client.sendall(b"quit\r\n")
        asyncore.loop(count=4, timeout=0.1)
        assert read_all(client) == b"bye\r\n"
    assert of(Lines).bytes_in == 6
    listener.close()
