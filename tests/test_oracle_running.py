"""The helper's own behaviour: differences are found, hangs end, crashes are told, and nothing is left behind.

The programs here are a few lines each and need no old module, so all of this runs on any Python.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

import oracle
from oracle import BACKPRESSURE, BYTES, WHOLE, Mode, Program, Stage, Transcript, Truth, drive, kernel, process
from oracle.modes import Launch
from oracle.pump import Pump
from oracle.running import PLAYS, TRIES

ECHO = """
import socket, sys
server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
print("listening on", sys.argv[1], "from", __file__)
while True:
    sock, peer = server.accept()
    print("client", peer[1])
    while data := sock.recv(65536):
        sock.sendall(data)
    sock.close()
"""


@dataclass(frozen=True)
class Plain(Mode):
    """A program as it is, on the running Python."""

    rewritten: bool = False

    def launch(self, program: Program) -> Launch:
        return Launch((sys.executable, str(program.script)), {}, rewritten=self.rewritten)


PLAIN = Plain(oracle.this_python())


@pytest.fixture
def program(tmp_path):
    """Write a program and return it, with a free port as its argument."""

    def write(source: str, *arguments: str) -> Program:
        (tmp_path / "main.py").write_text(source)
        return Program(arguments or ("{port}",), directory=tmp_path, name="sample")

    return write


def play(program, script, chunking=WHOLE, **options) -> Transcript:
    return oracle.run(program, drive(**options)(script), PLAIN, chunking)


def test_a_transcript_holds_everything_and_no_passing_number(program):
    def script(stage: Stage) -> None:
        ann = stage.connect("ann")
        ann.send("hello")
        ann.expect("hello")
        ann.half_close()
        assert ann.rest() == b""
        stage.note("seen on", stage.port)

    transcript = play(program(ECHO), script)
    (ann,) = transcript.connections.values()
    assert (ann.received, ann.ended, ann.half_closed) == (b"hello", "eof", True)
    assert transcript.stdout[1] == "client <ann>"
    assert transcript.stdout[0].startswith("listening on <port> from")
    assert transcript.notes == ("seen on <port>",)
    assert (transcript.status, transcript.unmet, transcript.stderr) == ("running", None, "")


@pytest.mark.parametrize("chunking", oracle.ALL, ids=str)
def test_pieces_are_reads(program, chunking):
    source = ECHO.replace("sock.sendall(data)", 'sock.sendall(b"%d " % len(data))')

    def script(stage: Stage) -> None:
        ann = stage.connect("ann")
        ann.send("0123456789")
        ann.send("abc", whole=True)
        ann.until(b"3 ")

    if not kernel.knows_processes():
        pytest.skip("this system does not say what a program has read")
    sizes = [int(n) for n in play(program(source), script, chunking).connections["ann"].received.split()]
    assert sizes[-1] == 3
    assert sum(sizes) == 13
    assert len(sizes) == {"whole": 2, "bytes": 11}.get(chunking.name, len(sizes))


def test_a_difference_is_found(program):
    def script(stage: Stage) -> None:
        ann = stage.connect("ann")
        ann.send("hello\n")
        ann.line()

    wanted = play(program(ECHO), script)
    got = play(program(ECHO.replace("sendall(data)", "sendall(data.title())")), script)
    assert "connection 'ann': bytes differ from byte 0 on" in str(oracle.compare(wanted, got))
    assert oracle.compare(wanted, play(program(ECHO), script)).same


def test_a_program_that_does_not_answer_ends_the_drive_soon(program):
    def script(stage: Stage) -> None:
        ann = stage.connect("ann")
        ann.send("hello")
        ann.expect("good bye")
        stage.note("never reached")

    start = time.monotonic()
    transcript = play(program(ECHO.replace("sock.sendall(data)", "pass")), script)
    assert time.monotonic() - start < 8
    assert transcript.unmet.startswith(
        "ann: waited for b'good bye', nothing more came; since the last look came b''\n"
    )
    assert "test_oracle_running.py, line" in transcript.unmet
    assert transcript.unmet.endswith('ann.expect("good bye")')
    assert (transcript.notes, transcript.status) == ((), "running")


def test_wrong_bytes_end_the_drive_at_once(program):
    def script(stage: Stage) -> None:
        ann = stage.connect("ann")
        ann.send("a" * 200 + "b")
        ann.expect("a" * 201)

    start = time.monotonic()
    transcript = play(program(ECHO), script)
    assert time.monotonic() - start < 5
    assert f"ann: expected b'{'a' * 60}'...b'{'a' * 60}' (201 bytes), got b'{'a' * 60}'" in transcript.unmet


def test_a_busy_hang_ends_with_the_limit(program, monkeypatch):
    monkeypatch.setattr("oracle.stage.PATIENCE", 1.0)
    transcript = play(program(ECHO.replace("sock.sendall(data)", "while True: pass")), echo_script)
    assert "nothing more came" in transcript.unmet


def test_the_whole_run_has_a_limit(program, monkeypatch):
    monkeypatch.setattr("oracle.stage.LIMIT", 0.5)
    transcript = play(program("import time; time.sleep(60)"), echo_script)
    assert "cannot connect to the program: it does not listen" in transcript.unmet
    assert "the time for the whole run is used up" in transcript.unmet


def echo_script(stage: Stage) -> None:
    ann = stage.connect("ann")
    ann.send("hello")
    ann.expect("hello")


def test_a_crash_is_told_with_its_traceback(program):
    transcript = play(program(ECHO.replace("sock.sendall(data)", "boom")), echo_script)
    assert transcript.status == 1
    assert "the connection has ended (" in transcript.unmet
    assert "NameError: name 'boom' is not defined" in transcript.stderr
    wanted = play(program(ECHO), echo_script)
    assert "NameError: name 'boom' is not defined" in str(oracle.compare(wanted, transcript))


def test_a_program_that_never_starts_is_told(program):
    transcript = play(program("import nonsense"), echo_script)
    assert "ann: cannot connect to the program: it has ended with status 1" in transcript.unmet
    assert "No module named 'nonsense'" in transcript.stderr


@pytest.mark.parametrize("code", [0, 3])
def test_exit_status_and_the_last_output(program, code):
    def script(stage: Stage) -> None:
        stage.note(stage.exits())

    transcript = play(program(f"import sys; print('last'); sys.exit({code})", ""), script)
    assert (transcript.status, transcript.stdout, transcript.notes) == (code, ("last",), (str(code),))


@pytest.mark.skipif(os.name != "posix", reason="POSIX signals")
def test_signals(program):
    def script(stage: Stage) -> None:
        stage.output("ready")
        stage.interrupt()
        stage.exits()

    source = "import time\ntry:\n print('ready')\n time.sleep(60)\nexcept KeyboardInterrupt:\n print('stopped')"
    transcript = play(program(source, ""), script)
    assert (transcript.stdout, transcript.status) == (("ready", "stopped"), 0)


def test_standard_input(program):
    def script(stage: Stage) -> None:
        stage.stdin(b"hello\n")
        stage.output("olleh")
        stage.close_stdin()
        stage.exits()

    transcript = play(program("for line in iter(input, None): print(line[::-1])", ""), script)
    assert transcript.stdout == ("olleh",)
    assert transcript.status == 1, "EOFError"


def test_a_line_that_never_comes(program):
    def script(stage: Stage) -> None:
        stage.output("two", 2)

    transcript = play(program("print('one'); print('two')", ""), script)
    assert "waited for 2 lines like 'two' on stdout, it has ['one', 'two']" in transcript.unmet


def test_all_ways_to_end_a_conversation(program):
    source = """
