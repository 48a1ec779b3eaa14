"""The outbox: what the queue sends, entry by entry, against the stdlib's asynchat."""

import importlib
import socket
import sys
import warnings
from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asyncore_bridge import asynchat as ours


class Producer:
    """Gives out its pieces, an empty one at the end."""

    def __init__(self, pieces):
        self.pieces = list(pieces)

    def more(self):
        return self.pieces.pop(0) if self.pieces else b""


def stdlib_asynchat():
    if sys.version_info >= (3, 12):
        pytest.skip("this Python has no asynchat to compare with; 3.9-3.11 do this comparison")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return importlib.import_module("asynchat")


def play(asynchat, script, takes):
    """Run *script* on a channel whose send() takes as much as *takes* says; return all that it shows."""
    takes = iter(takes)
    log = []

    class Channel(asynchat.async_chat):
        ac_out_buffer_size = 8
        connected = True

        def send(self, data):
            taken = min(next(takes, 1000), len(data))
            log.append(bytes(data[:taken]))
            return taken

        def handle_close(self):
            log.append("close")
            self.connected = False

    channel = Channel()
    for action, value in script:
        if action == "push":
            channel.push(value)
        elif action == "producer":
            channel.push_with_producer(Producer(value))
        elif action == "simple":
            channel.push_with_producer(asynchat.simple_producer(value, 3))
        elif action == "write":
            channel.handle_write()
        elif action == "done":
            channel.close_when_done()
        elif action == "discard":
            channel.discard_buffers()
        log.append((len(channel.producer_fifo), bool(channel.writable())))
    for _ in range(50):
        if not channel.writable():
            break
        channel.handle_write()
    log.append((len(channel.producer_fifo), bool(channel.writable())))
    return log


DATA = st.binary(max_size=20)
ACTIONS = st.one_of(
    st.tuples(st.just("push"), DATA),
    st.tuples(st.just("producer"), st.lists(st.binary(min_size=1, max_size=12), max_size=4)),
    st.tuples(st.just("simple"), DATA),
    st.tuples(st.just("write"), st.none()),
    st.tuples(st.just("done"), st.none()),
    st.tuples(st.just("discard"), st.none()),
)


@given(script=st.lists(ACTIONS, max_size=12), takes=st.lists(st.integers(0, 9), max_size=30))
def test_sends_are_those_of_the_stdlib(script, takes):
    assert play(ours, script, takes) == play(stdlib_asynchat(), script, takes)


class FakeSocket:
    """A socket that takes what it is told to take."""

    def __init__(self, takes=()):
        self.takes = iter(takes)
        self.sent = []

    def send(self, data):
        taken = min(next(self.takes, 1 << 30), len(data))
        if not taken:
            raise BlockingIOError(11, "would block")
        self.sent.append(bytes(data[:taken]))
        return taken

    def fileno(self):
        return -1

    def close(self):
        pass


@given(pieces=st.lists(st.binary(min_size=1, max_size=10), max_size=10), takes=st.lists(st.integers(0, 15)))
def test_joined_entries_leave_the_queue_as_if_sent_one_by_one(pieces, takes):
    channel = ours.async_chat()
    channel._bridge_sock = sock = FakeSocket(takes)
    channel.connected = True
    channel.producer_fifo = deque(pieces)
    from asyncore_bridge import _outbox

    total = b"".join(pieces)
    for _ in range(len(takes) + 2):
        _outbox.pump(channel, join=True)
        assert b"".join(sock.sent) + b"".join(channel.producer_fifo) == total
    assert not channel.producer_fifo


@pytest.mark.parametrize("asynchat", [ours, None], ids=["ours", "stdlib"])
def test_a_send_takes_no_more_than_the_class_says(asynchat):
    asynchat = asynchat or stdlib_asynchat()
    near, far = socket.socketpair()

    class Small(asynchat.async_chat):
        ac_out_buffer_size = 16

        def collect_incoming_data(self, data):
            self.push(b"eighteen bytes in all")
            self.discard_buffers()
            self.close()

    channel = Small(near)
    channel.set_terminator(None)
    far.send(b"go")
    asynchat.asyncore.loop()
    assert far.recv(100) == b"eighteen bytes i"
    far.close()


def test_push_refuses_str():
    with pytest.raises(TypeError, match="byte-ish"):
        ours.async_chat().push("text")


def test_an_error_in_send_goes_to_handle_error():
    errors = []

    class Channel(ours.async_chat):
        connected = True

        def send(self, data):
            raise OSError(5, "broken")

        def handle_error(self):
            errors.append(sys.exc_info()[1].errno)

    Channel().push(b"x")
    assert errors == [5]
