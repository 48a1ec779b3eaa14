"""running_in_thread(): legacy servers for callers that block."""

import asyncio
import gc
import os
import socket
import subprocess
import sys
import threading

import pytest

from asyncore_bridge import _mapdriver, asyncore, call_later, running_in_thread, serve, spawn
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


def test_a_function_that_returns_nothing():
    with running_in_thread(lambda: Listener(Lines) and None) as address:
        assert ask(address, b"quit") == b"bye\r\n"


def test_a_coroutine_that_makes_the_server():
    async def make():
        await asyncio.sleep(0)
        return serve(Lines, "127.0.0.1", 0)

    with running_in_thread(make) as address:
        assert ask(address, b"quit") == b"bye\r\n"


def test_two_loops_in_two_threads():
    def make():
        return serve(Lines, "127.0.0.1", 0)

    with running_in_thread(make) as one, running_in_thread(make) as other:
        for _ in range(20):
            assert ask(one, b"x", b"quit") == ask(other, b"x", b"quit") == b"<x>\r\nbye\r\n"


def test_what_cannot_be_called():
    server = serve(Lines, "127.0.0.1", 0)
    with pytest.raises(
        TypeError, match=r"needs a function that makes the server in the thread, not <asyncore_bridge"
    ):
        running_in_thread(server).__enter__()
    with pytest.warns(RuntimeWarning, match="did nothing"):
        del server
        gc.collect()


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
    before = threading.enumerate()  # plugins of pytest have some of their own
    with pytest.raises(KeyError), running_in_thread(Listener, Lines):
        raise KeyError
    assert threading.enumerate() == before


class Waits(Lines):
    """With a task and a timer that only the end of the channel ends."""

    def found_terminator(self):
        if self.incoming == [b"wait"]:
            spawn(self, asyncio.sleep(3600))
            call_later(self, 3600, print)
        super().found_terminator()


def what_there_is():
    """Return how many descriptors, threads, drivers, channels, tasks and event loops there are."""
    gc.collect()
    types = [type(each) for each in gc.get_objects()]
    kinds = (Waits, asyncio.Task, asyncio.AbstractEventLoop)
    counted = [sum(1 for each in types if issubclass(each, kind)) for kind in kinds]
    return len(os.listdir("/proc/self/fd")), threading.active_count(), len(_mapdriver._all), *counted


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="counts descriptors in /proc")
@pytest.mark.parametrize(
    "make", [lambda: Listener(Waits), lambda: serve(Waits, "127.0.0.1", 0)], ids=["map", "serve"]
)
def test_200_starts_and_stops_leak_nothing(make):
    with running_in_thread(make) as address:
        ask(address, b"quit")
    before = what_there_is()
    for _ in range(200):
        with running_in_thread(make) as address:
            ask(address, b"wait", b"quit")
    assert what_there_is() == before


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


PUSHES_AT_THE_END = """
import socket, sys, threading
from asyncore_bridge import asynchat, asyncore


class Chat(asynchat.async_chat):
    def readable(self):
        driving.set()
        return True


driving = threading.Event()
chat = Chat(socket.socket(fileno=int(sys.argv[1])))
threading.Thread(target=asyncore.loop, daemon=True).start()
driving.wait()
for number in range(100):
    chat.push(b"%d " % number)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="sockets are not inherited like this")
def test_what_is_pushed_right_before_the_end_is_sent_by_a_daemon_thread():
    near, far = socket.socketpair()
    with near, far:
        command = [sys.executable, "-c", PUSHES_AT_THE_END, str(far.fileno())]
        subprocess.run(command, pass_fds=[far.fileno()], timeout=20, check=True)
        far.close()
        assert read_all(near) == b"".join(b"%d " % number for number in range(100))
