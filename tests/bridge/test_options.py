"""What asyncore did not have, and what is off unless a class or an object asks for it."""

import os
import socket
import struct

import pytest

from asyncore_bridge import asyncore
from support.channels import Lines, pair

# -- how many sends


class Counting(socket.socket):
    """A socket that notes what it is given to send."""

    sent = ()

    def send(self, data, *flags):
        self.sent = (*self.sent, bytes(data))
        return super().send(data, *flags)


def play(cls, text, **attributes):
    """Have a channel of *cls* receive *text* in one read; return the sends and what was received."""
    near, far = pair()
    sock = Counting(fileno=near.detach())
    channel = cls(sock)
    for name, value in attributes.items():
        setattr(channel, name, value)
    asyncore.loop(timeout=0, count=1)
    far.sendall(text)
    asyncore.loop(timeout=5, count=1)
    channel.close()
    received = b""
    while data := far.recv(1000):
        received += data
    far.close()
    return sock.sent, received


ANSWERS = (b"<a>\r\n", b"<b>\r\n", b"<c>\r\n")


def test_the_answers_to_a_burst_are_one_send():
    sends, received = play(Lines, b"a\r\nb\r\nc\r\n")
    assert received == b"".join(ANSWERS)
    assert sends == (received,)


class OneByOne(Lines):
    coalesce = False


class Overrides(Lines):
    def send(self, data):
        return Lines.send(self, data)


@pytest.mark.parametrize("cls", [OneByOne, Overrides])
def test_a_class_may_have_a_send_for_each_push(cls):
    assert play(cls, b"a\r\nb\r\nc\r\n") == (ANSWERS, b"".join(ANSWERS))


def test_so_may_an_object():
    assert play(Lines, b"a\r\nb\r\nc\r\n", coalesce=False)[0] == ANSWERS


def test_so_may_an_object_whose_methods_are_watched():
    seen = []

    class Watched(Lines):
        def __init__(self, sock):
            Lines.__init__(self, sock)
            plain = self.send
            self.send = lambda data: seen.append(data) or plain(data)

    assert play(Watched, b"a\r\nb\r\nc\r\n")[0] == tuple(seen) == ANSWERS


class TwoPushes(Lines):
    def found_terminator(self):
        self.push(b"<" + self._get_data())
        self.push(b">\r\n")


def test_by_event_every_push_of_a_read_goes_out_at_once():
    sends, received = play(TwoPushes, b"a\r\nb\r\nc\r\n", coalesce="event")
    assert sends == (received,) == (b"".join(ANSWERS),)
    assert len(play(TwoPushes, b"a\r\n", coalesce="event")[0]) == 1
    assert len(play(TwoPushes, b"a\r\n")[0]) == 2


def test_small_packets_leave_at_once_unless_the_program_says_otherwise():
    near, far = pair()
    channel = Lines(near)
    assert near.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    near.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 0)
    asyncore.loop(timeout=0, count=2)
    assert not near.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    channel.close()
    far.close()


# -- half of a connection


def test_without_half_close_the_end_of_the_stream_is_the_end():
    near, far = pair()
    channel = Lines(near)
    far.shutdown(socket.SHUT_WR)
    asyncore.loop(timeout=5, count=2)
    assert channel.log == ["close"]
    far.close()


@pytest.mark.parametrize("size", [3, 3_000_000])
def test_with_half_close_the_answer_is_delivered(size):
    class Answers(asyncore.dispatcher_with_send):
        half_close = True
        ends = 0
        question = b""

        def handle_read(self):
            self.question += self.recv(100)

        def handle_eof(self):
            self.ends += 1
            self.send(self.question[:1] * size)
            asyncore.dispatcher_with_send.handle_eof(self)

    near, far = pair()
    channel = Answers(near)
    far.sendall(b"x?")
    far.shutdown(socket.SHUT_WR)
    answer = b""
    far.setblocking(False)
    while channel.connected or len(answer) < size:
        asyncore.loop(timeout=0.05, count=1)
        try:
            answer += far.recv(1 << 20)
        except BlockingIOError:
            pass
    assert answer == b"x" * size
    assert channel.ends == 1
    far.close()


# -- reset before it was accepted


@pytest.mark.parametrize("close_broken", [False, True])
def test_a_connection_that_broke_before_it_was_handed_over(close_broken):
    near, far = pair()
    far.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    far.close()
    with pytest.raises(ConnectionResetError):
        near.recv(1)

    class Mine(Lines):
        def readable(self):
            return self.connected

        def handle_write(self):
            pass

    Mine.close_broken = close_broken
    channel = Mine(near)
    asyncore.loop(timeout=0, count=3)
    assert channel.log == (["close"] if close_broken else [])
    channel.close()


# -- addresses on Windows


@pytest.mark.parametrize("exclusive", [False, True])
def test_two_servers_on_one_port_on_windows(monkeypatch, exclusive):
    class Socket:
        options = ()

        def getsockopt(self, level, name):
            return 0

        def setsockopt(self, level, name, value):
            self.options = (*self.options, name)

    listener = asyncore.dispatcher()
    listener.exclusive_address = exclusive
    listener.socket = Socket()
    with monkeypatch.context() as patch:
        patch.setattr(os, "name", "nt")
        patch.setattr(socket, "SO_EXCLUSIVEADDRUSE", 99, raising=False)
        listener.set_reuse_addr()
    assert listener.socket.options == ((99,) if exclusive else (socket.SO_REUSEADDR,))
