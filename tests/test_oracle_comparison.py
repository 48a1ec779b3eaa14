"""What counts as a difference, how it reads, and what is tolerated: by name, and for rewritten code alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oracle import BACKPRESSURE, FLUSH_ON_EOF, Connection, Transcript, compare
from oracle.transcript import scrub


def talk(received: bytes = b"", ended: str = "eof", **options: object) -> Transcript:
    return Transcript({"ann": Connection(received, ended, **options)})


def test_equal_transcripts_are_the_same():
    comparison = compare(talk(b"hello"), talk(b"hello"), title="T", sides=("A", "B"))
    assert comparison.same
    assert str(comparison) == "T: B does the same as A"


def test_a_difference_in_bytes_reads_at_a_glance():
    wanted = talk(b"220 ready\r\n" + b"250 ok\r\n" * 20 + b"250 hello\r\n221 bye\r\n")
    got = Transcript(
        {"ann": Connection(b"220 ready\r\n" + b"250 ok\r\n" * 20 + b"250 hell\r\n", "open")},
        stderr="Traceback (most recent call last):\nBoom\n",
    )
    assert str(compare(wanted, got, title="chat/quit, cut: bytes", sides=("stdlib", "bridge on 3.13"))) == (
        "chat/quit, cut: bytes: bridge on 3.13 does not do the same as stdlib\n"
        "  connection 'ann': bytes differ from byte 179 on\n"
        "      stdlib          ...0 ok\\r\\n250 ok\\r\\n250 ok\\r\\n250 hello\\r\\n221 bye\\r\\n <eof>\n"
        "      bridge on 3.13  ...0 ok\\r\\n250 ok\\r\\n250 ok\\r\\n250 hell\\r\\n <open>\n"
        "                      " + " " * 39 + "^\n"
        "  connection 'ann': ended\n"
        "      stdlib: eof\n"
        "      bridge on 3.13: open\n"
        "  stderr of bridge on 3.13:\n"
        "    | Traceback (most recent call last):\n"
        "    | Boom"
    )


@given(st.binary(max_size=300), st.binary(max_size=300))
def test_any_difference_in_bytes_is_found_where_it_is(one, other):
    comparison = compare(talk(one), talk(other))
    assert comparison.same == (one == other)
    if one != other:
        at = next((i for i, (x, y) in enumerate(zip(one, other)) if x != y), min(len(one), len(other)))
        assert comparison.differences[0].where.endswith(f"differ from byte {at} on")


@pytest.mark.parametrize(
    ("wanted", "got", "said"),
    [
        (talk(ended="eof"), talk(ended="open"), "connection 'ann': ended"),
        (talk(), Transcript({}), "only wanted has it"),
        (Transcript({}), talk(), "only got has it"),
        (talk(), talk(stalled=True), "connection 'ann': stopped reading from us"),
        (talk(complete=True), talk(complete=False), "connection 'ann': all of the output came"),
        (talk(datagrams=(b"a", b"b")), talk(datagrams=(b"b", b"a")), "connection 'ann': datagrams, line 1"),
        (talk(datagrams=(b"a",)), talk(datagrams=(b"a", b"a")), "<no more lines>"),
        (Transcript({}, stdout=("a", "b")), Transcript({}, stdout=("a", "c")), "standard output, line 2"),
        (Transcript({}, stdout=("a",)), Transcript({}), "(1 lines against 0)"),
        (Transcript({}, notes=("x",)), Transcript({}, notes=("y",)), "the drive's notes, line 1"),
        (Transcript({}), Transcript({}, status=1), "exit status"),
        (Transcript({}, status=0), Transcript({}, status=-9), "got: -9"),
        (
            Transcript({}),
            Transcript({}, unmet="ann: waited for x\nat drives.py, line 3"),
            "the drive could not go on",
        ),
    ],
)
def test_every_other_difference_is_found(wanted, got, said):
    for rewritten in (False, True):
        comparison = compare(wanted, got, rewritten=rewritten)
        assert not comparison.same
        assert said in str(comparison)


def test_a_reset_is_an_end_of_file_unless_a_drive_is_strict():
    assert compare(talk(ended="eof"), talk(ended="reset")).same
    assert not compare(talk(ended="eof"), talk(ended="reset"), strict_endings=True).same
    assert not compare(talk(ended="reset"), talk(ended="open")).same


STALLED = talk(b"all", stalled=True)
FLUSHED = talk(b"all of it", half_closed=True)
FLUSHED_ALL = talk(b"...", half_closed=True, complete=True)


@pytest.mark.parametrize(
    ("name", "wanted", "got"),
    [
        (BACKPRESSURE, talk(b"all"), STALLED),
        (FLUSH_ON_EOF, talk(b"all", half_closed=True), FLUSHED),
        (FLUSH_ON_EOF, talk(b".", half_closed=True, complete=False), FLUSHED_ALL),
    ],
)
def test_a_named_difference_is_tolerated_in_rewritten_code_and_reported(name, wanted, got):
    tolerant = compare(wanted, got, rewritten=True, tolerate=[name])
    assert tolerant.same
    assert tolerant.tolerated == [(name, "connection 'ann'")]
    assert not compare(wanted, got, rewritten=False, tolerate=[name]).same, "never for the bridge"
    assert not compare(wanted, got, rewritten=True).same, "never without its name"
    (other,) = {BACKPRESSURE, FLUSH_ON_EOF} - {name}
    assert not compare(wanted, got, rewritten=True, tolerate=[other]).same, "never by another name"
    assert not compare(got, wanted, rewritten=True, tolerate=[name]).same, "never the other way round"


def test_a_tolerance_covers_nothing_but_itself():
    both = [BACKPRESSURE, FLUSH_ON_EOF]
    lost = talk(b"part", stalled=True)
    assert not compare(talk(b"all"), lost, rewritten=True, tolerate=both).same
    other_text = talk(b"else", half_closed=True)
    assert not compare(talk(b"all", half_closed=True), other_text, rewritten=True, tolerate=both).same
    not_half_closed = talk(b"all of it")
    assert not compare(talk(b"all"), not_half_closed, rewritten=True, tolerate=both).same


def test_an_unknown_tolerance_is_an_error():
    with pytest.raises(ValueError, match="no tolerance called WHATEVER; there are BACKPRESSURE, FLUSH-ON-EOF"):
        compare(talk(), talk(), tolerate=["WHATEVER"])


UNCAUGHT = "error: uncaptured python exception, closing channel <x> (<class 'ValueError'>:x [...])"


def test_the_report_of_an_exception_may_move_to_the_log_in_rewritten_code_only():
    wanted, got = Transcript({}, stdout=("a", UNCAUGHT, "b")), Transcript({}, stdout=("a", "b"))
    assert compare(wanted, got, rewritten=True).same
    assert not compare(wanted, got).same


@pytest.mark.parametrize(
    "line",
    [
        "prog.py:3: RuntimeWarning: coroutine 'main' was never awaited",
        "Task was destroyed but it is pending!",
        "Unhandled exception in client_connected_cb",
        "Task exception was never retrieved",
    ],
)
def test_what_asyncio_complains_of_is_a_difference_in_rewritten_code(line):
    got = Transcript({}, stderr=f"something\n{line}\n")
    assert line in str(compare(Transcript({}), got, rewritten=True))
    assert compare(Transcript({}), got).same, "the bridge's own tests look at its log"


def test_a_logged_exception_is_no_complaint_where_the_old_program_reported_it_too():
    got = Transcript({}, stderr="Unhandled exception in client_connected_cb\n")
    assert compare(Transcript({}, stdout=(UNCAUGHT,)), got, rewritten=True).same


def test_numbers_of_one_run_become_names():
    ports = {23456: "port", 40001: "ann"}
    line = "<Handler 127.0.0.1:40001 at 0x7f12ab34cd56> on 23456, not 2345, 1.23456 or 123456, in /tmp/x/file"
    assert scrub(line, ports, "/tmp/x") == (
        "<Handler 127.0.0.1:<ann> at 0x...> on <port>, not 2345, 1.23456 or 123456, in <tmp>/file"
    )


def test_the_traceback_in_asyncores_report_is_cut():
    line = "error: x (<class 'E'>:[a|b] went [/usr/lib/asyncore.py|read|83] [/home/me/p.py|handle_read|12])"
    assert scrub(line, {}, "/tmp/x") == "error: x (<class 'E'>:[a|b] went [...])"


connections = st.builds(
    Connection,
    st.binary(max_size=60),
    st.sampled_from(["eof", "reset", "we closed", "open"]),
    half_closed=st.booleans(),
    stalled=st.booleans(),
    complete=st.sampled_from([None, True, False]),
)
datagrams = st.builds(
    Connection, st.just(b""), st.just("open"), datagrams=st.lists(st.binary(max_size=20)).map(tuple)
)
texts = st.lists(st.text(max_size=20), max_size=4).map(tuple)


@given(
    st.builds(
        Transcript,
        st.dictionaries(st.text(max_size=5), connections | datagrams, max_size=3),
        texts,
        st.integers(-20, 255) | st.just("running"),
        texts,
        st.none() | st.text(),
    )
)
def test_a_transcript_on_disk_is_the_transcript(transcript):
    assert Transcript.from_json(transcript.to_json()) == transcript


def test_a_transcript_on_disk_reads_line_by_line():
    text = talk(b"220 ready\r\n250 ok\r\nrest").to_json()
    assert '    "220 ready\\r\\n",\n    "250 ok\\r\\n",\n    "rest"\n' in text


@pytest.mark.parametrize("text", ["[]", "{}", '{"connections": []}', "nonsense"])
def test_what_is_no_transcript_is_refused(text):
    with pytest.raises(ValueError):
        Transcript.from_json(text)
