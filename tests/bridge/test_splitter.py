"""The splitter against the stdlib's asynchat: the same calls, in the same order, with the same state."""

import importlib
import sys
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asyncore_bridge import asynchat as ours
from asyncore_bridge._splitter import find_prefix_at_end


def stdlib_asynchat():
    if sys.version_info >= (3, 12):
        pytest.skip("this Python has no asynchat to compare with; 3.9-3.11 do this comparison")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return importlib.import_module("asynchat")


class Boom(Exception):
    pass


def recorder(async_chat, script, chunks):
    """Feed *chunks* to an async_chat that plays *script*: one action for each frame found."""
    log = []
    steps = iter(script)

    class Recorder(async_chat):
        def recv(self, _size):
            return self.chunk

        def collect_incoming_data(self, data):
            log.append(("collect", data, self.ac_in_buffer, self.terminator))

        def found_terminator(self):
            log.append(("found", self.ac_in_buffer, self.terminator))
            action, value = next(steps, (None, None))
            if action == "terminator":
                self.set_terminator(value)
            elif action == "discard":
                self.discard_buffers()
            elif action == "insert":
                self.ac_in_buffer = value + self.ac_in_buffer
            elif action == "raise":
                self.set_terminator(value)
                raise Boom

    channel = Recorder()
    channel.set_terminator(b"\r\n")
    for chunk in chunks:
        channel.chunk = chunk
        try:
            channel.handle_read()
        except Boom:
            log.append("raised")
        log.append(("after", channel.ac_in_buffer, channel.terminator))
    return log


TERMINATORS = st.sampled_from([b"\r\n", b"\n", b"--*--", b"aab", b"", None, 0, 1, 2, 5, 1000])
ACTIONS = st.one_of(
    st.tuples(st.just("terminator"), TERMINATORS),
    st.tuples(st.just("raise"), TERMINATORS),
    st.tuples(st.just("discard"), st.none()),
    st.tuples(st.just("insert"), st.sampled_from([b"", b"ab\r\nc", b"\r"])),
    st.just((None, None)),
)
PIECES = st.lists(st.sampled_from([b"a", b"b", b"aab", b"\r", b"\n", b"\r\n", b"-", b"--*--", b"xyz"]), max_size=24)


@given(data=PIECES.map(b"".join), script=st.lists(ACTIONS, max_size=12), cuts=st.lists(st.integers(1, 60)))
def test_calls_are_those_of_the_stdlib(data, script, cuts):
    edges = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    chunks = [data[start:end] for start, end in zip(edges, edges[1:])] or [data]
    expected = recorder(stdlib_asynchat().async_chat, script, chunks)
    assert recorder(ours.async_chat, script, chunks) == expected


@given(data=PIECES.map(b"".join))
def test_every_chunking_gives_the_same_frames(data):
    def frames(chunks):
        found, frame = [], []

        class Channel(ours.async_chat):
            terminator = b"\r\n"

            def collect_incoming_data(self, data):
                frame.append(data)

            def found_terminator(self):
                found.append(b"".join(frame))
                frame.clear()

            def recv(self, _size):
                return self.chunk

        channel = Channel()
        for chunk in chunks:
            channel.chunk = chunk
            channel.handle_read()
        return found, b"".join(frame) + channel.ac_in_buffer

    *complete, tail = data.split(b"\r\n")
    assert frames([data]) == (complete, tail)
    assert frames([data[i : i + 1] for i in range(len(data))]) == (complete, tail)


@given(haystack=st.binary(max_size=12), needle=st.binary(min_size=1, max_size=5))
def test_prefix_at_end(haystack, needle):
    size = find_prefix_at_end(haystack, needle)
    longer = [n for n in range(1, len(needle)) if n > size and haystack.endswith(needle[:n])]
    assert haystack.endswith(needle[:size])
    assert not longer


def test_a_nested_read_in_a_handler_is_not_lost():
    frames = []

    class Channel(ours.async_chat):
        terminator = b"\n"
        chunks = (b"one\ntwo\nth", b"ree\nfo", b"ur\n")

        def __init__(self):
            super().__init__()
            self.reads = iter(self.chunks)

        def recv(self, _size):
            return next(self.reads, b"")

        def collect_incoming_data(self, data):
            self._collect_incoming_data(data)

        def found_terminator(self):
            frames.append(self._get_data())
            if len(frames) == 1:
                self.handle_read()

    Channel().handle_read()
    assert frames == [b"one", b"two", b"three"]


def test_a_str_from_recv_is_encoded_if_the_class_says_so():
    class Channel(ours.async_chat):
        use_encoding = True
        encoding = "utf-8"
        found = False

        def recv(self, _size):
            return "é\n"

        def collect_incoming_data(self, data):
            assert data == "é".encode()

        def found_terminator(self):
            self.found = True

    channel = Channel()
    channel.set_terminator("\n")
    channel.handle_read()
    assert channel.found