import socket, struct, sys
server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
for how in ("shut", "drop", "keep", "keep", "keep"):
    sock, peer = server.accept()
    sock.sendall(how.encode())
    if how == "drop":
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    if how == "keep":
        try:
            print(sock.recv(10))
        except ConnectionResetError:
            print("reset")
    sock.close()
"""

    def script(stage: Stage) -> None:
        stage.connect("eof").rest()
        stage.connect("reset").rest()
        closed = stage.connect("we closed")
        closed.take(4)
        closed.close()
        stage.output("b''")
        vanished = stage.connect("we reset")
        vanished.take(4)
        vanished.reset()
        stage.output("reset")
        stage.connect("open").take(4)

    transcript = play(program(source), script)
    assert transcript.unmet is None
    assert {name: connection.ended for name, connection in transcript.connections.items()} == {
        name: name for name in ("eof", "reset", "we closed", "we reset", "open")
    }


def test_what_was_not_looked_at_is_not_kept_where_we_hang_up(program):
    def script(stage: Stage) -> None:
        ann = stage.connect("ann")
        ann.send("onetwo")
        ann.expect("one")
        stage.settle()
        ann.close()

    assert play(program(ECHO), script).connections["ann"].received == b"one"


def test_late_output_is_not_missed(program):
    def script(stage: Stage) -> None:
        ann = stage.connect("ann")
        ann.send("x")
        ann.expect("x")

    source = ECHO.replace("sock.sendall(data)", "sock.sendall(data); sock.sendall(b'unexpected')")
    assert play(program(source), script).connections["ann"].received == b"xunexpected"


STOP_READING = ECHO.replace("sock.sendall(data)", "import time; time.sleep(60)")


@pytest.mark.parametrize("chunking", [WHOLE, BYTES], ids=str)
def test_a_program_that_stops_reading_is_noted_by_name(program, chunking):
    big = b"x" * 8_000_000
    small_buffers = """
    for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
        sock.setsockopt(socket.SOL_SOCKET, option, 65536)
    print("client","""
    source = ECHO.replace('    print("client",', small_buffers)

    def script(stage: Stage) -> None:
        ann = stage.connect("ann", small_buffers=True)
        ann.send_before_reading(big)
        ann.expect(big)

    wants = drive(tolerates=(BACKPRESSURE,))(script)
    transcript = oracle.run(program(source), wants, PLAIN, chunking)
    assert transcript.unmet is None
    assert transcript.connections["ann"].stalled
    read_all = oracle.Transcript(
        {"ann": oracle.Connection(big, "open")}, stdout=transcript.stdout, status=transcript.status
    )
    assert not oracle.compare(read_all, transcript, tolerate=wants.tolerates).same
    assert oracle.compare(read_all, transcript, tolerate=wants.tolerates, rewritten=True).same


def test_a_program_that_does_not_read_at_all_ends_the_drive(program):
    def script(stage: Stage) -> None:
        stage.connect("ann").send(b"x" * 20_000_000)

    assert "ann: the program does not read, " in play(program(STOP_READING), script).unmet


def test_only_a_part_of_what_was_wanted(program):
    def script(stage: Stage) -> None:
        ann, bob = stage.connect("ann"), stage.connect("bob")
        for peer, text in ((ann, b"abcdef"), (bob, b"abc")):
            peer.wants_all_of(text)
            peer.send("abc")
            peer.half_close()
            peer.rest()
        other = stage.connect("other")
        other.wants_all_of(b"xyz")
        other.send("abc")
        other.half_close()
        other.rest()

    connections = play(program(ECHO), script).connections
    assert {name: connection.complete for name, connection in connections.items()} == {
        "ann": False,
        "bob": True,
        "other": None,
    }


@pytest.mark.skipif(os.name != "posix", reason="POSIX signals")
def test_a_frozen_program_finds_everything_at_once(program):
    def script(stage: Stage) -> None:
        ann = stage.connect("ann")
        ann.send("x")
        ann.expect("x")
        with stage.frozen():
            ann.send("one", whole=True)
            ann.send("two", whole=True)
        ann.expect("6")

    source = ECHO.replace("sendall(data)", 'sendall(data if data == b"x" else b"%d" % len(data))')
    assert play(program(source), script).unmet is None


def test_clients_connect_to_a_fake_server(program):
    source = """
import socket, sys
for attempt in range(3):
    try:
        sock = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
    except OSError as error:
        print(type(error).__name__)
        input()
    else:
        sock.sendall(b"hello %d" % attempt)
        print(sock.recv(100))
        sock.close()
"""

    def script(stage: Stage) -> None:
        peer = stage.server.accept("first")
        peer.expect("hello 0")
        stage.server.close()
        peer.send("hi")
        peer.rest()
        stage.output("ConnectionRefusedError")
        stage.server.open()
        stage.stdin(b"\n")
        peer = stage.server.accept("second")
        peer.expect("hello 2")
        peer.close()
        stage.exits()

    transcript = play(program(source, "{peer}"), script)
    assert transcript.unmet is None
    assert transcript.stdout == ("b'hi'", "ConnectionRefusedError", "b''")


def test_a_client_that_does_not_come(program):
    def script(stage: Stage) -> None:
        stage.server.accept("peer")

    assert play(program("print('{}')", "{peer}"), script).unmet.startswith("peer: the program does not connect")


def test_datagrams(program):
    source = """
import socket, sys
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", int(sys.argv[1])))
print("ready")
while True:
    data, peer = sock.recvfrom(100)
    sock.sendto(data.upper(), peer)
    sock.sendto(b"", peer)
"""

    def script(stage: Stage) -> None:
        stage.output("ready")
        ann = stage.udp("ann")
        ann.send("one")
        ann.send("two")
        assert ann.take(4) == [b"ONE", b"", b"TWO", b""]
        ann.take()

    transcript = play(program(source), script)
    assert transcript.connections["ann"].datagrams == (b"ONE", b"", b"TWO", b"")
    assert "ann: waited for 1 datagrams, have []" in transcript.unmet


@pytest.mark.skipif(not hasattr(__import__("socket"), "AF_UNIX"), reason="Unix sockets")
def test_unix_sockets(program):
    source = ECHO.replace('("127.0.0.1", int(sys.argv[1]))', "sys.argv[1], family=socket.AF_UNIX").replace(
        "peer[1]", "'unix'"
    )

    def script(stage: Stage) -> None:
        ann = stage.connect("ann", path="talk.sock")
        ann.send("hello")
        ann.expect("hello")

    transcript = play(program(source, "{tmp}/talk.sock"), script, BYTES)
    assert transcript.unmet is None
    assert transcript.stdout[0].startswith("listening on <tmp>/talk.sock")


def test_a_program_may_choose_its_port(program):
    source = ECHO.replace('"listening on", sys.argv[1]', '"listening on", server.getsockname()[1]')

    def script(stage: Stage) -> None:
        stage.port = int(stage.output(r"listening on (\d+)")[1])
        echo_script(stage)

    transcript = play(program(source, "0"), script)
    assert transcript.unmet is None
    assert transcript.stdout[0].startswith("listening on <port>")


def test_a_port_that_was_snatched_is_no_result(program, tmp_path):
    marker = tmp_path / "tried"
    source = (
        f"""
import pathlib, sys
tries = pathlib.Path({str(marker)!r})
tries.write_text((tries.read_text() if tries.exists() else "") + sys.argv[1] + "\\n")
if len(tries.read_text().split()) < {TRIES}:
    raise OSError(98, "Address already in use")
"""
        + ECHO
    )
    assert play(program(source), echo_script).unmet is None
    assert len(set(marker.read_text().split())) == TRIES, "each time with another port"


def test_errors_of_a_drive_itself_are_not_swallowed(program):
    def script(stage: Stage) -> None:
        stage.no_such_method()

    with pytest.raises(AttributeError, match="no_such_method"):
        play(program(ECHO), script)


def test_an_assertion_of_a_drive_is_an_expectation(program):
    def script(stage: Stage) -> None:
        assert stage.port == 0, "no such port"

    assert play(program(ECHO), script).unmet.startswith("no such port")


def test_an_unknown_placeholder_is_an_error(program):
    with pytest.raises(ValueError, match=r"unknown placeholder \{pot\}"):
        play(program(ECHO, "{pot}"), echo_script)


def open_descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts descriptors in /proc")
def test_nothing_is_left_behind(program, monkeypatch, tmp_path):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    child = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
    pids = []

    def script(stage: Stage) -> None:
        stage.connect("ann").send("x")
        stage.listen()
        pids.append(stage.process.pid)

    play(program(ECHO), script)  # what is made once per session is made now
    before = open_descriptors()
    play(program(child + ECHO), script)
    play(program("import nonsense"), script)
    with pytest.raises(ZeroDivisionError):
        play(program(ECHO), lambda stage: 1 / 0)
    assert open_descriptors() == before
    assert [path for path in scratch.iterdir() if "pycache" not in path.name] == []
    end = time.monotonic() + 10
    while any(map(kernel.has_company, pids)):
        assert time.monotonic() < end, "a child of a program is still there"


def test_without_the_kernels_help_a_run_comes_to_the_same(program, monkeypatch):
    def script(stage: Stage) -> None:
        ann = stage.connect("ann")
        ann.send("hello")
        ann.expect("hello")
        ann.send("more")
        assert ann.quiet() == b"more"
        ann.half_close()
        ann.rest()

    wanted = play(program(ECHO), script)
    monkeypatch.setattr("oracle.kernel.knows_processes", lambda: False)
    monkeypatch.setattr("oracle.kernel.rest_of", lambda pid: None)
    monkeypatch.setattr("oracle.kernel.Kernel.queues", lambda self, sock, sent=0: None)
    for chunking in (WHOLE, BYTES):
        got = play(program(ECHO), script, chunking)
        assert (got.unmet, got.connections) == (None, wanted.connections)


def test_pipes_that_no_selector_takes_are_carried_by_a_thread(tmp_path, monkeypatch):
    selectable = process._selectable
    monkeypatch.setattr(process, "_selectable", lambda pipe: selectable(pipe, windows=True))
    pump = Pump(20)
    command = [sys.executable, "-c", "import sys; print('out'); print('err', file=sys.stderr); sys.exit(4)"]
    child = process.Process(pump, command, {}, tmp_path)
    assert pump.until(lambda: child.ended, 15)
    child.finish()
    pump.close()
    assert (child.stdout.split(), child.stderr.split(), child.status) == ([b"out"], [b"err"], 4)


def test_an_ignored_interrupt_is_not_inherited(monkeypatch):
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        process.restore_interrupts()
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_drive_that_the_truth_does_not_play_is_an_error(program):
    sample = program(ECHO)
    played = []

    def script(stage: Stage) -> None:
        played.append(stage)
        stage.connect("ann").expect("never")

    truth = Truth(PLAIN)
    wrong = drive(script)
    with pytest.raises(oracle.BadDrive, match=r"sample/script \[whole\] does not play on the oracle: ann: waited"):
        truth.of(sample, wrong, WHOLE)
    assert len(played) == PLAYS


def test_the_truth_is_asked_once(program):
    played = []

    def script(stage: Stage) -> None:
        played.append(stage)
        stage.connect("ann").close()

    sample, right, truth = program(ECHO), drive(script), Truth(PLAIN)
    assert truth.of(sample, right, WHOLE) is truth.of(sample, right, WHOLE)
    assert len(played) == 1


VARYING = """
import sys
from pathlib import Path
count = Path(__file__).with_name(sys.argv[1])
count.write_text(count.read_text() + "x" if count.exists() else "x")
print("odd" if len(count.read_text()) % 2 else "even")
"""


@pytest.mark.parametrize("answer", ["even", "neither"])
def test_what_the_oracle_itself_does_now_and_then_is_right(program, tmp_path, answer):
    @dataclass(frozen=True)
    class Other(Plain):
        def launch(self, program: Program) -> Launch:
            return Launch((sys.executable, "-c", f"print({answer!r})"), {})

    def script(stage: Stage) -> None:
        assert stage.exits() == 0

    sample = program(VARYING, "count")
    sample_drive = drive(script)
    comparison = Truth(PLAIN).check(sample, sample_drive, Other(oracle.this_python()))
    assert (comparison.same, comparison.varies) == ((True, True) if answer == "even" else (False, False))
    assert len((tmp_path / "count").read_text()) == (2 if answer == "even" else PLAYS)


def test_side_by_side_keeps_the_order_and_raises_at_the_end():
    done = []

    def work(item: int) -> int:
        done.append(item)
        return 10 // item

    assert oracle.side_by_side(work, [5, 2, 1]) == [2, 5, 10]
    with pytest.raises(ZeroDivisionError):
        oracle.side_by_side(work, [0, 1, 2])
    assert sorted(done[3:]) == [0, 1, 2]
