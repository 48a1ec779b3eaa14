"""The drop-in half: asyncore.loop() and its friends, as legacy programs call them."""

import asyncio
import errno
import signal
import socket
import sys
import threading
import time
from collections import deque

import pytest

from asyncore_bridge import _loops, _mapdriver, asynchat, asyncore
from support.channels import Lines, Listener, connect, pair, read_all


class Echo(asyncore.dispatcher_with_send):
    def handle_read(self):
        self.send(self.recv(8192))

    def handle_close(self):
        self.close()


def test_loop_returns_at_once_when_the_map_is_empty():
    asyncore.loop()
    asyncore.loop(count=3)
    asyncore.poll(30)


def test_loop_serves_until_the_last_channel_closes():
    near, far = pair()
    channel = Lines(near)
    far.sendall(b"one\r\ntwo\r\nquit\r\nignored\r\n")
    asyncore.loop(timeout=5)
    assert channel.log[:3] == [b"one", b"two", b"quit"]
    assert read_all(far).startswith(b"<one>\r\n<two>\r\nbye\r\n")
    far.close()


@pytest.mark.parametrize("use_poll", [False, True])
def test_a_server_and_its_clients(use_poll):
    listener = Listener(Lines)
    answers = []

    def client(number):
        with connect(listener.port) as sock:
            sock.sendall(b"%d\r\nquit\r\n" % number)
            answers.append(read_all(sock))
        if len(answers) == 5:
            listener.close()

    threads = [threading.Thread(target=client, args=(n,)) for n in range(5)]
    for thread in threads:
        thread.start()
    asyncore.loop(timeout=0.1, use_poll=use_poll)
    for thread in threads:
        thread.join()
    assert sorted(answers) == [b"<%d>\r\nbye\r\n" % n for n in range(5)]


def test_an_event_loop_runs_meanwhile():
    near, far = pair()
    seen = []

    async def later(channel):
        await asyncio.sleep(0)
        seen.append(asyncio.get_running_loop())
        channel.push(b"from a task")
        channel.close_when_done()

    class Spawns(Lines):
        def found_terminator(self):
            self.task = asyncio.get_running_loop().create_task(later(self))

    Spawns(near)
    far.sendall(b"go\r\n")
    asyncore.loop()
    assert seen == [_loops.existing()]
    assert read_all(far) == b"from a task"
    far.close()


