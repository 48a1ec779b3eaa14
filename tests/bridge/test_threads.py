"""running_in_thread(): legacy servers for callers that block."""

import gc
import os
import threading

import pytest

from asyncore_bridge import _mapdriver, asyncore, running_in_thread, serve
from support.channels import Lines, Listener, connect, read_all


def ask(address, *lines):
    with connect(address[1]) as client:
        client.sendall(b"".join(line + b"\r\n" for line in lines))
        return read_all(client)


def test_a_server_is_ready_when_the_block_starts():
    with running_in_thread(Listener, Lines) as address:
        assert ask(address, b"x", b"quit") == b"<x>\r\nbye\r\n"
        assert not asyncore.socket_map
    with pytest.raises(OSError):
        ask(address, b"quit")


def test_several_servers():
    with running_in_thread(lambda: [Listener(Lines), Listener(Lines)]) as addresses:
        assert [ask(address, b"quit") for address in addresses] == [b"bye\r\n"] * 2


def test_two_threads_at_once():
    with running_in_thread(Listener, Lines) as one, running_in_thread(Listener, Lines) as other:
        assert ask(one, b"quit") == ask(other, b"quit") == b"bye\r\n"


def test_over_transports():
    with running_in_thread(lambda: serve(Lines, "127.0.0.1", 0)) as address:
        assert ask(address, b"quit") == b"bye\r\n"


def test_the_default_map_if_need_be():
    with running_in_thread(Listener, Lines, map=asyncore.socket_map) as address:
        assert ask(address, b"quit") == b"bye\r\n"
        assert len(asyncore.socket_map) >= 1
    assert not asyncore.socket_map


def test_open_connections_are_closed():
    with running_in_thread(Listener, Lines) as address:
        client = connect(address[1])
        client.sendall(b"x\r\n")
        assert client.recv(10) == b"<x>\r\n"
    assert client.recv(10) == b""
    client.close()


def test_errors_of_make_are_raised():
    def broken():
        raise LookupError("no server today")

    with pytest.raises(LookupError, match="no server today"), running_in_thread(broken):
        pass


def test_what_leaves_the_loop_is_raised():
    class Exits(Lines):
        def found_terminator(self):
            raise asyncore.ExitNow("enough")

    with pytest.raises(asyncore.ExitNow, match="enough"), running_in_thread(Listener, Exits) as address:
        ask(address, b"x")


def test_an_exception_in_the_block_ends_the_thread():
    with pytest.raises(KeyError), running_in_thread(Listener, Lines):
        raise KeyError
    assert threading.active_count() == 1


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="counts descriptors in /proc")
def test_200_starts_and_stops_leak_nothing():
    def descriptors():
        return len(os.listdir("/proc/self/fd"))

    with running_in_thread(Listener, Lines) as address:
        ask(address, b"quit")
    gc.collect()
    before = descriptors(), threading.active_count(), len(_mapdriver._all)
    for _ in range(200):
        with running_in_thread(Listener, Lines) as address:
            ask(address, b"quit")
    gc.collect()
    assert (descriptors(), threading.active_count(), len(_mapdriver._all)) == before


@pytest.mark.parametrize("woken_before", [False, True])
def test_a_channel_closed_while_the_thread_that_drove_it_ends(woken_before):
    """The other thread may give its poller back between our look at it and our call."""
    members = {}
    listener = Listener(Lines, map=members)
    driver = _mapdriver.of(members)
    driver.waiting = True
    if woken_before:
        driver.poller.wake()
    driver.poller.close()
    driver.poke()
    driver.waiting = False
    listener.socket.close()
    members.clear()
