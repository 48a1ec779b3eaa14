"""Cutting messages: nothing is lost, every byte is a cut, and the same seed cuts the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oracle import ALL, BYTES, RANDOM, WHOLE, Cuts
from oracle.chunking import EDGE, by_name

messages = st.binary(min_size=1, max_size=2000)


@given(messages, st.sampled_from([*ALL, by_name("random-7"), Cuts("cuts", (1, 3, 5000))]), st.text(max_size=5))
def test_the_pieces_are_the_message(message, chunking, seed):
    pieces = list(chunking.pieces(message, seed))
    assert b"".join(pieces) == message
    assert all(pieces)
    assert pieces == list(chunking.pieces(message, seed))


def test_whole_is_one_piece():
    assert list(WHOLE.pieces(b"x" * 100_000, "")) == [b"x" * 100_000]


@given(st.binary(min_size=1, max_size=2 * EDGE))
def test_bytes_cuts_everywhere(message):
    assert list(BYTES.pieces(message, "")) == [bytes([byte]) for byte in message]


def test_bytes_cuts_a_long_message_at_both_ends_and_stays_quick():
    pieces = list(BYTES.pieces(bytes(100_000), "seed"))
    assert {len(piece) for piece in pieces[:EDGE] + pieces[-EDGE:]} == {1}
    assert len(pieces) < 4 * EDGE


def test_random_differs_with_its_seed():
    message = bytes(range(200))
    cut = {tuple(by_name(name).pieces(message, "a")) for name in ("random-1", "random-2", "random-3")}
    assert len(cut) == 3
    assert tuple(RANDOM.pieces(message, "a")) != tuple(RANDOM.pieces(message, "b"))


def test_cuts_are_where_they_are_asked_for():
    assert list(Cuts("here", (2, 4, 4, 99)).pieces(b"abcdef", "")) == [b"ab", b"cd", b"ef"]


@pytest.mark.parametrize("name", ["half", "random-", "random-x"])
def test_an_unknown_name_is_an_error_that_lists_the_known(name):
    with pytest.raises(ValueError, match="there are whole, bytes, random and random-SEED"):
        by_name(name)
