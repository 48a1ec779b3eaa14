"""The helpers of rewritten code, on every way in which a network can cut what it carries."""

from __future__ import annotations

import asyncio
from typing import Any, Union

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asyncore_codemods.printer.helpers import HELPERS

Terminator = Union[bytes, int, None]
DELIMITERS = [b"\n", b"\r\n", b"ab", b"aab", b"abab"]
SENT = st.binary(max_size=30).map(lambda data: bytes(b"ab\r\n"[byte % 4] for byte in data))


class Reader:
    """Gives what has come in the pieces in which it came."""

    def __init__(self, pieces: list[bytes]) -> None:
        self.pieces = list(pieces)

    async def read(self, _size: int) -> bytes:
        return self.pieces.pop(0) if self.pieces else b""


class Writer:
    def is_closing(self) -> bool:
        return False


def defined(name: str) -> Any:
    names: dict[str, Any] = {"asyncio": asyncio}
    exec(HELPERS[name], names)
    return names["read_piece"]


async def frames(name: str, pieces: list[bytes], terminators: list[Terminator]) -> tuple[list[bytes], bytes, bytes]:
    """Return the complete frames, what was handed over of the last one, and what was held back of it."""
    read_piece, reader, unread = defined(name), Reader(pieces), bytearray()
    complete_ones: list[bytes] = []
    frame = b""
    terminator = terminators[0]
    while True:
        try:
            data, complete = await read_piece(reader, Writer(), unread, terminator)
        except asyncio.IncompleteReadError:
            return complete_ones, frame, bytes(unread)
        frame += data
        if terminator and isinstance(terminator, int):
            terminator -= len(data)
        if complete:
            complete_ones.append(frame)
            frame = b""
            terminator = terminators[len(complete_ones) % len(terminators)]


def cut(data: bytes, places: list[int]) -> list[bytes]:
    ends = sorted({place % (len(data) + 1) for place in places} | {len(data)})
    return [piece for piece in (data[a:b] for a, b in zip([0, *ends], ends)) if piece]


@pytest.mark.parametrize("name", ["read_piece", "read_open_piece", "read_any_piece"])
@given(data=SENT, places=st.lists(st.integers(0, 30)), delimiter=st.sampled_from(DELIMITERS))
def test_pieces_make_up_what_split_gives(name: str, data: bytes, places: list[int], delimiter: bytes) -> None:
    complete_ones, given_out, held_back = asyncio.run(frames(name, cut(data, places), [delimiter]))
    *wanted, last = data.split(delimiter)
    assert complete_ones == wanted
    assert given_out + held_back == last
    assert delimiter.startswith(held_back)
    assert held_back != delimiter


@given(
    data=SENT,
    places=st.lists(st.integers(0, 30)),
    terminators=st.lists(st.sampled_from([*DELIMITERS, 1, 2, 5, None, 0, b""]), min_size=1, max_size=4),
)
def test_where_the_network_cuts_makes_no_difference(
    data: bytes, places: list[int], terminators: list[Terminator]
) -> None:
    whole = asyncio.run(frames("read_any_piece", cut(data, []), terminators))
    assert asyncio.run(frames("read_any_piece", cut(data, places), terminators)) == whole


@given(
    data=SENT,
    places=st.lists(st.integers(0, 30)),
    terminators=st.lists(st.sampled_from([*DELIMITERS, None, 0, b""]), min_size=1, max_size=4),
)
def test_one_that_knows_of_no_counts_does_the_same(
    data: bytes, places: list[int], terminators: list[Terminator]
) -> None:
    pieces = cut(data, places)
    wanted = asyncio.run(frames("read_any_piece", pieces, terminators))
    assert asyncio.run(frames("read_open_piece", pieces, terminators)) == wanted


@given(data=SENT, places=st.lists(st.integers(0, 30)), size=st.integers(1, 9))
def test_counts_take_as_much_as_they_say(data: bytes, places: list[int], size: int) -> None:
    complete_ones, given_out, held_back = asyncio.run(frames("read_any_piece", cut(data, places), [size]))
    assert [len(frame) for frame in complete_ones] == [size] * (len(data) // size)
    assert b"".join(complete_ones) + given_out == data
    assert held_back == b""


async def whole_frames(name: str, pieces: list[bytes], terminators: list[Terminator]) -> tuple[list[bytes], bytes]:
    """Return the complete frames that a receive_ helper gives, and what is unread at the end."""
    names: dict[str, Any] = {"asyncio": asyncio}
    for helper in ("receive_some", name):
        exec(HELPERS[helper], names)
    receive = names[name.replace("_any", "")]
    reader, unread, found = Reader(pieces), bytearray(), list[bytes]()
    while True:
        try:
            found.append(await receive(reader, unread, terminators[len(found) % len(terminators)]))
        except asyncio.IncompleteReadError:
            return found, bytes(unread)


@pytest.mark.parametrize("name", ["receive_until", "receive_frame", "receive_any_frame"])
@given(data=SENT, places=st.lists(st.integers(0, 30)), delimiter=st.sampled_from(DELIMITERS))
def test_what_is_received_whole_is_what_split_gives(
    name: str, data: bytes, places: list[int], delimiter: bytes
) -> None:
    *wanted, last = data.split(delimiter)
    assert asyncio.run(whole_frames(name, cut(data, places), [delimiter])) == (wanted, last)


@pytest.mark.parametrize("name", ["receive_frame", "receive_any_frame"])
@given(
    data=SENT,
    places=st.lists(st.integers(0, 30)),
    terminators=st.lists(st.sampled_from([*DELIMITERS, 1, 2, 5]), min_size=1, max_size=4),
)
def test_delimiters_and_counts_may_take_turns(
    name: str, data: bytes, places: list[int], terminators: list[Terminator]
) -> None:
    pieces = cut(data, places)
    complete_ones, given_out, held_back = asyncio.run(frames("read_any_piece", pieces, terminators))
    assert asyncio.run(whole_frames(name, pieces, terminators)) == (complete_ones, given_out + held_back)


@given(data=SENT, places=st.lists(st.integers(0, 30)), size=st.integers(1, 9))
def test_as_much_is_received_as_is_wanted(data: bytes, places: list[int], size: int) -> None:
    complete_ones, rest = asyncio.run(whole_frames("receive_exactly", cut(data, places), [size]))
    assert [len(frame) for frame in complete_ones] == [size] * (len(data) // size)
    assert b"".join(complete_ones) + rest == data


def test_nothing_ends_a_frame_without_a_terminator() -> None:
    assert asyncio.run(whole_frames("receive_any_frame", [b"a\n", b"b"], [b"\n", None])) == ([b"a"], b"")