@pytest.mark.parametrize("exit_with", [asyncore.ExitNow, KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("how", [{}, {"count": 5}, {"use_poll": True}])
def test_exits_leave_the_loop_which_can_be_entered_again(exit_with, how):
    near, far = pair()

    class Exits(Lines):
        def found_terminator(self):
            line = self._get_data()
            self.log.append(line)
            self.push(line)
            if line == b"exit":
                raise exit_with("now")
            self.close_when_done()

    channel = Exits(near)
    far.sendall(b"exit\r\n")
    with pytest.raises(exit_with):
        asyncore.loop(timeout=5, **how)
    assert channel.connected
    far.sendall(b"end\r\n")
    asyncore.loop(timeout=5, **how)
    assert channel.log == [b"exit", b"end", "close"]
    assert read_all(far) == b"exitend"
    far.close()


def test_what_handle_error_raises_leaves_the_loop():
    near, far = pair()

    class Raises(Lines):
        def handle_error(self):
            self.close()
            raise

    Raises(near)
    far.sendall(b"fail\r\n")
    with pytest.raises(ValueError, match="asked to"):
        asyncore.loop()
    far.close()


def test_the_default_handle_error_prints_one_line_and_closes(capsys, complaints):
    near, far = pair()
    channel = Lines(near)
    far.sendall(b"one\r\nfail\r\n")
    asyncore.loop()
    out = capsys.readouterr().out
    assert out.startswith("error: uncaptured python exception, closing channel <")
    assert "(<class 'ValueError'>:asked to [" in out
    assert out.count("\n") == 1
    (record,) = complaints.records
    assert record.exc_info[0] is ValueError  # with the whole traceback
    assert complaints.take()[0].startswith("uncaught exception, closing channel <")
    assert channel.log == [b"one", b"fail", "close"]
    assert read_all(far) == b"<one>\r\n"
    far.close()


@pytest.mark.skipif(sys.platform == "win32", reason="signals to oneself")
def test_ctrl_c_comes_out_of_loop_where_it_stands():
    listener = Listener(Lines)
    main = threading.get_ident()
    timer = threading.Timer(0.2, lambda: signal.pthread_kill(main, signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        asyncore.loop(timeout=30)
    timer.join()
    listener.close()


@pytest.mark.skipif(sys.platform == "win32", reason="signals to oneself")
@pytest.mark.parametrize("how", [{}, {"count": 1}])
def test_a_signal_handler_that_closes_everything_ends_the_wait(how):
    listener = Listener(Lines)
    main = threading.get_ident()
    before = signal.signal(signal.SIGUSR1, lambda *_: listener.close())
    timer = threading.Timer(0.2, lambda: signal.pthread_kill(main, signal.SIGUSR1))
    timer.start()
    started = time.monotonic()
    asyncore.loop(timeout=20, **how)
    signal.signal(signal.SIGUSR1, before)
    timer.join()
    assert time.monotonic() - started < 10


@pytest.mark.skipif(sys.platform == "win32", reason="signals to threads")
def test_a_signal_that_does_not_interrupt_the_wait_ends_it_all_the_same():
    """As one just before the system call would be.  Here another thread gets it, and Python tells the main one."""
    listener = Listener(Lines)
    waiting = threading.Event()

    def receive():
        waiting.wait()
        signal.pthread_kill(threading.get_ident(), signal.SIGINT)

    class Watcher(asyncore.dispatcher):
        def readable(self):
            waiting.set()
            return False

    near, far = pair()
    watcher = Watcher(near)
    watcher.writable = lambda: False
    thread = threading.Thread(target=receive)
    thread.start()
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        asyncore.loop(timeout=30)
    thread.join()
    assert time.monotonic() - started < 10
    for each in (listener, watcher, far):
        each.close()
    assert signal.set_wakeup_fd(-1) == -1


@pytest.mark.skipif(sys.platform == "win32", reason="signals to oneself")
def test_the_programs_own_wakeup_descriptor_stays():
    near, far = pair()
    far.setblocking(False)
    signal.set_wakeup_fd(far.fileno())
    before = signal.signal(signal.SIGUSR1, lambda *_: None)

    class Once(Lines):
        def found_terminator(self):
            signal.raise_signal(signal.SIGUSR1)
            self.close()

    mine, theirs = pair()
    Once(mine)
    theirs.sendall(b"now\r\n")
    try:
        asyncore.loop()
        assert near.recv(10) == bytes([signal.SIGUSR1])
    finally:
        assert signal.set_wakeup_fd(-1) == far.fileno()
        signal.signal(signal.SIGUSR1, before)
    for each in (near, far, theirs):
        each.close()


async def test_loop_inside_somebody_elses_event_loop_is_one_clear_error():
    near, far = pair()
    channel = Lines(near)
    with pytest.raises(RuntimeError, match=r"await asyncore_bridge\.until_empty\(\)"):
        asyncore.loop()
    asyncore.loop(count=1, timeout=0)  # passes are allowed: they return
    channel.close()
    far.close()


@pytest.mark.parametrize("inner", [{"count": 3}, {}])
def test_a_handler_may_pump_the_loop(inner):
    near, far = pair()
    other_near, other_far = pair()
    other = Lines(other_near)

    class Pumps(Lines):
        def found_terminator(self):
            line = self._get_data()
            self.log.append(line)
            self.push(b"before ")
            if inner:
                while not other.log:
                    asyncore.loop(timeout=1, **inner)
            else:
                self.del_channel()  # or the inner loop would wait for this channel, too
                asyncore.loop(timeout=1)
                self.set_socket(self.socket)
            self.push(b"after %d" % len(other.log))
            self.close_when_done()

    Pumps(near)
    far.sendall(b"go\r\n")
    other_far.sendall(b"hello\r\nquit\r\n")
    asyncore.loop(timeout=5)
    assert read_all(far) in (b"before after 2", b"before after 3")
    assert read_all(other_far) == b"<hello>\r\nbye\r\n"
    far.close()
    other_far.close()


def test_loops_in_threads_with_maps_of_their_own():
    results = {}

    def serve(name):
        private = {}
        near, far = pair()

        class Private(asynchat.async_chat):
            def __init__(self):
                asynchat.async_chat.__init__(self, near, map=private)
                self.set_terminator(b"\n")

            def collect_incoming_data(self, data):
                self.push(data + threading.current_thread().name.encode())

            def found_terminator(self):
                self.close_when_done()

        Private()
        far.sendall(b"I am \n")
        asyncore.loop(map=private)
        results[name] = read_all(far)
        far.close()

    threads = [threading.Thread(target=serve, args=(f"t{n}",), name=f"t{n}") for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {f"t{n}": b"I am t%d" % n for n in range(4)}


def test_made_in_one_thread_and_looped_in_another():
    listener = Listener(Lines)
    thread = threading.Thread(target=asyncore.loop, kwargs={"timeout": 30})
    thread.start()
    with connect(listener.port) as client:
        client.sendall(b"x\r\nquit\r\n")
        assert read_all(client) == b"<x>\r\nbye\r\n"
    late = Listener(Lines)  # while the other thread waits
    with connect(late.port) as client:
        client.sendall(b"quit\r\n")
        assert read_all(client) == b"bye\r\n"
    listener.close()
    late.close()  # from another thread: the loop ends
    thread.join(5)
    assert not thread.is_alive()


def test_a_channel_made_while_another_thread_loops_is_looked_at_once_it_connects():
    listener = Listener(Lines)
    thread = threading.Thread(target=asyncore.loop, kwargs={"timeout": 30})
    thread.start()
    with connect(listener.port) as client:  # so it loops by now
        client.sendall(b"quit\r\n")
        read_all(client)
    driver = _mapdriver.existing(asyncore.socket_map)
    events = []
    finished = threading.Event()

    class Client(asyncore.dispatcher):
        def handle_connect(self):
            events.append("connect")

        def handle_write(self):
            events.append("write")
            self.close()

        def handle_close(self):
            events.append("close")

        def close(self):
            asyncore.dispatcher.close(self)
            finished.set()

    channel = Client()
    channel.create_socket()
    assert not driver.inbox  # a socket that does nothing yet would look like one whose peer hung up
    assert channel._bridge is None
    channel.connect(("127.0.0.1", listener.port))
    assert finished.wait(10)
    listener.close()
    thread.join(5)
    assert not thread.is_alive()
    assert events == ["connect", "write"]


def test_push_from_eight_threads():
    near, far = pair()
    far.settimeout(20)
    channel = Lines(near)
    loop = threading.Thread(target=asyncore.loop, kwargs={"timeout": 30})
    loop.start()
    far.sendall(b"x\r\n")
    assert far.recv(100) == b"<x>\r\n"

    def push(name):
        for number in range(200):
            channel.push(b"%d %d\n" % (name, number))

    threads = [threading.Thread(target=push, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    channel.close_when_done()
    lines = read_all(far).splitlines()
    loop.join()
    assert len(lines) == 1600
    for name in range(8):
        assert [line for line in lines if line.startswith(b"%d " % name)] == [
            b"%d %d" % (name, n) for n in range(200)
        ]
    far.close()


def test_dispatcher_with_send_keeps_what_does_not_go_out():
    near, far = pair()
    near.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 8192)
    channel = Echo(near)
    blob = bytes(range(256)) * 4000
    reader = threading.Thread(target=lambda: far.sendall(blob))
    reader.start()
    asyncore.loop(timeout=0.05, count=4)
    received = bytearray()
    far.settimeout(0.01)
    while len(received) < len(blob):
        asyncore.loop(timeout=0, count=1)
        try:
            received += far.recv(1 << 16)
        except TimeoutError:
            pass
        except socket.timeout:  # what 3.9 calls it
            pass
    reader.join()
    assert received == blob
    channel.close()
    far.close()


def test_a_refused_connection_goes_to_handle_error():
    errors = []

    class Client(asyncore.dispatcher):
        def handle_connect(self):
            errors.append("connected")

        def handle_error(self):
            errors.append(sys.exc_info()[1].errno)
            self.close()

    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        client = Client()
        client.create_socket()
        client.connect(unused.getsockname())
        asyncore.loop(timeout=5)
    assert errors == [errno.ECONNREFUSED]


def test_push_before_connect_is_queued():
    log = []

    class Client(Lines):
        def __init__(self, port):
            asynchat.async_chat.__init__(self)
            self.log = log
            self.set_terminator(b"\r\n")
            self.push(b"early\r\n")
            self.create_socket()
            self.connect(("127.0.0.1", port))
            self.push(b"quit\r\n")

        def handle_connect(self):
            log.append(("connect", self.connected))

        def found_terminator(self):
            log.append(self._get_data())
            if log[-1] == b"bye":
                self.close()
                listener.close()

    listener = Listener(Lines)
    Client(listener.port)
    asyncore.loop(timeout=5)
    assert log == [("connect", False), b"<early>", b"bye"]


def test_count_and_timeout_return_to_the_caller():
    near, far = pair()
    asked = []

    class Asked(Lines):
        def readable(self):
            asked.append(1)
            return True

    channel = Asked(near)
    started = time.monotonic()
    asyncore.loop(timeout=0.05, count=4)
    assert time.monotonic() - started >= 0.19
    assert len(asked) == 4
    channel.close()
    far.close()


def test_overridden_predicates_are_asked_at_least_every_timeout():
    near, far = pair()
    asked = []

    class Asked(Lines):
        def readable(self):
            asked.append(1)
            if len(asked) == 6:
                self.close()
            return True

    Asked(near)
    started = time.monotonic()
    asyncore.loop(timeout=0.02)
    assert time.monotonic() - started < 3
    assert len(asked) >= 6
    far.close()


def test_another_channel_may_flip_what_a_predicate_sees():
    near, far = pair()
    other_near, other_far = pair()

    class Paused(Lines):
        paused = True

        def readable(self):
            return not self.paused

    paused = Paused(near)

    class Switch(Lines):
        def found_terminator(self):
            paused.paused = False
            self.close()

    Switch(other_near)
    far.sendall(b"waiting\r\nquit\r\n")
    asyncore.loop(timeout=0.05, count=2)
    assert paused.log == []
    other_far.sendall(b"go\r\n")
    asyncore.loop(timeout=30)
    assert paused.log[:2] == [b"waiting", b"quit"]
    far.close()
    other_far.close()


def test_the_map_may_be_changed_by_hand():
    near, far = pair()
    channel = Lines(near)
    fd = channel._fileno
    del asyncore.socket_map[fd]
    far.sendall(b"one\r\n")
    asyncore.loop()
    assert channel.log == []
    asyncore.socket_map[fd] = channel
    asyncore.loop(timeout=1, count=1)
    assert channel.log == [b"one"]
    replaced, asyncore.socket_map = asyncore.socket_map, {}
    try:
        asyncore.loop()
    finally:
        asyncore.socket_map = replaced
    channel.close()
    far.close()


def test_objects_that_are_not_dispatchers():
    class Duck:
        __slots__ = ("accepting", "sock", "told")

        def __init__(self, sock):
            self.sock = sock
            self.accepting = False
            self.told = []

        def readable(self):
            return True

        def writable(self):
            return False

        def handle_read_event(self):
            self.told.append(self.sock.recv(100))
            del private[self.sock.fileno()]

    near, far = pair()
    private = {}
    duck = private[near.fileno()] = Duck(near)
    far.sendall(b"quack")
    asyncore.loop(map=private)
    assert duck.told == [b"quack"]
    near.close()
    far.close()


def test_a_class_that_never_calls_the_base_constructor():
    class Bare(asynchat.async_chat):
        def __init__(self, sock):
            self._map = asyncore.socket_map
            self.got = b""
            sock.setblocking(False)
            self.set_socket(sock)
            self.connected = True
            self.set_terminator(None)

        def collect_incoming_data(self, data):
            self.got += data

    near, far = pair()
    channel = Bare(near)
    far.sendall(b"data")
    asyncore.loop(timeout=2, count=1)
    assert channel.got == b"data"
    channel.close()
    far.close()


def test_a_class_that_does_by_hand_what_the_base_constructor_would():
    class Bare(asynchat.async_chat):
        def __init__(self, sock):
            assert repr(self)
            self._map = asyncore.socket_map
            self.got = b""
            self.ac_in_buffer = b"da"
            self.incoming = []
            self.producer_fifo = deque([b"hello"])
            self.set_terminator(None)
            self._fileno = sock.fileno()
            self.socket = sock
            self.connected = True
            self.add_channel()

        def collect_incoming_data(self, data):
            self.got += data

    near, far = pair()
    channel = Bare(near)
    far.sendall(b"ta")
    for _ in range(2):
        asyncore.loop(timeout=2, count=1)
    assert channel.got == b"data"
    assert far.recv(10) == b"hello"
    channel.close()
    far.close()


def test_the_constructor_called_again_is_a_new_connection():
    class Again(Lines):
        def handle_close(self):
            self.close()
            Lines.__init__(self, others.pop())

    first, second = pair(), pair()
    others = [second[0]]
    channel = Again(first[0])
    first[1].close()
    second[1].sendall(b"hello\r\n")
    for _ in range(2):
        asyncore.loop(timeout=2, count=1)
    assert second[1].recv(20) == b"<hello>\r\n"
    channel.close()
    second[1].close()


def test_a_socket_attribute_of_the_class_itself():
    class Odd(Lines):
        socket = None

    near, far = pair()
    channel = Odd(near)
    far.sendall(b"x\r\nquit\r\n")
    asyncore.loop()
    assert channel.log[:2] == [b"x", b"quit"]
    assert read_all(far) == b"<x>\r\nbye\r\n"
    far.close()
