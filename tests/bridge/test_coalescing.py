"""Fewer sends: where a burst begins and ends, and who loses the privilege; the option is in test_options."""

import logging
from collections import deque

import pytest

from asyncore_bridge import asynchat, asyncore
from support.channels import pair


class Counting:
    """A socket that notes what each send() was given."""

    def __init__(self, sock):
        self._sock = sock
        self.sent = []

    def send(self, data):
        self.sent.append(bytes(data))
        return self._sock.send(data)

    def __getattr__(self, name):
        return getattr(self._sock, name)


@pytest.fixture
def talk():
    """Return a function that gives a class a burst, and returns what each of its sends was."""
    opened = []

    def burst(make, data, times=1):
        near, far = pair()
        channel = make(Counting(near))
        opened.extend((channel, far))
        for _ in range(times):
            far.sendall(data)
            asyncore.loop(5, count=1)
        return channel.socket.sent

    yield burst
    for each in opened:
        each.close()


def echo():
    """Return a new class, since what is learnt of a class stays with it."""

    class Echo(asynchat.async_chat):
        def __init__(self, sock):
            asynchat.async_chat.__init__(self, sock)
            self.received = []
            self.set_terminator(b"\n")

        def collect_incoming_data(self, data):
            self.received.append(data)

        def found_terminator(self):
            line = b"".join(self.received)
            self.received = []
            self.answer(line)

        def answer(self, line):
            self.push(line + b"\n")

    return Echo


def test_a_burst_with_an_unfinished_line_at_its_end(talk):
    assert talk(echo(), b"a\nb\nc") == [b"a\nb\n"]


def test_what_one_line_makes_the_channel_push_is_sent_piece_by_piece(talk):
    class Two(echo()):
        def answer(self, line):
            self.push(line)
            self.push(b"!\n")

    assert talk(Two, b"a\n") == [b"a", b"!\n"]
    assert talk(Two, b"a\nb\n") == [b"a!\nb", b"!\n"]


def test_large_answers_are_sent_as_they_come(talk):
    class Large(echo()):
        def answer(self, line):
            self.push(line * 40_000)

    assert list(map(len, talk(Large, b"a\nb\nc\n"))) == [80_000, 40_000]


def test_nothing_is_sent_after_close_when_done(talk):
    class Ends(echo()):
        def answer(self, line):
            self.push(line + b"\n")
            if line == b"b":
                self.close_when_done()

    assert talk(Ends, b"a\nb\nc\nd\n") == [b"a\nb\n"]


def test_what_was_pushed_before_the_queue_is_replaced_is_sent(talk):
    class Fresh(echo()):
        def answer(self, line):
            if line == b"new":
                self.producer_fifo = deque([b"queue\n"])
            super().answer(line)

    assert b"".join(talk(Fresh, b"a\nb\nnew\nc\n")) == b"a\nb\nqueue\nnew\nc\n"


def test_what_the_system_does_not_take_stays_in_the_queue_as_it_was_pushed(talk):
    class Narrow(Counting):
        def send(self, data):
            return super().send(data[:5] if not self.sent else data)

    class Looks(echo()):
        def __init__(self, sock):
            super().__init__(Narrow(sock))

        def answer(self, line):
            if line == b"look":
                queues.append(list(self.producer_fifo))
            super().answer(line)

    queues = []
    assert talk(Looks, b"one\ntwo\nthree\nlook\n") == [b"one\nt", b"wo\nthree\nlook\n"]
    assert queues == [[b"wo\n", b"three\n"]]


@pytest.mark.parametrize("slow", [1, 2])
def test_an_accident_is_forgiven(talk, monkeypatch, slow):
    """On a busy machine every process has to wait for the processor now and then."""
    Echo = echo()
    for _ in range(3):
        monkeypatch.setattr(asynchat, "HELD_TOO_LONG", -1)
        talk(Echo, b"a\nb\n", slow)
        monkeypatch.undo()
        assert talk(Echo, b"a\nb\n", 8 * slow) == [b"a\nb\n"] * 8 * slow
    assert Echo.coalesce is True


def test_a_class_that_takes_its_time_is_sent_one_by_one(talk, monkeypatch, caplog):
    Echo = echo()
    monkeypatch.setattr(asynchat, "HELD_TOO_LONG", -1)
    with caplog.at_level(logging.INFO, "asyncore_bridge"):
        assert talk(Echo, b"a\nb\n", 3) == [b"a\nb\n"] * 3
        assert talk(Echo, b"a\nb\n", 3) == [b"a\n", b"b\n"] * 3
    assert [record.getMessage().partition(" ")[2] for record in caplog.records] == [
        "takes its time between frames: its replies are sent one by one from now on"
    ]


def test_a_class_that_asked_for_it_keeps_it(talk, monkeypatch):
    class Asked(echo()):
        coalesce = "event"

    monkeypatch.setattr(asynchat, "HELD_TOO_LONG", -1)
    assert talk(Asked, b"a\nb\n", 9) == [b"a\nb\n"] * 9
