"""The testing helpers: conversations in memory, and the pytest plugin."""

import asyncio

import pytest

from asyncore_bridge import asynchat, asyncore, spawn
from asyncore_bridge.testing import Conversation
from support.channels import Lines, Listener, connect, read_all

pytest_plugins = ["pytester"]


class Greeter(Lines):
    def __init__(self, sock, addr):
        super().__init__(sock, addr)
        self.push(b"220 ready\r\n")


def test_it_reads_like_a_transcript():
    with Conversation(Greeter) as client:
        client.hears(b"220 ready\r\n")
        client.says(b"one\r\ntw")
        client.hears(b"<one>\r\n")
        client.hears_nothing()
        client.says(b"o\r\n", pieces=1)
        client.hears(b"<two>\r\n")
        client.says(b"quit\r\n")
        client.hears(b"bye\r\n")
        client.is_hung_up_on()
    assert client.channel.log[-1] == "close"


def test_the_client_hangs_up():
    with Conversation(Lines) as client:
        client.says(b"tail")
        client.hangs_up()
        assert client.channel.log == ["close"]


def test_the_client_stops_talking():
    with Conversation(Lines) as client:
        client.says(b"x\r\n")
        client.stops_talking()
        client.hears(b"<x>\r\n")
        client.is_hung_up_on()


def test_tasks_may_take_their_time():
    class Thinks(Lines):
        def found_terminator(self):
            spawn(self, self.think())

        async def think(self):
            await asyncio.sleep(0.02)
            self.push(b"done")

    with Conversation(Thinks) as client:
        client.says(b"x\r\n")
        client.hears(b"done")


def test_big_answers_arrive_whole():
    with Conversation(Lines) as client:
        client.says(b"big 1000000\r\n")
        client.hears(b"x" * 1000000 + b"\r\n")


def test_what_differs_is_shown_with_the_conversation():
    with pytest.raises(AssertionError) as caught, Conversation(Greeter) as client:
        client.hears(b"220 ready\r\n")
        client.says(b"x\r\n")
        client.hears(b"<y>\r\n")
    text = str(caught.value)
    assert "expected b'<y>\\r\\n', heard b'<x>\\r\\n'" in text
    assert "client: b'x\\r\\n'" in text
    assert not asyncore.socket_map


def test_errors_behind_the_scenes_are_not_lost():
    class Exits(Lines):
        def found_terminator(self):
            raise asyncore.ExitNow

    client = Conversation(Exits)
    client.says(b"x\r\n")
    with pytest.raises(AssertionError, match="ExitNow"):
        client.close()


def test_a_class_that_connects(conversation):
    class Client(asynchat.async_chat):
        def __init__(self):
            asynchat.async_chat.__init__(self)
            self.set_terminator(b"\n")
            self.create_socket()
            self.connect(("nowhere.invalid", 1))

        def handle_connect(self):
            self.push(b"hello\n")

        def collect_incoming_data(self, data):
            pass

        def found_terminator(self):
            self.close()

    server = conversation(lambda sock, addr: Client())
    server.hears(b"hello\n")
    server.says(b"go away\n")
    server.is_hung_up_on()


def test_legacy_server(legacy_server):
    address = legacy_server(Listener, Lines)
    with connect(address[1]) as client:
        client.sendall(b"quit\r\n")
        assert read_all(client) == b"bye\r\n"


def test_pytest_finds_the_fixtures(pytester):
    pytester.makepyfile("def test_both(conversation, legacy_server): pass")
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=1)
